namespace DlGen.Tests;

/// <summary>Classifies padded sequences: attention, its norm and a mean over the steps that are there.</summary>
[Model(Precision = Precision.Float64), MeanSquaredError]
public partial class PaddedSequences
{
    public const int Time = 6, Features = 4;

    private static Tensor Forward([Input(Time, Features)] Tensor steps, [Lengths(Time)] Tensor lengths)
    {
        var there = lengths.Mask();
        var x = steps.Linear(8).SinusoidalPosition();
        x += x.LayerNorm().Attention(2, mask: there);
        x += x.LayerNorm().Attention(2, causal: true, rotary: true, mask: there);
        return (there.Reshape(1, Time).MatMul(x)[0] / there.Sum().Maximum(1)).Linear(2);
    }
}

/// <summary>A number for each step, which counts where there is one.</summary>
[Model]
public partial class PaddedSteps
{
    private static Tensor Forward([Input(5, 3)] Tensor steps, [Lengths(5)] Tensor lengths) => steps.Attention(1, mask: lengths.Mask()).Linear(1);

    private static (Tensor Loss, Tensor Weight) Loss(Tensor output, Tensor lengths, [Target(5, 1)] Tensor target)
        => (output.MeanSquaredError(target, reduction: Reduction.None), lengths.Mask().Reshape(5, 1));
}

/// <summary>Lengths of padded sequences as a user gives them.</summary>
public class LengthTests
{
    private const int Rows = 40;

    [Fact]
    public void What_stands_in_the_padding_changes_no_bit_of_outputs_and_gradients()
    {
        var model = new PaddedSequences(seed: 3);
        var (steps, lengths, targets) = Batch(seed: 5);
        double[] other = [.. steps.Select((value, i) => i / PaddedSequences.Features % PaddedSequences.Time < lengths[i / (PaddedSequences.Features * PaddedSequences.Time)] ? value : 17 - i)];
        Assert.NotEqual(steps, other);
        Assert.Equal(model.Predict(steps, lengths), model.Predict(other, lengths));
        double loss = model.ComputeGradients(steps, lengths, targets);
        double[] gradients = Gradients(model);
        Assert.Equal(loss, model.ComputeGradients(other, lengths, targets));
        Assert.Equal(gradients, Gradients(model));
        Assert.All(gradients, g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void A_row_of_length_0_is_like_any_other_and_finite()
    {
        var model = new PaddedSequences(seed: 3);
        var (steps, lengths, _) = Batch(seed: 5);
        Array.Clear(lengths);
        double[] outputs = model.Predict(steps, lengths);
        // Nothing is there, so all rows give what the last layer adds.
        double[] bias = new double[2];
        model.Parameters["linear_2.bias"].CopyTo(bias);
        Assert.Equal(Enumerable.Range(0, Rows).SelectMany(_ => bias), outputs);
    }

    [Fact]
    public void A_length_that_no_sequence_has_changes_nothing()
    {
        var (model, twin) = (new PaddedSequences(seed: 3), new PaddedSequences(seed: 3));
        var optimizer = Optimizer.Adam(0.01);
        var (steps, lengths, targets) = Batch(seed: 5);
        foreach (int wrong in new[] { -1, PaddedSequences.Time + 1, int.MaxValue, int.MinValue })
        {
            int[] all = [.. lengths];
            all[33] = wrong;
            void Refuses(Action call) => Assert.Equal($"lengths holds the length {wrong} in row 33; the sequences have 6 steps, so lengths go from 0 to 6.", Assert.Throws<TokenRangeException>(call).Message);
            Refuses(() => model.Predict(steps, all));
            Refuses(() => model.TrainBatch(steps, all, targets, optimizer));
            Refuses(() => model.CreatePass(Rows).Forward(steps, all));
            Refuses(() => model.Evaluate(PaddedSequences.Data(steps, all, targets)));
        }
        Assert.Equal(twin.TrainBatch(steps, lengths, targets, Optimizer.Adam(0.01)), model.TrainBatch(steps, lengths, targets, optimizer));
    }

    [Fact]
    public void Lengths_weigh_the_loss()
    {
        var model = new PaddedSteps(seed: 1);
        var random = new Random(2);
        int[] lengths = [5, 0, 2, 3];
        float[] steps = [.. Enumerable.Range(0, 4 * 15).Select(_ => random.NextSingle())], targets = [.. Enumerable.Range(0, 4 * 5).Select(_ => random.NextSingle())];
        float[] outputs = model.Predict(steps, lengths);
        double expected = Enumerable.Range(0, 20).Where(i => i % 5 < lengths[i / 5]).Average(i => Math.Pow(outputs[i] - targets[i], 2));
        Assert.Equal(expected, model.ComputeGradients(steps, lengths, targets), 1e-6);
        Assert.Equal(10, model.BatchWeight(steps, lengths, targets));
        Assert.Throws<LossWeightException>(() => model.ComputeGradients(steps, new int[4], targets));
    }

    /// <summary>To be learnt are the mean over the steps that are there and the last of them, among padding that looks like any step.</summary>
    [Fact]
    public void A_dataset_of_padded_sequences_trains()
    {
        var random = new Random(4);
        const int Sequences = 400;
        int[] lengths = [.. Enumerable.Range(0, Sequences).Select(_ => random.Next(2, PaddedSequences.Time + 1))];
        double[] steps = [.. Enumerable.Range(0, Sequences * PaddedSequences.Time * PaddedSequences.Features).Select(_ => (2 * random.NextDouble()) - 1)];
        double[] targets = [.. Enumerable.Range(0, Sequences).SelectMany(row => new[]
        {
            Enumerable.Range(0, lengths[row]).Average(step => steps[((row * PaddedSequences.Time) + step) * PaddedSequences.Features]),
            steps[((row * PaddedSequences.Time) + lengths[row] - 1) * PaddedSequences.Features],
        })];
        var (training, test) = PaddedSequences.Data(steps, lengths, targets).Split(0.8, seed: 1);
        var model = new PaddedSequences(seed: 2);
        double before = model.Evaluate(test).Loss;
        model.Train(training, new TrainingOptions { Optimizer = Optimizer.AdamW(0.01), Epochs = 30, BatchSize = 32 });
        Assert.InRange(model.Evaluate(test).Loss, 0, before / 5);
    }

    private static (double[] Steps, int[] Lengths, double[] Targets) Batch(int seed)
    {
        var random = new Random(seed);
        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextDouble()) - 1)];
        int[] lengths = [.. Enumerable.Range(0, Rows).Select(row => row % (PaddedSequences.Time + 1))];
        return (Numbers(Rows * PaddedSequences.Time * PaddedSequences.Features), lengths, Numbers(Rows * 2));
    }

    private static double[] Gradients(PaddedSequences model) => [.. model.Parameters.SelectMany(parameter =>
    {
        double[] gradient = new double[parameter.Length];
        parameter.CopyGradientTo(gradient);
        return gradient;
    })];
}
