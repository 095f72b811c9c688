using System.Globalization;

namespace DlGen.Benchmarks;

/// <summary>Who computes a workload.</summary>
internal enum Who
{
    /// <summary>The generated model, through its public members.</summary>
    Ours,

    /// <summary>Kernels written by hand for this very shape.</summary>
    ByHand,

    /// <summary>The generated model on one thread, where ours is it on several.</summary>
    OneThread,

    /// <summary>PyTorch, in a process of its own.</summary>
    PyTorch,

    /// <summary>ONNX Runtime, in this process.</summary>
    OnnxRuntime,
}

/// <summary>One of a contest.</summary>
/// <param name="Who">Who it is.</param>
/// <param name="Numbers">What it computes: asked for once, before anything is timed, to be compared with ours.</param>
/// <param name="Microseconds">Computes so often and gives the time of one repetition.</param>
internal sealed record Contestant(Who Who, Func<float[]> Numbers, Func<int, double> Microseconds)
{
    /// <summary>One that computes in this process; <paramref name="repeat"/> loops itself, so that a call of 50 ns is timed without a call of a delegate around each.</summary>
    public static Contestant Here(Who who, Func<float[]> numbers, Action<int> repeat) => new(who, numbers, repetitions =>
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        repeat(repetitions);
        return System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds / repetitions;
    });
}

/// <summary>A prepared workload: ours and whoever stands beside it.</summary>
/// <param name="what">What the numbers are that must agree, as "losses of 10 steps".</param>
/// <param name="tolerance">How far numbers of single precision may lie apart, of the largest of them: sums are added in other orders.</param>
internal sealed class Contest(string what, double tolerance = 1e-4) : IDisposable
{
    private readonly List<Contestant> contestants = [];
    private readonly List<IDisposable> owned = [];
    private readonly List<string> notes = [];
    private readonly List<Func<string?>> demands = [];

    public IReadOnlyList<Contestant> Contestants => contestants;

    /// <summary>What a reader of the times should know, as which form of an optimizer a peer ran.</summary>
    public IReadOnlyList<string> Notes => notes;

    public void Note(string note) => notes.Add(note);

    /// <summary>Adds a contestant; ours comes first.</summary>
    public Contest Add(Contestant contestant)
    {
        contestants.Add(contestant);
        return this;
    }

    /// <summary>Adds what must hold besides before anything is timed: it says what is wrong, or gives null.</summary>
    public Contest Demand(Func<string?> findFault)
    {
        demands.Add(findFault);
        return this;
    }

    /// <summary>Keeps what a contestant computes with until the contest is over.</summary>
    public T Own<T>(T resource)
        where T : IDisposable
    {
        owned.Add(resource);
        return resource;
    }

    /// <summary>Says what differs from ours or is wrong besides, or gives null: then the contest may be timed.</summary>
    public string? FindDisagreement()
    {
        if (demands.Select(findFault => findFault()).FirstOrDefault(fault => fault is not null) is { } found) return found;
        float[] ours = contestants[0].Numbers();
        foreach (var contestant in contestants.Skip(1))
        {
            float[] theirs = contestant.Numbers();
            if (theirs.Length != ours.Length) return $"{what}: {ours.Length} numbers of ours, {theirs.Length} of {contestant.Who}";
            double largest = theirs.Max(MathF.Abs);
            for (int i = 0; i < ours.Length; i++)
            {
                if (Math.Abs(ours[i] - theirs[i]) <= tolerance * largest) continue;
                return string.Create(CultureInfo.InvariantCulture, $"{what} differ at {i}: {ours[i]} of ours, {theirs[i]} of {contestant.Who}");
            }
        }
        return null;
    }

    public void Dispose()
    {
        foreach (var resource in owned) resource.Dispose();
    }
}
