using DlGen.Gpu.Checks;
using DlGen.Gpu.Models;

namespace DlGen.Gpu.Bench;

/// <summary>What is timed, by the names that peer.py has too.</summary>
internal static class Workloads
{
    /// <summary>Thousands of steps on one batch at a real rate would learn it by heart, and its gradients become denormal numbers.</summary>
    private const double Rate = 1e-6;

    private const int MemoryRows = 65_536, MemoryWidth = 1024;
    private const double MemoryBytes = MemoryRows * (double)MemoryWidth * sizeof(float);

    /// <param name="timer">Times them.</param>
    /// <param name="groups">Those of <see cref="Options.Groups"/> that are timed.</param>
    /// <param name="hasTensorCores">Whether the device has them.</param>
    public static IEnumerable<Result> All(WorkloadTimer timer, IReadOnlyList<string> groups, bool hasTensorCores) => groups.SelectMany(group => group switch
    {
        "steps" => Steps(timer),
        "tokens" => [Token(timer)],
        "loops" => Loops(timer),
        "memory" => Memory(timer),
        "products" => Products(timer),
        "matrices" => hasTensorCores ? Matrices(timer) : [],
        _ => throw new ArgumentOutOfRangeException(nameof(groups), group, "No such group."),
    });

    private static IEnumerable<Result> Matrices(WorkloadTimer timer) =>
    [
        .. MatrixProducts(timer, "tf32", () => new Tf32Product4096(1), model => model.OnCuda(), (gpu, x, y) => gpu.Predict(x, y), (gpu, x, y) => gpu.TrainBatch(x, y, Optimizer.Sgd(Rate))),
        .. MatrixProducts(timer, "bf16", () => new Bf16Product4096(1), model => model.OnCuda(), (gpu, x, y) => gpu.Predict(x, y), (gpu, x, y) => gpu.TrainBatch(x, y, Optimizer.Sgd(Rate))),
    ];

    /// <summary>Products by tensor cores.</summary>
    private static IEnumerable<Result> MatrixProducts<TModel, TGpu>(
        WorkloadTimer timer, string numbers, Func<TModel> create, Func<TModel, TGpu> onDevice, Action<TGpu, float[], float[]> predict, Action<TGpu, float[], float[]> train)
        where TGpu : IDisposable
    {
        const int rows = 4096;
        float[] x = Samples.Floats(1, rows * 4096), y = new float[rows * 4096];
        double operations = 2.0 * rows * 4096 * 4096;
        yield return timer.Predict($"product, 4096 x 4096 x 4096, {numbers}", operations, Unit.Operations, create(), onDevice, gpu => predict(gpu, x, y));
        yield return timer.KernelOfStep($"weight gradient, 4096 x 4096 x 4096, {numbers}", operations, Unit.Operations, create(), onDevice, "contraction_", 1, gpu => train(gpu, x, y));
    }

    private static IEnumerable<Result> Steps(WorkloadTimer timer)
    {
        foreach (int rows in (int[])[32, 256])
        {
            float[] x = Samples.Floats(1, rows * 784);
            int[] labels = Samples.Ints(2, rows, 10);
            foreach (var result in timer.Step($"step, MLP, batch {rows}", new Mlp(1), model => model.OnCuda(), Mlp.Data(x, labels), Optimizer.Adam(Rate))) yield return result;
            foreach (var result in timer.Step($"step, LeNet-5, batch {rows}", new LeNet5(1), model => model.OnCuda(), LeNet5.Data(x, labels), Optimizer.Adam(Rate))) yield return result;
            foreach (var result in timer.Step($"step, LSTM, batch {rows}", new LstmClassifier(1), model => model.OnCuda(), LstmClassifier.Data(x, labels), Optimizer.Adam(Rate))) yield return result;
            foreach (var result in timer.Step($"step, GRU, batch {rows}", new GruClassifier(1), model => model.OnCuda(), GruClassifier.Data(x, labels), Optimizer.Adam(Rate))) yield return result;
        }

        int[] tokens = Samples.Ints(1, 12 * Gpt.Context, Gpt.Vocabulary), following = Samples.Ints(2, 12 * Gpt.Context, Gpt.Vocabulary);
        foreach (var result in timer.Step("step, GPT, batch 12", new Gpt(1), model => model.OnCuda(), Gpt.Data(tokens, following), Optimizer.AdamW(Rate))) yield return result;
    }

    private static Result Token(WorkloadTimer timer)
        => timer.Token("token, GPT", new Gpt(1), model => model.OnCuda(), Gpt.Context - 1, gpu => gpu.Generate([1], Gpt.Context - 1, new Sampling { Seed = 1 }));

    /// <summary>A recurrence's rounds by themselves, which are a launch each way.</summary>
    private static IEnumerable<Result> Loops(WorkloadTimer timer)
    {
        foreach (int rows in (int[])[32, 256, 4096])
        {
            float[] x = Samples.Floats(1, rows * 784);
            int[] labels = Samples.Ints(2, rows, 10);

            // Products of 64 states with weights of four gates, in 28 rounds; backward, the gradients of the gates with the same.
            double operations = 2.0 * rows * 28 * 64 * 256;
            foreach (var (way, which) in new[] { ("forward", 0), ("backward", 1) })
            {
                yield return timer.KernelOfStep(
                    $"rounds of LSTM {way}, batch {rows}", operations, Unit.Operations, new LstmClassifier(1), model => model.OnCuda(), "loop_", which, gpu => gpu.TrainBatch(x, labels, Optimizer.Sgd(Rate)));
            }
        }
    }

    private static IEnumerable<Result> Memory(WorkloadTimer timer)
    {
        yield return timer.Copy("copy, 256 MB", (long)MemoryBytes);
        float[] x = Samples.Floats(1, MemoryRows * MemoryWidth);
        yield return timer.Predict("GELU, 256 MB", 2 * MemoryBytes, Unit.Bytes, new GeluRows(1), model => model.OnCuda(), gpu => gpu.Predict(x, x));
        yield return timer.Predict("softmax of 1024, 256 MB", 2 * MemoryBytes, Unit.Bytes, new SoftmaxRows(1), model => model.OnCuda(), gpu => gpu.Predict(x, x));

        // x and the target, of which the gradient by the output is made as it is added.
        float[] y = Samples.Floats(2, MemoryRows * MemoryWidth);
        yield return timer.KernelOfStep(
            "bias gradient, 512 MB", 2 * MemoryBytes, Unit.Bytes, new ShiftedRows(1), model => model.OnCuda(), "reduction_", 0, gpu => gpu.TrainBatch(x, y, Optimizer.Sgd(Rate)));

        // Parameter, gradient and two moments are read, all but the gradient written.
        const int width = 8192;
        float[] row = Samples.Floats(1, width);
        yield return timer.KernelOfStep(
            "Adam, 67 million", 7.0 * width * width * sizeof(float), Unit.Bytes, new ManyParameters(1), model => model.OnCuda(), "adam", 0, gpu => gpu.TrainBatch(row, row, Optimizer.Adam(Rate)));
    }

    private static IEnumerable<Result> Products(WorkloadTimer timer)
    {
        foreach (int rows in (int[])[4096, 32])
        {
            float[] x = Samples.Floats(1, rows * 4096), y = new float[rows * 4096];
            double operations = 2.0 * rows * 4096 * 4096;
            yield return timer.Predict($"product, {rows} x 4096 x 4096", operations, Unit.Operations, new Product4096(1), model => model.OnCuda(), gpu => gpu.Predict(x, y));
            yield return timer.KernelOfStep(
                $"weight gradient, {rows} x 4096 x 4096", operations, Unit.Operations, new Product4096(1), model => model.OnCuda(), "contraction_", 1, gpu => gpu.TrainBatch(x, y, Optimizer.Sgd(Rate)));
        }

        {
            const int rows = 999;
            float[] x = Samples.Floats(1, rows * 1001), y = new float[rows * 1003];
            yield return timer.Predict("product, 999 x 1001 x 1003", 2.0 * rows * 1001 * 1003, Unit.Operations, new OddProduct(1), model => model.OnCuda(), gpu => gpu.Predict(x, y));
        }

        {
            const int rows = 262_144;
            float[] x = Samples.Floats(1, rows * 64), y = new float[rows * 64];
            yield return timer.KernelOfStep(
                "weight gradient, 262144 x 64 x 64", 2.0 * rows * 64 * 64, Unit.Operations, new NarrowProduct(1), model => model.OnCuda(), "contraction_", 1, gpu => gpu.TrainBatch(x, y, Optimizer.Sgd(Rate)));
        }

        {
            const int rows = 32, image = 64 * 56 * 56;
            float[] x = Samples.Floats(1, rows * image), y = new float[rows * image];
            yield return timer.Predict("convolution 3 x 3, 32 x 64 x 56 x 56", 2.0 * rows * image * 64 * 9, Unit.Operations, new Convolution(1), model => model.OnCuda(), gpu => gpu.Predict(x, y));
        }
    }
}
