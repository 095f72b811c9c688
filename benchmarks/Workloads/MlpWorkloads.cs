namespace DlGen.Benchmarks;

/// <summary>784-128-10 with ReLU and softmax cross-entropy: a step of Adam, and Predict.</summary>
internal static class MlpWorkloads
{
    public const int Inputs = 784, Classes = 10;

    public static IReadOnlyList<Workload> Steps { get; } = [Step(1, bar: 10), Step(32, bar: 4), Step(128, bar: 1.9), Step(512, bar: null)];

    public static IReadOnlyList<Workload> Predictions { get; } =
    [
        Prediction(1, pyTorchBar: 5, onnxBar: 2), Prediction(32, pyTorchBar: 2, onnxBar: 1.05), Prediction(128, pyTorchBar: 1.3, onnxBar: 1),
        Prediction(4096, pyTorchBar: null, onnxBar: null),
    ];

    /// <summary>A contestant of ours that trains it with Adam.</summary>
    public static Contestant Trains(Who who, float[] inputs, int[] labels, int threads)
    {
        var model = new Mlp(seed: 1);
        return TrainingSteps.Ours(who, rate => Optimizer.Adam(rate), optimizer =>
        {
            var loop = model.StartTraining(optimizer, threads);
            return () => loop.TrainBatch(inputs, labels);
        });
    }

    /// <summary>A contestant of ours that predicts with a model.</summary>
    public static Contestant Predicts(Who who, Mlp model, float[] inputs, int threads)
    {
        var probabilities = new float[inputs.Length / Inputs * Classes];
        return Contestant.Here(who, () => model.Predict(inputs, threads), times =>
        {
            for (int i = 0; i < times; i++) model.Predict(inputs, probabilities, threads);
        });
    }

    private static Workload Step(int rows, double? bar) => new("mlp-step", $"{rows}", new Bars(PyTorch: bar), setting =>
    {
        float[] inputs = Samples.Uniform(rows * Inputs);
        int[] labels = Samples.Labels(rows, Classes);
        var contest = new Contest($"losses of {TrainingSteps.ComparedSteps} steps").Add(Trains(Who.Ours, inputs, labels, setting.Threads));
        var fresh = new Mlp(seed: 1);
        if (setting.ByHand) contest.Add(StepByHand(contest.Own(new MlpByHand(fresh, inputs, labels))));
        if (setting.PyTorch is not { } pyTorch) return contest;

        pyTorch.Take("linear:784:128,relu,linear:128:10,softmax", fresh, rows, inputs, labels);
        return contest.Add(TrainingSteps.Theirs(contest, pyTorch, "adam"));
    })
    {
        Tables = TablesOf(rows),
    };

    private static Contestant StepByHand(MlpByHand byHand)
    {
        return Contestant.Here(Who.ByHand, Numbers, Repeat);

        float[] Numbers()
        {
            byHand.UseAdam(TrainingSteps.ComparedRate);
            float[] losses = TrainingSteps.Losses(byHand.Step);
            byHand.UseAdam(TrainingSteps.TimedRate);
            return losses;
        }

        void Repeat(int times)
        {
            for (int i = 0; i < times; i++) byHand.Step();
        }
    }

    private static Workload Prediction(int rows, double? pyTorchBar, double? onnxBar) => new("mlp-predict", $"{rows}", new Bars(PyTorch: pyTorchBar, OnnxRuntime: onnxBar), setting =>
    {
        var model = new Mlp(seed: 1);
        float[] inputs = Samples.Uniform(rows * Inputs);
        var contest = new Contest("outputs").Add(Predicts(Who.Ours, model, inputs, setting.Threads));
        if (setting.ByHand)
        {
            var byHand = contest.Own(new MlpByHand(model, inputs, new int[rows]));
            contest.Add(Contestant.Here(Who.ByHand, byHand.Probabilities, times =>
            {
                for (int i = 0; i < times; i++) byHand.Predict();
            }));
        }
        return Predicting.Beside(contest, setting, "linear:784:128,relu,linear:128:10,softmax", model, rows, inputs, Classes);
    })
    {
        Tables = TablesOf(rows),
    };

    /// <summary>A single row is nothing to share.</summary>
    private static Tables TablesOf(int rows) => rows == 1 ? Tables.OneThread : Tables.OneThread | Tables.SeveralThreads;
}
