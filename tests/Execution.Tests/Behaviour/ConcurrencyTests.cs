using DlGen.Tests.Compiling;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Behaviour;

/// <summary>Any number of threads may call Predict of one model at once; each gets what it would get alone.</summary>
public class ConcurrencyTests
{
    [Fact]
    public void Concurrent_callers_of_Predict_get_the_bits_of_a_lone_one()
    {
        var model = CompiledModels.From("""
            [Model, Input(9), Linear(40), Gelu, LayerNorm, Linear(6), SoftmaxCrossEntropy]
            public partial class Concurrent;
            """)["Concurrent"];
        var driver = model.Create();
        var inputs = Enumerable.Range(0, 4).Select(i => ModelValues.Draw(model, 20 + (37 * i), seed: i).Variables).ToList();
        double[][] alone = [.. inputs.Select(rows => { driver.Bind(rows); return driver.Predict()[""]; })];

        using var together = new Barrier(inputs.Count);
        var threads = inputs.Select((rows, i) => Task.Factory.StartNew(() =>
        {
            var own = driver.Fork();
            own.Bind(rows);
            together.SignalAndWait();
            return Enumerable.Range(0, 300).All(_ => own.Predict()[""].AsSpan().SequenceEqual(alone[i]));
        }, TaskCreationOptions.LongRunning)).ToArray();

        Assert.All(threads, thread => Assert.True(thread.Result));
    }
}
