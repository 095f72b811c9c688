using DlGen.Graphs;
using DlGen.Tests.Oracles;

namespace DlGen.Tests.Gradients;

/// <summary>
/// (L(p + h) - L(p - h)) / 2h: a second opinion that knows no calculus. In double with h = 1e-5·max(|p|, 1) it is good to about 1e-8 for functions
/// with moderate third derivatives, and wrong at kinks.
/// </summary>
internal static class CentralDifferences
{
    public static double[] By(string parameter, Graph graph, OracleInputs inputs)
        => By(inputs.Parameters[parameter], values => Oracle.Evaluate(graph, inputs with { Parameters = Replace(inputs.Parameters, parameter, values) }).Loss);

    /// <summary>Of any loss by every element of one tensor.</summary>
    public static double[] By(double[] start, Func<double[], double> loss)
    {
        double[] gradient = new double[start.Length];
        for (int i = 0; i < start.Length; i++)
        {
            double step = 1e-5 * Math.Max(Math.Abs(start[i]), 1);
            double[] above = [.. start], below = [.. start];
            above[i] += step;
            below[i] -= step;
            gradient[i] = (loss(above) - loss(below)) / (above[i] - below[i]);
        }
        return gradient;
    }

    private static Dictionary<string, double[]> Replace(IReadOnlyDictionary<string, double[]> parameters, string name, double[] values)
        => new(parameters) { [name] = values };
}
