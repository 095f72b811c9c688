using DlGen.Gpu.Models;

namespace DlGen.Tests.Execution;

/// <summary>Two threads at one model on a device: the second is refused, and the first goes on as if it had not been.</summary>
public class ConcurrencyTests
{
    [Fact]
    public void A_second_thread_is_refused_and_changes_nothing()
    {
        float[] x = StepTests.Floats(new Random(2), 6 * 6);
        int[] labels = StepTests.Ints(new Random(3), 6, 3);
        using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        Optimizer here = Optimizer.Adam(1e-2), there = Optimizer.Adam(1e-2);
        var refused = new List<Exception?>();
        int copies = 0;
        pair.Device.Copying = () =>
        {
            if (copies++ > 0) return;
            Action[] calls = [() => gpu.Predict(x), () => gpu.Classify(x), () => gpu.TrainBatch(x, labels, there), () => gpu.Evaluate(DenseOnDevice.Data(x, labels)), gpu.Synchronize, gpu.Dispose];
            foreach (var call in calls)
            {
                var other = new Thread(() => refused.Add(Record.Exception(call)));
                other.Start();
                other.Join();
            }
        };
        pair.Compare(1e-5, gpu.Synchronize, () => pair.Model.TrainBatch(x, labels, here), () => gpu.TrainBatch(x, labels, there));
        Assert.Equal(6, refused.Count);
        Assert.All(refused, exception => Assert.StartsWith("Another thread is calling this CudaModel.", Assert.IsType<ConcurrentCallException>(exception).Message, StringComparison.Ordinal));

        // One after the other they are welcome.
        float[] predicted = [];
        var later = new Thread(() => predicted = gpu.Predict(x));
        later.Start();
        later.Join();
        StepTests.Equal(pair.Model.Predict(x), predicted, 1e-5);
    }

    /// <summary>What it held goes back by the next call.</summary>
    [Fact]
    public void A_text_is_given_up_without_an_error_while_another_thread_calls()
    {
        using var pair = new Pair<SmallGpt>(new SmallGpt(3), new SmallGpt(3));
        using var gpu = pair.Other.OnCuda();
        int[] expected = [.. gpu.Generate([1, 2], 3)];
        gpu.Predict(new int[SmallGpt.Context]);
        int held = pair.Device.Held;
        var ids = gpu.Generate([1, 2], 3).GetEnumerator();
        Assert.True(ids.MoveNext());
        Assert.True(pair.Device.Held > held);

        Exception? refused = null, given = null;
        pair.Device.Copying = () =>
        {
            pair.Device.Copying = null;
            var other = new Thread(() => (refused, given) = (Record.Exception(() => ids.MoveNext()), Record.Exception(ids.Dispose)));
            other.Start();
            other.Join();
        };
        gpu.Predict(new int[SmallGpt.Context]);
        Assert.IsType<ConcurrentCallException>(refused);
        Assert.Null(given);

        Assert.Equal<IEnumerable<int>>(expected, gpu.Generate([1, 2], 3));
        Assert.Equal(held, pair.Device.Held);
    }

    /// <summary>A call that throws is over.</summary>
    [Fact]
    public void After_a_call_that_throws_others_may_call()
    {
        float[] x = StepTests.Floats(new Random(2), 6 * 6);
        using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        pair.Device.Copying = () => throw new InvalidOperationException("a fault of the device");
        Assert.Throws<InvalidOperationException>(() => gpu.Predict(x));
        pair.Device.Copying = null;
        float[] predicted = [];
        var later = new Thread(() => predicted = gpu.Predict(x));
        later.Start();
        later.Join();
        StepTests.Equal(pair.Model.Predict(x), predicted, 1e-5);
    }
}
