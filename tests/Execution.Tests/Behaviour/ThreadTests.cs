using DlGen.Compiled;
using DlGen.Emission;
using DlGen.Lowering;
using DlGen.Tests.Compiling;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Behaviour;

/// <summary>Threads decide who computes and never what is added in which order: steps, predictions and evaluations have the same bits at any number of them.</summary>
public class ThreadTests
{
    public static TheoryData<string> Names => [.. CompiledForwardModels.SampleNames];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_network_trains_and_predicts_with_the_same_bits_on_any_number_of_threads(string name)
    {
        var model = CompiledForwardModels.Separate[name];
        int shard = ShardRows.Of(model);
        long before = Team.Orders;
        foreach (var (rows, counts) in new (int, int[])[] { (1, [2]), (shard + 1, [3, 8]), ((3 * shard) + 7, [2, 5]) })
        {
            var values = ModelValues.Draw(model, rows, seed: 5);
            var expected = Run(model, values, threads: 1);
            foreach (int threads in counts)
            {
                var actual = Run(model, values, threads);
                Assert.Equal(expected.Losses, actual.Losses);
                foreach (var (output, prediction) in expected.Predictions) Assert.Equal(prediction, actual.Predictions[output]);
                foreach (var (parameter, value) in expected.Parameters) Assert.True(value.SequenceEqual(actual.Parameters[parameter]), $"{name}, {rows} rows, {threads} threads: {parameter} differs");
            }
        }
        Assert.True(Team.Orders > before, "no other thread than this one computed anything");
    }

    [Fact]
    public void Work_too_small_for_two_threads_stays_on_one()
    {
        var model = CompiledModels.From("[Model, Input(2), Linear(8), Tanh, Linear(1), MeanSquaredError] public partial class TooSmall;")["TooSmall"];
        var driver = model.Create();
        ModelValues.Draw(model, 16, seed: 1).Into(driver);
        // Nothing else in this process asks for threads while tests of one class run one after the other.
        long before = Team.Orders;
        driver.Predict(threads: 2);
        driver.StartTraining(Optimizer.Sgd(0.1), threads: 2)();
        Assert.Equal(before, Team.Orders);
    }

    [Fact]
    public void Each_way_to_ask_for_threads_uses_them()
    {
        const int Rows = 96;
        var model = CompiledModels.From("[Model, Input(64), Linear(200), Tanh, Linear(5), SoftmaxCrossEntropy] public partial class Shared;")["Shared"];
        var driver = model.Create();
        var values = ModelValues.Draw(model, Rows, seed: 1);
        values.Into(driver);
        var trainable = (ITrainable)driver.Model;
        var data = Dataset.FromArrays([
            ("inputs", Array.ConvertAll(values.Variables["inputs"], x => (float)x), 64), ("targets", Array.ConvertAll(values.Variables["targets"], x => (int)x), 1)]);

        Uses(() => driver.Predict(threads: 2));
        Uses(() => driver.PredictIntoDestinations(threads: 2));
        Uses(() => driver.StartTraining(Optimizer.Sgd(0.1), threads: 2)());
        Uses(() => Trainer.Train(trainable, data, Options(threads: 2), default));
        Uses(() => Trainer.Evaluate(trainable, data, threads: 2));
        long before = Team.Orders;
        Trainer.Train(trainable, data, Options(threads: 1), default);
        Assert.Equal(before, Team.Orders);

        static TrainingOptions Options(int threads) => new() { Optimizer = Optimizer.Sgd(0.1), Epochs = 1, BatchSize = Rows, Threads = threads };

        static void Uses(Action call)
        {
            long before = Team.Orders;
            call();
            Assert.True(Team.Orders > before, "no other thread than this one computed anything");
        }
    }

    [Fact]
    public void More_memory_than_a_frame_refers_to_is_one_threads()
    {
        string[] inputs = [.. Enumerable.Range(0, Frame.Capacity + 2).Select(i => "x" + i)];
        var model = CompiledModels.From(new EmitOptions(Lowering: new LoweringOptions(TeamRows: 1)), $$"""
            [Model, MeanSquaredError]
            public partial class ManyInputs
            {
                private static Tensor Forward({{string.Join(", ", inputs.Select(x => $"[Input(2)] Tensor {x}"))}}) => Tensor.Concat([{{string.Join(", ", inputs)}}]).Linear(3);
            }
            """)["ManyInputs"];
        var values = ModelValues.Draw(model, 20, seed: 1);
        var (one, several) = (Run(model, values, threads: 1), Run(model, values, threads: 3));
        Assert.Equal(one.Losses, several.Losses);
        Assert.Equal(one.Predictions[""], several.Predictions[""]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void No_threads_are_refused_before_anything_changes(int threads)
    {
        var model = CompiledForwardModels.Value.All.First(m => m.HasLoss);
        var driver = model.Create();
        ModelValues.Draw(model, 3, seed: 1).Into(driver);
        Assert.Contains("at least 1", Assert.Throws<ArgumentOutOfRangeException>(() => driver.Predict(threads)).Message);
        Assert.Contains("at least 1", Assert.Throws<ArgumentOutOfRangeException>(() => driver.StartTraining(Optimizer.Sgd(0.1), threads)).Message);
    }

    private static (double[] Losses, IReadOnlyDictionary<string, double[]> Predictions, Dictionary<string, double[]> Parameters) Run(CompiledModel model, ModelValues values, int threads)
    {
        var driver = model.Create();
        values.Into(driver);
        double[] losses = [];
        if (driver.HasLoss)
        {
            // With a group, so that the update walks several ranges.
            var step = driver.StartTraining(Optimizer.AdamW(0.01).Group(p => p.Shape.Length < 2, weightDecay: 0), threads);
            losses = [step(), step()];
        }
        return (losses, driver.Predict(threads), driver.Model.Parameters.ToValues());
    }
}
