using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Emission;

/// <summary>
/// Programs that may run on several threads: each phase is a method that computes a share, called once for everything or by each thread of a team. Threads take
/// rows of shards, or whole tiles of what sums over the batch, and never part of a sum: the results have the same bits at any number of threads.
/// </summary>
internal sealed partial class ProgramWriter
{
    /// <summary>The rows of a register tile with AVX-512: shares that begin in the middle of one would compute more tiles.</summary>
    private const int TileRows = 8;

    private const string Runtime = "global::DlGen.Compiled.";

    private readonly List<Piece> pieces = [];

    /// <summary>A phase, or launches of a batch-wide phase that do not depend on each other.</summary>
    private sealed record Piece(string Name, EntryProgram Program, Phase Phase, IReadOnlyList<(string Type, string Name)> References)
    {
        public bool IsSharded => Phase.Kind == PhaseKind.Shards;

        public bool SumsLoss => IsSharded && Phase.SumsLoss;

        public bool Draws { get; init; }
    }

    private void WriteDivided(EntryProgram program)
    {
        foreach (var phase in program.Phases.Where(p => p.Kind == PhaseKind.Prepare)) WriteLaunches(program, phase, probe: false, isShare: false);
        pieces.Clear();
        foreach (var phase in program.Phases.Where(p => p.Kind != PhaseKind.Prepare))
            foreach (var launches in phase.Kind == PhaseKind.Shards ? [phase.Launches] : Waves(phase.Launches)) AddPiece(program, phase with { Launches = launches });
        bool hasTeam = Common().Count <= FrameCapacity;
        using (hasTeam ? writer.Block("if (team is not null)") : (SourceWriter.BlockScope?)null)
            if (hasTeam) writer.Line($"{method}OnTeam({string.Join(", ", TeamArguments(declared: false))});");
        using (hasTeam ? writer.Block("else") : (SourceWriter.BlockScope?)null)
            foreach (var piece in pieces) writer.Line(Call(piece, r => "ref " + r.Name, piece.IsSharded ? ["0", "rows"] : ["rows", "0", "1"], "losses", "seed", "step"));
        if (program.Loss is not null) writer.Line($"return {Runtime}Check.Sum(losses, rows);");
    }

    /// <summary>References that a frame of the runtime has room for.</summary>
    private const int FrameCapacity = 24;

    /// <summary>The references that any piece uses.</summary>
    private List<(string Type, string Name)> Common() => [.. references.Where(r => pieces.Any(p => p.References.Contains(r)))];

    private IEnumerable<string> TeamArguments(bool declared)
    {
        string Of(string type, string name) => declared ? $"{type} {name}" : type.StartsWith("ref ", StringComparison.Ordinal) ? "ref " + name : name;
        yield return Of(Runtime + "Team", "team");
        foreach (var (type, name) in Common()) yield return Of("ref " + type, name);
        if (pieces.Any(p => p.SumsLoss)) yield return Of("Span<double>", "losses");
        yield return Of("int", "rows");
        if (!pieces.Any(p => p.Draws)) yield break;
        yield return Of("long", "seed");
        yield return Of("long", "step");
    }

    private void AddPiece(EntryProgram program, Phase phase)
    {
        var used = new HashSet<string>(phase.Launches.SelectMany(l => l.Arguments).Select(a => a.Region == Region.Shard ? "kept" : NameOf(a, isSharded: true)));
        if (phase.SumsLoss) used.UnionWith(finiteInputs.Select(InputName));
        if (phase.SumsLoss) used.Add(program.Loss!.Value.Region == Region.Shard ? "kept" : "scratch");
        string kind = phase.Kind == PhaseKind.Shards ? "Shards" : "Batch";
        pieces.Add(new Piece($"{method}{kind}{Literal.Of(pieces.Count + 1)}", program, phase, [.. references.Where(r => used.Contains(r.Name))])
        {
            Draws = phase.Launches.Any(l => module.Kernels[l.Kernel] is RandomKernel),
        });
    }

    /// <summary>
    /// Launches that several threads may compute at once: none reads or writes what another one writes. Gradients are told apart by their parameters; of other memory, whose
    /// values share places, a region counts as one.
    /// </summary>
    private IEnumerable<EquatableArray<Launch>> Waves(EquatableArray<Launch> launches)
    {
        var wave = new List<Launch>();
        var read = new HashSet<(Region, int)>();
        var written = new HashSet<(Region, int)>();
        foreach (var run in Runs(launches))
        {
            var places = run.SelectMany(launch => launch.Arguments.Select((a, i)
                => (Place: (a.Region, a.Region == Region.Gradients ? ParameterAt(a.Offset) : 0), module.Kernels[launch.Kernel].Buffers[i].IsWritten))).ToList();
            if (places.Any(p => written.Contains(p.Place) || (p.IsWritten && read.Contains(p.Place))))
            {
                yield return wave.ToEquatableArray();
                wave.Clear();
                read.Clear();
                written.Clear();
            }
            wave.AddRange(run);
            foreach (var (place, isWritten) in places) (isWritten ? written : read).Add(place);
        }
        if (wave.Count > 0) yield return wave.ToEquatableArray();
    }

    /// <summary>The parameter in whose place an offset lies.</summary>
    private int ParameterAt(int offset) => module.Parameters.Items.Count(p => p.Offset <= offset);

    private static string Call(Piece piece, Func<(string Type, string Name), string> reference, IEnumerable<string> range, string losses, string seed, string step)
    {
        var arguments = piece.References.Select(reference).Concat(piece.SumsLoss ? [losses] : []).Concat(range).Concat(piece.Draws ? [seed, step] : []);
        return $"{piece.Name}({string.Join(", ", arguments)});";
    }

    private void WriteTeam()
    {
        if (pieces.Count == 0) return;
        var all = Common();
        if (all.Count <= FrameCapacity)
        {
            writer.Line();
            writer.Line("/// <summary>The same by several threads, each of which computes its share of every part.</summary>");
            using var team = writer.Block($"private static void {method}OnTeam({string.Join(", ", TeamArguments(declared: true))})");
            writer.Line($"scoped var frame = new {Runtime}Frame {{ Rows = rows{(pieces.Any(p => p.SumsLoss) ? ", Losses = losses" : "")}{(pieces.Any(p => p.Draws) ? ", Seed = seed, Step = step" : "")} }};");
            for (int i = 0; i < all.Count; i++) writer.Line($"frame.Memory{Literal.Of(i)} = ref Unsafe.As<{all[i].Type}, byte>(ref {all[i].Name});");
            foreach (var piece in pieces) WriteRun(piece, all);
        }
        foreach (var piece in pieces) WritePiece(piece);
    }

    private void WriteRun(Piece piece, List<(string Type, string Name)> all)
    {
        // Few large shards are shared too: a share may begin within one.
        string step = Literal.Of(Math.Min(TileRows, Math.Max(1, module.ShardRows / 2)));
        string Reference((string Type, string Name) r)
        {
            string memory = $"Unsafe.As<byte, {r.Type}>(ref frame.Memory{Literal.Of(all.IndexOf(r))})";
            return r.Name == "scratch" && piece.IsSharded ? $"ref Unsafe.Add(ref {memory}, part * {Literal.Of(piece.Program.ScratchLength)})" : "ref " + memory;
        }
        string[] range = piece.IsSharded
            ? [$"{Runtime}Share.Row(frame.Rows, {step}, part, parts)", $"{Runtime}Share.Row(frame.Rows, {step}, part + 1, parts)"]
            : ["frame.Rows", "part", "parts"];
        writer.Line($"team.Run(in frame, static (in {Runtime}Frame frame, int part, int parts) =>");
        using (writer.Indent())
        {
            writer.Line(Call(piece, r => "\n    " + Reference(r), range.Select((argument, i) => i == 0 ? "\n    " + argument : argument), "frame.Losses", "frame.Seed", "frame.Step").TrimEnd(';').Replace(", \n", ",\n") + (piece.IsSharded ? "," : ");"));
            if (piece.IsSharded) writer.Line($"parts: {Runtime}Share.Groups(rows, {step})); // rows stay together by {step}");
        }
    }

    private void WritePiece(Piece piece)
    {
        references.Clear();
        references.AddRange(piece.References);
        method = piece.Name;
        string[] parameters = [.. piece.References.Select(r => $"ref {r.Type} {r.Name}"), .. piece.SumsLoss ? ["Span<double> losses"] : Array.Empty<string>(),
            .. piece.IsSharded ? new[] { "int from, int to" } : ["int rows, int part, int parts"], .. piece.Draws ? ["long seed, long step"] : Array.Empty<string>()];
        writer.Line();
        using (writer.Block($"private static void {piece.Name}({string.Join(", ", parameters)})"))
        {
            if (piece.IsSharded) WriteShards(piece.Program, piece.Phase, probe: false, isShare: true);
            else WriteLaunches(piece.Program, piece.Phase, probe: false, isShare: true);
        }
        WriteParts();
    }
}
