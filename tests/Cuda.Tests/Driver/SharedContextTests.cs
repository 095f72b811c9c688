using DlGen.Devices;

namespace DlGen.Tests.Driver;

/// <summary>A context and stream of another library's: used, checked, and left as they are.</summary>
[Collection("driver")]
public class SharedContextTests
{
    [Fact]
    public void Work_goes_to_the_callers_stream_which_stays_the_callers()
    {
        var driver = FakeDriver.Fresh();
        nint context = driver.CreateContext(0), stream = driver.CreateStream(context);
        using var trial = new DriverTrial(new(context, stream, 0), driver);
        trial.Others.AddRange([context, stream]);
        Assert.Equal(new(context, stream, 0), trial.Device.Handles);
        trial.Device.Launch(trial.Scale, 1, 32, 0, [0, 0, 0]);
        Assert.Single(driver.Launches);
        Assert.Empty(driver.Retained);
    }

    [Fact]
    public void Stream_0_is_a_new_one_of_the_callers_context()
    {
        var driver = FakeDriver.Fresh();
        nint context = driver.CreateContext(0);
        using var trial = new DriverTrial(new(context, 0, 0), driver);
        trial.Others.Add(context);
        Assert.Equal(("stream", (long)context), driver.Live[trial.Device.Handles.Stream]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Streams_that_cannot_be_captured_are_refused(int stream)
        => MustBeRefused(_ => new(driverContext, stream, 0), $"The stream {stream} is the driver's legacy stream (1) or the stream of each thread (2); *");

    [Fact]
    public void A_context_of_another_device_is_refused()
        => MustBeRefused(driver => new(driver.CreateContext(1), 0, 0), "The context is of device 1, but the handles say device 0; *");

    [Fact]
    public void A_stream_of_another_context_is_refused()
        => MustBeRefused(driver => new(driverContext, driver.CreateStream(driver.CreateContext(0)), 0), "The stream is of another context than the one given; *");

    [Fact]
    public void No_context_is_refused() => MustBeRefused(_ => new(0, 0, 0), "The context is 0; *");

    /// <summary>Whichever call fails while a model comes to the device, and whenever: the caller's context has what it had before, given back the last first.</summary>
    [Theory]
    [InlineData("cuModuleLoadDataEx")]
    [InlineData("cuModuleGetFunction")]
    [InlineData("cuMemAllocAsync")]
    [InlineData("cuMemsetD8Async")]
    [InlineData("cuEventCreate")]
    public void A_model_that_fails_to_come_leaves_nothing(string call)
    {
        int failures = 0;
        try
        {
            for (bool failed = true; failed; failures += failed ? 1 : 0)
            {
                var driver = FakeDriver.Fresh();
                var handles = new CudaHandles(driver.CreateContext(0), 0, 0);
                DeviceSource.Override = () => driver.Open(new() { Handles = handles });
                driver.Failing[call] = FakeDriver.InvalidValue;
                driver.Spared[call] = failures;
                var thrown = Record.Exception(() => new Execution.DenseOnDevice(1).OnCuda().Dispose());
                failed = thrown is not null;
                if (failed) Assert.Equal(call, Assert.IsType<CudaException>(thrown).Call);
                Assert.Equal([handles.Context], driver.Live.Keys);
                if (failed) Assert.Equal(Enumerable.Reverse(Taken(driver.Calls, call, failures)), driver.Calls.Where(Back.ContainsValue));
            }
        }
        finally
        {
            DeviceSource.Override = null;
        }

        Assert.InRange(failures, 1, 100);
    }

    private static readonly Dictionary<string, string> Back = new()
    {
        ["cuModuleLoadDataEx"] = "cuModuleUnload",
        ["cuMemAllocAsync"] = "cuMemFreeAsync",
        ["cuMemHostAlloc"] = "cuMemFreeHost",
        ["cuEventCreate"] = "cuEventDestroy_v2",
    };

    /// <summary>What each call that took something is given back by, but the one that failed.</summary>
    private static List<string> Taken(List<string> calls, string failing, int spared)
    {
        var taken = new List<string>();
        foreach (string call in calls)
        {
            if (call == failing && spared-- == 0) break;
            if (Back.TryGetValue(call, out string? back)) taken.Add(back);
        }
        return taken;
    }

    private nint driverContext;

    private void MustBeRefused(Func<FakeDriver, CudaHandles> handles, string message)
    {
        var driver = FakeDriver.Fresh();
        driver.Chips.Add(driver.Chips[0]);
        driverContext = driver.CreateContext(0);
        var given = handles(driver);
        var before = driver.Live.Keys.ToArray();
        Assert.StartsWith(message[..^1], Assert.Throws<ArgumentException>(() => driver.Open(new() { Handles = given })).Message, StringComparison.Ordinal);
        Assert.Equal(before.Order(), driver.Live.Keys.Order());
    }
}
