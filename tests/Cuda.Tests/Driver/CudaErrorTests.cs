using DlGen.Devices;

namespace DlGen.Tests.Driver;

/// <summary>Errors of the driver as a user meets them.</summary>
[Collection("driver")]
public class CudaErrorTests
{
    [Fact]
    public void Memory_that_is_not_left_is_told_with_what_is()
    {
        using var trial = new DriverTrial();
        nint taken = trial.Device.Allocate(600L << 20);
        trial.Driver.Cached = 100L << 20;
        var error = Assert.Throws<CudaOutOfMemoryException>(() => trial.Device.Allocate(3L << 29));
        Assert.Equal(
            "1.5 GiB could not be allocated on device 0 (NVIDIA H200): 424.0 MiB of its 1.0 GiB are free; "
            + "take a smaller batch, or micro-batches (TrainingOptions.MicroBatchSize), or end what else has memory there (nvidia-smi lists it).",
            error.Message);
        Assert.Equal((3L << 29, 424L << 20, 1L << 30), (error.Requested, error.Free, error.Total));
        trial.Device.Free(taken);
    }

    [Fact]
    public void Pinned_memory_is_the_hosts()
    {
        using var trial = new DriverTrial();
        trial.Driver.Failing.Add("cuMemHostAlloc", FakeDriver.OutOfMemory);
        var error = Assert.Throws<CudaOutOfMemoryException>(() => trial.Device.AllocatePinned(2048));
        Assert.StartsWith("2.0 KiB of pinned memory could not be allocated on the host", error.Message, StringComparison.Ordinal);
        Assert.Equal((2048L, null, null), (error.Requested, error.Free, error.Total));
    }

    [Fact]
    public void Memory_that_the_driver_needs_for_itself()
    {
        using var trial = new DriverTrial();
        trial.Driver.Failing.Add("cuModuleLoadDataEx", FakeDriver.OutOfMemory);
        var error = Assert.Throws<CudaOutOfMemoryException>(() => trial.Device.LoadModule(".version 6.4"u8));
        Assert.StartsWith("cuModuleLoadDataEx needs more memory than is left on device 0 (NVIDIA H200): 1.0 GiB of its 1.0 GiB are free; ", error.Message, StringComparison.Ordinal);
        Assert.Null(error.Requested);
    }

    [Fact]
    public void Memory_for_the_context_itself()
    {
        var driver = FakeDriver.Fresh();
        driver.Failing.Add("cuDevicePrimaryCtxRetain", FakeDriver.OutOfMemory);
        var error = Assert.Throws<CudaOutOfMemoryException>(() => driver.Open());
        Assert.StartsWith("cuDevicePrimaryCtxRetain needs more memory than is left on device 0 (NVIDIA H200): too little of its 1.0 GiB is free; ", error.Message, StringComparison.Ordinal);
        Assert.Equal((null, 1L << 30), (error.Free, error.Total));
    }

    [Fact]
    public void A_module_that_is_refused_has_the_compilers_log()
    {
        using var trial = new DriverTrial();
        var error = Assert.Throws<CudaException>(() => trial.Device.LoadModule(".target sm_70"u8));
        Assert.Equal("ptxas fatal   : Missing .version directive", error.Log);
        Assert.Equal(
            "cuModuleLoadDataEx failed on device 0 (NVIDIA H200) with CUDA_ERROR_INVALID_PTX (218): a PTX JIT compilation failed.\n" + error.Log, error.Message);
        Assert.Equal(("cuModuleLoadDataEx", 218, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed", false), (error.Call, error.Number, error.ErrorName, error.ErrorText, error.IsContextLost));
    }

    [Theory]
    [InlineData(222, "The module's PTX is newer than this driver; install a newer one.")]
    [InlineData(221, "The driver's compiler, libnvidia-ptxjitcompiler, is missing; install all of the driver's libraries.")]
    [InlineData(209, "The module is for a newer chip than compute capability 9.0.")]
    public void A_module_that_does_not_fit_the_driver_or_chip(int result, string advice)
    {
        using var trial = new DriverTrial();
        trial.Driver.Failing.Add("cuModuleLoadDataEx", result);
        var error = Assert.Throws<CudaException>(() => trial.Device.LoadModule(".version 6.4"u8));
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_a_module_lacks()
    {
        using var trial = new DriverTrial();
        var error = Assert.Throws<CudaException>(() => trial.Device.Function(trial.Module, "absent", 0));
        Assert.Equal(("cuModuleGetFunction", "CUDA_ERROR_NOT_FOUND"), (error.Call, error.ErrorName));
        Assert.Contains("of absent failed", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The launch that goes astray succeeds; each call after it has its error. What is given back then is silent, so that the error that was thrown first is the one that is seen.</summary>
    [Fact]
    public void A_lost_context_is_told_and_what_it_held_is_given_back_in_silence()
    {
        using var trial = new DriverTrial();
        var device = trial.Device;
        nint memory = device.Allocate(16), pinned = device.AllocatePinned(16), done = device.CreateEvent();
        device.BeginCapture();
        nint graph = device.EndCapture();
        device.Launch(device.Function(trial.Module, "astray", 0), 1, 32, 0, [memory]);

        var error = Assert.Throws<CudaException>(device.Synchronize);
        Assert.Equal(("cuStreamSynchronize", FakeDriver.IllegalAddress, true), (error.Call, error.Number, error.IsContextLost));
        Assert.StartsWith(
            "cuStreamSynchronize failed on device 0 (NVIDIA H200) with CUDA_ERROR_ILLEGAL_ADDRESS (700): an illegal memory access was encountered. "
            + "Work queued before may be at fault. The context is lost, with all that lay on the device: end this process, ",
            error.Message, StringComparison.Ordinal);
        Assert.True(Assert.Throws<CudaException>(() => device.Allocate(16)).IsContextLost);
        device.Free(memory);
        device.FreePinned(pinned);
        device.FreeEvent(done);
        device.FreeGraph(graph);
    }

    [Fact]
    public void A_loss_that_shows_while_something_is_given_back_does_not_hide_another_error()
    {
        using var trial = new DriverTrial();
        nint memory = trial.Device.Allocate(16), done = trial.Device.CreateEvent();
        trial.Device.Launch(trial.Device.Function(trial.Module, "astray", 0), 1, 32, 0, [memory]);
        trial.Device.FreeEvent(done);
        trial.Device.Free(memory);
        Assert.True(Assert.Throws<CudaException>(() => trial.Device.Clear(memory, 16)).IsContextLost);
    }

    [Fact]
    public void Other_errors_leave_the_context()
    {
        using var trial = new DriverTrial();
        Assert.False(Assert.Throws<CudaException>(() => trial.Device.Launch(trial.Scale, 0, 32, 0, [0, 0, 0])).IsContextLost);
        Assert.Equal("cuMemFreeAsync", Assert.Throws<CudaException>(() => trial.Device.Free(12345)).Call);
        trial.Device.Synchronize();
    }
}
