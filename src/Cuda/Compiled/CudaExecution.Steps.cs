using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using DlGen.Execution;

namespace DlGen.Compiled;

/// <summary>The network one id after the other.</summary>
public sealed partial class CudaExecution<T>
{
    /// <summary>Memory of sequences that have ended, until a call may give it back.</summary>
    private readonly ConcurrentQueue<(nint Memory, PinnedBlock Results)> endedSteps = [];

    /// <summary>Begins a sequence of ids; it has memory of its own on the device until it is disposed of.</summary>
    /// <param name="logits">Which of a step's outputs are the logits of the next id.</param>
    public ITokenSteps<T> CreateSteps(int logits)
    {
        using CudaCall call = Enter();
        ObjectDisposedException.ThrowIf(isDisposed, this);
        FreeEndedSteps();
        return new TokenSteps<T>(this, device, network.Find("Step")!, logits);
    }

    /// <summary>Runs one step, and waits for its outputs. Gives where in the results the logits lie.</summary>
    internal (long Offset, int Length) RunStep(CudaProgram program, nint memory, int id, int position, int logits, PinnedBlock results)
    {
        using CudaCall call = Enter();
        ObjectDisposedException.ThrowIf(isDisposed, this);
        Slot slot = NextSlot();
        slot.Layout = new BatchLayout(StepFields(), network.Fields.Length, 1, Unsafe.SizeOf<T>(), rateBytes: 0);
        (slot.Rows, slot.Divisor, slot.Step) = (1, 1, 0);
        slot.Block.Ensure(slot.Layout.Bytes);
        var offsets = new long[program.StepOutputs.Length];
        long bytes = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = bytes;
            bytes = BatchLayout.RoundUp(bytes + (long)program.StepOutputs[i] * Unsafe.SizeOf<T>());
        }

        results.Ensure(bytes);
        launcher.Ensure(program, 1, slot.Layout.Bytes, bytes);
        TakeHost(null);
        WriteHeader(slot);
        slot.Block.Values<int>(slot.Layout.Offsets[0], 1)[0] = id;
        slot.Block.Values<int>(slot.Layout.Offsets[^1], 1)[0] = position;
        Prepare(slot.Layout, offsets);
        launcher.Memory = memory;
        Submit(slot, graphs.Get(KindOf(memory), 1, Moves, () => CaptureStep(program, slot.Layout, offsets)));
        device.CopyToHost(results.Address, launcher.Outputs.Address, bytes);
        device.Record(slot.Done);
        device.Wait(slot.Done);
        return (offsets[logits], program.StepOutputs[logits]);
    }

    /// <summary>A sequence gives its memory back, at once if no other thread is in a call.</summary>
    internal void EndSteps(nint memory, PinnedBlock results)
    {
        endedSteps.Enqueue((memory, results));
        if (!guard.TryEnter())
            return;
        try
        {
            FreeEndedSteps();
        }
        finally
        {
            guard.Leave();
        }
    }

    /// <summary>Within a call. When the execution has been disposed of, all memory is back already.</summary>
    private void FreeEndedSteps()
    {
        while (endedSteps.TryDequeue(out var ended))
        {
            if (isDisposed)
                continue;
            graphs.Remove(KindOf(ended.Memory));
            device.Free(ended.Memory);
            ended.Results.Dispose();
        }
    }

    private static string KindOf(nint memory) => string.Create(CultureInfo.InvariantCulture, $"Step {memory}");

    /// <summary>One step of the ids, and its number.</summary>
    private CudaField[] StepFields()
    {
        CudaField[] fields = [.. network.Fields.Select(field => field with { PerRow = 0 })];
        fields[0] = fields[0] with { PerRow = 1 };
        fields[^1] = fields[^1] with { PerRow = 1 };
        return fields;
    }

    /// <summary>What a step hands on is taken over when nothing reads the old values any more.</summary>
    private nint CaptureStep(CudaProgram program, BatchLayout layout, long[] outputs)
    {
        device.BeginCapture();
        launcher.Queue(program, program.Launches, 1, layout, outputs);
        foreach (CudaMemoryUpdate update in program.Updates)
        {
            nint to = launcher.Memory + update.Offset * Unsafe.SizeOf<T>();
            device.CopyOnDevice(to, launcher.AddressOf(program, update.Source, 1, 0, layout, outputs), (long)update.Length * Unsafe.SizeOf<T>());
        }

        return device.EndCapture();
    }
}
