using DlGen.Graphs;
using DlGen.Ops;
using DlGen.Tests.Compiling;
using DlGen.Tests.Oracles;

namespace DlGen.Tests.Programs;

/// <summary>Seeded values for everything that a model takes, in the model's own precision: the oracle must get the very numbers that the model gets.</summary>
internal sealed record ModelValues(int Rows, double[] Inputs, double[] Targets, IReadOnlyDictionary<string, double[]> Parameters)
{
    public static ModelValues Draw(CompiledModel model, int rows, int seed)
    {
        var random = new Random(seed);
        var training = model.Declaration.Training!;
        bool float64 = model.Declaration.Float64;
        double Next(double low, double high)
        {
            double drawn = low + ((high - low) * random.NextDouble());
            return float64 ? drawn : (float)drawn;
        }
        double[] Rows(InputOp op, Func<double> next) => op is null ? [] : [.. Enumerable.Range(0, rows * op.Extents.Count).Select(_ => next())];

        var input = training.Nodes.Select(n => n.Op).OfType<InputOp>().Single(op => !op.IsTarget);
        var target = training.Nodes.Select(n => n.Op).OfType<InputOp>().SingleOrDefault(op => op.IsTarget);
        double[] inputs = Rows(input, () => Next(-1.5, 1.5));
        double[] targets = target is null ? [] : Rows(target, target.IsLabel ? () => random.Next(target.Classes) : () => Next(0.05, 0.95));

        // Around the model's own start, moved: zeros and ones hide faults.
        var parameters = model.Create(seed).Model.Parameters.ToDictionary(p => p.Name, p => Array.ConvertAll(p.Values(), value => float64 ? value + Next(-0.3, 0.3) : (float)(value + Next(-0.3, 0.3))));
        return new ModelValues(rows, inputs, targets, parameters);
    }

    public OracleInputs ForOracle(Graph graph)
    {
        var named = new Dictionary<string, double[]>();
        foreach (var op in graph.Nodes.Select(n => n.Op).OfType<InputOp>()) named[op.Variable] = op.IsTarget ? Targets : Inputs;
        return new OracleInputs(Rows, named, Parameters);
    }

    public void Into(IModelDriver driver)
    {
        foreach (var parameter in driver.Model.Parameters) parameter.CopyFrom(Parameters[parameter.Name]);
        driver.Bind(Inputs, Targets);
    }
}

/// <summary>What a model computed from <see cref="ModelValues"/>; without a loss NaN and no gradients.</summary>
internal sealed record ModelResult(double[] Prediction, double Loss, IReadOnlyDictionary<string, double[]> Gradients)
{
    public static ModelResult Of(IModelDriver driver, ModelValues values)
    {
        values.Into(driver);
        double[] prediction = driver.Predict();
        if (values.Targets.Length == 0) return new ModelResult(prediction, double.NaN, new Dictionary<string, double[]>());
        double loss = driver.ComputeGradients();
        return new ModelResult(prediction, loss, driver.Model.Parameters.Where(p => !p.Frozen).ToDictionary(p => p.Name, p => p.Gradient()));
    }
}
