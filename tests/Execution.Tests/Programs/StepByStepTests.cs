using DlGen.Graphs;
using DlGen.Lowering;
using DlGen.Tests.Compiling;

namespace DlGen.Tests.Programs;

/// <summary>Every network that can run step by step gives, at each, what it predicts there.</summary>
public class StepByStepTests
{
    [Fact]
    public void A_step_gives_what_is_predicted_at_its_position()
    {
        var models = CompiledForwardModels.Value.All.Where(m => OneStep.Of(m.Declaration.Prediction!).Graph is not null).ToList();
        foreach (var model in models) Check(model, ModelValues.Draw(model, 1, seed: 3));
        if (Environment.GetEnvironmentVariable("DLGEN_MODELS") is not null) return;
        var ops = models.SelectMany(m => m.Declaration.Prediction!.Nodes.Items).Select(n => n.Op.Name).ToHashSet();
        Assert.Empty(new[] { "Attention", "Scan", "Contract", "Gather", "Reshape" }.Except(ops));
    }

    /// <summary>Of the first row; of a network that can't run so, nothing.</summary>
    internal static void Check(CompiledModel model, ModelValues values)
    {
        var driver = model.Create();
        values.Into(driver);
        if (driver.StepByStep() is not { } steps) return;
        var predicted = driver.Predict();
        var graph = model.Declaration.Prediction!;
        foreach (var output in graph.All(OutputRole.Prediction))
        {
            var shape = graph[output.Node].Shape;
            double[] expected = predicted[predicted.Count == 1 ? "" : output.Name][..shape.Count];
            var given = steps.Select(s => s[predicted.Count == 1 ? "" : output.Name]).ToList();
            double bound = (model.Declaration.Float64 ? 1e-12 : 1e-5) * Math.Max(1, expected.Max(Math.Abs));
            bool isLast = given[0].Length == expected.Length;
            var errors = isLast
                ? given.TakeLast(2).Select(step => Error(expected, step))
                : Enumerable.Range(0, shape.Rank).Where(axis => shape.Count / shape[axis] == given[0].Length).Select(axis => given.Take(shape[axis]).Select((step, t) => Error(At(expected, shape, axis, t), step)).Max());
            Assert.True(errors.Min() <= bound, $"{model.Name}: {output.Name} of a step is {errors.Min()} off");
        }
    }

    /// <summary>The largest difference; ∞ where one of them alone is no number, which a maximum would pass over.</summary>
    private static double Error(double[] expected, double[] actual)
        => expected.Zip(actual, (e, a) => e.Equals(a) ? 0 : double.IsNaN(e - a) ? double.PositiveInfinity : Math.Abs(e - a)).Max();

    /// <summary>The elements at a place along an axis.</summary>
    private static double[] At(double[] values, Graphs.Shape shape, int axis, int place)
    {
        int inner = shape.Strides()[axis];
        return [.. values.Where((_, i) => i / inner % shape[axis] == place)];
    }
}
