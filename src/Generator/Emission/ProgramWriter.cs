using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Emission;

/// <summary>Prints entry programs: references to the memory they use, then their launches phase by phase.</summary>
internal sealed partial class ProgramWriter(SourceWriter writer, ModelSignature signature, Module module, CpuOptions options)
{
    private readonly string element = signature.Element;
    private readonly List<(string Type, string Name)> references = [];
    private string method = "";

    /// <summary>Inputs and targets whose rows are looked at beside their losses, while they are in the cache: a network can hide a NaN from its loss, and update by it.</summary>
    private IReadOnlyList<int> finiteInputs = [];

    /// <summary>One method with a part of the program; nothing where the model has no such program.</summary>
    /// <param name="prepares">Whether it computes the derived values itself, because it runs while parameters change.</param>
    public void Write(EntryProgram? program, string name, string summary, ProgramPart programPart, bool prepares, params string[] arguments)
    {
        if (program is null) return;
        var part = PartOf(program, programPart, prepares);
        bool hasLoss = program.Loss is not null;
        method = name;
        writer.Line();
        writer.Line($"/// <summary>{summary}</summary>");
        using (writer.Block($"internal static {(hasLoss ? "double" : "void")} {name}({string.Join(", ", arguments.Where(a => a.Length > 0))})"))
        {
            WriteReferences(part, []);
            if (hasLoss) writer.Line("double lossSum = 0;");
            foreach (var phase in part.Phases)
            {
                if (phase.Kind == PhaseKind.Shards) WriteShards(part, phase, probe: false, isShare: false);
                else WriteLaunches(part, phase, probe: false, isShare: false);
            }
            WriteUpdates(part);
            if (hasLoss) writer.Line("return lossSum;");
        }
        WriteParts();
    }

    /// <summary>The same for several threads: with a team if there is one, and where it has a loss, memory for the loss of each row.</summary>
    /// <param name="finite">Whether what is not finite in inputs and targets makes the loss so.</param>
    public void WriteForTeam(EntryProgram? program, string name, string summary, bool prepares, bool finite, params string[] arguments)
    {
        if (program is null) return;
        var part = PartOf(program, ProgramPart.Forward, prepares);
        bool hasLoss = program.Loss is not null;
        method = name;
        writer.Line();
        writer.Line($"/// <summary>{summary}</summary>");
        string[] parameters = [.. arguments.Where(a => a.Length > 0), .. hasLoss ? ["Span<double> losses"] : Array.Empty<string>(), Runtime + "Team? team"];
        using (writer.Block($"internal static {(hasLoss ? "double" : "void")} {name}({string.Join(", ", parameters)})"))
        {
            finiteInputs = finite ? [.. Enumerable.Range(0, signature.Variables.Count).Where(i => signature.Variables[i].IsNumbers)] : [];
            WriteReferences(part, finiteInputs);
            WriteDivided(part);
        }
        WriteParts();
        WriteTeam();
        finiteInputs = [];
    }

    private static EntryProgram PartOf(EntryProgram program, ProgramPart part, bool prepares)
        => program with { Phases = program.Phases.Where(p => p.Order.Part == part && (prepares || p.Kind != PhaseKind.Prepare)).ToEquatableArray() };

    /// <summary>The same forward launches with a look at every value: which layer's output was the first that is not finite.</summary>
    public void WriteFirstNonFinite(EntryProgram step, params string[] arguments)
    {
        int shards = step.Phases.ToList().FindLastIndex(p => p.Kind == PhaseKind.Shards);
        var part = step with { Phases = step.Phases.Take(shards + 1).Select(p => p with { SumsLoss = false }).ToEquatableArray(), Loss = null };
        method = "FirstNonFinite";
        writer.Line();
        writer.Line("/// <summary>The first layer whose output is not finite on this batch, or null: runs the step's passes again, looking at every value.</summary>");
        using (writer.Block($"internal static string? FirstNonFinite({string.Join(", ", arguments)})"))
        {
            WriteReferences(part, []);
            foreach (var phase in part.Phases)
            {
                if (phase.Kind == PhaseKind.Shards) WriteShards(part, phase, probe: true, isShare: false);
                else WriteLaunches(part, phase, probe: false, isShare: false);
            }
            writer.Line("return null;");
        }
        WriteParts();
    }

    /// <summary>The derived values of all programs that run between changes of the parameters.</summary>
    public void WritePrepare(string arguments)
    {
        method = "Prepare";
        writer.Line();
        writer.Line("/// <summary>Values derived from the parameters alone, for the programs that run between their changes.</summary>");
        using (writer.Block($"private static void Prepare({arguments})"))
        {
            var phases = module.Programs.Where(p => p.Name is EntryProgram.Predict or EntryProgram.Evaluate or EntryProgram.Begin or EntryProgram.Step).SelectMany(p => p.Phases).Where(p => p.Kind == PhaseKind.Prepare);
            var all = module.Programs[0] with { Phases = phases.ToEquatableArray(), Loss = null, LossScaleOffset = -1 };
            WriteReferences(all, []);
            foreach (var phase in all.Phases) WriteLaunches(all, phase, probe: false, isShare: false);
        }
        WriteParts();
    }

    /// <param name="isShare">Whether the rows are a thread's share, which may begin within a shard, and the losses go to a place for each row.</param>
    private void WriteShards(EntryProgram program, Phase phase, bool probe, bool isShare)
    {
        bool usesShard = UsesShard(program, phase), beginsWithin = isShare && usesShard;
        string shardRows = Literal.Of(module.ShardRows), rows = isShare ? "to" : "rows", first = isShare ? "from" : "0";
        using (writer.Block(beginsWithin ? $"for (int first = {first}, count; first < {rows}; first += count)" : $"for (int first = {first}; first < {rows}; first += {shardRows})"))
        {
            if (beginsWithin) writer.Line($"int within = first % {shardRows};");
            writer.Line(beginsWithin ? $"count = Math.Min({shardRows} - within, {rows} - first);" : $"int count = Math.Min({shardRows}, {rows} - first);");
            if (usesShard)
            {
                references.Add((element, "shard"));
                writer.Line($"ref {element} shard = ref Unsafe.Add(ref kept, (nint)(first / {shardRows}) * {Literal.Of(program.ShardLength)});");
            }
            WriteLaunches(program, phase, probe, isShare);
            references.RemoveAll(r => r.Name == "shard");
            if (phase.SumsLoss) WriteLossSum(program.Loss!.Value, isShare);
        }
    }

    private static bool UsesShard(EntryProgram program, Phase phase)
        => phase.Launches.Any(l => l.Arguments.Any(a => a.Region == Region.Shard)) || (phase.SumsLoss && program.Loss!.Value.Region == Region.Shard);

    private void WriteLossSum(Argument losses, bool isShare)
    {
        string region = losses.Region == Region.Shard ? "shard" : "scratch", offset = losses.Offset == 0 ? "" : Literal.Of(losses.Offset) + " + ";
        if (!isShare)
        {
            writer.Line($"for (int row = 0; row < count; row++) lossSum += Unsafe.Add(ref {region}, {offset}row);");
            return;
        }
        writer.Line($"for (int row = 0; row < count; row++) losses[first + row] = Unsafe.Add(ref {region}, {offset}{(losses.Region == Region.Shard ? "within + " : "")}row);");
        foreach (var variable in finiteInputs.Select(VariableAt))
        {
            string name = InputName(signature.Variables.Items.IndexOf(variable)), length = Literal.Of(variable.PerRow);
            writer.Line($"if (!{Runtime}Check.AllFinite<{variable.Type}>(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref {name}, (nint)first * {length}), count * {length}))) losses[first] = double.NaN;");
        }
    }
}
