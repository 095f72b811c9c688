using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Decides which nodes become one kernel. In the order of the graph, every Map joins the latest cluster that makes one of its operands and has its
/// space: so bias and activation end in the contraction's epilogue, an activation's gradient in the backward contraction's, and softmax with
/// cross-entropy and its gradient in one row kernel. A reduction along trailing axes opens a row cluster or joins it; a Map that only a batch-wide
/// reduction reads is computed on its way, and what an earlier phase left on the way to the one Map that reads it. In a cell, Maps that read one cluster join each other, too.
/// A join that would make clusters wait for each other is refused.
/// Then it decides what is stored: what another cluster or an output reads — except cheap Maps of what is stored anyway, which are computed again.
/// </summary>
internal sealed partial class Fuse
{
    private readonly Graph graph;
    private readonly List<int>[] readers;

    /// <summary>Maps, of those that exist only inside the one that reads them, that are made of values which were there when their phase began.</summary>
    private readonly bool[] isOfLeft;

    private Fuse(Graph graph)
    {
        this.graph = graph;
        readers = Enumerable.Range(0, graph.Nodes.Count).Select(_ => new List<int>()).ToArray();
        ClusterOf = Enumerable.Repeat(-1, graph.Nodes.Count).ToArray();
        Stored = new bool[graph.Nodes.Count];
        IsInlined = new bool[graph.Nodes.Count];
        PartOf = Parts(graph);
        IsCell = graph.Nodes.Any(n => n.Op is BodyInputOp);
        isOfLeft = new bool[graph.Nodes.Count];
    }

    public List<Cluster> Clusters { get; } = [];

    /// <summary>Per node the cluster that computes it; -1 for leaves, views and constants.</summary>
    public int[] ClusterOf { get; }

    /// <summary>The nodes that read a node, of those on which some output depends.</summary>
    public IReadOnlyList<int> ReadersOf(int node) => readers[node];

    /// <summary>Per node whether it gets a buffer.</summary>
    public bool[] Stored { get; }

    /// <summary>Whether the graph is what a step of a Scan computes.</summary>
    public bool IsCell { get; }

    /// <summary>Maps, folds and paddings that exist only inside the Map, reduction, fold or padding that reads them.</summary>
    public bool[] IsInlined { get; }

    /// <summary>The call of a pass that computes each node: no kernel computes nodes of two.</summary>
    public ProgramPart[] PartOf { get; }

    public static Fuse Run(Graph graph)
    {
        var fuse = new Fuse(graph);
        fuse.FindReaders();
        for (int i = 0; i < graph.Nodes.Count; i++) fuse.Place(i);
        fuse.DecideStored();
        return fuse;
    }

    /// <summary>
    /// Walks through reshapes that only add or drop extents of 1, which change no position: the node whose elements these are.
    /// </summary>
    public static int Resolve(Graph graph, int index)
    {
        while (graph[index] is { Op: ReshapeOp or StopGradientOp } node
            && Cluster.ExtentsOf(node.Shape).SequenceEqual(Cluster.ExtentsOf(graph[node.Operands[0]].Shape))) index = node.Operands[0];
        return index;
    }

    /// <summary>The positions of a node's axes in the axes of a value of another shape that reads it, aligned at the last; -1 for extents of 1.</summary>
    public static int[] Align(int[] axes, Shape reader, Shape operand)
        => Enumerable.Range(0, operand.Rank).Select(a => operand[a] == 1 ? -1 : axes[a + reader.Rank - operand.Rank]).ToArray();

    /// <summary>Backward is what waits for the gradient that the user of a pass gives; of that, shared values that no row needs are Gradients.</summary>
    public static ProgramPart[] Parts(Graph graph)
    {
        var parts = new ProgramPart[graph.Nodes.Count];
        if (graph.Find(OutputRole.Output) < 0) return parts;
        bool[] waits = new bool[parts.Length], feedsRows = new bool[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            waits[i] = graph[i].Op is InputOp { IsOutputGradient: true } || graph[i].Operands.Any(o => waits[o]);
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            feedsRows[i] |= graph[i].PerRow;
            if (feedsRows[i]) foreach (int operand in graph[i].Operands) feedsRows[operand] = true;
            parts[i] = !waits[i] ? ProgramPart.Forward : feedsRows[i] ? ProgramPart.Backward : ProgramPart.Gradients;
        }
        // What is zero whatever the pass does waits for nothing, but is written with its kind.
        foreach (var output in graph.Outputs)
        {
            if (output.Role == OutputRole.InputGradient) parts[output.Node] = ProgramPart.Backward;
            if (output.Role == OutputRole.Gradient) parts[output.Node] = ProgramPart.Gradients;
        }
        return parts;
    }

    private void FindReaders()
    {
        var live = new bool[graph.Nodes.Count];
        foreach (var output in graph.Outputs) live[output.Node] = true;
        for (int i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            if (!live[i]) continue;
            foreach (int operand in graph[i].Operands)
            {
                live[operand] = true;
                readers[operand].Add(i);
            }
        }
        for (int i = 0; i < live.Length; i++)
            if (!live[i]) ClusterOf[i] = -2;
    }

    private void Place(int index)
    {
        if (ClusterOf[index] == -2) return;
        var node = graph[index];
        switch (node.Op)
        {
            case MapOp map:
                IsInlined[index] = GraphBuilder.IsScalarConstant(node, out _) || IsFree(index, map) || IsReadByOneReduction(index) || IsPartOfOneMap(index);
                if (!IsInlined[index] && !Join(index, Cluster.ExtentsOf(node.Shape)) && !JoinCell(index)) Open(ClusterKind.Map, index);
                break;
            case ReduceOp when TrailingExtents(graph, index) is > 0 and var inner && CanOpenRow(index, inner):
                if (!JoinRow(index, inner)) Open(ClusterKind.Row, index, graph[node.Operands[0]]).Inner = inner;
                break;
            case ReduceOp:
                Open(ClusterKind.Reduction, index);
                break;
            case ContractOp:
                Open(ClusterKind.Contraction, index);
                break;
            case MomentsOp:
                Open(ClusterKind.Moments, index);
                break;
            case AttentionOp or AttentionGradientOp:
                Open(ClusterKind.Attention, index);
                break;
            case OneQueryAttentionOp:
                Open(ClusterKind.OneQueryAttention, index);
                break;
            case RememberOp:
                Open(ClusterKind.Remember, index);
                break;
            case GatherOp:
                // It reads its table where ids say, so the table must be whole: no cluster that makes an operand can take it in.
                Open(ClusterKind.Map, index);
                break;
            case ScatterAddOp:
                Open(ClusterKind.Scatter, index);
                break;
            case FoldOp:
                IsInlined[index] = IsReadByOneFold(index);
                if (!IsInlined[index]) Open(ClusterKind.Window, index);
                break;
            case RandomOp:
                Open(ClusterKind.Random, index);
                break;
            case ScanOp:
                Open(ClusterKind.Scan, index);
                break;
            case ConcatOp or PadOp:
                IsInlined[index] = IsReadByOnePad(index);
                if (!IsInlined[index]) Open(ClusterKind.Assemble, index);
                break;
        }
    }

    /// <summary>
    /// Cheap and made of nothing but leaves (a one-hot of the label, the gradient's seed): every reader computes it itself. As a kernel of its own it
    /// would draw its readers away from the kernel that makes their other operands. In a cell, whose leaves are a step's elements, it is what draws several readers together.
    /// </summary>
    private bool IsFree(int index, MapOp map)
        => !map.Expression.IsExpensive && !graph.Outputs.Any(o => o.Node == index) && OnlyMapsRead(index)
        && (readers[index].Count == 1 || !graph[index].Operands.Any(o => graph[Resolve(graph, o)].Op is BodyInputOp))
        && graph[index].Operands.All(o => Resolve(graph, o) is var source && ((IsInlined[source] && !isOfLeft[source]) || graph[source].Operands.Count == 0));

    /// <summary>
    /// What is made for one Map of nothing but a cell's step (the slope of a gate), or of values that an earlier phase left (the share of a norm's gradient that came through its
    /// activation): as a kernel of its own it would draw that Map away from the kernel that makes its other operands.
    /// </summary>
    private bool IsPartOfOneMap(int index)
    {
        if (OnlyReader(index) is not { } reader || graph[reader].Op is not MapOp || !Cluster.ExtentsOf(graph[reader].Shape).SequenceEqual(Cluster.ExtentsOf(graph[index].Shape))) return false;
        isOfLeft[index] = graph[index].PerRow && !TurnsElements(index) && graph[index].Operands.All(o => !graph[o].PerRow || graph[o].Op is AfterOp || isOfLeft[o]);
        return isOfLeft[index] || graph[index].Operands.All(IsOfStep);
    }

    private bool IsOfStep(int index) => GraphBuilder.IsScalarConstant(graph[index], out _) || (View.Of(graph, index) is { } view && graph[view.Root].Op is BodyInputOp);

    private bool OnlyMapsRead(int index)
        => readers[index].All(r => graph[r].Op is MapOp or ReduceOp or ScatterAddOp || (graph[r].Op.IsView && Resolve(graph, r) != r && OnlyMapsRead(r)));

    private bool IsReadByOneReduction(int index)
        => OnlyReader(index) is { } reader && graph[reader].Op is ReduceOp or MomentsOp or ScatterAddOp or FoldOp && TrailingExtents(graph, reader) == 0;

    /// <summary>The node that alone reads this one, which leaves the graph in no other way; else null.</summary>
    private int? OnlyReader(int index) => readers[index].Count == 1 && !graph.Outputs.Any(o => o.Node == index) ? readers[index][0] : null;

    private Cluster Open(ClusterKind kind, int root, Node? space = null)
    {
        space ??= graph[root];
        var cluster = new Cluster(kind, root, space.PerRow, Cluster.ExtentsOf(space.Shape), Clusters.Count);
        Clusters.Add(cluster);
        Enter(cluster, root);
        return cluster;
    }

    private void Enter(Cluster cluster, int index)
    {
        ClusterOf[index] = cluster.Number;
        if (cluster.Members[cluster.Members.Count - 1] != index) cluster.Members.Add(index);
        foreach (int source in SourcesOf(index)) if (source != cluster.Number) cluster.Sources.Add(source);
    }

    /// <summary>The clusters that a node reads, through views and inlined Maps.</summary>
    private IEnumerable<int> SourcesOf(int index)
    {
        foreach (int operand in graph[index].Operands)
        {
            if (ClusterOf[operand] >= 0) yield return ClusterOf[operand];
            else foreach (int source in SourcesOf(operand)) yield return source;
        }
    }

    private bool Join(int index, int[] extents)
    {
        foreach (var cluster in Candidates(index))
        {
            bool elements = cluster.HoldsElements(extents, graph[index].PerRow), scalars = !elements && cluster.HoldsScalars(extents, graph[index].PerRow);
            if (!elements && !scalars) continue;
            if (cluster.Kind is ClusterKind.Moments or ClusterKind.Attention or ClusterKind.OneQueryAttention or ClusterKind.Remember or ClusterKind.Random or ClusterKind.Assemble or ClusterKind.Scan || TurnsElements(cluster.Root)) continue;
            if (!OperandsFit(index, cluster)) continue;
            Enter(cluster, index);
            return true;
        }
        return false;
    }

    /// <summary>In a cell, joins a Map that reads the same cluster's results, or any where the node reads none: the gates of a step are one pass.</summary>
    private bool JoinCell(int index)
    {
        if (!IsCell || TurnsElements(index)) return false;
        int[] extents = Cluster.ExtentsOf(graph[index].Shape);
        var sources = SourcesOf(index).Distinct().ToList();
        var neighbour = Clusters.LastOrDefault(c => c.Kind == ClusterKind.Map && c.HoldsElements(extents, graph[index].PerRow) && !TurnsElements(c.Root) && PartOf[c.Root] == PartOf[index]
            && (sources.Count == 0 || sources.Any(c.Sources.Contains)) && !sources.Any(s => s == c.Number || DependsOn(s, c.Number)));
        if (neighbour is null || !OperandsFit(index, neighbour)) return false;
        Enter(neighbour, index);
        return true;
    }

    /// <summary>A copy into another order, which is worth its buffer: those who read it have their elements side by side.</summary>
    public bool TurnsElements(int index)
    {
        var node = graph[index];
        return node is { PerRow: true, Op: MapOp { Expression.IsIdentity: true }, Shape.Rank: > 1 } && node.Shape[node.Shape.Rank - 1] > 1
            && View.Of(graph, node.Operands[0]) is { } view && view.Strides[view.Strides.Length - 1] is not (0 or 1);
    }

    /// <summary>The clusters that make operands of the node, latest first, without those that would then wait for themselves.</summary>
    private IEnumerable<Cluster> Candidates(int index)
    {
        var sources = SourcesOf(index).Distinct().ToList();
        foreach (int candidate in graph[index].Operands.Select(o => ClusterOf[Resolve(graph, o)]).Where(c => c >= 0).Distinct().OrderByDescending(c => c))
            if (PartOf[Clusters[candidate].Root] == PartOf[index] && !sources.Any(s => s != candidate && DependsOn(s, candidate))) yield return Clusters[candidate];
    }

    /// <summary>Whether a cluster reads another's results, directly or through others. Without recursion: networks are deep.</summary>
    private bool DependsOn(int cluster, int target)
    {
        var seen = new HashSet<int> { cluster };
        var waiting = new Stack<int>([cluster]);
        while (waiting.Count > 0)
        {
            foreach (int source in Clusters[waiting.Pop()].Sources)
            {
                if (source == target) return true;
                if (seen.Add(source)) waiting.Push(source);
            }
        }
        return false;
    }

    /// <summary>
    /// Whether the node's operands from the cluster meet it at the same positions (extents may be equal by chance where axes are not), and whether its
    /// other operands can be addressed along a row that merges several axes.
    /// </summary>
    private bool OperandsFit(int index, Cluster cluster)
    {
        var node = graph[index];
        int[] axes = Positions(node.Shape);
        foreach (int operand in node.Operands)
        {
            int source = Resolve(graph, operand);
            if (ClusterOf[source] != cluster.Number)
            {
                // A moving view of the cluster's own result can only be read once the kernel has written it.
                if (ClusterOf[source] < 0 && (SourcesOf(source).Contains(cluster.Number))) return false;
                continue;
            }
            int[] own = Positions(graph[operand].Shape), met = Align(axes, node.Shape, graph[operand].Shape);
            for (int axis = 0; axis < own.Length; axis++)
                if (own[axis] != met[axis]) return false;
        }
        return cluster.Inner <= 1 || AreSideBySide(index, cluster, cluster.Inner);
    }

    /// <summary>Numbers the axes of more than one element.</summary>
    public static int[] Positions(Shape shape)
    {
        int next = 0;
        return Enumerable.Range(0, shape.Rank).Select(a => shape[a] == 1 ? -1 : next++).ToArray();
    }
}
