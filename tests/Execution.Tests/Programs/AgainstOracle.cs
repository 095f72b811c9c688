using DlGen.Ops;
using DlGen.Tests.Compiling;
using DlGen.Tests.Oracles;

namespace DlGen.Tests.Programs;

/// <summary>Holds what a compiled model computes against the oracle's interpretation of the same declaration.</summary>
internal static class AgainstOracle
{
    /// <param name="model">The model.</param>
    /// <param name="values">What it is given.</param>
    /// <param name="draws">What its random ops draw in the first step and in predictions, if it has any.</param>
    public static ModelResult Expected(CompiledModel model, ModelValues values, Func<RandomOp, double[]>? draws = null)
    {
        var declaration = model.Declaration;
        var given = values.ForOracle() with { Random = draws };
        var prediction = Oracle.Evaluate(declaration.Prediction!, given);
        if (!model.HasLoss) return new ModelResult(prediction.Predictions, double.NaN, new Dictionary<string, double[]>());
        var training = Oracle.Differentiate(declaration.Training!, given);
        return new ModelResult(prediction.Predictions, training.Loss, training.Gradients);
    }

    public static void Check(CompiledModel model, int rows, int seed)
    {
        var values = ModelValues.Draw(model, rows, seed);
        Compare($"{model.Name}, {rows} rows, seed {seed}", model, Expected(model, values), ModelResult.Of(model.Create(), values));
    }

    public static void Compare(string what, CompiledModel model, ModelResult expected, ModelResult actual, bool mayVanish = false)
    {
        double tolerance = Tolerance(model);
        Comparison.Close(what + ": prediction", expected.Predictions, actual.Predictions, tolerance);
        if (double.IsNaN(expected.Loss)) return;
        Comparison.Close(what + ": loss", [expected.Loss], [actual.Loss], tolerance);

        Assert.Equal(expected.Gradients.Keys.Order(StringComparer.Ordinal), actual.Gradients.Keys.Order(StringComparer.Ordinal));
        double largest = expected.Gradients.Values.Max(g => g.Max(Math.Abs));
        foreach (var (name, gradient) in expected.Gradients)
        {
            // A gradient that is zero in theory (a bias before a softmax) is rounding noise in both: then the model's scale counts.
            if (mayVanish && gradient.Max(Math.Abs) < 1e-3 * largest)
                Comparison.Close($"{what}: gradient of {name}, beside the model's largest", [largest, .. gradient], [largest, .. actual.Gradients[name]], tolerance);
            else
                Comparison.CloseGradient($"{what}: gradient of {name}", gradient, actual.Gradients[name], tolerance);
        }
    }

    /// <summary>Float32: as many rounded sums follow each other as there are contractions and reductions in a chain; their number bounds it.</summary>
    private static double Tolerance(CompiledModel model)
    {
        if (model.Declaration.Float64) return Comparison.Float64;
        var nodes = model.Declaration.Training!.Nodes;
        int largestSum = nodes.Where(n => n.Op is ContractOp or ReduceOp).Select(n => nodes[n.Operands[0]].Shape.Count).DefaultIfEmpty(1).Max();
        return Comparison.Float32(largestSum) * Math.Sqrt(Math.Max(1, nodes.Count(n => n.Op is ContractOp or ReduceOp)));
    }
}
