using DlGen.Graphs;
using DlGen.Ops;
using DlGen.Tests.Compiling;
using DlGen.Tests.Oracles;

namespace DlGen.Tests.Programs;

/// <summary>
/// Seeded values for everything that a model takes, in the model's own precision: the oracle must get the very numbers that the model gets.
/// Variables are inputs and targets by their names in the declaration.
/// </summary>
internal sealed record ModelValues(int Rows, IReadOnlyDictionary<string, double[]> Variables, IReadOnlyDictionary<string, double[]> Parameters)
{
    public static ModelValues Draw(CompiledModel model, int rows, int seed)
    {
        var random = new Random(seed);
        bool float64 = model.Declaration.Float64;
        double Next(double low, double high)
        {
            double drawn = low + ((high - low) * random.NextDouble());
            return float64 ? drawn : (float)drawn;
        }
        // The last element counts, whatever the others draw: a batch must weigh something, and so must its last row.
        double Label(InputOp op, int element) => op.AreLengths && element == rows - 1 ? random.Next(1, op.Classes) : op.Ignored is { } ignored && element % op.Extents.Count != op.Extents.Count - 1 && random.Next(3) == 0 ? ignored : random.Next(op.Classes);
        double Value(InputOp op, int element) => op.IsLabel ? Label(op, element) : op.IsBytes ? random.Next(byte.MaxValue + 1) : op.IsTarget ? Next(0.05, 0.95) : Next(-1.5, 1.5);

        var variables = model.Declaration.Training!.Nodes.Select(n => n.Op).OfType<InputOp>()
            .OrderBy(op => op.IsTarget).ToDictionary(op => op.Variable, op => Enumerable.Range(0, rows * op.Extents.Count).Select(i => Value(op, i)).ToArray());

        // Around the model's own start, moved: zeros and ones hide faults.
        var parameters = model.Create(seed).Model.Parameters.ToDictionary(p => p.Name, p => Array.ConvertAll(p.Values(), value => float64 ? value + Next(-0.3, 0.3) : (float)(value + Next(-0.3, 0.3))));
        return new ModelValues(rows, variables, parameters);
    }

    /// <summary>The last rows alone.</summary>
    public ModelValues Last(int rows) => this with { Rows = rows, Variables = Variables.ToDictionary(v => v.Key, v => v.Value[^(v.Value.Length / Rows * rows)..]) };

    /// <summary>The same with another value of one variable.</summary>
    public ModelValues With(string variable, double[] values) => this with { Variables = new Dictionary<string, double[]>(Variables) { [variable] = values } };

    public OracleInputs ForOracle() => new(Rows, Variables, Parameters);

    public void Into(IModelDriver driver)
    {
        foreach (var parameter in driver.Model.Parameters) parameter.CopyFrom(Parameters[parameter.Name]);
        driver.Bind(Variables);
    }
}

/// <summary>What a model computed from <see cref="ModelValues"/>: predictions by output; without a loss NaN and no gradients.</summary>
internal sealed record ModelResult(IReadOnlyDictionary<string, double[]> Predictions, double Loss, IReadOnlyDictionary<string, double[]> Gradients)
{
    public static ModelResult Of(IModelDriver driver, ModelValues values)
    {
        values.Into(driver);
        var predictions = driver.Predict();
        if (!driver.HasLoss) return new ModelResult(predictions, double.NaN, new Dictionary<string, double[]>());
        double loss = driver.ComputeGradients();
        return new ModelResult(predictions, loss, driver.Model.Parameters.Where(p => !p.Frozen).ToDictionary(p => p.Name, p => p.Gradient()));
    }
}
