using Vision;

namespace DlGen.Benchmarks;

/// <summary>The sample's LeNet-5 and small ResNet: a step of Adam, and Predict.</summary>
internal static class VisionWorkloads
{
    private const int Pixels = 784, Side = 28, Classes = 10;

    /// <summary>How far losses may lie apart: a pre-activation near 0 that falls on the other side changes all that follow, in PyTorch's other orders of addition too.</summary>
    private const double Deep = 1e-3;

    private const string Image = "image:1:28:28,normalize:0.286:0.353,";

    private const string LeNet = Image + "conv:1:6:5:2,relu,maxpool,conv:6:16:5:0,relu,maxpool,flatten,linear:400:120,relu,linear:120:84,relu,linear:84:10,softmax";

    private const string Residual = Image + "convnorm:1:32,relu,residual:32,maxpool,convnorm:32:64,relu,residual:64,mean,flatten,linear:64:10,softmax";

    public static IReadOnlyList<Workload> All { get; } =
    [
        LeNetStep(1, 10), LeNetStep(32, 4.8), LeNetStep(128, 4),
        LeNetPrediction(1), LeNetPrediction(32), LeNetPrediction(128),
        Step("resnet-step", 32, 2.6, Residual, () => new ResNet(seed: 1), (optimizer, threads, inputs, labels) =>
        {
            var loop = new ResNet(seed: 1).StartTraining(optimizer, threads);
            return () => loop.TrainBatch(inputs, labels);
        }),
        Prediction("resnet-predict", 32, new Bars(PyTorch: 2.6, OnnxRuntime: 2.6, ByHand: null), Residual, () => { var model = new ResNet(seed: 1); return (model, model.Predict); }),
    ];

    private static Workload LeNetStep(int rows, double bar) => Step("lenet-step", rows, bar, LeNet, () => new LeNet5(seed: 1), (optimizer, threads, inputs, labels) =>
    {
        var loop = new LeNet5(seed: 1).StartTraining(optimizer, threads);
        return () => loop.TrainBatch(inputs, labels);
    });

    private static Workload LeNetPrediction(int rows)
        => Prediction("lenet-predict", rows, new Bars(OnnxRuntime: 2.8, ByHand: null), LeNet, () => { var model = new LeNet5(seed: 1); return (model, model.Predict); });

    private static Workload Step(string group, int rows, double bar, string network, Func<IModel> create, Func<Optimizer, int, float[], int[], Func<float>> start) => new(group, $"{rows}", new Bars(PyTorch: bar, ByHand: null), setting =>
    {
        float[] inputs = Samples.Uniform(rows * Pixels);
        int[] labels = Samples.Labels(rows, Classes);
        var contest = new Contest($"losses of {TrainingSteps.ComparedSteps} steps", Deep)
            .Add(TrainingSteps.Ours(Who.Ours, rate => Optimizer.Adam(rate), optimizer => start(optimizer, setting.Threads, inputs, labels)));
        if (setting.PyTorch is not { } pyTorch) return contest;

        pyTorch.Take(network, create(), rows, inputs, labels);
        return contest.Add(TrainingSteps.Theirs(contest, pyTorch, "adam"));
    })
    {
        Tables = rows == 1 ? Tables.OneThread : Tables.OneThread | Tables.SeveralThreads,
    };

    private static Workload Prediction(string group, int rows, Bars bars, string network, Func<(IModel Model, Predict Predict)> create) => new(group, $"{rows}", bars, setting =>
    {
        var (model, predict) = create();
        float[] inputs = Samples.Uniform(rows * Pixels), outputs = new float[rows * Classes];
        var contest = new Contest("outputs").Add(Predicting.Ours(predict, inputs, outputs, setting.Threads));
        return Predicting.Beside(contest, setting, network, model, rows, inputs, Classes, shape: [1, Side, Side]);
    })
    {
        Tables = rows == 1 ? Tables.OneThread : Tables.OneThread | Tables.SeveralThreads,
    };
}
