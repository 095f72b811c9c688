using DlGen.Tests.Compiling;

namespace DlGen.Tests.Behaviour;

/// <summary>The oldest fact of the field (Minsky and Papert 1969): no single linear layer computes XOR; one hidden layer does.</summary>
public class XorTests
{
    private const int Seeds = 100;
    private static readonly double[] Inputs = [0, 0, 0, 1, 1, 0, 1, 1];
    private static readonly double[] Targets = [0, 1, 1, 0];

    private static readonly Lazy<CompiledModels> Models = new(() => CompiledModels.From("""
        [Model, Input(2), Linear(1), SigmoidCrossEntropy]
        public partial class OneLayer;

        [Model, Input(2), Linear(4), Tanh, Linear(1), SigmoidCrossEntropy]
        public partial class TwoLayers;
        """));

    [Fact]
    public void One_linear_layer_never_solves_xor() => Assert.Equal(0, Solved("OneLayer"));

    [Fact]
    public void Four_tanh_units_solve_xor_for_nearly_every_seed() => Assert.InRange(Solved("TwoLayers"), 95, Seeds);

    private static int Solved(string model) => Enumerable.Range(0, Seeds).Count(seed =>
    {
        var driver = Models.Value[model].Create(seed);
        driver.Bind(new Dictionary<string, double[]> { ["inputs"] = Inputs, ["targets"] = Targets });
        var optimizer = Optimizer.Adam(0.05);
        for (int step = 0; step < 1000; step++) driver.TrainBatch(optimizer);
        return driver.Predict()[""].Zip(Targets).All(p => p.First > 0.5 == p.Second > 0.5);
    });
}
