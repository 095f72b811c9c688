namespace DlGen.Benchmarks;

/// <summary>Linear alone: square ones of good and of odd sizes, and two as they end networks.</summary>
internal static class LinearWorkloads
{
    /// <summary>From 256 on, squares are measured on several threads, and without AVX-512.</summary>
    private const int Large = 256;

    public static IReadOnlyList<Workload> All { get; } =
    [
        Square<Size64>(0.85, () => Of(new Linear64(seed: 1))),
        Square<Size256>(0.95, () => Of(new Linear256(seed: 1))),
        Square<Size512>(0.95, () => Of(new Linear512(seed: 1))),
        Square<Size1024>(0.95, () => Of(new Linear1024(seed: 1))),
        Shape(33, 33, 33, () => Of(new Linear33(seed: 1))),
        Shape(100, 100, 100, () => Of(new Linear100(seed: 1))),
        Shape(250, 250, 250, () => Of(new Linear250(seed: 1))),
        Shape(128, 784, 10, () => Of(new DigitLogits(seed: 1))),
        Shape(768, 128, 65, () => Of(new CharacterLogits(seed: 1))),
    ];

    private static (IModel Model, Predict Predict) Of(Linear64 model) => (model, model.Predict);

    private static (IModel Model, Predict Predict) Of(Linear256 model) => (model, model.Predict);

    private static (IModel Model, Predict Predict) Of(Linear512 model) => (model, model.Predict);

    private static (IModel Model, Predict Predict) Of(Linear1024 model) => (model, model.Predict);

    private static (IModel Model, Predict Predict) Of(Linear33 model) => (model, model.Predict);

    private static (IModel Model, Predict Predict) Of(Linear100 model) => (model, model.Predict);

    private static (IModel Model, Predict Predict) Of(Linear250 model) => (model, model.Predict);

    private static (IModel Model, Predict Predict) Of(DigitLogits model) => (model, model.Predict);

    private static (IModel Model, Predict Predict) Of(CharacterLogits model) => (model, model.Predict);

    private static Workload Square<TSize>(double peak, Func<(IModel Model, Predict Predict)> create)
        where TSize : struct, ISize
    {
        int size = TSize.Value;
        return Shape(size, size, size, create, peak, (contest, model, inputs) =>
        {
            var byHand = contest.Own(new LinearByHand<TSize>(model.Values("linear_1.weight"), model.Values("linear_1.bias"), inputs));
            return Contestant.Here(Who.ByHand, byHand.Numbers, byHand.Repeat);
        });
    }

    private static Workload Shape(
        int rows, int inputSize, int outputSize, Func<(IModel Model, Predict Predict)> create, double? peak = null, Func<Contest, IModel, float[], Contestant>? byHand = null)
    {
        bool square = rows == inputSize && inputSize == outputSize;
        string name = square ? $"{rows}" : $"{rows}x{inputSize}x{outputSize}";
        return new Workload("linear", name, new Bars(PyTorch: 1, Peak: peak), Prepare)
        {
            Tables = square && rows >= Large ? Tables.OneThread | Tables.SeveralThreads | Tables.Avx2 : Tables.OneThread,
            Flops = 2.0 * rows * inputSize * outputSize,
        };

        Contest Prepare(Setting setting)
        {
            var (model, predict) = create();
            float[] inputs = Samples.Uniform(rows * inputSize), outputs = new float[rows * outputSize];
            var contest = new Contest("outputs").Add(Predicting.Ours(predict, inputs, outputs, setting.Threads));
            if (byHand is not null && setting.ByHand) contest.Add(byHand(contest, model, inputs));
            return Predicting.Beside(contest, setting, $"linear:{inputSize}:{outputSize}", model, rows, inputs, outputSize, "addmm");
        }
    }
}
