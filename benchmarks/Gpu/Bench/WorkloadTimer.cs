using DlGen.Compiled;
using DlGen.Devices;

namespace DlGen.Gpu.Bench;

/// <summary>Times workloads on a device.</summary>
/// <param name="open">Opens the device: each model has its own.</param>
/// <param name="profile">Where every kernel of a step is told with its time; null for nowhere.</param>
internal sealed class WorkloadTimer(Func<Device> open, TextWriter? profile)
{
    private const int TimesInGraph = 10;

    /// <summary>Training steps as the training loop takes them: the batch's way to the device, the step, its loss back. Then the step's graph alone.</summary>
    public IEnumerable<Result> Step<TModel, TGpu>(string workload, TModel model, Func<TModel, TGpu> onDevice, Dataset data, Optimizer optimizer)
        where TGpu : ITrainable, IDisposable
    {
        MeasuredDevice? device = null;
        using TGpu gpu = OnDevice(() => onDevice(model), opened => device = opened);
        int rows = data.Count;
        var batch = new Batch(gpu.BatchDefinition, rows) { Rows = rows };
        data.Read([.. Enumerable.Range(0, rows)], batch);
        var update = new StepUpdate(optimizer);
        double divisor = gpu.Weigh(batch);
        var whole = Timing.Of(() => gpu.Step(batch, divisor, 1, null, update), () => gpu.Finish());
        yield return new Result(workload, 0, Unit.None, whole);
        yield return new Result(workload + ", graph", 0, Unit.None, Graph(device!));
        Profile(workload, device!);
    }

    /// <summary>The graph of a prediction.</summary>
    public Result Predict<TModel, TGpu>(string workload, double amount, Unit unit, TModel model, Func<TModel, TGpu> onDevice, Action<TGpu> predict)
        where TGpu : IDisposable
    {
        MeasuredDevice? device = null;
        using TGpu gpu = OnDevice(() => onDevice(model), opened => device = opened);
        predict(gpu);
        var result = new Result(workload, amount, unit, Graph(device!));
        Profile(workload, device!);
        return result;
    }

    /// <summary>One kernel of a training step.</summary>
    /// <param name="kind">How the names of its entries begin.</param>
    /// <param name="which">Which of the kernels of the kind it is, by the order of their launches.</param>
    /// <param name="step">Takes the step.</param>
    public Result KernelOfStep<TModel, TGpu>(string workload, double amount, Unit unit, TModel model, Func<TModel, TGpu> onDevice, string kind, int which, Action<TGpu> step)
        where TGpu : IDisposable
    {
        MeasuredDevice? device = null;
        using TGpu gpu = OnDevice(() => onDevice(model), opened => device = opened);
        step(gpu);
        CapturedLaunch[] launches = [.. device!.Launches.Where(launch => launch.Entry.StartsWith(kind, StringComparison.Ordinal)).GroupBy(launch => launch.Kernel).ElementAt(which)];
        Profile(workload, device);
        return new Result(workload, amount, unit, Repeated(device, launches, Timing.Of));
    }

    /// <summary>What one id costs that a model writes after the others, with the choice of the next one.</summary>
    public Result Token<TModel, TGpu>(string workload, TModel model, Func<TModel, TGpu> onDevice, int count, Func<TGpu, IEnumerable<int>> generate)
        where TGpu : IDisposable
    {
        using TGpu gpu = OnDevice(() => onDevice(model), _ => { });
        var time = Timing.Of(() => { foreach (int id in generate(gpu)) GC.KeepAlive(id); }, () => { }, count);
        return new Result(workload, 0, Unit.None, time);
    }

    /// <summary>The device's own copy: what memory allows.</summary>
    public Result Copy(string workload, long bytes)
    {
        using Device device = open();
        nint from = device.Allocate(bytes), to = device.Allocate(bytes);
        device.Clear(from, bytes);
        var time = Timing.Of(() => device.CopyOnDevice(to, from, bytes), device.Synchronize);
        device.Free(from);
        device.Free(to);
        return new Result(workload, 2.0 * bytes, Unit.Bytes, time);
    }

    private TGpu OnDevice<TGpu>(Func<TGpu> create, Action<MeasuredDevice> opened)
    {
        Func<Device>? before = DeviceSource.Override;
        DeviceSource.Override = () =>
        {
            DeviceSource.Override = before;
            var device = new MeasuredDevice(open());
            opened(device);
            return device;
        };
        try
        {
            return create();
        }
        finally
        {
            DeviceSource.Override = before;
        }
    }

    private static Spread Graph(MeasuredDevice device)
    {
        nint graph = device.Graph;
        return Timing.Of(() => device.LaunchGraph(graph), device.Synchronize);
    }

    private static Spread Repeated(MeasuredDevice device, IEnumerable<CapturedLaunch> launches, Func<Action, Action, int, Spread> timing)
    {
        nint graph = device.Repeat(launches, TimesInGraph);
        var time = timing(() => device.LaunchGraph(graph), device.Synchronize, TimesInGraph);
        device.Synchronize();
        device.FreeGraph(graph);
        return time;
    }

    /// <summary>Every kernel of the graph that was launched last, by itself.</summary>
    private void Profile(string workload, MeasuredDevice device)
    {
        if (profile is null) return;
        IReadOnlyList<CapturedLaunch> launches = device.Launches;
        profile.WriteLine($"{workload}: {launches.Count} launches");
        foreach (var launch in launches)
        {
            double microseconds = Repeated(device, [launch], Timing.Roughly).Median * 1e6;
            profile.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"  {launch.Entry,-40}{launch.Blocks,10} blocks of {launch.Threads,5}{microseconds,12:F2} µs"));
        }
    }
}
