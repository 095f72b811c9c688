using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using DlGen.Compiled;
using DlGen.Devices;

namespace DlGen.Execution;

/// <summary>What a step does with its gradients on the device: adds those of parts, clips them, updates the parameters. Here lie the optimizer's moments, and what a step gives: its loss and its status.</summary>
internal sealed class DeviceUpdates<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>In the batch's rates: the largest magnitude as a number of the model, the largest norm as a double, then the numbers of each run.</summary>
    private const int LimitOffset = 0, NormOffset = 8, RunsOffset = 16;

    private static readonly bool Float64 = typeof(T) == typeof(double);

    private readonly ModelCore<T> core;
    private readonly DeviceModel<T> model;
    private readonly Device device;
    private readonly nint module;
    private readonly Dictionary<string, nint> functions;
    private readonly StepRates rates = new(Float64);
    private readonly List<UpdatePlan> plans = [];
    private readonly nint result;
    private readonly nint parts;
    private readonly nint norm;
    private readonly DeviceBlock squares;
    private readonly DeviceBlock kept;
    private readonly nint[] moments = new nint[3];
    private OptimizerState? state;
    private UpdatePlan? plan;
    private int momentMoves;
    private bool isAhead;

    public DeviceUpdates(ModelCore<T> core, DeviceModel<T> model, Device device)
    {
        (this.core, this.model, this.device) = (core, model, device);
        module = device.LoadModule(UpdateKernels.Text);

        // All of them now: which are launched shows within a capture, in which none can be loaded.
        functions = UpdateKernels.Entries(Float64).ToDictionary(name => name, name => device.Function(module, name, 0));
        squares = new DeviceBlock(device);
        kept = new DeviceBlock(device);
        result = device.Allocate(Slot.ResultBytes);
        parts = device.Allocate(UpdateKernels.BytesOfParts);
        norm = device.Allocate(2 * sizeof(double));
        ClearStatus();
    }

    /// <summary>The loss of the last step, a double, and behind it the status.</summary>
    public nint Result => result;

    public nint Status => result + sizeof(double);

    /// <summary>Bytes of the rates in a batch's block: as if every parameter were a run of its own.</summary>
    public int RateBytes => RunsOffset + core.Parameters.Count * StepRates.Count * Unsafe.SizeOf<T>();

    /// <summary>Tells apart updates that launch other kernels or others' memory.</summary>
    public int Key => plans.IndexOf(plan!);

    /// <summary>How often memory has moved.</summary>
    public int Moves => squares.Moves + kept.Moves + momentMoves;

    /// <summary>Takes the moments of an optimizer over, where they are not here.</summary>
    public void Take(Optimizer optimizer)
    {
        OptimizerState wanted = optimizer.EnsureState(core.Parameters);
        if (ReferenceEquals(wanted, state))
            return;
        GiveHostMoments();
        state = wanted;
        for (int i = 0; i < wanted.Moments; i++)
        {
            if (moments[i] == 0)
            {
                moments[i] = device.Allocate(model.ParameterBytes);
                momentMoves++;
            }

            model.Upload(((OptimizerState<T>)wanted).Moment(i), moments[i]);
        }
    }

    /// <summary>The host has newer ones.</summary>
    public void Forget() => (state, isAhead) = (null, false);

    /// <summary>Gives the optimizer the moments of the last step. Waits.</summary>
    public void GiveHostMoments()
    {
        if (!isAhead || state is null)
            return;
        for (int i = 0; i < state.Moments; i++)
            model.Download(moments[i], ((OptimizerState<T>)state).Moment(i));
        isAhead = false;
    }

    /// <summary>Counts a step of the optimizer, and writes its numbers into the batch's block.</summary>
    public void Begin(StepUpdate update, Slot slot)
    {
        plan = null;
        var runs = new List<(Range Range, UpdateKernel Kernel)>();
        int next = 0, bytes = StepRates.Count * Unsafe.SizeOf<T>();
        while (state!.NextRun(ref next) is { } run)
        {
            update.Optimizer.WriteRates(rates, run.Step, run.Rates);
            rates.CopyTo(slot.Block.Values<T>(BatchLayout.Rates + RunsOffset + (long)runs.Count * bytes, StepRates.Count));
            runs.Add((run.Range, UpdateKernels.RuleOf(update.Optimizer, run.Rates)));
        }

        slot.Block.Values<T>(BatchLayout.Rates + LimitOffset, 1)[0] = T.CreateTruncating(update.ClipValue ?? 0);
        slot.Block.Values<double>(BatchLayout.Rates + NormOffset, 1)[0] = update.ClipNorm ?? 0;
        if (update.ClipNorm is not null)
            squares.Ensure((long)runs.Count * UpdateKernels.BytesOfSquares);
        plan = plans.Find(known => known.Fits(runs, update));
        if (plan is null)
            plans.Add(plan = new UpdatePlan(runs, update.ClipValue is not null, update.ClipNorm is not null));
        isAhead = true;
    }

    /// <summary>Steps that were counted did nothing.</summary>
    public void TakeBack(int steps) => state?.TakeBack(steps);

    /// <summary>Queues the sum of losses; one that is not finite is the status.</summary>
    public void QueueLoss(nint losses, int rows, nint sum, nint status)
    {
        Launch(UpdateKernels.LossParts(Float64), 1, losses, parts, status, rows);
        Launch(UpdateKernels.Loss, 1, parts, sum, status);
    }

    /// <summary>Queues a copy of numbers that is not made once a step has failed.</summary>
    public void QueueCopy(nint from, nint to, int count) => Launch(UpdateKernels.Copy(Float64), UpdateKernels.BlocksFor(count, Float64), from, to, Status, count);

    /// <summary>Queues what a part of a batch does with its gradients: adds what the parts before it left, and leaves them to the next.</summary>
    public void QueueParts(bool adds, bool isLast)
    {
        int count = core.Values.Length, blocks = UpdateKernels.BlocksFor(count, Float64);
        if (adds)
            Launch(UpdateKernels.Add(Float64), blocks, model.Gradients, kept.Address, Status, count);
        if (!isLast)
            device.CopyOnDevice(kept.Address, model.Gradients, model.ParameterBytes);
    }

    /// <summary>Makes room for what parts leave to each other.</summary>
    public void EnsureParts() => kept.Ensure(model.ParameterBytes);

    /// <summary>Queues clipping and update.</summary>
    /// <param name="numbers">The address of the batch's rates.</param>
    public void QueueUpdate(nint numbers)
    {
        UpdatePlan current = plan!;
        if (current.ClipsValues)
        {
            foreach (var (range, _) in current.Runs)
                Launch(UpdateKernels.Limit(Float64), Blocks(range), At(model.Gradients, range.Start.Value), numbers + LimitOffset, Status, Length(range));
        }

        if (current.ClipsNorm)
            QueueClipNorm(current, numbers);
        for (int i = 0; i < current.Runs.Count; i++)
        {
            var (range, kernel) = current.Runs[i];
            int start = range.Start.Value;
            nint[] of = [.. moments.Take(kernel.Moments).Select(moment => At(moment, start))];
            nint own = numbers + RunsOffset + i * StepRates.Count * Unsafe.SizeOf<T>();
            long[] arguments = kernel.Arguments(At(model.Parameters, start), At(model.Gradients, start), of, own, Status, Length(range), Float64);
            Launch(kernel.NameFor(Float64), Blocks(range), arguments);
        }
    }

    /// <summary>From now on steps count again.</summary>
    public void ClearStatus() => device.Clear(result, Slot.ResultBytes);

    /// <summary>Throws what a status says, where it is more than a loss that is not finite.</summary>
    public void Throw(int status, double norm)
    {
        if (status != UpdateKernels.GradientNotFinite)
            return;
        model.Download(model.Gradients, core.Gradients);

        // The host finds the parameter.
        core.Parameters.ClipGradients(norm);
        throw new DlGenException(string.Create(CultureInfo.InvariantCulture, $"The norm of the gradients is not finite, so they can't be clipped to {norm}. Nothing was updated: use a lower learning rate or scale the loss."));
    }

    public void Dispose()
    {
        foreach (nint address in (nint[])[result, parts, norm, .. moments])
            device.Free(address);
        squares.Dispose();
        kept.Dispose();
        device.Unload(module);
    }

    private void QueueClipNorm(UpdatePlan current, nint numbers)
    {
        for (int i = 0; i < current.Runs.Count; i++)
        {
            Range range = current.Runs[i].Range;
            nint terms = squares.Address + i * UpdateKernels.BytesOfSquares;
            Launch(UpdateKernels.Squares(Float64), UpdateKernels.SquareBlocks, At(model.Gradients, range.Start.Value), terms, Status, Length(range));
        }

        int count = current.Runs.Count * UpdateKernels.BytesOfSquares / sizeof(double);
        nint scale = norm + sizeof(double);
        Launch(UpdateKernels.FewerParts, 1, squares.Address, parts, Status, count);
        Launch(UpdateKernels.Norm(Float64), 1, parts, numbers + NormOffset, norm, scale, Status);
        foreach (var (range, _) in current.Runs)
            Launch(UpdateKernels.Scale(Float64), Blocks(range), At(model.Gradients, range.Start.Value), scale, Status, Length(range));
    }

    private static nint At(nint address, int elements) => address + elements * Unsafe.SizeOf<T>();

    private static int Length(Range range) => range.End.Value - range.Start.Value;

    private static int Blocks(Range range) => UpdateKernels.BlocksFor(Length(range), Float64);

    private void Launch(string name, int blocks, params ReadOnlySpan<long> arguments) => device.Launch(functions[name], blocks, UpdateKernels.Threads, 0, arguments);

    /// <summary>Which kernels an update launches over which elements.</summary>
    private sealed record UpdatePlan(List<(Range Range, UpdateKernel Kernel)> Runs, bool ClipsValues, bool ClipsNorm)
    {
        public bool Fits(List<(Range, UpdateKernel)> runs, StepUpdate update)
            => ClipsValues == update.ClipValue is not null && ClipsNorm == update.ClipNorm is not null && Runs.SequenceEqual(runs);
    }
}
