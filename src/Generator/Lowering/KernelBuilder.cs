using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>Turns clusters into kernel records: writes their bodies, flattens their loops, and names the buffers they are launched with.</summary>
internal sealed partial class KernelBuilder(FusedGraph fused)
{
    private Graph Graph => fused.Graph;

    /// <summary>The launches of a cluster, before them those of the borders around what it stores.</summary>
    public IEnumerable<PlannedLaunch> Build(Cluster cluster) => cluster.Members.Where(fused.Stored).Select(fused.InsideOf).Where(inside => inside is not null && Graph[inside.Whole].Op is PadOp)
        .SelectMany(inside => Pad(fused.ClusterOf(inside!.Whole))).Concat(fused.ValueAt(cluster.Root) != cluster.Root ? [] : Kernels(cluster));

    private IEnumerable<PlannedLaunch> Kernels(Cluster cluster) => cluster.Kind switch
    {
        ClusterKind.Map => [Map(cluster)],
        ClusterKind.Row => [Row(cluster)],
        ClusterKind.Reduction => [Reduction(cluster)],
        ClusterKind.Contraction => [ContractionBuilder.Build(fused, cluster)],
        ClusterKind.Moments => [Moments(cluster)],
        ClusterKind.Attention => [Attention(cluster)],
        ClusterKind.OneQueryAttention => [OneQueryAttention(cluster)],
        ClusterKind.Remember => [Remember(cluster)],
        ClusterKind.Scatter => [Scatter(cluster)],
        ClusterKind.Window => [Window(cluster)],
        ClusterKind.Random => [Random(cluster)],
        ClusterKind.Scan => Scan(cluster),
        _ => Graph[cluster.Root].Op is PadOp ? Pad(cluster) : Concat(cluster),
    };

    private PlannedLaunch Map(Cluster cluster)
    {
        var buffers = new FormalBuffers();
        var extents = ExtentsOf(cluster);
        var body = Body(cluster, buffers, extents.Count);
        foreach (int member in cluster.Members.Where(fused.Stored)) body.Store(member, Positions(member, cluster));
        return new PlannedLaunch(FlatMap(buffers, extents, body.Build()), buffers.Actuals, cluster);
    }

    private static MapKernel FlatMap(FormalBuffers buffers, List<Extent> extents, KernelBody body)
    {
        var groups = LoopAxes.Groups(extents, body.Accesses, extents.Select(_ => 0).ToList(), new HashSet<int>(LoopAxes.Indexed(body)));
        return new MapKernel(buffers.Formals, groups.Select(g => LoopAxes.Merge(extents, g)).ToEquatableArray(), LoopAxes.Merge(body, groups));
    }

    private PlannedLaunch Row(Cluster cluster)
    {
        var buffers = new FormalBuffers();
        var extents = ExtentsOf(cluster);
        int outer = extents.Count - cluster.Inner;
        var writer = Body(cluster, buffers, extents.Count);
        foreach (int member in cluster.Members.Where(fused.Stored)) writer.Store(member, Positions(member, cluster));
        var body = writer.Build();
        var classes = extents.Select((_, axis) => axis < outer ? 0 : 1).ToList();
        var groups = LoopAxes.Groups(extents, body.Accesses, classes, new HashSet<int>(LoopAxes.Indexed(body)));
        if (groups.Count(g => g[0] >= outer) > 1) throw new InvalidOperationException("a row kernel's inner axes do not lie side by side");
        var outerExtents = groups.Where(g => g[0] < outer).Select(g => LoopAxes.Merge(extents, g)).ToEquatableArray();
        int inner = LoopAxes.Merge(extents, groups[groups.Count - 1]).Constant;
        body = LoopAxes.Merge(body, groups);
        var kept = KeptBetweenPasses(body, outerExtents.Count);
        if (kept.Count > 0) buffers.Add(new BufferRef(BufferKind.RowScratch, kept.Count * inner, 0), isInteger: false, isExact: false, isWritten: true);
        return new PlannedLaunch(new RowKernel(buffers.Formals, outerExtents, inner, body, kept), buffers.Actuals, cluster);
    }

    /// <summary>Expensive elements that a later pass reads, itself or through cheap ones, are kept in the row scratch, which stays in the first cache.</summary>
    private static EquatableArray<int> KeptBetweenPasses(KernelBody body, int outerAxes)
    {
        var stages = RowStages.Of(body, outerAxes);
        var kept = new SortedSet<int>();
        void Follow(int instruction, int stage)
        {
            var code = body.Code[instruction];
            if (!stages.IsElement[instruction] || code.Op == BodyOp.Load) return;
            if (code.IsExpensive && stages.Stage[instruction] < stage)
            {
                kept.Add(instruction);
                return;
            }
            for (int k = 0; k < code.Arity; k++) Follow(code.Operand(k), stage);
        }
        for (int i = 0; i < body.Code.Count; i++)
            if (body.Code[i].Op == BodyOp.Reduce) Follow(body.Code[i].A, stages.Stage[i]);
        foreach (var store in body.Stores)
            if (stages.IsElement[store.Value]) Follow(store.Value, stages.Stage[store.Value]);
        return kept.ToEquatableArray();
    }

    private PlannedLaunch Reduction(Cluster cluster)
    {
        var node = Graph[cluster.Root];
        var reduce = (ReduceOp)node.Op;
        var buffers = new FormalBuffers();
        var (kept, reduced, axes) = ReducedLoops(Graph[node.Operands[0]].Shape, reduce.Axes, node.PerRow, reduce.OverRows);
        int rowsAxis = node.PerRow ? 0 : reduce.OverRows ? kept.Count : -1;
        var extents = kept.Concat(reduced).ToList();
        var sourceWriter = new BodyBuilder(fused, buffers, _ => false, extents.Count, rowsAxis);
        sourceWriter.Emit(node.Operands[0], axes);
        var epilogueWriter = Body(cluster, buffers, kept.Count, cluster.Root);
        foreach (int member in cluster.Members.Where(fused.Stored)) epilogueWriter.Store(member, Positions(member, cluster));
        KernelBody source = sourceWriter.Build(), epilogue = epilogueWriter.Build();

        var classes = extents.Select((_, axis) => axis < kept.Count ? 0 : 1).ToList();
        var indexed = new HashSet<int>(LoopAxes.Indexed(source).Concat(LoopAxes.Indexed(epilogue)));
        var groups = LoopAxes.Groups(extents, source.Accesses.Concat(epilogue.Accesses).ToList(), classes, indexed);
        return new PlannedLaunch(new ReductionKernel(buffers.Formals,
            groups.Where(g => g[0] < kept.Count).Select(g => LoopAxes.Merge(extents, g)).ToEquatableArray(),
            groups.Where(g => g[0] >= kept.Count).Select(g => LoopAxes.Merge(extents, g)).ToEquatableArray(),
            reduce.Kind, reduce.OverRows, LoopAxes.Merge(source, groups), LoopAxes.Merge(epilogue, groups)), buffers.Actuals, cluster);
    }

    /// <summary>Loops over what stays (rows first, if they do), then over what is summed (rows first, if they are); and the loop of each axis.</summary>
    private static (List<Extent> Kept, List<Extent> Reduced, int[] Axes) ReducedLoops(Shape shape, EquatableArray<int> summed, bool keepsRows, bool overRows)
    {
        var kept = keepsRows ? new List<Extent> { Extent.Rows } : [];
        var reduced = overRows ? new List<Extent> { Extent.Rows } : [];
        int[] axes = Enumerable.Repeat(-1, shape.Rank).ToArray();
        for (int axis = 0; axis < axes.Length; axis++)
        {
            if (shape[axis] == 1 || summed.Contains(axis)) continue;
            axes[axis] = kept.Count;
            kept.Add(Extent.Of(shape[axis]));
        }
        for (int axis = 0; axis < axes.Length; axis++)
        {
            if (shape[axis] == 1 || !summed.Contains(axis)) continue;
            axes[axis] = kept.Count + reduced.Count;
            reduced.Add(Extent.Of(shape[axis]));
        }
        return (kept, reduced, axes);
    }

    private PlannedLaunch Moments(Cluster cluster)
    {
        var node = Graph[cluster.Root];
        var moments = (MomentsOp)node.Op;
        var operand = Graph[node.Operands[0]];
        var buffers = new FormalBuffers();
        var (kept, reduced, axes) = ReducedLoops(operand.Shape, moments.Axes, keepsRows: false, overRows: true);
        var extents = kept.Concat(reduced).ToList();
        var sourceWriter = new BodyBuilder(fused, buffers, _ => false, extents.Count, kept.Count);
        sourceWriter.Emit(node.Operands[0], axes);
        var resultWriter = new BodyBuilder(fused, buffers, _ => false, kept.Count, -1);
        var result = resultWriter.WriteAccess(cluster.Root, [-1, .. axes.Select(loop => loop < kept.Count ? loop : -1)]);
        var source = sourceWriter.Build();

        var classes = extents.Select((_, axis) => axis < kept.Count ? 0 : 1).ToList();
        var groups = LoopAxes.Groups(extents, source.Accesses.Append(result).ToList(), classes, new HashSet<int>(LoopAxes.Indexed(source)));
        return new PlannedLaunch(new MomentsKernel(buffers.Formals,
            groups.Where(g => g[0] < kept.Count).Select(g => LoopAxes.Merge(extents, g)).ToEquatableArray(),
            groups.Where(g => g[0] >= kept.Count).Select(g => LoopAxes.Merge(extents, g)).ToEquatableArray(),
            LoopAxes.Merge(source, groups), LoopAxes.Merge(result, groups), node.Shape.Strides()[0]), buffers.Actuals, cluster);
    }

    private PlannedLaunch Random(Cluster cluster)
    {
        var buffers = new FormalBuffers();
        var random = (RandomOp)Graph[cluster.Root].Op;
        buffers.Add(new BufferRef(BufferKind.Node, cluster.Root, 0), isInteger: false, isExact: false, isWritten: true);
        return new PlannedLaunch(new RandomKernel(buffers.Formals, random.Kind, random.Stream, random.Extents.Count), buffers.Actuals, cluster);
    }

    private BodyBuilder Body(Cluster cluster, FormalBuffers buffers, int axisCount, int accumulator = -1)
        => new(fused, buffers, cluster.Members.Contains, axisCount, cluster.PerRow ? 0 : -1) { Accumulator = accumulator };

    public static List<Extent> ExtentsOf(Cluster cluster)
        => (cluster.PerRow ? new[] { Extent.Rows } : []).Concat(cluster.Extents.Select(Extent.Of)).ToList();

    /// <summary>The loops that the axes of a member are walked by.</summary>
    private int[] Positions(int member, Cluster cluster)
        => Fuse.Positions(Graph[member].Shape).Select(p => p < 0 ? -1 : p + (cluster.PerRow ? 1 : 0)).ToArray();
}
