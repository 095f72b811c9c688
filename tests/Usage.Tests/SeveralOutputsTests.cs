namespace DlGen.Tests;

/// <summary>A network with two heads as a user has it: named predictions, training on both targets, and passes.</summary>
public class SeveralOutputsTests
{
    private const int Rows = 70;

    [Fact]
    public void Both_heads_learn_from_one_dataset()
    {
        var (inputs, kinds, sizes) = Batch();
        var data = TwoHeads.Data(inputs, kinds, sizes);
        var model = new TwoHeads(1);
        double before = model.Evaluate(data).Loss;
        model.Train(data, new TrainingOptions { Optimizer = Optimizer.Adam(0.02), Epochs = 60, BatchSize = 32 });
        Assert.True(model.Evaluate(data).Loss < 0.2 * before);

        var (kind, size) = model.Predict(inputs);
        Assert.True(Enumerable.Range(0, Rows).Count(row => Greatest(kind.AsSpan(row * 3, 3)) == kinds[row]) > 0.9 * Rows);
        Assert.True(size.Zip(sizes).Average(pair => Math.Abs(pair.First - pair.Second)) < 0.2);
        Assert.Equal(4, TwoHeads.Info.OutputSize);
    }

    [Fact]
    public void Destinations_are_checked_one_by_one()
    {
        var (inputs, _, _) = Batch();
        var model = new TwoHeads(1);
        float[] kind = new float[Rows * 3], size = new float[Rows];
        model.Predict(inputs, kind, size);
        var predicted = model.Predict(inputs);
        Assert.Equal(predicted.Kind, kind);
        Assert.Equal(predicted.Size, size);
        Assert.Contains("sizeDestination has 69 values", Assert.Throws<BatchShapeException>(() => model.Predict(inputs, kind, size.AsSpan(1))).Message, StringComparison.Ordinal);
        Assert.Contains("sizeDestination overlaps kindDestination", Assert.Throws<ArgumentException>(() => model.Predict(inputs, kind, kind.AsSpan(0, Rows))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_by_both_outputs_add_up_to_that_of_the_loss()
    {
        var (inputs, kinds, sizes) = Batch();
        var model = new TwoHeads(1);
        var pass = model.CreatePass(Rows);
        pass.Forward(inputs);
        float[] byKind = [.. Enumerable.Range(0, Rows * 3).Select(i => 0.01f * (i % 5))], bySize = [.. Enumerable.Range(0, Rows).Select(i => 0.1f - (0.01f * (i % 7)))];
        float[] together = InputGradient(byKind, bySize), first = InputGradient(byKind, new float[Rows]), second = InputGradient(new float[Rows * 3], bySize);
        for (int i = 0; i < together.Length; i++) Assert.Equal(together[i], first[i] + second[i], 1e-5);
        Assert.Equal(model.ComputeGradients(inputs, kinds, sizes), pass.BackwardLoss(kinds, sizes), 1e-5);
        Assert.Contains("sizeGradient has 69 values", Assert.Throws<BatchShapeException>(() => pass.Backward(byKind, bySize.AsSpan(1))).Message, StringComparison.Ordinal);

        float[] InputGradient(float[] kindGradient, float[] sizeGradient)
        {
            pass.Backward(kindGradient, sizeGradient, parameters: false);
            return pass.InputGradient.ToArray();
        }
    }

    [Fact]
    public void Several_live_passes_allocate_nothing()
    {
        var (inputs, kinds, sizes) = Batch();
        var model = new TwoHeads(1);
        TwoHeads.Pass one = model.CreatePass(Rows), other = model.CreatePass(Rows);
        void Step()
        {
            one.Forward(inputs);
            other.Forward(inputs, training: false);
            one.BackwardLoss(kinds, sizes);
            other.Backward(one.Kind, one.Size);
        }

        for (int i = 0; i < 100; i++) Step();
        long least = long.MaxValue;
        for (int window = 0; window < 3; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 300; i++) Step();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    private static int Greatest(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++) best = scores[i] > scores[best] ? i : best;
        return best;
    }

    /// <summary>The class is the greatest of the first three inputs, the size half the sum of the others.</summary>
    private static (float[] Inputs, int[] Kinds, float[] Sizes) Batch()
    {
        var random = new Random(3);
        float[] inputs = [.. Enumerable.Range(0, Rows * 6).Select(_ => (2 * random.NextSingle()) - 1)];
        return (inputs, [.. Enumerable.Range(0, Rows).Select(row => Greatest(inputs.AsSpan(row * 6, 3)))],
            [.. Enumerable.Range(0, Rows).Select(row => 0.5f * (inputs[(row * 6) + 3] + inputs[(row * 6) + 4] + inputs[(row * 6) + 5]))]);
    }
}
