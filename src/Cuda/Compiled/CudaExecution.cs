using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using DlGen.Devices;
using DlGen.Execution;

namespace DlGen.Compiled;

/// <summary>Throws what is wrong with a step whose loss was not finite.</summary>
/// <param name="batch">The step's batch.</param>
/// <param name="rows">Its rows.</param>
/// <param name="divisor">How much the batch counts.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void ExplainStep<T>(CudaBatch<T> batch, int rows, double divisor)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>Opens devices for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CudaExecution
{
    /// <summary>Opens a device.</summary>
    /// <param name="device">Its number.</param>
    /// <exception cref="CudaUnavailableException">There is no driver, or no such device.</exception>
    public static Opened Open(int device) => Open(new CudaOptions { Device = device });

    /// <summary>Opens a device, or a context and stream of the caller's.</summary>
    /// <param name="options">Which.</param>
    /// <exception cref="CudaUnavailableException">There is no driver, or no such device.</exception>
    public static Opened Open(CudaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(DeviceSource.Open(options));
    }

    /// <summary>A device that someone has opened.</summary>
    public sealed class Opened
    {
        internal Opened(Device device) => Device = device;

        internal Device Device { get; }
    }
}

/// <summary>
/// Runs a model's programs on a device. Batches go through pinned memory, several of them on their way at once; each program is captured once per number of rows and launched as one graph. What a
/// step gives (its loss, whether that was finite) is looked at later, when the place of its batch is needed again or somebody waits; after a failure the device leaves parameters alone until then.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed partial class CudaExecution<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Batches on their way: one that the device works on, one that is ready, one that is being filled.</summary>
    private const int SlotCount = 3;

    /// <summary>Bytes of working memory that a prediction of many rows is cut to.</summary>
    private const long MostPredictionBytes = 512L << 20;

    private readonly ModelCore<T> core;
    private readonly CudaNetwork network;
    private readonly Device device;
    private readonly DeviceModel<T> model;
    private readonly ProgramLauncher<T> launcher;
    private readonly DeviceUpdates<T> updates;
    private readonly DeviceStates<T> states;
    private readonly GraphCache graphs;
    private readonly ExplainStep<T>? explain;
    private readonly Slot[] slots;
    private readonly CudaProgram predict;
    private readonly CallGuard guard = new();
    private int next;
    private long batchStep;
    private double known;
    private bool isDisposed;

    /// <summary>Loads the module and allocates what a model needs whatever its batches.</summary>
    /// <param name="core">The model.</param>
    /// <param name="network">Its plan.</param>
    /// <param name="opened">The device, which belongs to the execution from now on.</param>
    /// <param name="explain">Throws what is wrong with a step; null for models that are not trained.</param>
    public CudaExecution(ModelCore<T> core, CudaNetwork network, CudaExecution.Opened opened, ExplainStep<T>? explain = null)
    {
        ArgumentNullException.ThrowIfNull(opened);
        (this.core, this.network, this.explain) = (core, network, explain);
        device = opened.Device;
        try
        {
            if (device.ComputeCapability < network.ComputeCapability)
                throw new CudaUnavailableException(WhyTooOld(network, Device));
            model = new DeviceModel<T>(core, network, device);
            launcher = new ProgramLauncher<T>(network, model, device);
            updates = new DeviceUpdates<T>(core, model, device);
            states = new DeviceStates<T>(network.Find("Gradients")?.States ?? [], model, updates, device);
            graphs = new GraphCache(device);
            slots = [.. Enumerable.Range(0, SlotCount).Select(_ => new Slot(device))];
        }
        catch
        {
            device.Dispose();
            throw;
        }

        predict = network.Find("Predict")!;
        MostPredictedRows = (int)Math.Clamp(MostPredictionBytes / Unsafe.SizeOf<T>() / Math.Max(1, predict.RowLength + predict.ScratchLength), 1, 1 << 16);
    }

    /// <summary>The device.</summary>
    public CudaDeviceInfo Device => new(Handles.Device, device.Name, new Version(device.ComputeCapability / 10, device.ComputeCapability % 10), device.Memory, device.Multiprocessors, device.SharedBytesPerBlock, null);

    private static string WhyTooOld(CudaNetwork network, CudaDeviceInfo device)
        => $"The model computes in CudaPrecision.{network.Precision}, which needs compute capability {network.ComputeCapability / 10}.{network.ComputeCapability % 10} (Ampere, of 2020, or newer), and CUDA {device.Title} "
            + $"has {device.ComputeCapability}; run it on a newer device, or declare it without CudaPrecision, which every device takes.";

    /// <summary>Its handles.</summary>
    public CudaHandles Handles => device.Handles;

    /// <summary>How many rows a prediction takes at once.</summary>
    public int MostPredictedRows { get; }

    /// <summary>Begins a call, which another thread's call must not meet.</summary>
    /// <exception cref="ConcurrentCallException">Another thread's is under way.</exception>
    public CudaCall Enter() => new(guard);

    /// <summary>Begins a prediction.</summary>
    public CudaBatch<T> BeginPredict(int rows) => Begin(predict, rows, divisor: 1, rateBytes: 0);

    /// <summary>Predicts, and waits for the outputs.</summary>
    public void Predict(CudaBatch<T> batch) => Run(predict, batch);

    /// <summary>Begins an evaluation.</summary>
    public CudaBatch<T> BeginEvaluate(int rows) => Begin(network.Find("Evaluate")!, rows, divisor: 1, rateBytes: 0);

    /// <summary>Predicts, and gives the sum of the losses.</summary>
    public double Evaluate(CudaBatch<T> batch)
    {
        Run(network.Find("Evaluate")!, batch);
        return batch.Slot.Loss;
    }

    /// <summary>Begins a step.</summary>
    /// <param name="rows">The rows of the batch or of its part.</param>
    /// <param name="divisor">How much the whole batch counts.</param>
    public CudaBatch<T> BeginStep(int rows, double divisor) => Begin(network.Find("Gradients")!, rows, divisor, updates.RateBytes);

    /// <summary>Queues a part of a step, with the last one the update. Gives the sum of the losses that became known.</summary>
    /// <param name="batch">The part.</param>
    /// <param name="part">Which part of the batch it is.</param>
    /// <param name="parts">How many there are.</param>
    /// <param name="update">What the step does with its gradients.</param>
    public double Step(CudaBatch<T> batch, int part, int parts, StepUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        CudaProgram program = network.Find("Gradients")!;
        Slot slot = batch.Slot;
        bool isLast = part == parts - 1;
        TakeHost(update.Optimizer);
        IRandomState random = core;
        slot.Step = random.Step;
        if (part == 0)
            batchStep = slot.Step;
        slot.BatchStep = batchStep;
        slot.ClipNorm = update.ClipNorm ?? 0;

        // Statistics of a batch in parts, or of one whose norm is looked at later, may have to be taken back.
        slot.HasKeptStates = program.States.Length > 0 && (parts > 1 || update.ClipNorm is not null);
        bool keeps = slot.HasKeptStates && part == 0;
        if (slot.HoldsNonFinite)
            Refuse(slot, hasParts: part > 0);
        if (isLast)
            updates.Begin(update, slot);
        if (parts > 1)
            updates.EnsureParts();
        WriteHeader(slot);
        string kind = $"Gradients {(keeps ? "keeps states" : "")} {(part > 0 ? "adds" : "")} {(isLast ? updates.Key : "leaves")}";
        Submit(slot, graphs.Get(kind, slot.Rows, Moves, () => CaptureStep(program, slot, keeps, adds: part > 0, isLast)));
        device.CopyToHost(slot.Results.Address, updates.Result, Slot.ResultBytes);
        device.Record(slot.Done);
        (slot.IsPending, slot.Updates) = (true, isLast);
        random.Step++;
        if (isLast)
            model.IsAhead = model.HasStaleDerived = true;
        return Collect(wait: false);
    }

    /// <summary>Waits for all steps, and gives the sum of the losses that were not known yet.</summary>
    public double Finish()
    {
        using CudaCall call = Enter();
        return Collect(wait: true);
    }

    /// <summary>Waits for all steps, and brings what they changed to the model.</summary>
    public void Synchronize()
    {
        using CudaCall call = Enter();
        if (isDisposed)
            return;
        known += Collect(wait: true);
        model.GiveHostParameters();
        updates.GiveHostMoments();
    }

    /// <summary>Synchronizes, and gives the device's memory back.</summary>
    public void Dispose()
    {
        using CudaCall call = Enter();
        if (isDisposed)
            return;
        try
        {
            Synchronize();
            FreeEndedSteps();
        }
        finally
        {
            isDisposed = true;

            try
            {
                graphs.Dispose();
                foreach (Slot slot in slots)
                    slot.Dispose();
                states.Dispose();
                updates.Dispose();
                launcher.Dispose();
                model.Dispose();
            }
            finally
            {
                // It gives back whatever is left of it, so that nothing that fails keeps the rest.
                device.Dispose();
            }
        }
    }

    /// <summary>How often memory has moved that graphs know of.</summary>
    private int Moves => launcher.Moves + updates.Moves;

    private CudaBatch<T> Begin(CudaProgram program, int rows, double divisor, int rateBytes)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        Slot slot = NextSlot();
        slot.Layout = new BatchLayout(network.Fields, program == predict ? network.Inputs : network.Fields.Length - 1, rows, Unsafe.SizeOf<T>(), rateBytes);
        (slot.Rows, slot.Divisor, slot.HoldsNonFinite) = (rows, divisor, false);
        slot.LooksAtNumbers = program.Name == "Gradients";
        slot.Block.Ensure(slot.Layout.Bytes);
        long[] outputs = OutputOffsets(rows, out long outputBytes);
        slot.Results.Ensure(outputBytes);
        launcher.Ensure(program, rows, slot.Layout.Bytes, outputBytes);
        return new CudaBatch<T>(slot, network.Fields, outputs);
    }

    /// <summary>The slot that was used longest ago; what it holds is looked at before it is used again.</summary>
    private Slot NextSlot()
    {
        Slot slot = slots[next];
        next = (next + 1) % slots.Length;
        if (slot.IsPending)
            known += Take(slot);
        return slot;
    }

    /// <summary>Of each output in the results, behind the loss.</summary>
    private long[] OutputOffsets(int rows, out long bytes)
    {
        var offsets = new long[network.Outputs.Length];
        bytes = BatchLayout.RoundUp(Slot.ResultBytes);
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = bytes;
            bytes = BatchLayout.RoundUp(bytes + (long)rows * network.Outputs[i] * Unsafe.SizeOf<T>());
        }

        return offsets;
    }

    private void WriteHeader(Slot slot)
    {
        slot.Block.Values<long>(BatchLayout.Draw, 2)[0] = core.Seed;
        slot.Block.Values<long>(BatchLayout.Draw, 2)[1] = slot.Step;
        slot.Block.Values<T>(BatchLayout.Scale, 1)[0] = T.CreateTruncating(1 / slot.Divisor);
    }

    private void TakeHost(Optimizer? optimizer)
    {
        if (model.TakeHostParameters())
            updates.Forget();
        if (optimizer is not null)
            updates.Take(optimizer);
    }

    private void Submit(Slot slot, nint graph)
    {
        device.CopyToDevice(launcher.Block.Address, slot.Block.Address, slot.Layout!.Bytes);
        device.LaunchGraph(graph);
    }

    /// <summary>Runs a program that updates nothing, and waits.</summary>
    private void Run(CudaProgram program, CudaBatch<T> batch)
    {
        Slot slot = batch.Slot;
        TakeHost(null);
        slot.Step = 0;
        WriteHeader(slot);
        long[] outputs = OutputOffsets(slot.Rows, out long bytes);
        Prepare(slot.Layout!, outputs);
        Submit(slot, graphs.Get(program.Name, slot.Rows, Moves, () => Capture(program, slot)));
        device.CopyToHost(slot.Results.Address, launcher.Outputs.Address, bytes);
        device.Record(slot.Done);
        device.Wait(slot.Done);
    }

    /// <summary>Derived values of the parameters as they are now.</summary>
    private void Prepare(BatchLayout layout, long[] outputs)
    {
        if (!model.HasStaleDerived)
            return;
        foreach (CudaProgram program in network.Programs)
        {
            if (program.Name == "Gradients")
                continue;
            launcher.Ensure(program, 1, 0, 0);
            launcher.Queue(program, program.Prepare, 1, layout, outputs);
        }

        model.HasStaleDerived = false;
    }

    private nint Capture(CudaProgram program, Slot slot)
    {
        long[] outputs = OutputOffsets(slot.Rows, out _);
        device.BeginCapture();
        if (program.Loss is not null)
            device.Clear(launcher.Outputs.Address, Slot.ResultBytes);
        Queue(program, slot, outputs, launcher.Outputs.Address, launcher.Outputs.Address + sizeof(double));
        return device.EndCapture();
    }

    /// <summary>The launches, and behind those that compute it the sum of the losses.</summary>
    private void Queue(CudaProgram program, Slot slot, long[] outputs, nint loss, nint status)
    {
        ReadOnlySpan<CudaLaunch> launches = program.Launches;
        if (program.Loss is not { } losses)
        {
            launcher.Queue(program, launches, slot.Rows, slot.Layout!, outputs);
            return;
        }

        launcher.Queue(program, launches[..program.LossAfter], slot.Rows, slot.Layout!, outputs);
        updates.QueueLoss(launcher.AddressOf(program, losses, slot.Rows, 0, slot.Layout!, outputs), slot.Rows, loss, status);
        launcher.Queue(program, launches[program.LossAfter..], slot.Rows, slot.Layout!, outputs);
    }

    private nint CaptureStep(CudaProgram program, Slot slot, bool keeps, bool adds, bool isLast)
    {
        long[] outputs = OutputOffsets(slot.Rows, out _);
        device.BeginCapture();
        if (keeps)
            states.QueueKeep();
        launcher.Queue(program, program.Prepare, 1, slot.Layout!, outputs);
        Queue(program, slot, outputs, updates.Result, updates.Status);
        foreach (StateUpdate state in program.States)
        {
            var source = new CudaArgument(CudaRegion.Shared, 0, state.ArenaOffset);
            states.QueueTake(state, launcher.AddressOf(program, source, slot.Rows, 0, slot.Layout!, outputs));
        }

        updates.QueueParts(adds, isLast);
        if (isLast)
            updates.QueueUpdate(launcher.Block.Address + BatchLayout.Rates);
        return device.EndCapture();
    }
}
