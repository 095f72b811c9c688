using DlGen.Tests.Compiling;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Behaviour;

/// <summary>A state that grows beyond all bounds: the layer in the cell is named, and not one that holds an earlier step's rest.</summary>
public class RecurrenceTests
{
    private static readonly Lazy<CompiledModels> Models = new(() => CompiledModels.From("""
        [Model, MeanSquaredError]
        public partial class Growing
        {
            private static Tensor Forward([Input(9, 3)] Tensor x) => Tensor.Scan(x.Linear(3).Tanh(), Tensor.Ones(3), Grow).Linear(2);

            private static Tensor Grow(Tensor state, Tensor step) => 1000 * state * state + step;
        }
        """));

    [Fact]
    public void The_cell_is_named_where_a_state_is_not_finite()
    {
        var model = Models.Value["Growing"];
        var values = ModelValues.Draw(model, 70, seed: 3);
        var driver = model.Create();
        values.Into(driver);
        for (int attempt = 0; attempt < 2; attempt++)
            Assert.Equal("grow_1", Assert.Throws<NonFiniteLossException>(() => driver.TrainBatch(Optimizer.Sgd(0.1))).Layer);
    }
}
