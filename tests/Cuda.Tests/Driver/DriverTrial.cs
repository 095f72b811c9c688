using System.Runtime.InteropServices;
using DlGen.Devices;

namespace DlGen.Tests.Driver;

/// <summary>A device over a fake driver, with a module; disposing of it asserts that everything was given back.</summary>
internal sealed unsafe class DriverTrial : IDisposable
{
    private const string Text = """
        .version 6.4
        .target sm_70
        .address_size 64
        .visible .entry scale(.param .u64 values, .param .u64 results, .param .s32 rows) { ret; }
        .visible .entry astray(.param .u64 values) { ret; }
        """;

    public DriverTrial(CudaHandles? handles = null, FakeDriver? driver = null)
    {
        Driver = driver ?? FakeDriver.Fresh();
        Device = Driver.Open(new() { Handles = handles });
        Module = Device.LoadModule(System.Text.Encoding.UTF8.GetBytes(Text));
        Driver.Calls.Clear();
    }

    public FakeDriver Driver { get; }

    public CudaDevice Device { get; }

    public nint Module { get; }

    /// <summary>What stays alive: contexts and streams that are not the device's own.</summary>
    public List<nint> Others { get; } = [];

    public nint Scale => Device.Function(Module, "scale", 0);

    public nint Pinned(params float[] values)
    {
        nint address = Device.AllocatePinned(values.Length * sizeof(float));
        values.CopyTo(new Span<float>((void*)address, values.Length));
        return address;
    }

    public static float[] Read(nint address, int count) => new ReadOnlySpan<float>((void*)address, count).ToArray();

    /// <summary>What is left of a device whose context is lost went with the context.</summary>
    public void Dispose()
    {
        Device.Unload(Module);
        Device.Dispose();
        if (Driver.Sticky != 0) return;
        Assert.Equal(Others.Order(), Driver.Live.Keys.Order());
        Assert.All(Driver.Retained.Values, count => Assert.Equal(0, count));
    }
}
