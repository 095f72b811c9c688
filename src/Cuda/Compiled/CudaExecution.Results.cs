using DlGen.Execution;

namespace DlGen.Compiled;

/// <summary>What becomes known of steps behind their calls, and what is done when one has failed.</summary>
public sealed partial class CudaExecution<T>
{
    /// <summary>What is known of the steps on their way: of those that are done, or of all.</summary>
    private double Collect(bool wait)
    {
        double sum = known;
        known = 0;
        for (int i = 0; i < slots.Length; i++)
        {
            Slot oldest = slots[(next + i) % slots.Length];
            if (!oldest.IsPending)
                continue;
            if (!wait && !device.IsDone(oldest.Done))
                break;
            sum += Take(oldest);
        }

        return sum;
    }

    private double Take(Slot slot)
    {
        device.Wait(slot.Done);
        slot.IsPending = false;
        if (!slot.HasFailed)
            return slot.Loss;
        Fail(slot);
        return double.NaN;
    }

    /// <summary>Takes the failed step and those behind it back, which did nothing on the device, and throws what was wrong.</summary>
    private void Fail(Slot failed)
    {
        device.Synchronize();
        int taken = failed.Updates ? 1 : 0;
        foreach (Slot slot in slots)
        {
            taken += slot is { IsPending: true, Updates: true } ? 1 : 0;
            slot.IsPending = false;
        }

        known = 0;
        double loss = failed.Loss;
        int status = failed.Results.Values<int>(sizeof(double), 1)[0];
        updates.ClearStatus();
        updates.TakeBack(taken);
        if (failed.HasKeptStates)
            states.Restore();
        IRandomState random = core;
        random.Step = failed.BatchStep;
        updates.Throw(status, failed.ClipNorm);
        Explain(failed);
        throw Check.NonFinite(loss, core, null);
    }

    /// <summary>Numbers that are not finite never go to the device; steps before this one count.</summary>
    private void Refuse(Slot slot, bool hasParts)
    {
        known += Collect(wait: true);
        if (hasParts && slot.HasKeptStates)
            states.Restore();
        Explain(slot);
    }

    private void Explain(Slot slot)
    {
        model.GiveHostParameters();
        IRandomState random = core;
        random.Step = slot.Step;
        try
        {
            explain?.Invoke(new CudaBatch<T>(slot, network.Fields, []), slot.Rows, slot.Divisor);
        }
        finally
        {
            random.Step = slot.BatchStep;
        }
    }
}
