using DlGen.Devices;
using DlGen.Gpu.Bench;
using DlGen.Gpu.Cases;
using DlGen.Gpu.Checks;

namespace DlGen.Gpu;

/// <summary>Checks and times models on a GPU.</summary>
internal static class Program
{
    private const int Good = 0, Failed = 1, WrongArguments = 2, Unavailable = 3, Steps = 10;

    private static int Main(string[] arguments)
    {
        TextWriter output = Console.Out;
        if (Options.Parse(arguments) is not { } options)
        {
            Console.Error.WriteLine(Options.Usage);
            return WrongArguments;
        }

        if (Cuda.WhyUnavailable() is { } why)
        {
            output.WriteLine(why);
            return Unavailable;
        }

        try
        {
            Device Open() => CudaInstallation.Here.Open(new CudaOptions { Device = options.Device });
            DeviceSource.Override = Open;
            using (Device device = Open())
                output.WriteLine($"{device.Name}, compute capability {device.ComputeCapability / 10}.{device.ComputeCapability % 10}, {device.Memory >> 20} MiB, driver for CUDA {CudaInstallation.Here.Version}");
            return options.Command switch
            {
                Command.Check => CheckAll(options, Open, output),
                Command.Cases => TryCases(options, Open, output),
                _ => TimeAll(options, Open, output),
            };
        }
        catch (CudaUnavailableException error)
        {
            output.WriteLine(error.Message);
            return Unavailable;
        }
        catch (Exception error) when (error is DlGenException or IOException)
        {
            output.WriteLine($"{error.GetType().Name}: {error.Message}");
            return Failed;
        }
    }

    private static int CheckAll(Options options, Func<Device> open, TextWriter output)
    {
        using Device device = open();
        var run = new CheckRun(output);
        bool hasTensorCores = device.ComputeCapability >= PrecisionChecks.ComputeCapability;
        if (!hasTensorCores) output.WriteLine("Tf32 and Bf16 are left out: they need compute capability 8.0");
        IEnumerable<Check> checks =
            [.. SmallChecks.All(Steps), .. FailureChecks.All(), .. LargeChecks.All(), .. hasTensorCores ? PrecisionChecks.All(Steps) : [], .. options.Tall ? TallChecks.All() : []];
        run.Run(checks, device.Memory);
        run.Summarise();
        return run.HasFailed ? Failed : Good;
    }

    private static int TryCases(Options options, Func<Device> open, TextWriter output)
    {
        using Device device = open();
        var cases = new CaseRun(device, output);
        cases.RunFolder(options.Folder);
        cases.Summarise();
        return cases.HasFailed ? Failed : Good;
    }

    private static int TimeAll(Options options, Func<Device> open, TextWriter output)
    {
        var timer = new WorkloadTimer(open, options.Profile ? output : null);
        var results = new List<Result>();
        bool hasTensorCores;
        using (Device device = open()) hasTensorCores = device.ComputeCapability >= PrecisionChecks.ComputeCapability;
        foreach (Result result in Workloads.All(timer, options.Only, hasTensorCores))
        {
            results.Add(result);
            Console.Error.WriteLine(ResultTable.Line(result).TrimEnd());
        }

        List<PeerTime> peers = options.HasPeer && options.Only.Any(group => group != Options.OursAlone) ? new Peer(output).Run(options) : [];
        ResultTable.Write(output, results, peers);
        return Good;
    }
}
