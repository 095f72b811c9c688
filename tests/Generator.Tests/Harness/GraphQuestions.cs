using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Tests.Harness;

/// <summary>Questions that tests ask of graphs.</summary>
internal static class GraphQuestions
{
    /// <summary>The nodes without the names of their layers: what a catalogue layer and its handwritten twin have in common.</summary>
    public static IEnumerable<Node> Anonymous(this Graph graph) => graph.Nodes.Select(n => n with { Layer = "" });

    public static string[] ParameterPaths(this Graph graph) => [.. graph.Nodes.Select(n => n.Op).OfType<ParameterOp>().Select(p => p.Path)];

    public static ParameterOp Parameter(this Graph graph, string path) => graph.Nodes.Select(n => n.Op).OfType<ParameterOp>().Single(p => p.Path == path);

    public static int Count<TOp>(this Graph graph) where TOp : Op => graph.Nodes.Count(n => n.Op is TOp);
}
