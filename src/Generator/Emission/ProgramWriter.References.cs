using DlGen.Cpu;
using DlGen.Kernels;

namespace DlGen.Emission;

/// <summary>What launches point into: references to the regions of memory, and where in them an argument lies.</summary>
internal sealed partial class ProgramWriter
{
    private static bool Uses(EntryProgram program, Region region) => program.Phases.Any(p => p.Launches.Any(l => l.Arguments.Any(a => a.Region == region)));

    private static IEnumerable<int> IndicesOf(EntryProgram program, Region region)
        => program.Phases.SelectMany(p => p.Launches).SelectMany(l => l.Arguments).Where(a => a.Region == region).Select(a => a.Index).Distinct().OrderBy(i => i);

    /// <summary>References to the regions that the program uses; the arena is shared values, then the shards' blocks, then scratch.</summary>
    private void WriteReferences(EntryProgram program, IReadOnlyList<int> moreInputs)
    {
        references.Clear();
        void Reference(string type, string name, string span)
        {
            references.Add((type, name));
            writer.Line($"ref {type} {name} = ref {(span == "Constants" ? "MemoryMarshal.GetArrayDataReference" : "MemoryMarshal.GetReference")}({span});");
        }
        if (Uses(program, Region.Parameters)) Reference(element, "parameter", "parameters");
        if (Uses(program, Region.Gradients)) Reference(element, "gradient", "gradients");
        if (Uses(program, Region.Derived)) Reference(element, "derivedValue", "derived");
        if (Uses(program, Region.Constants)) Reference(element, "constant", "Constants");
        if (Uses(program, Region.Memory) || program.Updates.Count > 0) Reference(element, "memory", "carried");
        foreach (int index in IndicesOf(program, Region.Output)) Reference(element, OutputName(index), signature.Outputs[index].Destination);
        foreach (int index in IndicesOf(program, Region.Input).Union(moreInputs).OrderBy(i => i)) Reference(VariableAt(index).Type, InputName(index), VariableAt(index).Values);
        foreach (int index in IndicesOf(program, Region.InputGradient)) Reference(element, InputName(index) + "Gradient", VariableAt(index).Values + "Gradient");
        bool usesShards = Uses(program, Region.Shard), usesScratch = Uses(program, Region.Scratch), usesScale = program.LossScaleOffset >= 0;
        if (Uses(program, Region.Shared) || usesScale || usesShards || usesScratch) Reference(element, "shared", "arena");
        if (usesShards)
        {
            references.Add((element, "kept"));
            writer.Line($"ref {element} kept = ref {At("shared", program.SharedLength)};");
        }
        if (usesScratch)
        {
            references.Add((element, "scratch"));
            string rows = module.ShardRows == 1 ? "(nint)rows" : $"(nint)((rows + {Literal.Of(module.ShardRows - 1)}) / {Literal.Of(module.ShardRows)})";
            string shards = program.ShardLength == 0 ? "" : $" + ({rows} * {Literal.Of(program.ShardLength)})";
            writer.Line($"ref {element} scratch = ref {(shards.Length == 0 ? At("shared", program.SharedLength) : $"Unsafe.Add(ref shared, {Literal.Of(program.SharedLength)}{shards})")};");
        }
        if (usesScale) writer.Line($"{At("shared", program.LossScaleOffset)} = {(element == "double" ? "" : "(float)")}(1 / divisor);");
    }

    /// <summary>Inputs and targets, the number of the step, then outputs of a pass and the gradients by them: the order of Lower's numbers.</summary>
    private Variable VariableAt(int index)
    {
        if (index < signature.Variables.Count) return signature.Variables[index];
        if (index == signature.Variables.Count) return ModelSignature.StepNumber;
        int output = index - signature.Variables.Count - 1;
        return output < signature.Outputs.Count ? signature.PassOutput(signature.Outputs[output]) : signature.OutputGradient(signature.Outputs[output - signature.Outputs.Count]);
    }

    private static string InputName(int index) => "input" + Literal.Of(index);

    private string OutputName(int index) => "output" + (signature.HasSeveralOutputs ? Literal.Of(index) : "");

    private static string At(string name, int offset) => offset == 0 ? name : $"Unsafe.Add(ref {name}, {Literal.Of(offset)})";

    /// <param name="blockStride">How far it goes on with every block of a <see cref="Repetition"/>.</param>
    private string Reference(Argument argument, bool isSharded, bool isShare, int blockStride = 0)
    {
        string name = NameOf(argument, isSharded);
        bool advances = isSharded && (argument.Region is Region.Input or Region.Output or Region.InputGradient);
        string rows = advances ? Scaled("first", argument.RowStride) : isSharded && isShare && argument.Region == Region.Shard ? Scaled("within", argument.RowStride) : "";
        string offset = argument.Offset == 0 ? "" : Literal.Of(argument.Offset);
        string loop = argument.StepStride == 0 ? "" : $"(time * {Literal.Of(argument.StepStride)})";
        string block = blockStride == 0 ? "" : $"({Repetition.Variable} * {Literal.Of(blockStride)})";
        string place = string.Join(" + ", new[] { rows, offset, block, loop }.Where(p => p.Length > 0));
        return place.Length == 0 ? "ref " + name : $"ref Unsafe.Add(ref {name}, {place})";
    }

    private static string Scaled(string rows, int stride) => stride == 0 ? "" : stride == 1 ? rows : $"(nint){rows} * {Literal.Of(stride)}";

    private string NameOf(Argument argument, bool isSharded) => argument.Region switch
    {
        Region.Parameters => "parameter",
        Region.Derived => "derivedValue",
        Region.Gradients => "gradient",
        Region.Shared => "shared",
        Region.Shard => isSharded ? "shard" : "kept",
        Region.Scratch => "scratch",
        Region.Constants => "constant",
        Region.Memory => "memory",
        Region.Output => OutputName(argument.Index),
        Region.InputGradient => InputName(argument.Index) + "Gradient",
        _ => InputName(argument.Index),
    };

    /// <summary>From one shard's rows of a buffer to the next one's, for kernels that walk over all rows of the batch.</summary>
    private int ShardStride(EntryProgram program, Argument argument) => argument.Region switch
    {
        Region.Shard => program.ShardLength,
        Region.Input or Region.Output => argument.RowStride * module.ShardRows,
        _ => 0,
    };

    /// <summary>What a step hands on is taken over when nothing reads the old values any more.</summary>
    private void WriteUpdates(EntryProgram program)
    {
        foreach (var update in program.Updates)
            writer.Line($"MemoryMarshal.CreateReadOnlySpan({Reference(update.Source, isSharded: false, isShare: false)}, {Literal.Of(update.Length)}).CopyTo(MemoryMarshal.CreateSpan(ref {At("memory", update.Offset)}, {Literal.Of(update.Length)}));");
    }
}
