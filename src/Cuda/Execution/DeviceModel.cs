using System.Numerics;
using DlGen.Compiled;
using DlGen.Devices;

namespace DlGen.Execution;

/// <summary>A model's memory on a device: parameters, gradients, derived values, constants, and the module of its kernels. It knows whether parameters are newer here or there.</summary>
internal sealed unsafe class DeviceModel<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ModelCore<T> core;
    private readonly Device device;
    private readonly nint module;
    private readonly Dictionary<string, nint> functions = [];
    private readonly PinnedBlock transfer;
    private long hostVersion = -1;

    public DeviceModel(ModelCore<T> core, CudaNetwork network, Device device)
    {
        (this.core, this.device) = (core, device);
        module = device.LoadModule(network.Text());
        foreach (CudaEntry entry in network.Kernels.SelectMany(kernel => kernel.Variants).SelectMany(variant => variant.Entries).Where(entry => entry.SharedBytes <= device.SharedBytesPerBlock))
            functions.Add(entry.Name, device.Function(module, entry.Name, entry.SharedBytes));
        transfer = new PinnedBlock(device);
        ParameterBytes = (long)core.Values.Length * sizeof(T);
        Parameters = AllocateZeros(ParameterBytes);
        Gradients = AllocateZeros(ParameterBytes);
        Derived = AllocateZeros((long)network.DerivedLength * sizeof(T));
        Constants = AllocateZeros((long)network.Constants.Length * sizeof(T));
        if (network.Constants.Length > 0)
            Upload(Array.ConvertAll(network.Constants, T.CreateTruncating), Constants);
    }

    public long ParameterBytes { get; }

    public nint Parameters { get; }

    public nint Gradients { get; }

    public nint Derived { get; }

    public nint Constants { get; }

    /// <summary>Whether steps changed parameters or statistics since they were last on the host.</summary>
    public bool IsAhead { get; set; }

    /// <summary>Whether derived values are those of other parameters.</summary>
    public bool HasStaleDerived { get; set; } = true;

    public nint Function(string name) => functions[name];

    /// <summary>Takes the host's parameters over where they were written since. Gives whether they were.</summary>
    /// <exception cref="InvalidOperationException">Steps changed them here too, which would be lost.</exception>
    public bool TakeHostParameters()
    {
        long version = core.Parameters.Version;
        if (version == hostVersion)
            return false;
        if (IsAhead)
        {
            throw new InvalidOperationException(
                "The model's parameters were changed on the processor while steps on the device had changed them too; one of both would be lost. Call Synchronize before you change them. "
                + "Calling it now brings those of the device, in place of what was written.");
        }

        Upload(core.Values, Parameters);
        hostVersion = version;
        IsAhead = false;
        HasStaleDerived = true;
        return true;
    }

    /// <summary>Gives the host what steps changed. Waits.</summary>
    public void GiveHostParameters()
    {
        if (!IsAhead)
            return;
        Download(Parameters, core.Parameters.Storage is ParameterStorage<T> storage ? storage.Values : default);
        core.Parameters.RaiseVersion();
        hostVersion = core.Parameters.Version;
        IsAhead = false;
    }

    /// <summary>Copies numbers to the device, and waits until they are there.</summary>
    public void Upload(ReadOnlySpan<T> values, nint to)
    {
        if (values.IsEmpty)
            return;
        long bytes = (long)values.Length * sizeof(T);
        transfer.Ensure(bytes);
        values.CopyTo(transfer.Values<T>(0, values.Length));
        device.CopyToDevice(to, transfer.Address, bytes);
        device.Synchronize();
    }

    /// <summary>Copies numbers from the device, and waits until they are here.</summary>
    public void Download(nint from, Span<T> values)
    {
        if (values.IsEmpty)
            return;
        long bytes = (long)values.Length * sizeof(T);
        transfer.Ensure(bytes);
        device.CopyToHost(transfer.Address, from, bytes);
        device.Synchronize();
        transfer.Values<T>(0, values.Length).CopyTo(values);
    }

    public void Dispose()
    {
        foreach (nint address in (nint[])[Parameters, Gradients, Derived, Constants])
            device.Free(address);
        transfer.Dispose();
        device.Unload(module);
    }

    private nint AllocateZeros(long bytes)
    {
        if (bytes == 0)
            return 0;
        nint address = device.Allocate(bytes);
        device.Clear(address, bytes);
        return address;
    }
}
