using DlGen.Devices;

namespace DlGen.Tests.Driver;

/// <summary>What a device asks of the driver, against one that refuses calls out of their context, order and bounds.</summary>
[Collection("driver")]
public class CudaDeviceTests
{
    [Fact]
    public void Copies_clears_and_launches_run_in_the_order_of_the_calls()
    {
        using var trial = new DriverTrial();
        var device = trial.Device;
        nint from = trial.Pinned(1, 2, 3, 4), to = trial.Pinned(0, 0, 0, 0), first = device.Allocate(16), second = device.Allocate(16), scale = trial.Scale;
        trial.Driver.Calls.Clear();
        device.CopyToDevice(first, from, 16);
        device.CopyOnDevice(second, first, 16);
        device.Clear(second + 4, 8);
        device.Launch(scale, 7, 128, 0, [second, -1, 0x1_0000_0005]);
        device.CopyToHost(to, second, 16);
        Assert.Equal(["cuMemcpyHtoDAsync_v2", "cuMemcpyDtoDAsync_v2", "cuMemsetD8Async", "cuLaunchKernel", "cuMemcpyDtoHAsync_v2"], trial.Driver.Calls);
        device.Synchronize();
        Assert.Equal([1, 0, 0, 4], DriverTrial.Read(to, 4));

        // A parameter of 32 bits is the lower half of its argument.
        Assert.Equal($"scale<7, 128, 0>({second}, -1, 5)", Assert.Single(trial.Driver.Launches).ToString());
        device.Free(first);
        device.Free(second);
        device.FreePinned(from);
        device.FreePinned(to);
    }

    [Fact]
    public void Nothing_to_copy_is_no_call()
    {
        using var trial = new DriverTrial();
        trial.Device.CopyToDevice(0, 0, 0);
        trial.Device.CopyToHost(0, 0, 0);
        trial.Device.CopyOnDevice(0, 0, 0);
        trial.Device.Clear(0, 0);
        trial.Device.Free(0);
        trial.Device.FreePinned(0);
        trial.Device.FreeGraph(0);
        trial.Device.FreeEvent(0);
        Assert.Empty(trial.Driver.Calls);
    }

    [Fact]
    public void Freed_memory_stays_in_the_pool_until_the_device_is_disposed_of()
    {
        var trial = new DriverTrial();
        Assert.Equal(ulong.MaxValue, trial.Driver.ReleaseThreshold);
        trial.Driver.Cached = 1000;
        trial.Dispose();
        Assert.Equal(0, trial.Driver.Cached);
    }

    /// <summary>The fake refuses a launch over 48 KB that was not allowed before, as the driver does.</summary>
    [Fact]
    public void Shared_memory_is_allowed_up_to_what_a_block_may_have()
    {
        using var trial = new DriverTrial();
        nint large = trial.Device.Function(trial.Module, "scale", 98_304);
        trial.Device.Launch(large, 1, 32, 98_304, [0, 0, 0]);
        Assert.Equal(98_304, Assert.Single(trial.Driver.Launches).SharedBytes);
        var error = Assert.Throws<CudaException>(() => trial.Device.Function(trial.Module, "scale", 300_000));
        Assert.Equal(
            "cuFuncSetAttribute for 300,000 bytes of shared memory of scale failed on device 0 (NVIDIA H200) with CUDA_ERROR_INVALID_VALUE (1): invalid argument. A block of this device may have 232,448.",
            error.Message);
    }

    [Fact]
    public void An_event_is_done_when_the_work_before_it_is()
    {
        using var trial = new DriverTrial();
        nint done = trial.Device.CreateEvent();
        trial.Device.Record(done);
        trial.Driver.Busy = true;
        Assert.False(trial.Device.IsDone(done));
        trial.Device.Wait(done);
        Assert.True(trial.Device.IsDone(done));
        trial.Device.FreeEvent(done);
    }

    [Fact]
    public void The_context_is_made_current_once_a_thread()
    {
        using var trial = new DriverTrial();
        trial.Device.Synchronize();
        trial.Device.Synchronize();
        OnAnotherThread(() =>
        {
            trial.Device.Synchronize();
            trial.Device.Synchronize();
        });
        trial.Device.Synchronize();
        string[] expected = ["cuStreamSynchronize", "cuStreamSynchronize", "cuCtxSetCurrent", "cuStreamSynchronize", "cuStreamSynchronize", "cuStreamSynchronize"];
        Assert.Equal(expected, trial.Driver.Calls);
    }

    [Fact]
    public void A_thread_keeps_the_context_that_it_works_in()
    {
        using var trial = new DriverTrial();
        nint other = trial.Driver.CreateContext(0);
        trial.Others.Add(other);
        OnAnotherThread(() =>
        {
            FakeDriver.Current = other;
            nint memory = trial.Device.Allocate(8);
            Assert.Equal(other, FakeDriver.Current);
            trial.Device.Free(memory);
            Assert.Equal(other, FakeDriver.Current);
            Assert.Throws<CudaOutOfMemoryException>(() => trial.Device.Allocate(1L << 40));
            Assert.Equal(other, FakeDriver.Current);
        });
    }

    [Fact]
    public void Devices_of_several_models_share_the_primary_context()
    {
        using var trial = new DriverTrial();
        var second = trial.Driver.Install().Open(new());
        Assert.Equal(2, trial.Driver.Retained[0]);
        Assert.Equal(trial.Device.Handles.Context, second.Handles.Context);
        Assert.NotEqual(trial.Device.Handles.Stream, second.Handles.Stream);
        second.Dispose();
        trial.Device.Synchronize();
    }

    [Fact]
    public void A_device_that_is_disposed_of_is_refused()
    {
        using var device = FakeDriver.Fresh().Open();
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(device.Synchronize);
    }

    [Fact]
    public void Whatever_fails_at_the_start_leaves_nothing()
    {
        foreach (string call in (string[])["cuDevicePrimaryCtxRetain", "cuStreamCreate", "cuDeviceGetDefaultMemPool", "cuMemPoolSetAttribute"])
        {
            var driver = FakeDriver.Fresh();
            driver.Failing.Add(call, 101);
            Assert.Equal(call, Assert.Throws<CudaException>(() => driver.Open()).Call);
            Assert.Empty(driver.Live);
        }
    }

    private static void OnAnotherThread(Action work)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(work));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
