using System.Numerics;
using System.Runtime.CompilerServices;
using DlGen.Compiled;
using DlGen.Devices;

namespace DlGen.Execution;

/// <summary>A sequence of ids that a network is given one after the other on a device, where it keeps what earlier steps hand on, and what is computed once for all of them.</summary>
internal sealed class TokenSteps<T> : ITokenSteps<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly CudaExecution<T> execution;
    private readonly Device device;
    private readonly CudaProgram program;
    private readonly CudaProgram? begin;
    private readonly byte[][] given;
    private readonly byte[][] readBySteps;
    private readonly int logits;
    private readonly nint memory;
    private readonly PinnedBlock results;
    private int position;

    public TokenSteps(CudaExecution<T> execution, Device device, CudaNetwork network, byte[][] given, int logits)
    {
        (this.execution, this.device, this.given, this.logits) = (execution, device, given, logits);
        (begin, program) = (network.Find("Begin"), network.Find("Step")!);
        readBySteps = [.. given.Select((row, input) => program.ReadsInput(input) ? row : [])];
        memory = device.Allocate(Math.Max(1, MemoryBytes));
        results = new PinnedBlock(device);
        try
        {
            Reset();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private long MemoryBytes => (long)program.MemoryLength * Unsafe.SizeOf<T>();

    public void Reset()
    {
        using CudaCall call = execution.Enter();
        position = 0;
        device.Clear(memory, MemoryBytes);
        if (begin is not null)
            execution.BeginSteps(begin, memory, given);
    }

    public ReadOnlySpan<T> Logits(int id)
    {
        (long offset, int length) = execution.RunStep(program, memory, readBySteps, id, position, logits, results);
        position++;
        return results.Values<T>(offset, length);
    }

    /// <summary>Never refused: while another thread's call is under way, the memory waits for the next call that may give it back.</summary>
    public void Dispose() => execution.EndSteps(memory, results);
}
