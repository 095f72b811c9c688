using System.Globalization;
using DlGen.Compiled;
using DlGen.Tests.Compiling;

namespace DlGen.Tests.Programs;

/// <summary>Bytes that a process allocates while a model works; only meaningful where nothing else runs.</summary>
internal static class AllocationCount
{
    private const int Calls = 10_000;

    public static string Of(IModelDriver driver, ModelValues values)
    {
        values.Into(driver);
        var optimizer = Optimizer.Adam();
        long predict = Measure(() => driver.PredictIntoDestinations());
        long train = Measure(() => driver.TrainBatch(optimizer));
        long orders = Team.Orders;
        Func<double> step = driver.StartTraining(optimizer, threads: 2);
        long together = Measure(() => step()) + Measure(() => driver.PredictIntoDestinations(threads: 2));
        // Without orders the second thread did nothing.
        return string.Create(CultureInfo.InvariantCulture, $"{predict} {train} {(Team.Orders > orders ? together : -1)}");
    }

    /// <summary>The least of three windows: what a call allocates is in each, what the runtime allocates once (recompiling hot code) in one.</summary>
    private static long Measure(Action call)
    {
        // First calls create arenas, optimizer state and whatever the runtime makes once.
        for (int i = 0; i < 200; i++) call();
        return Enumerable.Range(0, 3).Select(_ => Window(call)).ToArray().Min();
    }

    private static long Window(Action call)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < Calls; i++) call();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
