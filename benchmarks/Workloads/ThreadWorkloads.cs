using System.Runtime.InteropServices;

namespace DlGen.Benchmarks;

/// <summary>784-128-10 on several threads beside itself on one, after both gave the same bits on any number of threads.</summary>
internal static class ThreadWorkloads
{
    /// <summary>Its workloads need no other peer.</summary>
    public const string Group = "threads";

    public static IReadOnlyList<Workload> All { get; } = [Step(128, bar: 1.75), Step(512, bar: 1.75), Prediction(4096, bar: 1.85)];

    private static Workload Step(int rows, double bar) => new(Group, $"mlp-step {rows}", new Bars(OneThread: bar), setting =>
    {
        float[] inputs = Samples.Uniform(rows * MlpWorkloads.Inputs);
        int[] labels = Samples.Labels(rows, MlpWorkloads.Classes);
        return new Contest($"losses of {TrainingSteps.ComparedSteps} steps")
            .Demand(() => FindDifference("losses and parameters", setting.Threads, threads => LossesAndParameters(inputs, labels, threads)))
            .Add(MlpWorkloads.Trains(Who.Ours, inputs, labels, setting.Threads))
            .Add(MlpWorkloads.Trains(Who.OneThread, inputs, labels, threads: 1));
    })
    {
        Tables = Tables.SeveralThreads,
    };

    private static Workload Prediction(int rows, double bar) => new(Group, $"mlp-predict {rows}", new Bars(OneThread: bar), setting =>
    {
        var model = new Mlp(seed: 1);
        float[] inputs = Samples.Uniform(rows * MlpWorkloads.Inputs);
        return new Contest("outputs")
            .Demand(() => FindDifference("outputs", setting.Threads, threads => model.Predict(inputs, threads)))
            .Add(MlpWorkloads.Predicts(Who.Ours, model, inputs, setting.Threads))
            .Add(MlpWorkloads.Predicts(Who.OneThread, model, inputs, threads: 1));
    })
    {
        Tables = Tables.SeveralThreads,
    };

    /// <summary>Ten steps of a new model: their losses, then all parameters as they are after them.</summary>
    private static float[] LossesAndParameters(float[] inputs, int[] labels, int threads)
    {
        var model = new Mlp(seed: 1);
        var loop = model.StartTraining(Optimizer.Adam(TrainingSteps.ComparedRate), threads);
        float[] losses = TrainingSteps.Losses(() => loop.TrainBatch(inputs, labels));
        return [.. losses, .. model.Parameters.SelectMany(parameter => model.Values(parameter.Name))];
    }

    /// <summary>Computes on 1, 2, 3, 5 and as many threads as are timed; says which number differs from that of one thread in any bit, or gives null.</summary>
    private static string? FindDifference(string what, int timed, Func<int, float[]> compute)
    {
        float[] expected = compute(1);
        foreach (int threads in new[] { 2, 3, 5, timed }.Distinct())
        {
            float[] actual = compute(threads);
            int same = MemoryMarshal.Cast<float, int>(expected.AsSpan()).CommonPrefixLength(MemoryMarshal.Cast<float, int>(actual.AsSpan()));
            if (same < expected.Length) return $"{what} on {threads} threads differ from those on one in bits, first at {same} of {expected.Length}";
        }
        return null;
    }
}
