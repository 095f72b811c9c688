using DlGen.Emission;
using DlGen.Lowering;
using DlGen.Tests.Compiling;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Behaviour;

/// <summary>Predict into a destination and training steps allocate nothing once warm, on one thread and on two: counted over 10,000 calls each, in a process of their own.</summary>
public class AllocationTests
{
    [Fact]
    public void Predictions_and_steps_allocate_nothing()
    {
        // However small, so that two threads share it.
        var models = CompiledModels.From(new EmitOptions(Lowering: new LoweringOptions(TeamRows: 1)), """
            namespace Allocating
            {
                [Model, Input(7), Linear(16), Relu, LayerNorm, Linear(3), SoftmaxCrossEntropy]
                public partial class Classifier;

                [Model(Precision = Precision.Float64), Input(5), Linear(9), Tanh, Linear(2), MeanSquaredError]
                public partial class Regressor;
            }
            """);
        // A single row, and a batch with a partial shard.
        var cases = models.All.SelectMany(m => new[] { (m.Name, ModelValues.Draw(m, 1, 1)), (m.Name, ModelValues.Draw(m, ShardRows.Of(m) + 3, 2)) }).ToList();

        Assert.Equal(cases.Select(_ => "0 0 0"), ChildProcess.CountAllocations(models, cases));
    }
}
