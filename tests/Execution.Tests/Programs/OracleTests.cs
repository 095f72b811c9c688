using DlGen.Tests.Compiling;

namespace DlGen.Tests.Programs;

/// <summary>Every layer and every way of writing Forward: compiled against the oracle, in both precisions, across the edges of shards.</summary>
public class OracleTests
{
    public static TheoryData<string> Names => [.. ForwardModels.All.Keys.SelectMany(n => new[] { "Float64." + n, "Float32." + n })];

    /// <summary>Without FrozenFeatures: differences see through StopGradient.</summary>
    public static TheoryData<string> SmoothNames => [.. ForwardModels.All.Keys.Where(n => n != "FrozenFeatures").Select(n => "Float64." + n)];

    /// <summary>Parameters of which the oracle takes under ten seconds for all edges.</summary>
    private const int MostElements = 5000;

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_networks_agree_with_the_oracle(string name)
    {
        var model = CompiledForwardModels.Value[name];
        // The oracle's time goes with rows and parameters: Float32 and large models take one row, and a shard with one row of the next; the others see every edge.
        bool every = Precisions.All || (model.Declaration.Float64 && model.Create().Model.Parameters.Sum(p => p.Length) <= MostElements);
        foreach (int rows in ShardRows.Edges(model).Where(rows => every || rows is 1 or SmallShards.Rows + 1)) AgainstOracle.Check(model, rows, seed: rows);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_has_the_same_bits_whatever_stands_beside_it(string name)
    {
        var model = CompiledForwardModels.Value[name];
        int largest = ShardRows.Edges(model).Max();
        var values = ModelValues.Draw(model, largest, seed: 5);
        var driver = model.Create();
        values.Into(driver);
        var together = driver.Predict();
        foreach (int rows in ShardRows.Edges(model))
        {
            // The last rows of the large batch, so that each lands in another place of its shard and tile.
            driver.Bind(values.Last(rows).Variables);
            foreach (var (output, alone) in driver.Predict()) Assert.Equal(together[output][^alone.Length..], alone);
        }
    }

    [Theory]
    [MemberData(nameof(SmoothNames))]
    public void Gradients_agree_with_central_differences_of_the_compiled_loss(string name)
    {
        var model = CompiledForwardModels.Value[name];
        if (!model.HasLoss) return;
        var values = ModelValues.Draw(model, 5, seed: 9);
        var driver = model.Create();
        values.Into(driver);
        driver.ComputeGradients();
        var gradients = driver.Model.Parameters.Where(p => !p.Frozen).ToDictionary(p => p.Name, p => p.Gradient());
        foreach (var parameter in driver.Model.Parameters.Where(p => !p.Frozen))
        {
            double[] differences = Gradients.CentralDifferences.By(values.Parameters[parameter.Name], moved =>
            {
                parameter.CopyFrom(moved);
                return driver.ComputeGradients();
            });
            parameter.CopyFrom(values.Parameters[parameter.Name]);
            Comparison.CloseGradient(parameter.Name, differences, gradients[parameter.Name], 1e-6);
        }
    }
}
