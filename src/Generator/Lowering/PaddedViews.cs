using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Lets contractions read a value in the middle of its padding, where another needs it padded: a gradient by a convolution's result, from which one contraction makes that by
/// the image and another that by the taps. So it lies in memory once.
/// </summary>
internal sealed class PaddedViews
{
    private readonly Graph graph;
    private readonly List<int>[] readers;
    private readonly GraphBuilder builder = new();
    private readonly int[] moved;

    private PaddedViews(Graph graph)
    {
        this.graph = graph;
        moved = new int[graph.Nodes.Count];
        readers = [.. graph.Nodes.Select(_ => new List<int>())];
        for (int i = 0; i < moved.Length; i++)
            foreach (int operand in graph[i].Operands.Distinct()) readers[operand].Add(i);
    }

    public static Graph Run(Graph graph) => new PaddedViews(graph).Rewrite();

    private Graph Rewrite()
    {
        for (int i = 0; i < moved.Length; i++)
        {
            var node = graph[i];
            builder.Layer = node.Layer;
            var operands = node.Operands.Select(o => builder.At(moved[o])).ToArray();
            if (node.Op is ContractOp) operands = [.. node.Operands.Zip(operands, (o, operand) => PaddingOf(o) is { Count: > 0 } paddings ? Middle(operand, paddings) : operand)];
            moved[i] = builder.Add(node.Op, operands, node.Shape, node.PerRow).Index;
        }
        return builder.Build(graph.Outputs.Select(o => o with { Node = moved[o.Node] }));
    }

    /// <summary>The paddings around a Map, one in the other, if beside them only contractions read it.</summary>
    private List<PadOp> PaddingOf(int value)
    {
        var paddings = new List<PadOp>();
        if (graph[value].Op is not MapOp || graph.Outputs.Any(o => o.Node == value)) return paddings;
        if (readers[value].Count(r => graph[r].Op is PadOp) != 1 || readers[value].Any(r => graph[r].Op is not (PadOp or ContractOp))) return paddings;
        for (int next = readers[value].First(r => graph[r].Op is PadOp); graph[next].Op is PadOp pad; next = readers[next][0])
        {
            // Gaps between the elements would be read with them.
            if (pad.Interior != 0) return [];
            paddings.Add(pad);
            if (readers[next].Count != 1) break;
        }
        return paddings;
    }

    private static Value Middle(Value value, List<PadOp> paddings)
    {
        var padded = value;
        foreach (var pad in paddings) padded = padded.Pad(pad.Axis, pad.Before, pad.After, pad.Interior, pad.Value);
        for (int axis = 0; axis < value.Shape.Rank; axis++)
        {
            int before = paddings.Where(p => p.Axis == axis).Sum(p => p.Before);
            if (padded.Shape[axis] != value.Shape[axis]) padded = padded.Slice(axis, before, value.Shape[axis]);
        }
        return padded;
    }
}
