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
        this.parameters = parameters;
        parameterIndex = parameters.Select((p, i) => (p.Path, i)).ToDictionary(p => p.Path, p => p.i);
        gradientHomes = graph.Outputs.Where(o => o.Role == OutputRole.Gradient).ToDictionary(o => o.Node, o => Parameter(o.Name));
        inputGradients = graph.Outputs.Where(o => o.Role == OutputRole.InputGradient).ToDictionary(o => o.Node, o => o.Name);
        outputs = graph.Outputs.Where(o => o.Role is OutputRole.Prediction or OutputRole.Output).Select((o, i) => (o.Node, i)).ToDictionary(o => o.Node, o => o.i);
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

    /// <summary>Where the elements of a value that has memory lie.</summary>
    public Memory MemoryOf(int node)
    {
        if (outside.TryGetValue(node, out var memory)) return memory;
        int count = Graph[node].Shape.Count;
        return Graph[node].Op switch
        {
            ParameterOp parameter => new Memory(new BufferRef(BufferKind.Parameter, ParameterIndex(parameter.Path), 0), count),
            StateOp state => new Memory(new BufferRef(BufferKind.Parameter, ParameterIndex(state.Path), 0), count),
            InputOp input => new Memory(new BufferRef(BufferKind.Input, node, 0), count, input.IsLabel, !HasSlack(input)),
            ConstantOp => new Memory(new BufferRef(BufferKind.Constant, node, 0), count),
            LossScaleOp => new Memory(new BufferRef(BufferKind.LossScale, 0, 0), count),
            _ when Stored(node) => new Memory(new BufferRef(BufferKind.Node, node, 0, scan), count, IsExact: IsCallers(node) && !CallersMemoryHasSlack),
            _ => throw new InvalidOperationException($"node {node} ({Graph[node].Op.Name}) is read from memory but was not stored"),
        };
    }

    /// <summary>Whether a node sums over the rows of the batch.</summary>
    public bool IsOverRows(int node) => Graph[node].Op is ContractOp { OverRows: true } or ReduceOp { OverRows: true } or MomentsOp or ScatterAddOp;
}
