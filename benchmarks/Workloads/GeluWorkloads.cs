namespace DlGen.Benchmarks;

/// <summary>1024-1024-1024-1024 with GELU and the mean squared error, 64 rows: large weights, so that the optimizer's pass over memory counts.</summary>
internal static class GeluWorkloads
{
    private const int Width = 1024, Rows = 64;

    public static IReadOnlyList<Workload> All { get; } =
        [Step("adam", rate => Optimizer.Adam(rate), bar: 1.8), Step("sgd", rate => Optimizer.Sgd(rate), bar: 1.4)];

    private static Workload Step(string optimizer, Func<double, Optimizer> create, double bar) => new("gelu-step", optimizer, new Bars(PyTorch: bar), setting =>
    {
        var model = new GeluNetwork(seed: 1);
        float[] inputs = Samples.Uniform(Rows * Width), targets = Samples.Centred(Rows * Width);
        var contest = new Contest($"losses of {TrainingSteps.ComparedSteps} steps");
        contest.Add(TrainingSteps.Ours(Who.Ours, create, chosen =>
        {
            var loop = model.StartTraining(chosen, setting.Threads);
            return () => loop.TrainBatch(inputs, targets);
        }));
        if (setting.PyTorch is not { } pyTorch) return contest;

        pyTorch.Take("linear:1024:1024,gelu,linear:1024:1024,gelu,linear:1024:1024,gelu", model, Rows, inputs, targets);
        return contest.Add(TrainingSteps.Theirs(contest, pyTorch, optimizer));
    })
    {
        Tables = Tables.OneThread | Tables.SeveralThreads,
    };
}
