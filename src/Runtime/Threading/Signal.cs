using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace DlGen.Compiled;

/// <summary>A number that one thread raises and another one waits for: spinning for a while, which a raise then reaches within 50 ns, and parked after that, which
/// costs whoever raises it some 45 µs but no processor time until then.</summary>
internal sealed class Signal
{
    /// <summary>20 µs: longer than the pauses between the parts of a step, shorter than what a user would notice as a busy processor.</summary>
    private static readonly long SpinTicks = (long)(20e-6 * Stopwatch.Frequency);

    /// <summary>1 ms: longer than a batch takes to read.</summary>
    private static readonly long PauseTicks = (long)(1e-3 * Stopwatch.Frequency);

    private readonly AutoResetEvent wake = new(false);
    private bool isWithinCall;
    private Lines lines;

    /// <summary>How often it was raised.</summary>
    public int Value => Volatile.Read(ref lines.Value);

    /// <summary>Whether somebody waits for it without using a processor.</summary>
    public bool IsParked => Volatile.Read(ref lines.Parked) != 0;

    /// <summary>Whether the wait is within a call that will surely go on: it then stays awake for 1 ms, though it leaves its processor to whoever else wants it.</summary>
    public bool IsWithinCall
    {
        set => Volatile.Write(ref isWithinCall, value);
    }

    /// <summary>Raises the number by one. What the caller wrote before, whoever waits sees.</summary>
    public void Raise()
    {
        Interlocked.Increment(ref lines.Value);
        if (Volatile.Read(ref lines.Parked) != 0 && Interlocked.Exchange(ref lines.Parked, 0) != 0)
            wake.Set();
    }

    /// <summary>Waits until the number is <paramref name="target"/>, parked if that takes long: for orders, which may never come. For one thread at a time.</summary>
    public void Await(int target)
    {
        while (!IsReached(target) && !SpinFor(target) && !PauseFor(target))
        {
            Interlocked.Exchange(ref lines.Parked, 1);

            // Raised in between: either it saw the mark and wakes, or it did not and the mark is taken back.
            if (IsReached(target) && Interlocked.Exchange(ref lines.Parked, 0) != 0)
                return;
            wake.WaitOne();

            // Perhaps woken by the raise before, which had not yet looked whether anybody waits: so look again.
        }
    }

    /// <summary>The same for work that is under way: the processor is offered to other threads, but this one never parks. A wake-up would take longer than most
    /// shares, and while it lasts the other side would park in its turn, so that every further step began with two wake-ups.</summary>
    public void AwaitAwake(int target)
    {
        while (!IsReached(target) && !SpinFor(target))
            Thread.Yield();
    }

    private bool IsReached(int target) => Value - target >= 0;

    private bool SpinFor(int target)
    {
        // On one processor nobody can raise it while this thread spins.
        if (Environment.ProcessorCount == 1)
            return false;
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (int i = 0; i < 16; i++)
            {
                if (IsReached(target))
                    return true;
                if (X86Base.IsSupported)
                    X86Base.Pause();
                else
                    Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() - start < SpinTicks);
        return false;
    }

    /// <summary>Within a call: no spinning, which would hold the very processor that the caller needs where there are fewer than threads.</summary>
    private bool PauseFor(int target)
    {
        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref isWithinCall) && Stopwatch.GetTimestamp() - start < PauseTicks)
        {
            Thread.Yield();
            if (IsReached(target))
                return true;
        }

        return false;
    }

    /// <summary>On cache lines of their own, so that whoever spins disturbs nobody.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Lines
    {
        [FieldOffset(64)]
        public int Value;

        [FieldOffset(68)]
        public int Parked;
    }
}
