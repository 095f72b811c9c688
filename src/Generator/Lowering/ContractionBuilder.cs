using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// A contraction's labels become loops: those of the result that both operands carry are outer loops, the vector label is n, the rest of its side
/// joins n or becomes an outer loop, the other side is m, what the result lacks is k. Neighbours merge where all accesses allow (the rows of the
/// batch with time). The operand that carries the vector label is the right one.
/// </summary>
internal sealed partial class ContractionBuilder
{
    private const int Rows = int.MinValue;

    private readonly FusedGraph fused;
    private readonly Cluster cluster;
    private readonly Node node;
    private readonly ContractOp contract;
    private readonly FormalBuffers buffers = new();
    private readonly Dictionary<int, Extent> extents = [];

    private ContractionBuilder(FusedGraph fused, Cluster cluster)
    {
        this.fused = fused;
        this.cluster = cluster;
        node = fused.Graph[cluster.Root];
        contract = (ContractOp)node.Op;
    }

    public static PlannedLaunch Build(FusedGraph fused, Cluster cluster) => new ContractionBuilder(fused, cluster).Build();

    private PlannedLaunch Build()
    {
        var graph = fused.Graph;
        int vector = Layout.VectorLabel(contract, node.Shape, fused.GradientHome(cluster.Root));
        bool swap = contract.Left.Contains(vector) && !contract.Right.Contains(vector);
        var (leftNode, leftLabels) = swap ? (node.Operands[1], contract.Right) : (node.Operands[0], contract.Left);
        var (rightNode, rightLabels) = swap ? (node.Operands[0], contract.Left) : (node.Operands[1], contract.Right);
        for (int axis = 0; axis < leftLabels.Count; axis++) extents[leftLabels[axis]] = Extent.Of(graph[leftNode].Shape[axis]);
        for (int axis = 0; axis < rightLabels.Count; axis++) extents[rightLabels[axis]] = Extent.Of(graph[rightNode].Shape[axis]);
        extents[Rows] = Extent.Rows;

        var left = new HashSet<int>(leftLabels.Concat(graph[leftNode].PerRow ? [Rows] : []));
        var right = new HashSet<int>(rightLabels.Concat(graph[rightNode].PerRow ? [Rows] : []));
        var result = (node.PerRow ? new[] { Rows } : []).Concat(contract.Result).ToList();
        var summed = new[] { Rows }.Concat(leftLabels).Where(l => left.Contains(l) && right.Contains(l) && !result.Contains(l));
        // Extents of 1 make no loops, except that of the vector label: its operand may lie in panels.
        bool Loops(int label) => label == vector || label == Rows || extents[label].Constant > 1;
        var batch = result.Where(l => left.Contains(l) && right.Contains(l) && Loops(l)).ToList();
        var m = result.Where(l => left.Contains(l) && !right.Contains(l) && Loops(l)).ToList();
        var n = result.Where(l => right.Contains(l) && !left.Contains(l) && l != vector && Loops(l)).ToList();
        if (right.Contains(vector) && !left.Contains(vector)) n.Add(vector);
        var k = summed.Where(Loops).ToList();

        var loops = batch.Concat(m).Concat(n).Concat(k).ToList();
        int[] classes = batch.Select(_ => 0).Concat(m.Select(_ => 1)).Concat(n.Select(_ => 2)).Concat(k.Select(_ => 3)).ToArray();
        var loopExtents = loops.Select(l => extents[l]).ToList();
        var leftAccess = Operand(leftNode, leftLabels, loops, byElement: true);
        var rightAccess = Operand(rightNode, rightLabels, loops, byElement: false);
        var epilogue = Epilogue(loops.Take(loops.Count - k.Count).ToList());

        var accesses = new[] { leftAccess, rightAccess }.Concat(epilogue.Accesses).ToList();
        var groups = LoopAxes.Groups(loopExtents, accesses, classes, new HashSet<int>(LoopAxes.Indexed(epilogue)));
        return new PlannedLaunch(WithWinograd(Kernel(groups, classes, loops, loopExtents, leftAccess, rightAccess, epilogue)), buffers.Actuals, cluster);
    }

    /// <summary>Orders the merged loops as outer, m, n, k; a side that has none gets a loop of one trip.</summary>
    private ContractionKernel Kernel(List<int[]> groups, int[] classes, List<int> loops, List<Extent> loopExtents, Access left, Access right, KernelBody epilogue)
    {
        var ofClass = Enumerable.Range(0, 4).Select(c => groups.Where(g => classes[g[0]] == c).ToList()).ToArray();
        var outer = ofClass[0].Concat(ofClass[1].Take(ofClass[1].Count - 1)).Concat(ofClass[2].Take(ofClass[2].Count - 1)).ToList();
        int[]? m = ofClass[1].LastOrDefault(), n = ofClass[2].LastOrDefault();
        int[] none = [-1];
        var order = outer.Concat([m ?? none, n ?? none]).ToList();

        Access Reorder(Access access, IEnumerable<int[]> axes)
            => access.Over(strides => axes.Select(g => g[0] < 0 ? 0 : strides[g[g.Length - 1]]), axis => axes.ToList().FindIndex(g => g.Contains(axis)));
        // With one column the stride of a store along n is free: 1 is what every contraction's store has.
        var stores = new HashSet<int>(epilogue.Stores.Select(s => s.Access));
        bool oneColumn = n is null || LoopAxes.Merge(loopExtents, n).Constant == 1;
        Access Store(Access access, int index) => oneColumn && access.IsAffine && stores.Contains(index)
            ? access with { Strides = access.Strides.Select((s, axis) => axis == order.Count - 1 ? 1 : s).ToEquatableArray() } : access;
        var body = epilogue with
        {
            Accesses = epilogue.Accesses.Select((a, i) => Store(Reorder(a, order), i)).ToEquatableArray(),
            Code = epilogue.Code.Select(i => i is { Op: BodyOp.Scalar, Function: ScalarOp.Index } ? i with { A = order.FindIndex(g => g.Contains(i.A)) } : i).ToEquatableArray(),
        };
        var withSums = order.Concat(ofClass[3]).ToList();
        return new ContractionKernel(buffers.Formals, outer.Select(g => LoopAxes.Merge(loopExtents, g)).ToEquatableArray(),
            m is null ? Extent.Of(1) : LoopAxes.Merge(loopExtents, m), n is null ? Extent.Of(1) : LoopAxes.Merge(loopExtents, n),
            ofClass[3].Count == 0 ? new[] { Extent.Of(1) } : ofClass[3].Select(g => LoopAxes.Merge(loopExtents, g)).ToEquatableArray(),
            contract.OverRows, Sums(Reorder(left, withSums), ofClass[3].Count), Sums(Reorder(right, withSums), ofClass[3].Count), body) { Borders = Borders(outer, ofClass[3], loops) };
    }

    /// <summary>An outer product sums over nothing: one trip.</summary>
    private static Access Sums(Access access, int loops) => loops > 0 ? access : access with { Strides = access.Strides.Append(0).ToEquatableArray() };

    private Access Operand(int operand, EquatableArray<int> labels, List<int> loops, bool byElement)
    {
        int rows = loops.IndexOf(Rows);
        var writer = new BodyBuilder(fused, buffers, _ => false, loops.Count, rows);
        return writer.ReadAccess(operand, labels.Select(l => loops.IndexOf(l)).ToArray(), byElement);
    }

    /// <summary>The result's axes are walked by the loops of its labels; the members' by the same, extent by extent.</summary>
    private KernelBody Epilogue(List<int> loops)
    {
        int[] resultAxes = contract.Result.Select(l => loops.IndexOf(l)).ToArray();
        int[] walked = resultAxes.Where((_, axis) => node.Shape[axis] != 1).ToArray();
        var writer = new BodyBuilder(fused, buffers, cluster.Members.Contains, loops.Count, loops.IndexOf(Rows)) { Accumulator = cluster.Root };
        foreach (int member in cluster.Members.Where(fused.Stored))
        {
            int[] axes = member == cluster.Root ? resultAxes : Fuse.Positions(fused.Graph[member].Shape).Select(p => p < 0 ? -1 : walked[p]).ToArray();
            writer.Store(member, axes);
        }
        return writer.Build();
    }
}
