using System.Numerics;
using System.Runtime.CompilerServices;
using DlGen.Compiled;
using DlGen.Devices;

namespace DlGen.Execution;

/// <summary>The running statistics of a model on a device: what steps make of them, and what they were before a batch that may yet fail.</summary>
internal sealed class DeviceStates<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly StateUpdate[] states;
    private readonly DeviceModel<T> model;
    private readonly DeviceUpdates<T> updates;
    private readonly Device device;
    private readonly nint kept;

    public DeviceStates(StateUpdate[] states, DeviceModel<T> model, DeviceUpdates<T> updates, Device device)
    {
        (this.states, this.model, this.updates, this.device) = (states, model, updates, device);
        if (states.Length > 0)
            kept = device.Allocate((long)states.Sum(state => state.Length) * Unsafe.SizeOf<T>());
    }

    /// <summary>Queues that they are kept as they are, unless a step has failed: then they stay those before that one.</summary>
    public void QueueKeep()
    {
        nint place = kept;
        foreach (StateUpdate state in states)
        {
            updates.QueueCopy(AddressOf(state), place, state.Length);
            place += state.Length * Unsafe.SizeOf<T>();
        }
    }

    /// <summary>Queues that a statistic becomes what the step made of it.</summary>
    public void QueueTake(StateUpdate state, nint from) => updates.QueueCopy(from, AddressOf(state), state.Length);

    /// <summary>They become what was kept.</summary>
    public void Restore()
    {
        nint place = kept;
        foreach (StateUpdate state in states)
        {
            long bytes = (long)state.Length * Unsafe.SizeOf<T>();
            device.CopyOnDevice(AddressOf(state), place, bytes);
            place += (nint)bytes;
        }
    }

    public void Dispose() => device.Free(kept);

    private nint AddressOf(StateUpdate state) => model.Parameters + state.ParameterOffset * Unsafe.SizeOf<T>();
}
