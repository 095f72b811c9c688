namespace DlGen.Execution;

/// <summary>Lets one thread at a time in, as often as it likes: a call may make others. Whoever comes meanwhile is refused and changes nothing; what came before is seen by the next thread.</summary>
internal sealed class CallGuard
{
    private int owner;
    private int depth;

    /// <exception cref="ConcurrentCallException">Another thread is inside.</exception>
    public void Enter()
    {
        if (!TryEnter())
        {
            throw new ConcurrentCallException(
                "Another thread is calling this CudaModel. A model on a device works for one thread at a time, Predict too: put a lock around the calls, "
                + "give each thread a CudaModel of its own (OnCuda), or let the others predict on the model itself, which needs no lock.");
        }
    }

    /// <summary>False where another thread is inside.</summary>
    public bool TryEnter()
    {
        int thread = Environment.CurrentManagedThreadId;
        if (Volatile.Read(ref owner) != thread && Interlocked.CompareExchange(ref owner, thread, 0) != 0)
            return false;
        depth++;
        return true;
    }

    public void Leave()
    {
        if (--depth == 0)
            Volatile.Write(ref owner, 0);
    }
}
