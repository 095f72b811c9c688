using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>Where a value lies that has no buffer of its own: in that of the padding around it.</summary>
/// <param name="Padding">The node whose buffer it is.</param>
/// <param name="Strides">Per axis of the value, in elements of the padding.</param>
/// <param name="Offset">Of its first element.</param>
internal sealed record Inside(int Padding, int[] Strides, int Offset);

/// <summary>
/// Values that are padded are written where the padding has them, by the kernel that computes them: the next layer's border stands around what the one before stores, and nothing is copied.
/// Who else reads such a value reads it there.
/// </summary>
internal sealed class InsidePaddings
{
    private readonly Graph graph;
    private readonly Fuse fuse;
    private readonly HashSet<int> outputs;
    private readonly Dictionary<int, Inside> places = [];

    private InsidePaddings(Graph graph, Fuse fuse)
    {
        this.graph = graph;
        this.fuse = fuse;
        outputs = [.. graph.Outputs.Select(o => o.Node)];
    }

    public static IReadOnlyDictionary<int, Inside> Find(Graph graph, Fuse fuse)
    {
        var finder = new InsidePaddings(graph, fuse);
        for (int i = 0; i < graph.Nodes.Count; i++)
            if (graph[i] is { Op: PadOp pad, PerRow: true } && !double.IsInfinity(pad.Value) && fuse.ClusterOf[i] >= 0 && fuse.Stored[i] && !finder.outputs.Contains(i) && !finder.IsBorderOfTransposed(i)) finder.Add(i);
        return finder.places;
    }

    /// <summary>
    /// Whether a padding is the border around the gradient by the results of a convolution without one, whose tiles leave the border alone. What reads the value in a later phase, as the gradient by the taps, has it
    /// without: a border in memory that is kept would have to be cleared at every step.
    /// </summary>
    private bool IsBorderOfTransposed(int node) => fuse.ReadersOf(node).Any(reader
        => graph[reader].Op.IsView ? IsBorderOfTransposed(reader) : WinogradFilters.AreGiven(graph[reader]) && WinogradConvolution.Of(i => graph[i], graph[reader]) is { IsTransposed: true });

    private void Add(int padding)
    {
        int[] strides = graph[padding].Shape.Strides();
        int offset = 0, value = padding;
        while (value == padding || (graph[value].Op is PadOp && fuse.IsInlined[value]))
        {
            var pad = (PadOp)graph[value].Op;
            offset += pad.Before * strides[pad.Axis];
            strides[pad.Axis] *= pad.Interior + 1;
            value = graph[value].Operands[0];
        }
        // Extents of 1 more or less move no element.
        var gaps = new Queue<int>(strides.Where((_, axis) => graph[value].Shape[axis] != 1));
        value = Fuse.Resolve(graph, value);
        strides = [.. graph[value].Shape.Extents.Select(extent => extent == 1 ? 0 : gaps.Dequeue())];
        bool areLinesWhole = Enumerable.Range(0, strides.Length).Where(axis => graph[value].Shape[axis] > 1).Select(axis => strides[axis]).DefaultIfEmpty(1).Last() == 1;
        if (areLinesWhole && !places.ContainsKey(value) && CanLieThere(value) && AreReadersFree(value, new View(value, strides, 0))) places.Add(value, new Inside(padding, strides, offset));
    }

    /// <summary>
    /// Kernels whose stores go element by element wherever an access says. A copy into another order goes by squares, the more of them whole the longer what lies side by side is.
    /// </summary>
    private bool CanLieThere(int value) => graph[value].PerRow && fuse.ClusterOf[value] >= 0 && fuse.Stored[value] && !outputs.Contains(value) && !fuse.TurnsElements(value)
        && fuse.Clusters[fuse.ClusterOf[value]] is { Kind: ClusterKind.Map or ClusterKind.Contraction or ClusterKind.Reduction or ClusterKind.Window } cluster
        && !TakesPixelsAsOne(cluster.Root);

    /// <summary>Products of pixels by themselves have one loop over all of them, which gaps would cut into lines.</summary>
    private bool TakesPixelsAsOne(int index) => graph[index].Op is ContractOp && !graph[index].Operands.Any(operand => View.HasWindows(i => graph[i], operand));

    /// <summary>Whether all who read a value, themselves or through views, can do so with gaps between its lines.</summary>
    private bool AreReadersFree(int value, View place) => fuse.ReadersOf(value).All(reader =>
    {
        var op = graph[reader].Op;
        // What a later phase reads would be kept with its border, of which that makes one of its own.
        if (op is AfterOp) return false;
        if (op.IsView) return View.Of(i => graph[i], reader, place) is not null && AreReadersFree(reader, place);
        // What has no buffer is computed by its own readers.
        if (op is (MapOp or FoldOp) && !fuse.Stored[reader] && !AreReadersFree(reader, new View(reader, graph[reader].Shape.Strides(), 0))) return false;
        return fuse.IsInlined[reader] || (fuse.ClusterOf[reader] >= 0 && TakesGaps(fuse.Clusters[fuse.ClusterOf[reader]].Kind) && !TakesPixelsAsOne(reader));
    });

    private static bool TakesGaps(ClusterKind kind)
        => kind is ClusterKind.Map or ClusterKind.Contraction or ClusterKind.Reduction or ClusterKind.Window or ClusterKind.Moments or ClusterKind.Assemble;
}
