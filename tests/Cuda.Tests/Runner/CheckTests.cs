using DlGen.Devices;
using DlGen.Gpu.Checks;
using DlGen.Tests.Execution;
using Xunit.Abstractions;

namespace DlGen.Tests.Runner;

/// <summary>The checks that a machine with a GPU runs, on an emulated device: all of them pass, nothing is left there, and an error shows.</summary>
public class CheckTests(ITestOutputHelper output)
{
    public static TheoryData<string, bool> Names
    {
        get
        {
            var names = new TheoryData<string, bool>();
            foreach (Check check in Small)
            {
                names.Add(check.Name, false);
                names.Add(check.Name, true);
            }

            return names;
        }
    }

    private static IEnumerable<Check> Small => [.. SmallChecks.All(steps: 10), .. FailureChecks.All()];

    [Theory, MemberData(nameof(Names))]
    public void Passes(string name, bool onFastDevice)
    {
        using var device = new OnEmulatedDevice(onFastDevice);
        var check = Small.Single(check => check.Name == name);
        var findings = new Findings(check.Bound);
        check.Run(findings);
        output.WriteLine($"{name} {findings.Loss:E1} {findings.Parameters:E1} {findings.Outputs:E1}");
        Assert.Empty(findings.Failures);
        Assert.True(findings.Loss is not null || findings.Parameters is not null);
    }

    public static TheoryData<string> PrecisionNames => [.. PrecisionChecks.All(steps: 1).Select(check => check.Name)];

    /// <summary>Tensor cores multiply forwards and backwards: each of these networks launches three products of theirs at least.</summary>
    [Theory, MemberData(nameof(PrecisionNames))]
    public void Tensor_cores_err_by_no_more_than_is_stated(string name)
    {
        using var device = new OnEmulatedDevice();
        var check = PrecisionChecks.All(steps: 1).Single(check => check.Name == name);
        var findings = new Findings(check.Bound);
        check.Run(findings);
        Assert.Empty(findings.Failures);
        string numbers = "_" + name[..4].ToLowerInvariant() + "_";
        Assert.InRange(device.Launched.Count(entry => entry.Contains(numbers, StringComparison.Ordinal) && !entry.EndsWith("_sum", StringComparison.Ordinal)), 3, int.MaxValue);
        Assert.True(findings.Parameters > check.Bound / 1000, "the operands are not rounded");
        output.WriteLine($"{findings.Loss:E1} {findings.Parameters:E1} {findings.Outputs:E1} of {check.Bound:E0}: {string.Join(' ', device.Launched.Where(entry => entry.Contains(numbers, StringComparison.Ordinal)))}");
    }

    [Fact]
    public void Errors_and_exceptions_fail()
    {
        using var device = new OnEmulatedDevice();
        var written = new StringWriter();
        var run = new CheckRun(written);
        run.Run([new Check("good", CheckSize.Small, 1e-3, findings => findings.CompareOutputs<float>("x", [1000, 2], [1000.5f, 2]))], deviceBytes: 0);
        Assert.False(run.HasFailed);
        run.Run(
            [
                new Check("off", CheckSize.Small, 1e-4, findings => findings.CompareOutputs<float>("x", [1000, 2], [1000.5f, 2])),
                new Check("nothing", CheckSize.Small, 1e-4, findings => findings.CompareLosses([1], [double.NaN])),
                new Check("throws", CheckSize.Small, 1e-4, _ => throw new InvalidOperationException("because")),
                new Check("too tall", CheckSize.Tall, 1e-4, _ => Assert.Fail("is not to be run")),
            ],
            deviceBytes: 0);
        run.Summarise();
        Assert.True(run.HasFailed);
        Assert.Contains("off: x: element 0 is 1000.5 instead of 1000; 5.0E-004 of the largest one, and 1E-004 is allowed", written.ToString(), StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException: because", written.ToString(), StringComparison.Ordinal);
        Assert.Contains("4 checks, 3 failed", written.ToString(), StringComparison.Ordinal);
        Assert.Contains("too tall                    left out", written.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A device for every model, of which nothing may be left at the end.</summary>
    private sealed class OnEmulatedDevice : IDisposable
    {
        private readonly List<EmulatedDevice> devices = [];

        public OnEmulatedDevice(bool isFast = false) => DeviceSource.Override = () =>
        {
            devices.Add(new EmulatedDevice { IsFast = isFast });
            return devices[^1];
        };

        public IEnumerable<string> Launched => devices.SelectMany(device => device.Launched).Distinct();

        public void Dispose()
        {
            DeviceSource.Override = null;
            Assert.All(devices, device => Assert.Equal(0, device.Held));
        }
    }
}
