using DlGen.Devices;

namespace DlGen.Tests.Driver;

/// <summary>Work that is written down once and launched any number of times.</summary>
[Collection("driver")]
public class CaptureTests
{
    [Fact]
    public void What_is_captured_runs_at_each_launch_of_the_graph_and_not_before()
    {
        using var trial = new DriverTrial();
        var device = trial.Device;
        nint staging = trial.Pinned(1, 2), result = trial.Pinned(0, 0), memory = device.Allocate(8), scale = trial.Scale;
        trial.Driver.Calls.Clear();
        device.BeginCapture();
        device.CopyToDevice(memory, staging, 8);
        device.Launch(scale, 3, 64, 0, [memory, memory, 2]);
        device.Clear(memory, 4);
        device.CopyToHost(result, memory, 8);
        nint graph = device.EndCapture();
        Assert.Equal(
            ["cuStreamBeginCapture_v2", "cuMemcpyHtoDAsync_v2", "cuLaunchKernel", "cuMemsetD8Async", "cuMemcpyDtoHAsync_v2",
             "cuStreamEndCapture", "cuGraphInstantiateWithFlags", "cuGraphDestroy", "cuGraphUpload"],
            trial.Driver.Calls);
        Assert.Empty(trial.Driver.Launches);
        Assert.Equal([0, 0], DriverTrial.Read(result, 2));

        for (int step = 1; step <= 3; step++)
        {
            Set(staging, step);
            device.LaunchGraph(graph);
            Assert.Equal(step, trial.Driver.Launches.Count);
            Assert.Equal([0, step], DriverTrial.Read(result, 2));
        }

        device.FreeGraph(graph);
        device.Free(memory);
        device.FreePinned(staging);
        device.FreePinned(result);
    }

    [Fact]
    public void Only_work_is_captured()
    {
        using var trial = new DriverTrial();
        var device = trial.Device;
        nint memory = device.Allocate(8);
        device.BeginCapture();
        Assert.Throws<InvalidOperationException>(() => device.Allocate(8));
        Assert.Throws<InvalidOperationException>(() => device.AllocatePinned(8));
        Assert.Throws<InvalidOperationException>(() => device.Free(memory));
        Assert.Throws<InvalidOperationException>(() => device.LoadModule(".version 6.4"u8));
        Assert.Throws<InvalidOperationException>(() => device.Function(trial.Module, "scale", 0));
        Assert.Throws<InvalidOperationException>(() => device.Unload(trial.Module));
        Assert.Throws<InvalidOperationException>(device.BeginCapture);
        device.FreeGraph(device.EndCapture());
        Assert.Throws<InvalidOperationException>(() => device.EndCapture());
        device.Free(memory);
    }

    /// <summary>Else the stream would take no work for ever after.</summary>
    [Fact]
    public void An_error_meanwhile_ends_the_capture()
    {
        using var trial = new DriverTrial();
        nint scale = trial.Scale;
        trial.Device.BeginCapture();
        trial.Device.Launch(scale, 1, 32, 0, [0, 0, 0]);
        Assert.Equal("cuMemsetD8Async", Assert.Throws<CudaException>(() => trial.Device.Clear(12345, 8)).Call);
        trial.Device.Launch(scale, 2, 32, 0, [0, 0, 0]);
        Assert.Equal(2, Assert.Single(trial.Driver.Launches).Blocks);
    }

    /// <summary>Waiting is what the driver itself refuses, and what it captured is void.</summary>
    [Fact]
    public void Waiting_meanwhile_ends_the_capture()
    {
        using var trial = new DriverTrial();
        trial.Device.BeginCapture();
        Assert.Equal(FakeDriver.CaptureUnsupported, Assert.Throws<CudaException>(trial.Device.Synchronize).Number);
        Assert.Throws<InvalidOperationException>(() => trial.Device.EndCapture());
        trial.Device.Synchronize();
    }

    [Theory]
    [InlineData("cuStreamEndCapture")]
    [InlineData("cuGraphInstantiateWithFlags")]
    [InlineData("cuGraphUpload")]
    public void A_capture_that_fails_at_its_end_leaves_nothing(string call)
    {
        using var trial = new DriverTrial();
        trial.Device.BeginCapture();
        trial.Driver.Failing.Add(call, 1);
        Assert.Equal(call, Assert.Throws<CudaException>(() => trial.Device.EndCapture()).Call);
        trial.Driver.Failing.Clear();
        trial.Device.BeginCapture();
        trial.Device.FreeGraph(trial.Device.EndCapture());
    }

    [Fact]
    public void Memory_that_a_graph_needs()
    {
        using var trial = new DriverTrial();
        trial.Device.BeginCapture();
        trial.Driver.Failing.Add("cuGraphInstantiateWithFlags", FakeDriver.OutOfMemory);
        Assert.StartsWith("cuGraphInstantiateWithFlags needs more memory than is left", Assert.Throws<CudaOutOfMemoryException>(() => trial.Device.EndCapture()).Message, StringComparison.Ordinal);
    }

    private static unsafe void Set(nint staging, int step)
    {
        ((float*)staging)[0] = -step;
        ((float*)staging)[1] = step;
    }
}
