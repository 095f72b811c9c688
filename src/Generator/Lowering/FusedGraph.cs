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

    public FusedGraph(Graph graph, IReadOnlyList<ParameterBuffer> parameters, bool callersMemoryHasSlack)
    {
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

    /// <summary>Whether a node sums over the rows of the batch.</summary>
    public bool IsOverRows(int node) => Graph[node].Op is ContractOp { OverRows: true } or ReduceOp { OverRows: true } or MomentsOp;
}
