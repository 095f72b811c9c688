using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>A graph with Fuse's decisions and the parameters' homes: what the kernel builders ask.</summary>
internal sealed class FusedGraph
{
    private readonly Fuse fuse;
    private readonly IReadOnlyList<ParameterBuffer> parameters;
    private readonly Dictionary<string, int> parameterIndex;
    private readonly Dictionary<int, ParameterBuffer> gradientHomes;
    private readonly Dictionary<int, string> inputGradients;
    private readonly Dictionary<int, int> outputs;
    private readonly IReadOnlyDictionary<int, Memory> outside;
    private readonly Dictionary<int, int> secondLayouts = [];
    private readonly IReadOnlyDictionary<int, Inside> insideAssemblies;
    private readonly Dictionary<int, int> valuesInside;
    private readonly int scan;

    public FusedGraph(Graph graph, IReadOnlyList<ParameterBuffer> parameters, bool callersMemoryHasSlack)
        : this(graph, parameters, callersMemoryHasSlack, scan: -1, new Dictionary<int, Memory>())
    {
    }

    private FusedGraph(Graph graph, IReadOnlyList<ParameterBuffer> parameters, bool callersMemoryHasSlack, int scan, IReadOnlyDictionary<int, Memory> outside)
    {
        this.scan = scan;
        this.outside = outside;
        CallersMemoryHasSlack = callersMemoryHasSlack;
        Graph = graph;
        fuse = Fuse.Run(graph);
        insideAssemblies = InsideAssemblies.Find(graph, fuse);
        valuesInside = insideAssemblies.Where(inside => graph[inside.Value.Whole].Op is PadOp).ToDictionary(inside => inside.Value.Whole, inside => inside.Key);
        this.parameters = parameters;
        parameterIndex = parameters.Select((p, i) => (p.Path, i)).ToDictionary(p => p.Path, p => p.i);
        gradientHomes = graph.Outputs.Where(o => o.Role == OutputRole.Gradient).ToDictionary(o => o.Node, o => Parameter(o.Name));
        inputGradients = graph.Outputs.Where(o => o.Role == OutputRole.InputGradient).ToDictionary(o => o.Node, o => o.Name);
        outputs = graph.Outputs.Where(o => o.Role is OutputRole.Prediction or OutputRole.Output).Select((o, i) => (o.Node, i)).ToDictionary(o => o.Node, o => o.i);
        FindSecondLayouts();
    }

    public Graph Graph { get; }

    /// <summary>Whether vectors may read past the end of inputs and outputs: a pass copies them into buffers of its own.</summary>
    public bool CallersMemoryHasSlack { get; }

    public IReadOnlyList<Cluster> Clusters => fuse.Clusters;

    public bool Stored(int node) => fuse.Stored[node];

    /// <summary>Which of the caller's destinations the value goes straight to; null for others.</summary>
    public int? DestinationOf(int node) => outputs.TryGetValue(node, out int index) ? index : null;

    /// <summary>The input whose gradient the node is, or null.</summary>
    public string? InputGradientOf(int node) => inputGradients.TryGetValue(node, out string? input) ? input : null;

    /// <summary>Whether the value lies in memory of the caller's.</summary>
    public bool IsCallers(int node) => outputs.ContainsKey(node) || inputGradients.ContainsKey(node);

    /// <summary>The call of a pass that computes the node.</summary>
    public ProgramPart PartOf(int node) => fuse.PartOf[node];

    /// <summary>A Map that has no buffer: who reads it computes it.</summary>
    public bool IsComputedByReaders(int node) => fuse.IsInlined[node] || (fuse.ClusterOf[node] >= 0 && !fuse.Stored[node]);

    public int ParameterIndex(string path) => parameterIndex[path];

    public ParameterBuffer Parameter(string path) => parameters[parameterIndex[path]];

    /// <summary>The parameter whose gradient the node is, or null.</summary>
    public ParameterBuffer? GradientHome(int node) => gradientHomes.TryGetValue(node, out var home) ? home : null;

    /// <summary>Whether vectors may read past the end of an input: the copies that a pass makes have slack behind them.</summary>
    public bool HasSlack(InputOp input) => CallersMemoryHasSlack || input.IsPassOutput || input.IsOutputGradient;

    /// <summary>The body of a Scan of this graph; <paramref name="memory"/> says where its leaves and outputs lie.</summary>
    public FusedGraph Body(int index, IReadOnlyDictionary<int, Memory> memory)
        => new(((ScanOp)Graph[index].Op).Body, parameters, CallersMemoryHasSlack, index, memory);

    /// <summary>Where in the buffer of a padding or concatenation a value lies; null for others.</summary>
    public Inside? InsideOf(int node) => insideAssemblies.TryGetValue(node, out var inside) ? inside : null;

    /// <summary>The value whose elements stand in a node's buffer: the node's own, or of a padding what lies inside it.</summary>
    public int ValueAt(int node) => valuesInside.TryGetValue(node, out int value) ? value : node;

    /// <summary>The lines in which a row of a value lies: one, with what lies between its elements if that is a border, or as many as other parts of a concatenation stand between.</summary>
    public (int Lines, int Length, int Stride) LinesOf(int node)
    {
        var shape = Graph[node].Shape;
        if (InsideOf(node) is not { } inside) return (1, shape.Count, 0);
        if (Graph[inside.Whole].Op is PadOp) return (1, 1 + inside.Strides.Select((stride, axis) => stride * (shape[axis] - 1)).Sum(), 0);
        int length = 1, last = shape.Rank - 1;
        for (; last >= 0 && (shape[last] == 1 || inside.Strides[last] == length); last--) length *= shape[last];
        return last < 0 ? (1, length, 0) : (shape.Count / length, length, inside.Strides[last]);
    }

    /// <summary>The cluster that writes a padding.</summary>
    public Cluster ClusterOf(int padding) => fuse.Clusters[fuse.ClusterOf[padding]];

    /// <summary>The view that a node is of a value in memory, or null where it can't be addressed.</summary>
    public View? ViewOf(int index)
    {
        var view = View.Of(Graph, index);
        return view is not null && InsideOf(view.Root) is { } inside ? View.Of(i => Graph[i], index, new View(view.Root, inside.Strides, 0)) : view;
    }

    /// <summary>Where the elements of a value that has memory lie.</summary>
    public Memory MemoryOf(int node)
    {
        if (outside.TryGetValue(node, out var memory)) return memory;
        if (InsideOf(node) is { } inside)
        {
            memory = MemoryOf(inside.Whole);
            return memory with { Buffer = memory.Buffer with { Offset = memory.Buffer.Offset + inside.Offset } };
        }
        int count = Graph[node].Shape.Count;
        return Graph[node].Op switch
        {
            ParameterOp parameter => new Memory(new BufferRef(BufferKind.Parameter, ParameterIndex(parameter.Path), 0), count),
            StateOp state => new Memory(new BufferRef(BufferKind.Parameter, ParameterIndex(state.Path), 0), count),
            InputOp input => new Memory(new BufferRef(BufferKind.Input, node, 0), count, input.IsLabel, !HasSlack(input), input.IsBytes),
            ConstantOp => new Memory(new BufferRef(BufferKind.Constant, node, 0), count),
            MemoryOp => new Memory(new BufferRef(BufferKind.Memory, node, 0), count),
            RememberOp => MemoryOf(Graph[node].Operands[0]),
            LossScaleOp => new Memory(new BufferRef(BufferKind.LossScale, 0, 0), count),
            _ when Stored(node) => new Memory(new BufferRef(BufferKind.Node, node, 0, scan), count, IsExact: IsCallers(node) && !CallersMemoryHasSlack),
            _ => throw new InvalidOperationException($"node {node} ({Graph[node].Op.Name}) is read from memory but was not stored"),
        };
    }

    /// <summary>
    /// The width of the panels in which a value lies along its last axis, 0 for none: copies of parameters that contractions alone read, with vectors along that axis. They
    /// are transposed panel by panel, and read front to back.
    /// </summary>
    public int PanelWidthOf(int node) => secondLayouts.TryGetValue(node, out int width) ? width : 0;

    /// <summary>Elements in memory, those that fill the last panel included.</summary>
    public int LengthOf(int node) => PanelWidthOf(node) is > 0 and var width
        ? ParameterLayout.RoundUp(Graph[node].Shape[1], width) * Graph[node].Shape[0]
        : Graph[node].Shape.Count;

    /// <summary>Where and how a parameter's gradient lies, or a second layout of a parameter.</summary>
    public (int Axis, int Width) PanelsWritten(int node)
        => GradientHome(node) is { PanelAxis: >= 0 } home ? (home.PanelAxis, home.PanelWidth) : PanelWidthOf(node) is > 0 and var width ? (1, width) : (-1, 0);

    /// <summary>The same of a value that is read.</summary>
    public (int Axis, int Width) PanelsRead(int node) => Graph[node].Op is ParameterOp parameter
        ? (Parameter(parameter.Path).PanelAxis, Parameter(parameter.Path).PanelWidth)
        : PanelWidthOf(node) is > 0 and var width ? (1, width) : (-1, 0);

    private void FindSecondLayouts()
    {
        for (int i = 0; i < Graph.Nodes.Count; i++)
        {
            var node = Graph[i];
            if (node.PerRow || !Stored(i) || node.Shape.Rank != 2 || node.Op is not MapOp { Expression.Code.Count: 1 } || node.Operands.Count != 1 || View.Of(Graph, node.Operands[0]) is not { } source) continue;
            if (Graph[source.Root].Op is ParameterOp parameter && Parameter(parameter.Path).PanelAxis >= 0 && Graph.Outputs.All(o => o.Node != i) && Enumerable.Range(0, Graph.Nodes.Count).All(reader => ReadsAlongLastAxis(reader, i)))
                secondLayouts.Add(i, Parameter(parameter.Path).PanelWidth);
        }
    }

    /// <summary>Whether a reader, if it is one, is a contraction that takes the value's last axis for its vectors.</summary>
    private bool ReadsAlongLastAxis(int reader, int value)
    {
        var node = Graph[reader];
        if (!node.Operands.Items.Contains(value)) return true;
        if (node.Op is not ContractOp contract || node.Operands[0] == node.Operands[1]) return false;
        var labels = node.Operands[0] == value ? contract.Left : contract.Right;
        return Layout.VectorLabel(contract, node.Shape, GradientHome(reader)) == labels[1];
    }

    /// <summary>Whether a node sums over the rows of the batch.</summary>
    public bool IsOverRows(int node) => Graph[node].Op is ContractOp { OverRows: true } or ReduceOp { OverRows: true } or MomentsOp or ScatterAddOp;
}
