using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>
/// The nested Stepping: the network one time step after the other, for models that can run so; and Generate, for those whose outputs are logits of the next of their own ids.
/// </summary>
internal sealed class SteppingClass
{
    private static readonly string[] OwnMembers = ["Step", "Reset", "Position"];

    private readonly SourceWriter writer;
    private readonly Declaration declaration;
    private readonly ModelSignature signature;
    private readonly EntryProgram program;
    private readonly Variable input;
    private readonly string element;

    private SteppingClass(SourceWriter writer, Declaration declaration, ModelSignature signature, EntryProgram program)
    {
        this.writer = writer;
        this.declaration = declaration;
        this.signature = signature;
        this.program = program;
        input = signature.Inputs.First();
        element = signature.Element;
    }

    /// <summary>The members; none where the model has no such program.</summary>
    public static void Write(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module)
    {
        if (module.Find(EntryProgram.Step) is not { } program) return;
        var stepping = new SteppingClass(writer, declaration, signature, program);
        stepping.WriteCreation();
        stepping.WriteClass();
        if (stepping.Generates) stepping.WriteGenerate();
    }

    /// <summary>The lengths that the runtime allocates.</summary>
    public static void WriteShapes(SourceWriter writer, ModelSignature signature, EntryProgram program)
    {
        int steps = signature.Inputs.First().Shape[0];
        writer.Line();
        writer.Line($"internal static readonly global::DlGen.Compiled.StepShapes StepShapes = new(MemoryLength: {Literal.Of(program.MemoryLength)}, Positions: {Literal.Of(program.Positions)}, "
            + $"Input: {Literal.Of(signature.Inputs.First().PerRow / steps)}, Outputs: [{program.OutputLengths}]);");
    }

    /// <summary>The entry program. Its destinations are the predictions and, where a link stands between them, the outputs.</summary>
    public static void WriteProgram(SourceWriter writer, ModelSignature signature, Module module, CpuOptions options)
    {
        if (module.Find(EntryProgram.Step) is not { } program) return;
        string element = signature.Element;
        var outputs = signature.Outputs.Concat(signature.Outputs.Select(o => o with { Destination = o.Destination + "BeforeLink" })).Take(program.OutputLengths.Count).ToEquatableArray();
        new ProgramWriter(writer, signature with { Outputs = outputs }, module, options).Write(program, "Step", "The network at one time step.", ProgramPart.Forward, prepares: false,
            $"ReadOnlySpan<{element}> parameters, ReadOnlySpan<{element}> derived, Span<{element}> carried, Span<{element}> arena, {ModelSignature.ValueSpans(signature.Inputs)}, ReadOnlySpan<int> {ModelSignature.StepNumber.Values}, "
            + string.Join(", ", outputs.Select(o => $"Span<{element}> {o.Destination}")) + ", int rows");
    }

    private bool HasLink => program.OutputLengths.Count > signature.Outputs.Count;

    /// <summary>One number for each id of the vocabulary, if the loss does not take them for something else.</summary>
    private bool Generates => input.IsLabel && !signature.HasSeveralOutputs && signature.Outputs[0].Shape is { Rank: 1 or 2 } shape && shape.Last == program.OutputLengths[0] && shape.Last <= input.Classes && shape.Last > 1
        && !signature.Targets.Any(t => t.IsNumbers && t.Shape.Equals(shape));

    private void Summary(string text)
    {
        writer.Line();
        writer.Line($"/// <summary>{text}</summary>");
    }

    private void WriteCreation()
    {
        Summary("Begins a sequence that the network is given one time step after the other. It has memory of its own, so any number may be alive at once, each for one thread at a time; its calls allocate nothing.");
        writer.Line("public Stepping CreateSteps() => new(this);");
    }

    private void WriteClass()
    {
        Summary("The network one time step after the other: what a step gives is what Predict gives at its position.");
        using (writer.Block($"public sealed class Stepping{(Generates ? $" : global::DlGen.Compiled.ITokenSteps<{element}>" : "")}"))
        {
            writer.Line($"private readonly {declaration.Name} _model;");
            writer.Line($"private readonly global::DlGen.Compiled.StepMemory<{element}> _memory;");
            writer.Line();
            using (writer.Block($"internal Stepping({declaration.Name} model)"))
            {
                writer.Line("_model = model;");
                writer.Line($"_memory = new(model._network, {Network}.StepShapes);");
            }
            Summary("The steps since the beginning." + (program.Positions > 0 ? $" The network tells {Literal.Of(program.Positions)} positions apart: so many steps there are." : ""));
            writer.Line("public long Position => _memory.Position;");
            Summary("Begins again: forgets what it has seen.");
            writer.Line("public void Reset() => _memory.Reset();");
            WriteStep();
            WriteOutputs();
            if (!Generates) return;
            writer.Line();
            using (writer.Block($"ReadOnlySpan<{element}> global::DlGen.Compiled.ITokenSteps<{element}>.Logits(int id)"))
            {
                writer.Line("Step(id);");
                writer.Line($"return _memory.Output({(HasLink ? "1" : "0")});");
            }
        }
    }

    private string Network => "global::DlGen.Generated." + NetworkClass.NameOf(declaration);

    private void WriteStep()
    {
        string name = input.Name.TrimStart('@'), keep = input.IsLabel ? $"KeepId(\"{name}\", {input.Name}, {Literal.Of(input.Classes)})" : $"Keep{(input.IsBytes ? "Bytes" : "")}(\"{name}\", {input.Name})";
        string what = signature.HasSeveralOutputs ? "" : $"; gives {Values(0)}" + (HasLink ? ", the probabilities after the loss's link" : "") + ". The memory is that of the next step too";
        Summary($"Goes on by one step{what}.");
        writer.Line($"/// <param name=\"{name}\">{(input.IsLabel ? $"The step's id, 0 to {Literal.Of(input.Classes - 1)}" : $"The step's {Literal.Of(input.PerRow / input.Shape[0])} {(input.IsBytes ? "bytes" : "values")}")}.</param>");
        using (writer.Block($"public {(signature.HasSeveralOutputs ? "void" : $"ReadOnlySpan<{element}>")} Step({(input.IsLabel ? "int" : input.Span)} {input.Name})"))
        {
            writer.Line($"var shown = _memory.{keep};");
            writer.Line("var arena = _memory.Begin();");
            writer.Line("bool update = false;");
            using (writer.Block("try"))
            {
                string destinations = string.Join(", ", program.OutputLengths.Select((_, i) => $"_memory.OutputMemory({Literal.Of(i)})"));
                writer.Line($"{Network}.Step(_model._network.Values, _model._network.Derived, _memory.Memory, arena.Span, shown, _memory.PositionId, {destinations}, 1);");
                writer.Line("update = true;");
            }
            using (writer.Block("finally"))
                writer.Line("_memory.End(arena, update);");
            if (!signature.HasSeveralOutputs) writer.Line("return _memory.Output(0);");
        }
    }

    private void WriteOutputs()
    {
        if (HasLink)
        {
            Summary($"The output of the last step as Forward returns it, before the loss's link: {Values(signature.Outputs.Count)}.");
            writer.Line($"public ReadOnlySpan<{element}> Output => _memory.Output({Literal.Of(signature.Outputs.Count)});");
        }
        for (int output = 0; output < signature.Outputs.Count && signature.HasSeveralOutputs; output++)
        {
            string property = signature.Outputs[output].Property;
            Summary($"{signature.Outputs[output].Name} of the last step: {Values(output)}.");
            writer.Line($"public ReadOnlySpan<{element}> {property}{(Array.IndexOf(OwnMembers, property) >= 0 ? "Output" : "")} => _memory.Output({Literal.Of(output)});");
        }
    }

    private string Values(int output) => program.OutputLengths[output] == 1 ? "one value" : Literal.Of(program.OutputLengths[output]) + " values";

    private void WriteGenerate()
    {
        WriteGenerateDocs("Goes on with a text: the ids that follow the prompt, each computed when it is asked for. An enumeration that begins again gives the same ids.", "Safe for concurrent callers.");
        WriteGenerateMember("CreateSteps");
    }

    /// <summary>The same as a member of the model on a device, which needs no steps that a user could make.</summary>
    public static void WriteGenerateOnDevice(SourceWriter writer, Declaration declaration, ModelSignature signature, EntryProgram program)
    {
        var stepping = new SteppingClass(writer, declaration, signature, program);
        if (!stepping.Generates) return;
        stepping.WriteGenerateDocs("Goes on with a text, as the model's Generate does; each id is computed on the device when it is asked for.", "Not while another enumeration or call of this object runs.");
        stepping.WriteGenerateMember($"() => _execution.CreateSteps({(stepping.HasLink ? "1" : "0")})");
    }

    private void WriteGenerateMember(string steps)
    {
        writer.Line("public global::System.Collections.Generic.IEnumerable<int> Generate(ReadOnlySpan<int> prompt, int count, global::DlGen.Sampling? sampling = null)");
        using (writer.Indent())
            writer.Line($"=> global::DlGen.Compiled.TokenGeneration.Run<{element}>({steps}, prompt, count, sampling, {Literal.Of(input.Classes)}, {Literal.Of(program.Positions)});");
    }

    private void WriteGenerateDocs(string what, string callers)
    {
        string positions = program.Positions == 0 ? "" : $" The network tells {Literal.Of(program.Positions)} positions apart: when all are taken, it begins again with the most recent half of the ids.";
        string last = program.Positions == 0 ? "" : $"; of more than {Literal.Of(program.Positions)} the last ones count";
        Summary($"{what}{positions} {callers}");
        writer.Line($"/// <param name=\"prompt\">The ids that are there, at least one, each from 0 to {Literal.Of(input.Classes - 1)}{last}. They are not given again.</param>");
        writer.Line("/// <param name=\"count\">How many ids follow.</param>");
        writer.Line("/// <param name=\"sampling\">How each id is chosen; null draws it with the probability that the network gives it.</param>");
        writer.Line("/// <exception cref=\"global::System.ArgumentException\">The prompt is empty, or the sampling's vocabulary is larger than the network's.</exception>");
        writer.Line("/// <exception cref=\"global::System.ArgumentOutOfRangeException\">The count is negative.</exception>");
        writer.Line("/// <exception cref=\"global::DlGen.TokenRangeException\">An id of the prompt is outside of the vocabulary.</exception>");
    }
}
