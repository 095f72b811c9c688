using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DlGen.Compiled;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

public sealed class ModelCoreTests
{
    [Fact]
    public void All_memory_starts_on_a_64_byte_line()
    {
        for (int i = 0; i < 20; i++)
        {
            ModelCore<float> core = Create<float>(Linear());
            using StepScope<float> step = core.BeginStep(9);
            Aligned(core.Values);
            Aligned<float>(core.Gradients);
            Aligned<float>(core.RentArena().Span);
            Aligned<float>(step.Arena);
        }
    }

    [Theory]
    [InlineData(1, 10 + 20 + 30)]
    [InlineData(8, 10 + 20 + 30)]
    [InlineData(9, 10 + 40 + 30)]
    [InlineData(100, 10 + 260 + 30)]
    public void The_arena_of_a_step_has_the_length_of_the_contract(int rows, int length)
    {
        ModelCore<float> core = Create<float>(Linear());
        using (StepScope<float> large = core.BeginStep(1000))
            Assert.True(large.Arena.Length > length);
        using StepScope<float> step = core.BeginStep(rows);
        Assert.Equal(length, step.Arena.Length);

        // The slack behind may be read.
        Assert.Equal(0, Unsafe.Add(ref MemoryMarshal.GetReference(step.Arena), length + 63) * 0);
    }

    [Fact]
    public void A_step_too_large_for_an_array_is_refused_and_releases_the_right()
    {
        ModelCore<float> core = Create<float>(Linear());
        Assert.Contains("Use smaller batches", Assert.Throws<BatchShapeException>(() => core.BeginStep(int.MaxValue).Dispose()).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => core.BeginStep(0).Dispose());
        core.BeginStep(1).Dispose();
    }

    [Fact]
    public void Two_threads_cannot_train_at_once()
    {
        ModelCore<float> core = Create<float>(Linear());
        using (core.BeginStep(1))
        {
            Exception? seen = null;
            var other = new Thread(() => seen = Record.Exception(() => core.BeginStep(1).Dispose()));
            other.Start();
            other.Join();
            Assert.Contains("Small is already being trained by another thread", Assert.IsType<ConcurrentTrainingException>(seen).Message);
        }

        core.BeginStep(1).Dispose();
    }

    [Fact]
    public void The_step_counts_only_what_was_committed()
    {
        ModelCore<float> core = Create<float>(Linear());
        for (int i = 0; i < 3; i++)
        {
            using StepScope<float> step = core.BeginStep(1);
            Assert.Equal(i, step.Step);
            step.Commit();
        }

        using (core.BeginStep(1))
        {
        }

        using StepScope<float> last = core.BeginStep(1);
        Assert.Equal(3, last.Step);
    }

    [Fact]
    public void Kept_gradients_are_added_or_come_back()
    {
        ModelCore<double> core = Create<double>(Linear());
        SetGradients(core, at => at);
        double[] first = core.Gradients.ToArray();

        using (StepScope<double> step = core.BeginStep(1))
        {
            step.KeepGradients();
            SetGradients(core, at => 2 * at);
            step.AddKeptGradients();
            step.Commit();
        }

        Assert.Equal(first.Select(g => 3 * g), core.Gradients.ToArray());
        using (StepScope<double> failing = core.BeginStep(1))
        {
            failing.KeepGradients();
            SetGradients(core, _ => double.NaN);
        }

        Assert.Equal(first.Select(g => 3 * g), core.Gradients.ToArray());
        using StepScope<double> plain = core.BeginStep(1);
        Exception? misuse = null;
        try
        {
            plain.AddKeptGradients();
        }
        catch (InvalidOperationException exception)
        {
            misuse = exception;
        }

        Assert.NotNull(misuse);
    }

    [Fact]
    public void Arenas_are_rented_to_one_caller_at_a_time_without_allocation()
    {
        ModelCore<float> core = Create<float>(Linear());
        Arena<float> a = core.RentArena(), b = core.RentArena();
        Assert.NotSame(a, b);
        Assert.Equal(100, a.Span.Length);
        core.ReturnArena(a);
        Assert.Same(a, core.RentArena());
        core.ReturnArena(a);
        core.ReturnArena(b);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            core.ReturnArena(core.RentArena());
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Many_threads_never_share_an_arena()
    {
        ModelCore<float> core = Create<float>(Linear());
        int clashes = 0;
        Thread[] threads = [.. Enumerable.Range(1, 6).Select(id => new Thread(() =>
        {
            for (int i = 0; i < 5000; i++)
            {
                Arena<float> arena = core.RentArena();
                arena.Span.Fill(id);
                Thread.SpinWait(20);
                if (arena.Span.IndexOfAnyExcept((float)id) >= 0)
                    Interlocked.Increment(ref clashes);
                core.ReturnArena(arena);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, clashes);
    }

    [Fact]
    public void Derived_values_are_rebuilt_once_after_a_change()
    {
        int built = 0;
        ModelCore<float> core = WithDerived((parameters, derived) =>
        {
            built++;
            parameters.CopyTo(derived);
        });
        for (int round = 1; round <= 5; round++)
        {
            core.Parameters["p"][0] = round;
            Assert.Equal(round, core.Derived[0]);
            Assert.Equal(round, core.Derived[0]);
            Assert.Equal(round, built);
        }

        Assert.Equal(0, Create<float>(Linear()).Derived.Length);
    }

    [Fact]
    public void Derived_values_that_another_thread_reads_are_not_rewritten()
    {
        ModelCore<float> core = WithDerived((parameters, derived) => parameters.CopyTo(derived));
        core.Parameters["p"][0] = 1;
        using var reading = new ManualResetEventSlim();
        using var changed = new ManualResetEventSlim();
        float[] seen = [];
        var reader = new Thread(() =>
        {
            Arena<float> arena = core.RentArena();
            ReadOnlySpan<float> derived = core.Derived;
            reading.Set();
            changed.Wait();
            seen = derived.ToArray();
            core.ReturnArena(arena);
        });
        reader.Start();
        reading.Wait();
        for (int i = 2; i < 6; i++)
        {
            core.Parameters["p"][0] = i;
            Assert.Equal(i, core.Derived[0]);
        }

        changed.Set();
        reader.Join();
        Assert.Equal(1, seen[0]);
    }

    [Fact]
    public void Rebuilding_derived_values_allocates_nothing_in_a_loop()
    {
        ModelCore<float> core = WithDerived((parameters, derived) => parameters.CopyTo(derived));
        for (int i = 0; i < 50; i++)
            Change(i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Change(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Change(int value)
        {
            core.Parameters["p"][0] = value;
            if (core.Derived[0] != value)
                Assert.Fail("stale");
        }
    }

    private static ModelCore<float> WithDerived(PrepareDerived<float> prepare) =>
        new(new NetworkDefinition<float>(Info("Derived"), [Row("p", [4], 0)], 4, 4, prepare, 8, 10, 0, 1, 0), seed: 0);

    private static void Aligned<T>(ReadOnlySpan<T> span) =>
        Assert.Equal(0, Unsafe.ByteOffset(ref Unsafe.NullRef<T>(), ref MemoryMarshal.GetReference(span)) % 64);
}
