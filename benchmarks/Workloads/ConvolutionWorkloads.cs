namespace DlGen.Benchmarks;

/// <summary>One convolution: its results for one image, and its gradients by image and taps for eight, over which the taps of both are turned once.</summary>
internal static class ConvolutionWorkloads
{
    private const int Kernel = 3, Padding = 1, Images = 8;

    private static readonly Bars Scheduled = new(PyTorch: 2.5, OnnxRuntime: 2.5, ByHand: null), Direct = new(PyTorch: 1, OnnxRuntime: 1, Peak: 0.9, ByHand: null);

    public static IReadOnlyList<Workload> All { get; } =
    [
        Forward("64 at 56", 64, 56, Scheduled, () => { var model = new Convolution64At56(seed: 1); return (model, model.Predict); }),
        Forward("64 at 28", 64, 28, Scheduled, () => { var model = new Convolution64At28(seed: 1); return (model, model.Predict); }),
        Forward("32 at 28", 32, 28, Scheduled, () => { var model = new Convolution32At28(seed: 1); return (model, model.Predict); }),
        Forward("64 at 56 direct", 64, 56, Direct, () => { var model = new DirectConvolution64At56(seed: 1); return (model, model.Predict); }),
        Forward("64 at 28 direct", 64, 28, Direct, () => { var model = new DirectConvolution64At28(seed: 1); return (model, model.Predict); }),
        Forward("depthwise 64 at 56", 64, 56, new Bars(PyTorch: 1.3, OnnxRuntime: 1.3, ByHand: null), () => { var model = new Depthwise64At56(seed: 1); return (model, model.Predict); }, groups: 64),
        Gradients("64 at 56", 64, 56, 2.2, inputs => { var model = new Convolution64At56(seed: 1); var pass = model.CreatePass(Images); pass.Forward(inputs); return (model, pass.Backward, () => pass.InputGradient.ToArray()); }),
        Gradients("64 at 28", 64, 28, 2.2, inputs => { var model = new Convolution64At28(seed: 1); var pass = model.CreatePass(Images); pass.Forward(inputs); return (model, pass.Backward, () => pass.InputGradient.ToArray()); }),
        Gradients("32 at 28", 32, 28, 2.2, inputs => { var model = new Convolution32At28(seed: 1); var pass = model.CreatePass(Images); pass.Forward(inputs); return (model, pass.Backward, () => pass.InputGradient.ToArray()); }),
        Gradients("64 at 28 direct", 64, 28, 1, inputs => { var model = new DirectConvolution64At28(seed: 1); var pass = model.CreatePass(Images); pass.Forward(inputs); return (model, pass.Backward, () => pass.InputGradient.ToArray()); }),
    ];

    private static string Layer(int channels, int side, int groups)
        => $"image:{channels}:{side}:{side},{(groups == 1 ? $"conv:{channels}" : "depthwise")}:{channels}:{Kernel}:{Padding}";

    private static double FlopsOf(int channels, int side, int groups) => 2.0 * Kernel * Kernel * channels * (channels / groups) * side * side;

    private static Workload Forward(string name, int channels, int side, Bars bars, Func<(IModel Model, Predict Predict)> create, int groups = 1) => new("convolution", name, bars, setting =>
    {
        var (model, predict) = create();
        float[] inputs = Samples.Centred(channels * side * side), outputs = new float[channels * side * side];
        var contest = new Contest("outputs").Add(Predicting.Ours(predict, inputs, outputs, setting.Threads));
        return Predicting.Beside(contest, setting, Layer(channels, side, groups), model, rows: 1, inputs, outputs.Length, shape: [channels, side, side]);
    })
    {
        Flops = FlopsOf(channels, side, groups),
    };

    private static Workload Gradients(string name, int channels, int side, double bar, Func<float[], (IModel Model, Backward Backward, Func<float[]> InputGradient)> create) => new("convolution-gradients", name, new Bars(PyTorch: bar, ByHand: null), setting =>
    {
        float[] inputs = Samples.Centred(Images * channels * side * side), outputGradient = Samples.Centred(Images * channels * side * side, seed: 5);
        var (model, backward, inputGradient) = create(inputs);
        var contest = new Contest("gradients").Add(Contestant.Here(Who.Ours, Numbers, Repeat));
        if (setting.PyTorch is not { } pyTorch) return contest;

        pyTorch.Take(Layer(channels, side, 1), model, Images, inputs, outputGradient);
        return contest.Add(pyTorch.Does(contest, "convolution-gradients"));

        float[] Numbers()
        {
            model.Parameters.ZeroGradients();
            Repeat(1);
            float[] weightGradient = new float[model.Parameters["conv2d_1.weight"].Length];
            model.Parameters["conv2d_1.weight"].CopyGradientTo(weightGradient);
            return [.. inputGradient(), .. weightGradient];
        }

        void Repeat(int times)
        {
            for (int i = 0; i < times; i++) backward(outputGradient, parameters: true);
        }
    })
    {
        Flops = 2 * Images * FlopsOf(channels, side, 1),
    };
}
