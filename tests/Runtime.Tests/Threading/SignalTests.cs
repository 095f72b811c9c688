using DlGen.Compiled;

namespace DlGen.Tests;

/// <summary>A wait ends when its number is reached and not before, whoever was slow.</summary>
public sealed class SignalTests
{
    [Fact]
    public void A_wake_up_that_comes_late_does_not_end_the_next_wait()
    {
        var signal = new Signal();
        using var reached = new ManualResetEventSlim();
        var waiter = new Thread(() =>
        {
            signal.Await(2);
            reached.Set();
        });
        waiter.Start();
        while (!signal.IsParked) Thread.Yield();

        // One raise of two: whoever waits for the second is woken by the first, and must wait on.
        signal.Raise();
        Assert.False(reached.Wait(200));
        signal.Raise();
        Assert.True(reached.Wait(10_000));
        Assert.Equal(2, signal.Value);
    }

    [Fact]
    public void Waits_and_raises_in_any_order_never_miss_each_other()
    {
        const int Rounds = 20_000;
        Signal ordered = new(), done = new();
        int sum = 0;
        var worker = new Thread(() =>
        {
            for (int i = 1; i <= Rounds; i++)
            {
                ordered.Await(i);
                sum += i;
                if (i % 997 == 0) Thread.Sleep(1);
                done.Raise();
            }
        });
        worker.Start();
        for (int i = 1; i <= Rounds; i++)
        {
            if (i % 1009 == 0) Thread.Sleep(1);
            ordered.Raise();
            done.AwaitAwake(i);
            Assert.Equal(i * (i + 1L) / 2, (long)(uint)sum);
        }
        worker.Join();
    }
}
