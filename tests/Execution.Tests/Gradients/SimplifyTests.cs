using DlGen.Graphs;
using DlGen.Lowering;
using DlGen.Tests.Compiling;
using DlGen.Tests.Oracles;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Gradients;

/// <summary>
/// The passes between reading and kernels, on graphs alone: a simplified graph has the values of the original, and a simplified, differentiated,
/// again simplified one has the oracle's gradients of the original.
/// </summary>
public class SimplifyTests
{
    private const int Rows = 3;

    public static TheoryData<string> Sources => [.. ForwardModels.All.Keys.Select(n => ForwardModels.Source(n, float64: true)), .. Enumerable.Range(1000, 40).Select(seed => RandomModel.Source(2 * seed))];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Simplifying_changes_no_value_and_no_gradient(string source)
    {
        var declaration = CompiledModels.Read(source)[^1];
        Assert.Null(declaration.Error);
        var graph = declaration.Training!;
        // Without a loss there is nothing to differentiate.
        if (graph.Find(OutputRole.Loss) < 0) return;
        var values = GraphValues.Draw(graph, Rows, seed: 17);
        var expected = Oracle.Differentiate(graph, values);

        var simple = Simplify.BeforeDifferentiation(graph);
        Comparison.Close("losses", expected.RowLosses, Oracle.Evaluate(simple, values).RowLosses, Comparison.Float64);
        Comparison.Close("prediction", expected.Predictions, Oracle.Evaluate(simple, values).Predictions, Comparison.Float64);

        var reverse = Simplify.AfterDifferentiation(Differentiate.LossByParameters(simple));
        double largest = expected.Gradients.Values.Max(g => g.Max(Math.Abs));
        foreach (var (path, gradient) in expected.Gradients)
        {
            double[] actual = Oracle.Evaluate(reverse, values with { Divisor = expected.Divisor }, reverse.Find(OutputRole.Gradient, path));
            // Beside the model's largest gradient: one that is zero in theory is rounding noise in both.
            Comparison.Close("gradient of " + path, [1e-3 * largest, .. gradient], [1e-3 * largest, .. actual], Comparison.Float64);
        }
    }
}
