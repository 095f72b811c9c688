namespace DlGen.Tests;

[Model, Input(2, 5, 6, Bytes = true)]
[Normalize(0.3, 0.25), Conv2d(6, Kernel = 3, Padding = 1), Relu, GlobalAvgPool2d, Linear(3)]
[SoftmaxCrossEntropy]
public partial class Shades;

/// <summary>The same of numbers.</summary>
[Model, Input(2, 5, 6)]
[Normalize(0.3, 0.25), Conv2d(6, Kernel = 3, Padding = 1), Relu, GlobalAvgPool2d, Linear(3)]
[SoftmaxCrossEntropy]
public partial class Numbers;

/// <summary>Fitted on the numbers that the bytes stand for; numbers of its own beside them.</summary>
[Model(Precision = Precision.Float64), MeanSquaredError]
public partial class ScaledShades
{
    private static Tensor Forward([Input(3, Bytes = true)] Tensor shades, [Input(2)] Tensor numbers)
        => Tensor.Concat([shades.Standardize(), numbers]).Linear(4).Tanh().Linear(1);
}

/// <summary>Images as bytes: whatever is called, the results are those of a network that is given b / 255, to the last bit.</summary>
public sealed class ByteInputTests : IDisposable
{
    private const int Rows = 60, Pixels = 60;

    private static readonly byte[] Images = [.. Enumerable.Range(0, Rows * Pixels).Select(i => (byte)((i * 89) ^ (i >> 3)))];
    private static readonly float[] AsNumbers = Array.ConvertAll(Images, b => b / 255f);
    private static readonly int[] Classes = [.. Enumerable.Range(0, Rows).Select(row => Images[row * Pixels] % 3)];

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<int, int?, bool> Ways => new() { { 1, null, false }, { 3, null, true }, { 1, 5, true } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Train_on_arrays_and_on_files_gives_the_model_of_the_numbers(int threads, int? microBatch, bool prefetch)
    {
        var twin = new Numbers(seed: 1);
        var expected = twin.Train(Numbers.Data(AsNumbers, Classes), Options(Numbers.Data(AsNumbers, Classes)));
        using var files = Files();
        foreach (Dataset data in new[] { Shades.Data(Images, Classes), files, Dataset.FromArrays(("inputs", Images, Pixels), ("targets", Classes, 1)) })
        {
            var model = new Shades(seed: 1);
            var history = model.Train(data, Options(data));
            Assert.Equal(TrainingOptionsTests.Values(twin), TrainingOptionsTests.Values(model));
            Assert.Equal(expected.Epochs.Select(e => (e.Loss, e.Validation!.Loss, e.Validation.Accuracy)), history.Epochs.Select(e => (e.Loss, e.Validation!.Loss, e.Validation.Accuracy)));
            Assert.Equal(twin.Evaluate(Numbers.Data(AsNumbers, Classes)).Loss, model.Evaluate(data, threads).Loss);
        }

        // Parts of the data stay bytes, as the parts of a batch do.
        TrainingOptions Options(Dataset data) => new()
        {
            Optimizer = Optimizer.AdamW(0.01), Epochs = 2, BatchSize = 16, Threads = threads, MicroBatchSize = microBatch, Prefetch = prefetch, Seed = 4, Validation = data.StratifiedSplit(0.7, seed: 2).Second,
        };
    }

    [Fact]
    public void A_checkpoint_knows_its_bytes()
    {
        string path = Path.Combine(folder, "training");
        TrainingOptions Until(int epochs, string? file) => new() { Optimizer = Optimizer.Adam(0.01), Epochs = epochs, BatchSize = 8, Augmentation = new ImageAugmentation { Shift = 1, Brightness = 0.2 }, Checkpoint = file is null ? null : new Checkpoint(file) };
        var whole = new Shades(seed: 1);
        whole.Train(Shades.Data(Images, Classes), Until(3, null));
        new Shades(seed: 1).Train(Shades.Data(Images, Classes), Until(1, path));
        byte[] others = [.. Images];
        others[0]++;
        Assert.ThrowsAny<DlGenException>(() => new Shades(seed: 1).Train(Shades.Data(others, Classes), Until(3, path)));
        var resumed = new Shades(seed: 1);
        resumed.Train(Shades.Data(Images, Classes), Until(3, path));
        Assert.Equal(TrainingOptionsTests.Values(whole), TrainingOptionsTests.Values(resumed));
    }

    [Fact]
    public void Augmentation_changes_the_bytes_that_training_sees()
    {
        byte[] mirrored = [.. Enumerable.Range(0, Images.Length).Select(i => Images[i / 6 * 6 + 5 - i % 6])];
        TrainingOptions Options(ImageAugmentation? augmentation) => new() { Optimizer = Optimizer.Sgd(0.1), Epochs = 2, BatchSize = 16, Augmentation = augmentation };
        var (model, twin) = (new Shades(seed: 1), new Shades(seed: 1));
        model.Train(Shades.Data(Images, Classes), Options(new ImageAugmentation { FlipHorizontal = 1 }));
        twin.Train(Shades.Data(mirrored, Classes), Options(null));
        Assert.Equal(TrainingOptionsTests.Values(twin), TrainingOptionsTests.Values(model));
    }

    /// <summary>Anywhere in an array, aligned or not.</summary>
    [Fact]
    public void Rows_are_predicted_where_they_lie()
    {
        var (model, twin) = (new Shades(seed: 1), new Numbers(seed: 1));
        Assert.Equal(twin.Predict(AsNumbers), model.Predict(Images));
        Assert.Equal(twin.Classify(AsNumbers), model.Classify(Images, threads: 2));
        byte[] moved = new byte[Images.Length + 7];
        for (int start = 1; start < 8; start++)
        {
            Images.CopyTo(moved, start);
            float[] destination = new float[3 * 5];
            model.Predict(moved.AsSpan(start, 5 * Pixels), destination);
            Assert.Equal(twin.Predict(AsNumbers.AsSpan(0, 5 * Pixels)), destination);
        }
    }

    [Fact]
    public void A_pass_keeps_the_bytes()
    {
        var (model, twin) = (new Shades(seed: 1), new Numbers(seed: 1));
        var (pass, ofNumbers) = (model.CreatePass(7), twin.CreatePass(7));
        byte[] images = Images[..(7 * Pixels)];
        Assert.Equal(ofNumbers.Forward(AsNumbers.AsSpan(0, 7 * Pixels)).ToArray(), pass.Forward(images).ToArray());
        Array.Clear(images);
        Assert.Equal(ofNumbers.BackwardLoss(Classes.AsSpan(0, 7)), pass.BackwardLoss(Classes.AsSpan(0, 7)));
        Assert.Equal(Gradients(twin), Gradients(model));
        Assert.Null(typeof(Shades.Pass).GetProperty("InputGradient"));
        // By the numbers alone, so the name says no input.
        Assert.NotNull(typeof(ScaledShades.Pass).GetProperty("InputGradient"));
    }

    [Fact]
    public void Scaling_is_fitted_on_the_numbers_from_0_to_1()
    {
        byte[] shades = Images[..(3 * Rows)];
        double[] numbers = [.. Enumerable.Range(0, 2 * Rows).Select(i => i * 0.01)], targets = new double[Rows];
        var model = new ScaledShades(seed: 1);
        model.Train(ScaledShades.Data(shades, numbers, targets), new TrainingOptions { Optimizer = Optimizer.Sgd(0), Epochs = 1 });
        for (int feature = 0; feature < 3; feature++)
        {
            double[] values = [.. Enumerable.Range(0, Rows).Select(row => shades[(row * 3) + feature] / 255.0)];
            double mean = values.Average();
            Assert.Equal(mean, model.Parameters["standardize_1.mean"][feature], 1e-12);
            Assert.Equal(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), model.Parameters["standardize_1.std"][feature], 1e-12);
        }
    }

    [Fact]
    public void Other_types_and_lengths_are_refused()
    {
        var model = new Shades(seed: 1);
        Assert.Contains("inputs", Assert.Throws<BatchShapeException>(() => model.Predict(Images.AsSpan(1))).Message, StringComparison.Ordinal);
        Assert.Contains("inputs is declared with Bytes = true and takes a byte[]; the dataset has floating-point numbers", Refused(Numbers.Data(AsNumbers, Classes)), StringComparison.Ordinal);
        Assert.Contains("takes floating-point numbers; the dataset has a byte[]. Declare the input with Bytes = true",
            Assert.Throws<BatchShapeException>(() => new Numbers(seed: 1).Evaluate(Shades.Data(Images, Classes))).Message, StringComparison.Ordinal);

        string Refused(Dataset data) => Assert.Throws<BatchShapeException>(() => model.Train(data, new TrainingOptions { Optimizer = Optimizer.Sgd(0.1) })).Message;
    }

    private static double[] Gradients(IModel model) => [.. model.Parameters.SelectMany(p =>
    {
        double[] values = new double[p.Length];
        p.CopyGradientTo(values);
        return values;
    })];

    private IdxDataset Files()
    {
        File.WriteAllBytes(Path.Combine(folder, "images"), [0, 0, 8, 4, 0, 0, 0, Rows, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 6, .. Images]);
        File.WriteAllBytes(Path.Combine(folder, "labels"), [0, 0, 8, 1, 0, 0, 0, Rows, .. Classes.Select(c => (byte)c)]);
        return IdxDataset.Open(IdxField.Bytes("inputs", Path.Combine(folder, "images")), IdxField.Ints("targets", Path.Combine(folder, "labels")));
    }
}
