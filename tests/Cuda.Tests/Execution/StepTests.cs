using DlGen.Gpu.Models;
using DlGen.Devices;

namespace DlGen.Tests.Execution;

/// <summary>Whole training steps on an emulated device against the processor's: losses, parameters, running statistics, predictions.</summary>
public class StepTests
{
    private const int Rows = 5;

    [Theory, InlineData("adam"), InlineData("sgd"), InlineData("rmsprop")]
    public void A_dense_network_trains_as_on_the_processor(string rule)
    {
        var random = new Random(1);
        float[] x = Floats(random, Rows * 6);
        int[] labels = Ints(random, Rows, 3);
        using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        Optimizer here = Of(rule), there = Of(rule);
        pair.Compare(1e-5, gpu.Synchronize, () => pair.Model.TrainBatch(x, labels, here), () => gpu.TrainBatch(x, labels, there));
        Equal(pair.Model.Predict(x), gpu.Predict(x), 1e-5);
        Assert.Equal(pair.Model.Classify(x), gpu.Classify(x));
        Assert.Equal(pair.Model.Evaluate(DenseOnDevice.Data(x, labels)).Loss, gpu.Evaluate(DenseOnDevice.Data(x, labels)).Loss, 1e-5);
    }

    [Fact]
    public void Doubles_and_random_numbers_are_the_processors()
    {
        var random = new Random(2);
        double[] x = [.. Floats(random, Rows * 4)], y = [.. Floats(random, Rows * 2)];
        using var pair = new Pair<DoublesOnDevice>(new DoublesOnDevice(3), new DoublesOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        Optimizer here = Optimizer.AdamW(1e-2), there = Optimizer.AdamW(1e-2);
        pair.Compare(1e-12, gpu.Synchronize, () => pair.Model.TrainBatch(x, y, here), () => gpu.TrainBatch(x, y, there));
    }

    [Fact]
    public void A_convolutional_network_trains_as_on_the_processor()
    {
        var random = new Random(3);
        byte[] images = [.. Ints(random, 3 * 144, 256).Select(i => (byte)i)];
        int[] labels = Ints(random, 3, 10);
        using var pair = new Pair<ImagesOnDevice>(new ImagesOnDevice(3), new ImagesOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        Optimizer here = Optimizer.Sgd(1e-1), there = Optimizer.Sgd(1e-1);
        pair.Compare(1e-5, gpu.Synchronize, () => pair.Model.TrainBatch(images, labels, here), () => gpu.TrainBatch(images, labels, there));
        Equal(pair.Model.Predict(images), gpu.Predict(images), 1e-5);
    }

    /// <summary>Its steps are still on their way when it ends.</summary>
    [Fact]
    public void Losses_of_a_training_that_was_cancelled_are_not_those_of_the_next_step()
    {
        var random = new Random(5);
        float[] x = Floats(random, Rows * 15), y = Floats(random, Rows * 2);
        using var pair = new Pair<RecurrentOnDevice>(new RecurrentOnDevice(3), new RecurrentOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        using var cancelling = new CancellationTokenSource();
        int copies = 0;
        pair.Device.Copying = () => { if (++copies == 3) cancelling.Cancel(); };
        var data = RecurrentOnDevice.Data(x, y);
        Assert.Equal(TrainingEnd.Canceled, gpu.Train(data, new TrainingOptions { Optimizer = Optimizer.Sgd(1e-2), Epochs = 1, BatchSize = 1 }, cancelling.Token).End);
        Assert.Equal(gpu.Evaluate(data).Loss, gpu.TrainBatch(x, y, Optimizer.Sgd(1e-2)), 1e-5);
    }

    [Fact]
    public void A_recurrence_trains_as_on_the_processor()
    {
        var random = new Random(4);
        float[] x = Floats(random, Rows * 15), y = Floats(random, Rows * 2);
        using var pair = new Pair<RecurrentOnDevice>(new RecurrentOnDevice(3), new RecurrentOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        Optimizer here = Optimizer.Adam(1e-2), there = Optimizer.Adam(1e-2);
        pair.Compare(1e-5, gpu.Synchronize, () => pair.Model.TrainBatch(x, y, here), () => gpu.TrainBatch(x, y, there));
    }

    [Fact]
    public void A_transformer_trains_and_writes_as_on_the_processor()
    {
        var random = new Random(5);
        int[] tokens = Ints(random, 3 * SmallGpt.Context, SmallGpt.Vocabulary), next = Ints(random, 3 * SmallGpt.Context, SmallGpt.Vocabulary);
        using var pair = new Pair<SmallGpt>(new SmallGpt(3), new SmallGpt(3));
        using var gpu = pair.Other.OnCuda();

        // The gradient by the keys' bias is 0 but for rounding, of which Adam would make whole steps.
        Optimizer here = Optimizer.Sgd(1e-1, momentum: 0.9), there = Optimizer.Sgd(1e-1, momentum: 0.9);
        pair.Compare(1e-5, gpu.Synchronize, () => pair.Model.TrainBatch(tokens, next, here), () => gpu.TrainBatch(tokens, next, there));

        // Beyond the context it begins again.
        Assert.Equal([.. pair.Model.Generate([1, 2], 9, new Sampling { Seed = 4 })], [.. gpu.Generate([1, 2], 9, new Sampling { Seed = 4 })]);
    }

    /// <summary>Beyond the context, too, where it begins again; each enumeration with what was given to it.</summary>
    [Fact]
    public void Answers_to_what_is_given_are_written_as_on_the_processor()
    {
        using var pair = new Pair<AnsweringWriterOnDevice>(new AnsweringWriterOnDevice(3), new AnsweringWriterOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        var seen = new HashSet<string>();
        int held = 0;
        for (int text = 0; text < 4; text++)
        {
            int[] words = [.. Ints(new Random(text), 3 + text, 5).Select(id => id + 1), .. new int[4 - text]];
            byte[] picture = [.. Ints(new Random(text + 9), AnsweringWriterOnDevice.Pixels, 256).Select(b => (byte)b)];
            var sampling = new Sampling { Seed = text };
            int[] expected = [.. pair.Model.Generate(words, picture, [1, 5], 9, sampling)];
            var ids = gpu.Generate(words, picture, [1, 5], 9, sampling);
            (words[0], picture[0]) = (0, 0);
            Assert.Equal(expected, ids);
            Assert.Equal(expected, ids);
            seen.Add(string.Join(' ', expected));
            if (text == 0) held = pair.Device.Held;
        }

        Assert.True(seen.Count > 1);
        Assert.Equal(held, pair.Device.Held);
        Assert.Equal("picture has 5 values, but one row has 6; give that of one sequence, padded as for Predict.",
            Assert.Throws<BatchShapeException>(() => gpu.Generate(new int[7], new byte[5], [1], 4)).Message);
        Assert.Throws<TokenRangeException>(() => gpu.Generate([0, 0, 0, 0, 0, 0, 6], new byte[6], [1], 4));
    }

    /// <summary>Of labels that count: those within the length that are not ignored.</summary>
    [Fact]
    public void Sequences_are_classified_and_judged_as_on_the_processor()
    {
        int[] words = Ints(new Random(4), 7 * 5, 6), lengths = [0, 1, 2, 3, 4, 5, 5], tags = [.. Ints(new Random(5), 7 * 5, 7).Select(tag => tag - 1)];
        using var pair = new Pair<TaggerOnDevice>(new TaggerOnDevice(3), new TaggerOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        int[] classes = gpu.Classify(words, lengths);
        Assert.Equal(pair.Model.Classify(words, lengths), classes);
        Evaluation expected = pair.Model.Evaluate(TaggerOnDevice.Data(words, lengths, tags)), actual = gpu.Evaluate(TaggerOnDevice.Data(words, lengths, tags));
        bool[] counts = [.. Enumerable.Range(0, 35).Select(i => i % 5 < lengths[i / 5] && tags[i] >= 0)];
        Assert.Equal(Enumerable.Range(0, 35).Count(i => counts[i] && tags[i] == classes[i]) / (double)counts.Count(c => c), actual.Accuracy);
        Assert.Equal((expected.Accuracy, expected.Confusion!.Total), (actual.Accuracy, actual.Confusion!.Total));
        Assert.Equal(expected.Loss, actual.Loss, 1e-5);
    }

    /// <summary>A device without tensor cores of these numbers: the model never goes there and computes otherwise.</summary>
    [Fact]
    public void An_older_device_is_told_with_what_the_model_needs()
    {
        using var device = new EmulatedDevice { Capability = 75 };
        DeviceSource.Override = () => device;
        try
        {
            var error = Assert.Throws<CudaUnavailableException>(() => new MatricesOnDevice(3).OnCuda());
            Assert.Equal(
                "The model computes in CudaPrecision.Bf16, which needs compute capability 8.0 (Ampere, of 2020, or newer), and CUDA device 0 (an emulated device) has 7.5; "
                + "run it on a newer device, or declare it without CudaPrecision, which every device takes.",
                error.Message);
            Assert.Equal(0, device.Held);
            new DenseOnDevice(3).OnCuda().Dispose();
        }
        finally
        {
            DeviceSource.Override = null;
        }
    }

    private static Optimizer Of(string rule) => rule switch
    {
        "adam" => Optimizer.Adam(1e-2, weightDecay: 0.1),
        "sgd" => Optimizer.Sgd(1e-1, momentum: 0.9),
        _ => Optimizer.RmsProp(1e-2).Group("*.bias", learningRateFactor: 0.1),
    };

    internal static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];

    internal static int[] Ints(Random random, int count, int below) => [.. Enumerable.Range(0, count).Select(_ => random.Next(below))];

    internal static void Equal(float[] expected, float[] actual, double bound)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= bound * Math.Max(1, Math.Abs(expected[i])), $"element {i}: {actual[i]} instead of {expected[i]}");
    }
}

/// <summary>Two equal models, one that stays on the processor and one that goes to an emulated device; nothing is left there at the end.</summary>
internal sealed class Pair<TModel> : IDisposable
    where TModel : IModel
{
    private readonly EmulatedDevice device = new();

    public Pair(TModel model, TModel other)
    {
        (Model, Other) = (model, other);
        DeviceSource.Override = () => device;
    }

    public TModel Model { get; }

    public TModel Other { get; }

    public EmulatedDevice Device => device;

    /// <summary>Three steps each: equal losses, then equal parameters and statistics.</summary>
    public void Compare<T>(double bound, Action synchronize, Func<T> here, Func<T> there)
        where T : struct, IConvertible
    {
        for (int step = 0; step < 3; step++)
        {
            double expected = here().ToDouble(null), actual = there().ToDouble(null);
            Assert.True(Math.Abs(expected - actual) <= bound * Math.Max(1, Math.Abs(expected)), $"step {step}: the loss is {actual} instead of {expected}");
        }
        synchronize();
        CompareParameters(bound);
    }

    public void CompareParameters(double bound)
    {
        foreach (var parameter in Model.Parameters)
        {
            var (expected, actual) = (Values(parameter), Values(Other.Parameters[parameter.Name]));
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - actual[i]) <= bound * Math.Max(1, Math.Abs(expected[i])), $"{parameter.Name}[{i}] is {actual[i]} instead of {expected[i]}");
        }
    }

    public void Dispose()
    {
        DeviceSource.Override = null;
        Assert.Equal(0, device.Held);
    }

    private static double[] Values(Parameter parameter)
    {
        var values = new double[parameter.Length];
        parameter.CopyTo(values);
        return values;
    }
}
