using DlGen.Cpu;
using DlGen.Kernels;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>Generate, on the processor and on a device.</summary>
internal sealed partial class SteppingClass
{
    /// <summary>One number for each id of the vocabulary, if the loss does not take them for something else.</summary>
    private bool Generates => input.IsLabel && !signature.HasSeveralOutputs && signature.Outputs[0].Shape is { Rank: 1 or 2 } shape && shape.Last == program.OutputLengths[0] && shape.Last <= input.Classes && shape.Last > 1
        && !signature.Targets.Any(t => t.IsNumbers && t.Shape.Equals(shape));

    private void WriteGenerate()
    {
        WriteGenerateDocs("Goes on with a text: the ids that follow the prompt, each computed when it is asked for. An enumeration that begins again gives the same ids.", "Safe for concurrent callers.");
        if (given.Count == 0) WriteGenerateMember("CreateSteps");
        else WriteGenerateMember("() => new Stepping(step)", $"var step = CreateSteps({ModelSignature.Names(given)});");
    }

    /// <summary>The same as a member of the model on a device, which needs no steps that a user could make.</summary>
    public static void WriteGenerateOnDevice(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module)
    {
        if (module.Find(EntryProgram.Step) is null) return;
        var stepping = new SteppingClass(writer, declaration, signature, module);
        if (!stepping.Generates) return;
        stepping.WriteGenerateDocs("Goes on with a text, as the model's Generate does; each id is computed on the device when it is asked for.", "Not while another enumeration or call of this object runs.");
        string logits = stepping.HasLink ? "1" : "0";
        var given = stepping.given;
        if (given.Count == 0) stepping.WriteGenerateMember($"() => _execution.CreateSteps({logits}, [])");
        else stepping.WriteGenerateMember($"() => _execution.CreateSteps({logits}, step)",
            $"Stepping.CheckGiven({ModelSignature.Names(given)});",
            $"byte[][] step = [{string.Join(", ", given.Select(v => $"MemoryMarshal.AsBytes({v.Name}).ToArray()"))}];");
    }

    /// <param name="steps">What makes steps.</param>
    /// <param name="before">Statements that check and keep what is given.</param>
    private void WriteGenerateMember(string steps, params string[] before)
    {
        using var method = writer.Block($"public global::System.Collections.Generic.IEnumerable<int> Generate({string.Concat(given.Select(v => $"{v.Span} {v.Name}, "))}ReadOnlySpan<int> {Prompt}, int count, global::DlGen.Sampling? {Sampling} = null)");
        foreach (string statement in before) writer.Line(statement);
        writer.Line($"return global::DlGen.Compiled.TokenGeneration.Run<{element}>({steps}, {Prompt}, count, {Sampling}, {Literal.Of(input.Classes)}, {Literal.Of(program.Positions)});");
    }

    private string Prompt => Free("prompt");

    private string Sampling => Free("sampling");

    /// <summary>The name, unless something that is given has it.</summary>
    private string Free(string name) => given.Any(v => v.Name == name) ? Free(name + "_") : name;

    private void WriteGenerateDocs(string what, string callers)
    {
        string positions = program.Positions == 0 ? "" : $" The network tells {Literal.Of(program.Positions)} positions apart: when all are taken, it begins again with the most recent half of the ids.";
        string last = program.Positions == 0 ? "" : $"; of more than {Literal.Of(program.Positions)} the last ones count";
        Summary($"{what}{positions} {callers}");
        WriteGivenDocs();
        writer.Line($"/// <param name=\"{Prompt}\">The ids that are there, at least one, each from 0 to {Literal.Of(input.Classes - 1)}{last}. They are not given again.</param>");
        writer.Line("/// <param name=\"count\">How many ids follow.</param>");
        writer.Line($"/// <param name=\"{Sampling}\">How each id is chosen; null draws it with the probability that the network gives it.</param>");
        writer.Line("/// <exception cref=\"global::System.ArgumentException\">The prompt is empty, or the sampling's vocabulary is larger than the network's.</exception>");
        writer.Line("/// <exception cref=\"global::System.ArgumentOutOfRangeException\">The count is negative.</exception>");
        writer.Line("/// <exception cref=\"global::DlGen.TokenRangeException\">An id of the prompt is outside of the vocabulary.</exception>");
    }
}
