using DlGen.Lowering;
using DlGen.Ops;
using DlGen.Tests.Compiling;

namespace DlGen.Tests.Programs;

/// <summary>A pass is the same network cut in two: its loss and gradients are those of a step, and its input gradient is the slope of its loss.</summary>
public class PassTests
{
    public static TheoryData<string> Names => [.. ForwardModels.All.Keys.Select(n => "Float64." + n)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_pass_agrees_with_a_step(string name)
    {
        var model = CompiledForwardModels.Value[name];
        // What a pass draws at random is its own.
        if (!model.HasLoss || model.Declaration.Training!.Nodes.Any(n => n.Op is RandomOp)) return;
        foreach (int rows in ShardRows.Edges(model))
        {
            var values = ModelValues.Draw(model, rows, seed: rows);
            var driver = model.Create();
            var step = ModelResult.Of(driver, values);
            driver.Model.Parameters.ZeroGradients();
            var pass = driver.ThroughPass(training: true);
            Comparison.Close($"{name}, {rows} rows: loss", [step.Loss], [pass.Loss], 1e-12);
            foreach (var (parameter, gradient) in step.Gradients)
                Comparison.Close($"{name}, {rows} rows: gradient of {parameter}", gradient, driver.Model.Parameters[parameter].Gradient(), 1e-11);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_input_gradient_agrees_with_central_differences(string name)
    {
        var model = CompiledForwardModels.Value[name];
        // Differences see through StopGradient.
        if (name is "Float64.FrozenFeatures" || !model.HasLoss) return;
        // And through a loss that reads an input itself, while a pass goes back through the outputs alone.
        var readByLoss = Differentiate.CutAtOutput(model.Declaration.Training!).Nodes.Select(n => n.Op).OfType<InputOp>().Select(op => op.Variable).ToHashSet();
        var values = ModelValues.Draw(model, 3, seed: 9);
        var driver = model.Create();
        values.Into(driver);
        foreach (var (input, gradient) in driver.ThroughPass(training: false).InputGradients.Where(g => !readByLoss.Contains(g.Key)))
        {
            double[] differences = Gradients.CentralDifferences.By(values.Variables[input], moved =>
            {
                driver.Bind(values.With(input, moved).Variables);
                return driver.ThroughPass(training: false).Loss;
            });
            Comparison.Close($"{name}, {input}", differences, gradient, 1e-6);
        }
    }
}
