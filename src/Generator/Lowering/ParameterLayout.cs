using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Gives every parameter its one home layout, which gradients and optimizer state share: a matrix that a contraction reads along its output features
/// lies in panels [N/w][K][w] of w = 16 floats or 8 doubles, a cache line, whatever the instruction set, so that a tile reads it front to back; all else is
/// row-major. Running statistics lie among them. Each starts on a 64-byte boundary.
/// </summary>
internal static class ParameterLayout
{
    public const int Alignment = 16;

    public static int PanelWidth(bool float64) => float64 ? 8 : 16;

    public static EquatableArray<ParameterBuffer> Assign(Graph graph, bool float64)
    {
        int width = PanelWidth(float64);
        int offset = 0;
        var buffers = new List<ParameterBuffer>();
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            var buffer = graph[i].Op switch
            {
                ParameterOp parameter => Place(parameter, PanelAxis(graph, i), offset, width),
                StateOp state => new ParameterBuffer(state.Path, state.Extents, offset, state.Extents.Count, -1, 0, state.Initialization, Frozen: true, IsState: true),
                _ => null,
            };
            if (buffer is null) continue;
            buffers.Add(buffer);
            offset = RoundUp(offset + buffer.Length, Alignment);
        }
        return buffers.ToEquatableArray();
    }

    private static ParameterBuffer Place(ParameterOp parameter, int axis, int offset, int width)
    {
        int length = axis < 0 ? parameter.Extents.Count : RoundUp(parameter.Extents[axis], width) * parameter.Extents[1 - axis];
        return new ParameterBuffer(parameter.Path, parameter.Extents, offset, length, axis, axis < 0 ? 0 : width, parameter.Initialization, parameter.Frozen, IsState: false);
    }

    public static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>The axis of output features in the first contraction with a per-row value that reads this matrix, or -1.</summary>
    private static int PanelAxis(Graph graph, int parameter)
    {
        if (graph[parameter].Shape.Rank != 2) return -1;
        foreach (var node in graph.Nodes)
        {
            if (node.Op is ScanOp scan && PanelAxisWithin(scan, node, parameter) is >= 0 and var within) return within;
            if (node.Op is not ContractOp contract || node.Operands[0] == node.Operands[1]) continue;
            int side = node.Operands.Items.IndexOf(parameter);
            if (side < 0 || !graph[node.Operands[1 - side]].PerRow) continue;
            var labels = side == 0 ? contract.Left : contract.Right;
            for (int axis = 0; axis < 2; axis++)
                if (contract.Result.Count > 0 && contract.Result[contract.Result.Count - 1] == labels[axis]) return axis;
        }
        return -1;
    }

    /// <summary>The same for a parameter that a loop's body captures.</summary>
    private static int PanelAxisWithin(ScanOp scan, Node node, int parameter)
    {
        int leaf = scan.Body.Nodes.ToList().FindIndex(n => n.Op is BodyInputOp { Kind: BodyInputKind.Captured } input && node.Operands[scan.Operand(input)] == parameter);
        return leaf < 0 ? -1 : PanelAxis(scan.Body, leaf);
    }
}
