using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Where rows meet between two phases, what the later one reads of the earlier must outlive it, in memory beyond the caches. A value that costs next to nothing to make of others that
/// are kept anyway (the activation of a norm, of the convolution's result that the norm's gradient reads; the padding of an activation) is made again where it is read: its copy reads
/// them through <see cref="AfterOp"/>, so that it waits for the later phase. What is kept from forward to backward are then the results of contractions.
/// </summary>
internal sealed class Recompute
{
    /// <summary>A copy that reads more kept values than these, or computes more, is not made: the value itself is kept.</summary>
    private const int MostSources = 3, MostInstructions = 32;

    private readonly Graph graph;
    private readonly GraphBuilder builder = new();
    private readonly PhaseOrder[] phases;

    /// <summary>The operand that a node's phase waits for; -1 for leaves.</summary>
    private readonly int[] awaited;

    /// <summary>What a copy of the node is made of; null for a node that is not copied.</summary>
    private readonly Recipe?[] recipes;

    private readonly int[] moved;
    private readonly Dictionary<(int Node, PhaseOrder Phase), Value> copies = [];

    private Recompute(Graph graph)
    {
        this.graph = graph;
        int count = graph.Nodes.Count;
        (phases, awaited, recipes, moved) = (new PhaseOrder[count], new int[count], new Recipe?[count], new int[count]);
    }

    /// <summary>The kept values that a copy reads, and the instructions that it costs.</summary>
    private sealed record Recipe(IReadOnlyCollection<int> Sources, int Instructions);

    public static Graph Run(Graph graph)
    {
        var pass = new Recompute(graph);
        pass.FindPhases();
        if (!pass.phases.Any(p => p.Time > 2)) return graph;
        pass.FindRecipes();
        return pass.Rewrite();
    }

    /// <summary>The earliest phase of each node: Lower may give its kernel a later one, for what else that computes.</summary>
    private void FindPhases()
    {
        var parts = Fuse.Parts(graph);
        for (int i = 0; i < phases.Length; i++)
        {
            var node = graph[i];
            awaited[i] = -1;
            int latest = PhaseOrder.Prepare;
            foreach (int operand in node.Operands)
            {
                // Inputs are there before any phase.
                if (parts[operand] != parts[i] || graph[operand].Operands.Count == 0 || (awaited[i] >= 0 && phases[operand].Time <= latest)) continue;
                (latest, awaited[i]) = (phases[operand].Time, operand);
            }
            phases[i] = new PhaseOrder(parts[i], node.PerRow ? Math.Max(1, latest | 1) : latest > 0 && latest % 2 == 1 ? latest + 1 : latest);
        }
    }

    private void FindRecipes()
    {
        bool[] isKept = new bool[phases.Length];
        for (int reader = 0; reader < phases.Length; reader++)
            foreach (int operand in graph[reader].Operands) isKept[Source(operand)] |= IsReadLate(operand, reader);
        for (int i = 0; i < recipes.Length; i++)
        {
            if (!IsCheap(i)) continue;
            var sources = new HashSet<int>();
            int instructions = graph[i].Op is MapOp map ? map.Expression.Code.Count : 1;
            foreach (int operand in graph[i].Operands.Select(Source).Where(o => graph[o].PerRow))
            {
                if (recipes[operand] is { } recipe)
                {
                    sources.UnionWith(recipe.Sources);
                    instructions += recipe.Instructions;
                }
                else sources.Add(operand);
            }
            bool areKept = sources.All(s => isKept[s] || graph[s].Op is InputOp);
            if (areKept && sources.Count is > 0 and <= MostSources && instructions <= MostInstructions) recipes[i] = new Recipe(sources, instructions);
        }
    }

    private bool IsCheap(int index) => graph[index] is { PerRow: true } node && graph.Outputs.All(o => o.Node != index)
        && (node.Op is PadOp || (node.Op is MapOp map && !map.Expression.IsExpensive && map.Expression.Code.All(c => c.Op != ScalarOp.Index)));

    /// <summary>The value whose elements a view has.</summary>
    private int Source(int index)
    {
        while (graph[index].Op.IsView) index = graph[index].Operands[0];
        return index;
    }

    /// <summary>Whether an operand is read in a later phase than its own; what is read once all rows are there is read in time if the latest phase before that makes it.</summary>
    private bool IsReadLate(int operand, int reader)
        => graph[operand].PerRow && phases[operand].Part == phases[reader].Part && phases[operand].Time < ReadingPhase(reader).Time;

    /// <summary>The phase of the shards in which what a node reads of the rows must be there.</summary>
    private PhaseOrder ReadingPhase(int reader)
        => graph[reader].PerRow ? phases[reader] : phases[reader] with { Time = graph[reader].Operands.Where(o => graph[o].PerRow && phases[o].Part == phases[reader].Part).Select(o => phases[o].Time).DefaultIfEmpty(0).Max() };

    private Graph Rewrite()
    {
        for (int i = 0; i < moved.Length; i++)
        {
            var node = graph[i];
            var phase = ReadingPhase(i);
            var operands = node.Operands.Select(o => IsReadLate(o, i) ? At(o, phase, i) : builder.At(moved[o])).ToArray();
            builder.Layer = node.Layer;
            moved[i] = builder.Add(node.Op, operands, node.Shape, node.PerRow).Index;
        }
        return builder.Build(graph.Outputs.Select(o => o with { Node = moved[o.Node] }));
    }

    /// <summary>A value as a later phase has it: what can be made again is.</summary>
    private Value At(int index, PhaseOrder phase, int reader)
    {
        var node = graph[index];
        if (!node.PerRow || phases[index].Part != phase.Part || phases[index].Time >= phase.Time || recipes[Source(index)] is null) return builder.At(moved[index]);
        if (copies.TryGetValue((index, phase), out var known)) return known;
        if (BeginningOf(phase, reader) is not { } beginning) return builder.At(moved[index]);
        var operands = node.Operands.Select(o => IsKeptFor(o) ? builder.Add(new AfterOp(), builder.At(moved[o]), beginning) : At(o, phase, reader)).ToArray();
        builder.Layer = node.Layer;
        return copies[(index, phase)] = builder.Add(node.Op, operands, node.Shape, node.PerRow);

        bool IsKeptFor(int operand) => graph[operand].PerRow && phases[operand].Part == phase.Part && phases[operand].Time < phase.Time && recipes[Source(operand)] is null;
    }

    /// <summary>A value of all rows together that the phase waits for, found among those that the reader depends on.</summary>
    private Value? BeginningOf(PhaseOrder phase, int reader)
    {
        for (int i = reader; i >= 0 && phases[i].Part == phase.Part; i = awaited[i])
            if (!graph[i].PerRow && phases[i].Time == phase.Time - 1 && awaited[i] >= 0 && graph[awaited[i]].PerRow) return builder.At(moved[i]);
        return null;
    }
}
