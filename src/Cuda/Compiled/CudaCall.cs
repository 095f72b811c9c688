using System.ComponentModel;
using DlGen.Execution;

namespace DlGen.Compiled;

/// <summary>A call of a model on a device, until it is disposed of: no other thread's call may be under way meanwhile.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct CudaCall
{
    private readonly CallGuard guard;

    internal CudaCall(CallGuard guard)
    {
        this.guard = guard;
        guard.Enter();
    }

    /// <summary>Ends the call.</summary>
    public void Dispose() => guard.Leave();
}
