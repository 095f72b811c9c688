using DlGen.Ops;

namespace DlGen.Lowering;

internal sealed partial class Fuse
{
    /// <summary>Whether the last extents of a value lie one after the other; matrices of parameters may lie in panels.</summary>
    private bool IsOneRow(int index, int inner)
    {
        if (inner <= 1) return true;
        if (View.Of(graph, index) is not { } view || graph[view.Root].Op is ParameterOp { Extents.Rank: 2 }) return false;
        var shape = graph[index].Shape;
        int[] axes = Enumerable.Range(0, shape.Rank).Where(a => shape[a] != 1).ToArray();
        return Enumerable.Range(axes.Length - inner, inner - 1).All(i => view.Strides[axes[i]] == view.Strides[axes[i + 1]] * shape[axes[i + 1]]);
    }
}
