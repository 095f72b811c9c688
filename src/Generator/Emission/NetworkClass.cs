using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>The file-local class of one model: its definition, its entry programs as lists of launches, and its kernels.</summary>
internal sealed class NetworkClass
{
    private readonly SourceWriter writer;
    private readonly ModelSignature signature;
    private readonly Module module;
    private readonly CpuOptions options;

    private NetworkClass(SourceWriter writer, ModelSignature signature, Module module, CpuOptions options)
    {
        this.writer = writer;
        this.signature = signature;
        this.module = module;
        this.options = options;
    }

    public static string NameOf(Declaration declaration) => declaration.Name + "Network";

    public static void Write(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module, CpuOptions options)
    {
        var network = new NetworkClass(writer, signature, module, options);
        writer.Line($"/// <summary>{declaration.Name}, compiled: entry programs first, the kernels they launch below.</summary>");
        using (writer.Block($"file static class {NameOf(declaration)}"))
        {
            DefinitionField.Write(writer, declaration, signature, module);
            if (module.Constants.Count > 0) network.WriteConstants();
            foreach (var program in module.Programs) network.WriteProgram(program);
            if (module.Find("Gradients") is { } step) network.WriteFirstNonFinite(step);
            if (module.DerivedLength > 0) network.WritePrepare();
            for (int i = 0; i < module.Kernels.Count; i++)
            {
                writer.Line();
                KernelPrinter.Print(writer, module.Kernels[i], network.KernelName(i), options);
            }
        }
    }

    private string KernelName(int index) => module.Kernels[index].GetType().Name.Replace("Kernel", "") + Literal.Of(index);

    private void WriteConstants()
    {
        writer.Line();
        writer.Line($"private static readonly {options.Element}[] Constants = [{string.Join(", ", module.Constants.Select(c => Literal.Of(c, options.Float64)))}];");
    }

    /// <summary>Predict and Evaluate walk the shards; Gradients then does what needs all rows. Both losses come back summed over the rows.</summary>
    private void WriteProgram(EntryProgram program)
    {
        bool isStep = program.Name == "Gradients";
        bool hasOutput = Uses(program, Region.Output);
        var arguments = new List<string> { $"ReadOnlySpan<{options.Element}> parameters", $"ReadOnlySpan<{options.Element}> derived" };
        if (isStep) arguments[1] = $"Span<{options.Element}> gradients";
        arguments.Add($"Span<{options.Element}> arena");
        arguments.Add(ModelSignature.Spans(program.Name == "Predict" ? signature.Inputs : signature.Variables));
        if (!isStep) arguments.Add($"Span<{options.Element}> destination");
        arguments.Add("int rows");
        arguments.Add("long seed");
        arguments.Add("long step");

        writer.Line();
        writer.Line($"/// <summary>{Summary(program)}</summary>");
        using (writer.Block($"internal static {(program.LossOffset >= 0 ? "double" : "void")} {program.Name}({string.Join(", ", arguments)})"))
        {
            WriteReferences(program);
            if (program.LossScaleOffset >= 0) writer.Line($"{At("shared", program.LossScaleOffset)} = {(options.Float64 ? "1.0" : "1f")} / rows;");
            if (program.LossOffset >= 0) writer.Line("double lossSum = 0;");
            foreach (var phase in program.Phases.Where(p => p.Kind == PhaseKind.Prepare && isStep)) WriteLaunches(program, phase, probe: false);
            foreach (var phase in program.Phases.Where(p => p.Kind == PhaseKind.Shards)) WriteShards(program, phase);
            foreach (var phase in program.Phases.Where(p => p.Kind == PhaseKind.Batch)) WriteLaunches(program, phase, probe: false);
            if (program.LossOffset >= 0) writer.Line("return lossSum;");
        }
    }

    private static string Summary(EntryProgram program) => program.Name switch
    {
        "Predict" => "Forward pass, shard by shard.",
        "Evaluate" => "Forward pass and the sum of the rows' losses.",
        _ => "Forward and backward pass shard by shard, then the gradients of the parameters over all rows; the sum of the rows' losses.",
    };

    private void WriteShards(EntryProgram program, Phase phase)
    {
        using (writer.Block($"for (int first = 0; first < rows; first += {Literal.Of(module.ShardRows)})"))
        {
            writer.Line($"int count = Math.Min({Literal.Of(module.ShardRows)}, rows - first);");
            WriteShardReference(program);
            WriteLaunches(program, phase, probe: false);
            if (program.LossOffset >= 0)
                writer.Line($"for (int row = 0; row < count; row++) lossSum += Unsafe.Add(ref scratch, {(program.LossOffset == 0 ? "" : Literal.Of(program.LossOffset) + " + ")}row);");
        }
    }

    private void WriteShardReference(EntryProgram program)
    {
        if (Uses(program, Region.Shard, PhaseKind.Shards))
            writer.Line($"ref {options.Element} shard = ref Unsafe.Add(ref kept, (nint)(first / {Literal.Of(module.ShardRows)}) * {Literal.Of(program.ShardLength)});");
    }

    private static bool Uses(EntryProgram program, Region region, PhaseKind? kind = null)
        => program.Phases.Any(p => (kind is null || p.Kind == kind) && p.Launches.Any(l => l.Arguments.Any(a => a.Region == region)));

    /// <summary>References to the regions that the program uses; the arena is shared values, then the shards' blocks, then scratch.</summary>
    private void WriteReferences(EntryProgram program)
    {
        string element = options.Element;
        void Reference(Region region, string name, string span)
        {
            if (Uses(program, region)) writer.Line($"ref {element} {name} = ref MemoryMarshal.GetReference({span});");
        }
        Reference(Region.Parameters, "parameter", "parameters");
        Reference(Region.Gradients, "gradient", "gradients");
        Reference(Region.Derived, "derivedValue", "derived");
        if (Uses(program, Region.Constants)) writer.Line($"ref {element} constant = ref MemoryMarshal.GetArrayDataReference(Constants);");
        Reference(Region.Output, "output", "destination");
        foreach (int index in program.Phases.SelectMany(p => p.Launches).SelectMany(l => l.Arguments).Where(a => a.Region == Region.Input).Select(a => a.Index).Distinct().OrderBy(i => i))
        {
            var variable = signature.Variables[index];
            writer.Line($"ref {variable.Type} {InputName(index)} = ref MemoryMarshal.GetReference({variable.Name});");
        }
        bool usesShards = Uses(program, Region.Shard), usesScratch = Uses(program, Region.Scratch) || program.LossOffset >= 0;
        if (Uses(program, Region.Shared) || program.LossScaleOffset >= 0 || usesShards || usesScratch)
            writer.Line($"ref {element} shared = ref MemoryMarshal.GetReference(arena);");
        if (usesShards) writer.Line($"ref {element} kept = ref {At("shared", program.SharedLength)};");
        if (usesScratch)
        {
            string shards = program.ShardLength == 0 ? "" : $" + ((nint)((rows + {Literal.Of(module.ShardRows - 1)}) / {Literal.Of(module.ShardRows)}) * {Literal.Of(program.ShardLength)})";
            writer.Line($"ref {element} scratch = ref {(shards.Length == 0 ? At("shared", program.SharedLength) : $"Unsafe.Add(ref shared, {Literal.Of(program.SharedLength)}{shards})")};");
        }
    }

    private static string InputName(int index) => "input" + Literal.Of(index);

    private static string At(string name, int offset) => offset == 0 ? name : $"Unsafe.Add(ref {name}, {Literal.Of(offset)})";

    private void WriteLaunches(EntryProgram program, Phase phase, bool probe)
    {
        foreach (var launch in phase.Launches)
        {
            var kernel = module.Kernels[launch.Kernel];
            bool sharded = Signature.IsSharded(kernel);
            var arguments = launch.Arguments.Select(a => Reference(a, phase.Kind) + (sharded ? ", " + Literal.Of(ShardStride(program, a)) : "")).ToList();
            arguments.Add(phase.Kind == PhaseKind.Shards ? "count" : phase.Kind == PhaseKind.Batch ? "rows" : "1");
            if (sharded) arguments.Add(Literal.Of(module.ShardRows));
            if (kernel is RandomKernel) arguments.AddRange(["first", "seed", "(ulong)step"]);
            writer.Line($"{KernelName(launch.Kernel)}({string.Join(", ", arguments)}); // {launch.Comment}");
            if (!probe) continue;
            foreach (var written in launch.Forward)
                writer.Line($"if (!global::DlGen.Compiled.Check.AllFinite<{options.Element}>(MemoryMarshal.CreateReadOnlySpan({Reference(launch.Arguments[written.Argument], phase.Kind)}, count * {Literal.Of(written.RowLength)}))) return \"{written.Layer}\";");
        }
    }

    private string Reference(Argument argument, PhaseKind phase)
    {
        string name = argument.Region switch
        {
            Region.Parameters => "parameter",
            Region.Derived => "derivedValue",
            Region.Gradients => "gradient",
            Region.Shared => "shared",
            Region.Shard => phase == PhaseKind.Shards ? "shard" : "kept",
            Region.Scratch => "scratch",
            Region.Constants => "constant",
            Region.Output => "output",
            _ => InputName(argument.Index),
        };
        bool advances = argument.Region is Region.Input or Region.Output && phase == PhaseKind.Shards;
        if (!advances) return argument.Offset == 0 ? "ref " + name : $"ref Unsafe.Add(ref {name}, {Literal.Of(argument.Offset)})";
        string rows = argument.RowStride == 1 ? "first" : $"(nint)first * {Literal.Of(argument.RowStride)}";
        return $"ref Unsafe.Add(ref {name}, {rows}{(argument.Offset == 0 ? "" : " + " + Literal.Of(argument.Offset))})";
    }

    private int ShardStride(EntryProgram program, Argument argument) => argument.Region switch
    {
        Region.Shard => program.ShardLength,
        Region.Input => argument.RowStride * module.ShardRows,
        _ => 0,
    };

    /// <summary>The same forward launches with a look at every value: which layer's output was the first that is not finite.</summary>
    private void WriteFirstNonFinite(EntryProgram step)
    {
        writer.Line();
        writer.Line("/// <summary>The first layer whose output is not finite on this batch, or null: runs the step's passes again, looking at every value.</summary>");
        using (writer.Block($"internal static string? FirstNonFinite(ReadOnlySpan<{options.Element}> parameters, Span<{options.Element}> gradients, Span<{options.Element}> arena, {ModelSignature.Spans(signature.Variables)}, int rows, long seed, long step)"))
        {
            WriteReferences(step with { Phases = step.Phases.Where(p => p.Kind != PhaseKind.Batch).ToEquatableArray() });
            if (step.LossScaleOffset >= 0) writer.Line($"{At("shared", step.LossScaleOffset)} = {(options.Float64 ? "1.0" : "1f")} / rows;");
            foreach (var phase in step.Phases.Where(p => p.Kind == PhaseKind.Prepare)) WriteLaunches(step, phase, probe: false);
            foreach (var phase in step.Phases.Where(p => p.Kind == PhaseKind.Shards))
            {
                using (writer.Block($"for (int first = 0; first < rows; first += {Literal.Of(module.ShardRows)})"))
                {
                    writer.Line($"int count = Math.Min({Literal.Of(module.ShardRows)}, rows - first);");
                    WriteShardReference(step);
                    WriteLaunches(step, phase, probe: true);
                }
            }
            writer.Line("return null;");
        }
    }

    private void WritePrepare()
    {
        writer.Line();
        writer.Line("/// <summary>Values derived from the parameters alone, for the programs that run between their changes.</summary>");
        using (writer.Block($"private static void Prepare(ReadOnlySpan<{options.Element}> parameters, Span<{options.Element}> derived)"))
        {
            var programs = module.Programs.Where(p => p.Name != "Gradients").ToList();
            var phases = programs.SelectMany(p => p.Phases).Where(p => p.Kind == PhaseKind.Prepare).ToEquatableArray();
            var all = programs[0] with { Phases = phases, LossOffset = -1, LossScaleOffset = -1 };
            WriteReferences(all);
            foreach (var phase in phases) WriteLaunches(all, phase, probe: false);
        }
    }
}
