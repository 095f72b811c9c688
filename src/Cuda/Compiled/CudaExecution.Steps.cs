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
    /// <param name="given">The inputs before the ids, a row of each, which the caller has checked.</param>
    public ITokenSteps<T> CreateSteps(int logits, byte[][] given)
    {
        using CudaCall call = Enter();
        ObjectDisposedException.ThrowIf(isDisposed, this);
        FreeEndedSteps();
        return new TokenSteps<T>(this, device, network, given, logits);
    }

    /// <summary>Computes what steps have in common into their memory, and waits until what is given has been read.</summary>
    internal void BeginSteps(CudaProgram program, nint memory, byte[][] given)
    {
        using CudaCall call = Enter();
        ObjectDisposedException.ThrowIf(isDisposed, this);
        Slot slot = StepSlot(given, isStep: false);
        launcher.Ensure(program, 1, slot.Layout!.Bytes, 0);
        TakeHost(null);
        WriteHeader(slot);
        Prepare(slot.Layout, []);
        launcher.Memory = memory;
        device.CopyToDevice(launcher.Block.Address, slot.Block.Address, slot.Layout.Bytes);
        QueueStep(program, slot.Layout, []);
        device.Record(slot.Done);
        device.Wait(slot.Done);
    }

    /// <summary>Runs one step, and waits for its outputs. Gives where in the results the logits lie. Of given inputs that the step itself does not read, the rows are empty.</summary>
    internal (long Offset, int Length) RunStep(CudaProgram program, nint memory, byte[][] given, int id, int position, int logits, PinnedBlock results)
    {
        using CudaCall call = Enter();
        ObjectDisposedException.ThrowIf(isDisposed, this);
        Slot slot = StepSlot(given, isStep: true);
        var offsets = new long[program.StepOutputs.Length];
        long bytes = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = bytes;
            bytes = BatchLayout.RoundUp(bytes + (long)program.StepOutputs[i] * Unsafe.SizeOf<T>());
        }

        results.Ensure(bytes);
        launcher.Ensure(program, 1, slot.Layout!.Bytes, bytes);
        TakeHost(null);
        WriteHeader(slot);
        slot.Block.Values<int>(slot.Layout.Offsets[given.Length], 1)[0] = id;
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

    /// <summary>A slot with what is given, and room for one of the ids and its number, if it is that of a step.</summary>
    private Slot StepSlot(byte[][] given, bool isStep)
    {
        CudaField[] fields = [.. network.Fields.Select((field, i) => field with { PerRow = i < given.Length && given[i].Length > 0 ? field.PerRow : 0 })];
        if (isStep)
        {
            fields[given.Length] = fields[given.Length] with { PerRow = 1 };
            fields[^1] = fields[^1] with { PerRow = 1 };
        }

        Slot slot = NextSlot();
        slot.Layout = new BatchLayout(fields, fields.Length, 1, Unsafe.SizeOf<T>(), rateBytes: 0);
        (slot.Rows, slot.Divisor, slot.Step) = (1, 1, 0);
        slot.Block.Ensure(slot.Layout.Bytes);
        for (int i = 0; i < given.Length; i++)
            given[i].CopyTo(slot.Block.Values<byte>(slot.Layout.Offsets[i], given[i].Length));
        return slot;
    }

    private nint CaptureStep(CudaProgram program, BatchLayout layout, long[] outputs)
    {
        device.BeginCapture();
        QueueStep(program, layout, outputs);
        return device.EndCapture();
    }

    /// <summary>What goes to the memory of steps is taken over when nothing reads the old values any more.</summary>
    private void QueueStep(CudaProgram program, BatchLayout layout, long[] outputs)
    {
        launcher.Queue(program, program.Launches, 1, layout, outputs);
        foreach (CudaMemoryUpdate update in program.Updates)
        {
            nint to = launcher.Memory + update.Offset * Unsafe.SizeOf<T>();
            device.CopyOnDevice(to, launcher.AddressOf(program, update.Source, 1, 0, layout, outputs), (long)update.Length * Unsafe.SizeOf<T>());
        }
    }
}
