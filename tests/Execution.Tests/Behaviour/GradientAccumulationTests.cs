using DlGen.Tests.Compiling;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Behaviour;

/// <summary>ComputeGradients overwrites, or adds when asked; TrainBatch is ComputeGradients and the optimizer's step.</summary>
public class GradientAccumulationTests
{
    private static readonly Lazy<CompiledModels> Models = new(() => CompiledModels.From("""
        [Model(Precision = Precision.Float64), Input(6), Linear(37), Tanh, Linear(4), SoftmaxCrossEntropy]
        public partial class Accumulating;
        """));

    [Fact]
    public void Gradients_overwrite_and_accumulate()
    {
        var (driver, _) = Ready();
        driver.ComputeGradients();
        var once = Gradients(driver);
        driver.ComputeGradients();
        Assert.Equal(once, Gradients(driver));
        driver.ComputeGradients(accumulate: true);
        Assert.Equal(once.ToDictionary(p => p.Key, p => Array.ConvertAll(p.Value, g => g + g)), Gradients(driver));
    }

    [Fact]
    public void TrainBatch_is_gradients_and_a_step_of_the_optimizer()
    {
        var ((stepped, _), (trained, _)) = (Ready(), Ready());
        var (one, other) = (Optimizer.Adam(0.01), Optimizer.Adam(0.01));
        for (int step = 0; step < 5; step++)
        {
            double loss = stepped.ComputeGradients();
            one.Step(stepped.Model.Parameters);
            Assert.Equal(loss, trained.TrainBatch(other));
        }
        foreach (var parameter in stepped.Model.Parameters) Comparison.Close(parameter.Name, parameter.Values(), trained.Model.Parameters[parameter.Name].Values(), 1e-14);
    }

    [Fact]
    public void Training_twice_from_one_seed_gives_the_same_bits()
    {
        var ((one, _), (other, _)) = (Ready(), Ready());
        var (first, second) = (Optimizer.Sgd(0.1, momentum: 0.9), Optimizer.Sgd(0.1, momentum: 0.9));
        for (int step = 0; step < 20; step++) Assert.Equal(one.TrainBatch(first), other.TrainBatch(second));
        Assert.Equal(one.Model.Parameters.ToValues(), other.Model.Parameters.ToValues());
    }

    private static (IModelDriver Driver, ModelValues Values) Ready()
    {
        var model = Models.Value["Accumulating"];
        var values = ModelValues.Draw(model, (3 * ShardRows.Of(model)) + 7, seed: 4);
        var driver = model.Create();
        values.Into(driver);
        return (driver, values);
    }

    private static Dictionary<string, double[]> Gradients(IModelDriver driver) => driver.Model.Parameters.ToDictionary(p => p.Name, p => p.Gradient());
}
