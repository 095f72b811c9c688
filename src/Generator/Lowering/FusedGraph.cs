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

    public FusedGraph(Graph graph, IReadOnlyList<ParameterBuffer> parameters)
    {
        Graph = graph;
        fuse = Fuse.Run(graph);
        this.parameters = parameters;
        parameterIndex = parameters.Select((p, i) => (p.Path, i)).ToDictionary(p => p.Path, p => p.i);
        gradientHomes = graph.Outputs.Where(o => o.Role == OutputRole.Gradient).ToDictionary(o => o.Node, o => Parameter(o.Name));
        PredictionNode = graph.Find(OutputRole.Prediction);
    }

    public Graph Graph { get; }

    public IReadOnlyList<Cluster> Clusters => fuse.Clusters;

    public int PredictionNode { get; }

    public bool Stored(int node) => fuse.Stored[node];

    /// <summary>Whether the value goes straight to the caller's destination.</summary>
    public bool IsPrediction(int node) => node == PredictionNode;

    /// <summary>A Map that has no buffer: who reads it computes it.</summary>
    public bool IsComputedByReaders(int node) => fuse.IsInlined[node] || (fuse.ClusterOf[node] >= 0 && !fuse.Stored[node]);

    public int ParameterIndex(string path) => parameterIndex[path];

    public ParameterBuffer Parameter(string path) => parameters[parameterIndex[path]];

    /// <summary>The parameter whose gradient the node is, or null.</summary>
    public ParameterBuffer? GradientHome(int node) => gradientHomes.TryGetValue(node, out var home) ? home : null;

    /// <summary>Whether a reduction or contraction sums over the rows of the batch.</summary>
    public bool IsOverRows(int node) => Graph[node].Op is ContractOp { OverRows: true } or ReduceOp { OverRows: true };
}
