using DlGen.Graphs;
using DlGen.Ops;
using DlGen.Tests.Oracles;

namespace DlGen.Tests.Gradients;

/// <summary>Seeded values for every leaf of a graph.</summary>
internal static class GraphValues
{
    public static OracleInputs Draw(Graph graph, int rows, int seed)
    {
        var random = new Random(seed);
        double[] Uniform(int count, double low, double high) => [.. Enumerable.Range(0, count).Select(_ => low + ((high - low) * random.NextDouble()))];
        var inputs = new Dictionary<string, double[]>();
        var parameters = new Dictionary<string, double[]>();
        foreach (var op in graph.Nodes.Select(n => n.Op))
        {
            switch (op)
            {
                case InputOp { IsLabel: true } label:
                    inputs[label.Variable] = [.. Enumerable.Range(0, rows * label.Extents.Count).Select(_ => (double)random.Next(label.Classes))];
                    break;
                case InputOp input:
                    inputs[input.Variable] = input.IsTarget ? Uniform(rows * input.Extents.Count, 0.05, 0.95) : Uniform(rows * input.Extents.Count, -1.5, 1.5);
                    break;
                case ParameterOp parameter:
                    parameters[parameter.Path] = Uniform(parameter.Extents.Count, -0.6, 0.7);
                    break;
                case StateOp state:
                    // Positive: it may be a variance.
                    parameters[state.Path] = Uniform(state.Extents.Count, 0.3, 1.2);
                    break;
            }
        }
        double[] Draws(RandomOp op)
        {
            var drawn = new Random(seed + op.Stream);
            return [.. Enumerable.Range(0, rows * op.Extents.Count).Select(_ => drawn.NextDouble())];
        }
        return new OracleInputs(rows, inputs, parameters, Draws);
    }
}
