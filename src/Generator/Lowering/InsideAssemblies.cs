using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>Where a value lies that has no buffer of its own: in that of the padding or concatenation around it.</summary>
/// <param name="Whole">The node whose buffer it is.</param>
/// <param name="Strides">Per axis of the value, in elements of the whole.</param>
/// <param name="Offset">Of its first element.</param>
internal sealed record Inside(int Whole, int[] Strides, int Offset);

/// <summary>
/// Values that are padded or put side by side are written where the whole has them, by the kernel that computes them: the next layer's border stands around what the one before stores, a
/// step's gates lie as the product behind them reads them, and nothing is copied. Who else reads such a value reads it there.
/// </summary>
internal sealed class InsideAssemblies
{
    private readonly Graph graph;
    private readonly Fuse fuse;
    private readonly HashSet<int> outputs;
    private readonly Dictionary<int, Inside> places = [];

    /// <summary>Whether those who read what an unstored Map computes can do so wherever its operands lie.</summary>
    private readonly Dictionary<int, bool> areFree = [];

    /// <summary>Elements of a line that are worth a loop of their own.</summary>
    private const int ShortestLine = 16;

    private InsideAssemblies(Graph graph, Fuse fuse)
    {
        this.graph = graph;
        this.fuse = fuse;
        outputs = [.. graph.Outputs.Select(o => o.Node)];
    }

    public static IReadOnlyDictionary<int, Inside> Find(Graph graph, Fuse fuse)
    {
        var finder = new InsideAssemblies(graph, fuse);
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            // What a step gives lies in its slot; what a program gives may lie in the caller's memory.
            if (!graph[i].PerRow || fuse.ClusterOf[i] < 0 || !fuse.Stored[i] || (!fuse.IsCell && finder.outputs.Contains(i))) continue;
            if (graph[i].Op is ConcatOp concat) finder.AddParts(i, concat.Axis);
            // Borders in a loop are written at every step, wherever they lie.
            else if (!fuse.IsCell && graph[i].Op is PadOp pad && !double.IsInfinity(pad.Value) && !finder.IsBorderOfTransposed(i)) finder.AddPadded(i);
        }
        return finder.places;
    }

    /// <summary>
    /// Whether a padding is the border around the gradient by the results of a convolution without one, whose tiles leave the border alone. What reads the value in a later phase, as the gradient by the taps, has it
    /// without: a border in memory that is kept would have to be cleared at every step.
    /// </summary>
    private bool IsBorderOfTransposed(int node) => fuse.ReadersOf(node).Any(reader
        => graph[reader].Op.IsView ? IsBorderOfTransposed(reader) : WinogradFilters.AreGiven(graph[reader]) && WinogradConvolution.Of(i => graph[i], graph[reader]) is { IsTransposed: true });

    private void AddParts(int whole, int axis)
    {
        int[] strides = graph[whole].Shape.Strides();
        int start = 0;
        foreach (int operand in graph[whole].Operands)
        {
            int line = strides[axis] * graph[operand].Shape[axis];
            if (line >= ShortestLine || line == graph[operand].Shape.Count) Add(whole, operand, strides, start * strides[axis]);
            start += graph[operand].Shape[axis];
        }
    }

    private void AddPadded(int padding)
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
        Add(padding, value, strides, offset);
    }

    /// <summary>Places a value in a whole, where its kernel and all who read it can do with the gaps between its lines.</summary>
    private void Add(int whole, int value, int[] strides, int offset)
    {
        // Extents of 1 more or less move no element.
        var gaps = new Queue<int>(strides.Where((_, axis) => graph[value].Shape[axis] != 1));
        value = Fuse.Resolve(graph, value);
        strides = [.. graph[value].Shape.Extents.Select(extent => extent == 1 ? 0 : gaps.Dequeue())];
        bool areLinesWhole = Enumerable.Range(0, strides.Length).Where(axis => graph[value].Shape[axis] > 1).Select(axis => strides[axis]).DefaultIfEmpty(1).Last() == 1;
        if (areLinesWhole && !places.ContainsKey(value) && CanLieThere(value) && AreReadersFree(value, new View(value, strides, 0))) places.Add(value, new Inside(whole, strides, offset));
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
        if (op is (MapOp or FoldOp) && !fuse.Stored[reader] && !AreReadersOfUnstoredFree(reader)) return false;
        return fuse.IsInlined[reader] || (fuse.ClusterOf[reader] >= 0 && TakesGaps(fuse.Clusters[fuse.ClusterOf[reader]].Kind) && !TakesPixelsAsOne(reader));
    });

    private bool AreReadersOfUnstoredFree(int reader)
    {
        if (!areFree.TryGetValue(reader, out bool free)) areFree[reader] = free = AreReadersFree(reader, new View(reader, graph[reader].Shape.Strides(), 0));
        return free;
    }

    private static bool TakesGaps(ClusterKind kind)
        => kind is ClusterKind.Map or ClusterKind.Contraction or ClusterKind.Reduction or ClusterKind.Window or ClusterKind.Moments or ClusterKind.Assemble;
}
