using DlGen.Compiled;
using DlGen.Numerics;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

/// <summary>The whole runtime at work under a small model written as the generator would write it.</summary>
public sealed class SoftmaxRegressionTests
{
    [Theory]
    [InlineData("sgd", 0.5)]
    [InlineData("adam", 0.05)]
    [InlineData("adamw", 0.05)]
    public void It_learns_what_can_be_learned(string kind, double rate)
    {
        (Dataset train, Dataset test) = Clusters(300).StratifiedSplit(0.8, seed: 1);
        var model = new SoftmaxRegression(seed: 3);
        Optimizer optimizer = kind == "sgd" ? Optimizer.Sgd(rate, momentum: 0.9) : kind == "adam" ? Optimizer.Adam(rate) : Optimizer.AdamW(rate);
        TrainingHistory history = Trainer.Train(model, train, new() { Optimizer = optimizer, BatchSize = 32, Validation = test }, default);
        Assert.Equal(10, history.Epochs.Count);
        Assert.True(history.Epochs[^1].Loss < 0.2 * history.Epochs[0].Loss);
        Assert.True(history.Epochs[^1].Validation!.Accuracy > 0.95);
        Assert.Equal(10 * 8, model.Step);
    }

    [Fact]
    public void Equal_seeds_train_to_equal_bits_and_files_keep_them()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            SoftmaxRegression first = Trained(), second = Trained();
            first.Save(path);
            var loaded = new SoftmaxRegression(seed: 99);
            loaded.Load(path);
            float[] inputs = [0.1f, -2, 3, 0.5f];
            Assert.Equal(first.Predict(inputs), second.Predict(inputs));
            Assert.Equal(first.Predict(inputs), loaded.Predict(inputs));
        }
        finally
        {
            File.Delete(path);
        }

        static SoftmaxRegression Trained()
        {
            var model = new SoftmaxRegression(seed: 5);
            Trainer.Train(model, Clusters(100), new() { Optimizer = Optimizer.Adam(), Epochs = 3, BatchSize = 7 }, default);
            return model;
        }
    }

    [Fact]
    public void Accumulated_gradients_are_the_sum()
    {
        var model = new SoftmaxRegression(seed: 1);
        float[] a = [1, 2, 3, 4], b = [-1, 0, 2, 1];
        model.ComputeGradients(a, [0]);
        float[] first = GradientOf(model);
        model.ComputeGradients(b, [2]);
        float[] second = GradientOf(model);
        model.ComputeGradients(a, [0], accumulate: true);
        Assert.Equal(second.Zip(first, (x, y) => x + y), GradientOf(model));
    }

    [Fact]
    public void A_bad_batch_changes_nothing()
    {
        var model = new SoftmaxRegression(seed: 1);
        Optimizer adam = Optimizer.Adam();
        model.TrainBatch([1, 2, 3, 4], [1], adam);
        double[] before = ValuesOf(model.Parameters[0]);
        float[] gradient = GradientOf(model);

        Assert.Throws<BatchShapeException>(() => model.TrainBatch([1, 2, 3], [1], adam));
        Assert.Throws<BatchShapeException>(() => model.TrainBatch([1, 2, 3, 4], [1, 1], adam));
        Assert.Throws<TargetRangeException>(() => model.TrainBatch([1, 2, 3, 4], [3], adam));
        Assert.Contains("inputs holds NaN in row 1 at position 0", Assert.Throws<NonFiniteLossException>(
            () => model.ComputeGradients([1, 2, 3, 4, float.NaN, 6, 7, 8], [1, 1], accumulate: true)).Message);
        Assert.Equal(before, ValuesOf(model.Parameters[0]));
        Assert.Equal(gradient, GradientOf(model));
        Assert.Equal(1, model.Step);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var model = new SoftmaxRegression(seed: 1);
        Dataset data = Clusters(64).Subset([.. Enumerable.Range(0, 40)]);
        Optimizer adam = Optimizer.AdamW();
        var batch = new Batch(model.BatchDefinition, 16);
        int[] rows = [.. Enumerable.Range(0, 16)];
        var update = new StepUpdate(adam);
        for (int i = 0; i < 100; i++)
            Step(16 - i % 3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
            Step(16 - i % 3);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int count)
        {
            batch.Rows = count;
            data.Read(rows.AsSpan(0, count), batch);
            ((ITrainable)model).Step(batch, count, 1, null, update);
        }
    }

    private static float[] GradientOf(SoftmaxRegression model)
    {
        var gradient = new float[12];
        model.Parameters["linear_1.weight"].CopyGradientTo(gradient);
        return gradient;
    }

    /// <summary>Three clouds of points around the corners of a simplex.</summary>
    private static Dataset Clusters(int rows)
    {
        var inputs = new float[rows * 4];
        Philox.Normal(inputs, 0, Philox.Key(1, 0), 0);
        int[] targets = [.. Enumerable.Range(0, rows).Select(row => row % 3)];
        for (int row = 0; row < rows; row++)
            inputs[row * 4 + targets[row]] += 5;
        return Dataset.FromArrays(("inputs", inputs, 4), ("targets", targets, 1));
    }
}
