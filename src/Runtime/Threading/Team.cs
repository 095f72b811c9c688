using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace DlGen.Compiled;

/// <summary>Threads that compute shares of one piece of work: the caller and workers that wait for it. Teams belong to the process, one to each caller at a time,
/// and are handed out again, so that after the first use neither threads nor memory are made; a team that nobody uses costs no processor time.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class Team : IDisposable
{
    /// <summary>More threads than this only wait for each other; who asks for more gets so many, and the same bits.</summary>
    private const int MostPerProcessor = 4;

    private static Team[] teams = [];
    private static int workersMade;

    private Worker[] workers = [];
    private int threads = 1;
    private bool isWithinCall;
    private int taken;

    private Team()
    {
    }

    /// <summary>How many orders workers have carried out since the process began.</summary>
    internal static long Orders => Volatile.Read(ref teams).Sum(team => Volatile.Read(ref team.workers).Sum(worker => (long)worker.Orders));

    /// <summary>The workers that exist.</summary>
    internal static int Workers => Volatile.Read(ref workersMade);

    /// <summary>Whether all of this team's workers wait without using a processor.</summary>
    internal bool IsAsleep => workers.All(worker => worker.IsParked);

    /// <summary>The threads, with the caller's.</summary>
    public int Threads => threads;

    /// <summary>A team for the calling thread until it is disposed of; null for one thread, which needs none.</summary>
    /// <param name="threads">How many threads, with the caller's.</param>
    /// <param name="forLoop">Whether work follows work until then, with pauses to read data, through which workers stay awake.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one thread.</exception>
    public static Team? Rent(int threads, bool forLoop = false)
    {
        if (Check.Threads(threads) == 1)
            return null;
        threads = Math.Min(threads, Math.Max(8, MostPerProcessor * Environment.ProcessorCount));
        Team team = TakeFree(threads) ?? TakeFree(1) ?? Add();
        try
        {
            team.SetThreads(threads);
        }
        catch
        {
            // The system refused a thread.
            team.Dispose();
            throw;
        }

        if (forLoop)
            team.SetWithinCall(true);
        return team;
    }

    /// <summary>Computes all shares, one per thread, and returns when they are done. What a share throws is thrown here, of several the first.</summary>
    /// <param name="frame">What they have in common; a local variable of the caller's.</param>
    /// <param name="work">Computes a share.</param>
    public void Run(in Frame frame, FrameWork work) => Run(in frame, work, threads);

    /// <summary>The same in fewer shares than there are threads.</summary>
    /// <param name="frame">What they have in common; a local variable of the caller's.</param>
    /// <param name="work">Computes a share.</param>
    /// <param name="parts">How many shares, at least one; more than threads count as threads.</param>
    public unsafe void Run(in Frame frame, FrameWork work, int parts)
    {
        ArgumentNullException.ThrowIfNull(work);
        parts = Math.Min(parts, threads);
        void* address = Unsafe.AsPointer(ref Unsafe.AsRef(in frame));
        ExceptionDispatchInfo? thrown = null;
        int begun = 1;
        try
        {
            for (; begun < parts; begun++)
                workers[begun - 1].Begin(work, address, begun, parts);
            work(in frame, 0, parts);
        }
        finally
        {
            // Even if this share failed: the others read this thread's stack.
            for (int part = 1; part < begun; part++)
            {
                ExceptionDispatchInfo? failure = workers[part - 1].Join();
                thrown ??= failure;
            }
        }

        thrown?.Throw();
    }

    /// <summary>Gives the team back.</summary>
    public void Dispose()
    {
        if (isWithinCall)
            SetWithinCall(false);
        Volatile.Write(ref taken, 0);
    }

    private static Team? TakeFree(int threads)
    {
        foreach (Team team in Volatile.Read(ref teams))
        {
            if (team.workers.Length >= threads - 1 && Volatile.Read(ref team.taken) == 0 && Interlocked.CompareExchange(ref team.taken, 1, 0) == 0)
                return team;
        }

        return null;
    }

    private static Team Add()
    {
        var added = new Team { taken = 1 };
        Team[] known;
        do
        {
            known = Volatile.Read(ref teams);
        }
        while (Interlocked.CompareExchange(ref teams, [.. known, added], known) != known);
        return added;
    }

    private void SetWithinCall(bool value)
    {
        isWithinCall = value;
        for (int i = 0; i < threads - 1; i++)
            workers[i].IsWithinCall = value;
    }

    private void SetThreads(int threads)
    {
        while (workers.Length < threads - 1)
            Volatile.Write(ref workers, [.. workers, new Worker(Interlocked.Increment(ref workersMade))]);
        this.threads = threads;
    }
}
