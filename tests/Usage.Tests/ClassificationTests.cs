namespace DlGen.Tests;

/// <summary>A label for each step, some of which do not count.</summary>
[Model, Input(4, 3), Linear(5), SoftmaxCrossEntropy(Ignore = -1)]
internal partial class StepTagger;

/// <summary>A label for each pixel: classes come first.</summary>
[Model, Input(2, 3, 3), Conv2d(3, Kernel = 1), SoftmaxCrossEntropy]
internal partial class PixelTagger;

/// <summary>The next id of each, up to the length, some rows left out; the loss cuts the last output off.</summary>
[Model]
internal partial class NextIds
{
    private static Tensor Forward([Tokens(5, 6)] Tensor tokens, [Lengths(5)] Tensor length) => tokens.Embedding(4).Linear(6);

    private static (Tensor Loss, Tensor Weight) Loss(Tensor logits, Tensor tokens, Tensor length, [Target] Tensor kept)
        => (logits[..^1].SoftmaxCrossEntropy(tokens[1..], reduction: Reduction.None), length.Mask()[1..] * kept);
}

/// <summary>All that follows each id, without weights: the labels are a part of the ids as they are.</summary>
[Model(Precision = Precision.Float64)]
internal partial class AllNextIds
{
    private static Tensor Forward([Tokens(5, 6)] Tensor tokens) => tokens[..^1].Embedding(4).Linear(6);

    private static Tensor Loss(Tensor logits, Tensor tokens) => logits.SoftmaxCrossEntropy(tokens[1..]) + 0.01 * (logits * logits).Sum();
}

/// <summary>A weight of one number a step for all rows, computed from constants, and a label to ignore that is a class too.</summary>
[Model]
internal partial class ConstantWeights
{
    private static Tensor Forward([Input(3, 2)] Tensor x) => x.Linear(4);

    private static (Tensor Loss, Tensor Weight) Loss(Tensor logits, [Label(4, Length = 3, Ignore = 2)] Tensor labels)
        => (logits.SoftmaxCrossEntropy(labels, reduction: Reduction.None), Tensor.Constant([1.0, 0, 2]) * Tensor.Constant([1.0, 0, 2]).Softmax() * (labels != 2));
}

/// <summary>Classes, and the accuracy of an evaluation, of networks that give more than one label a row, or whose loss is a method.</summary>
public class ClassificationTests
{
    private static readonly Random Random = new(5);

    [Fact]
    public void Each_step_has_a_class_and_ignored_ones_do_not_count()
    {
        var model = new StepTagger(1);
        float[] x = Numbers(3 * 12);
        int[] labels = [0, 1, -1, 2, -1, -1, 4, 3, 2, -1, 0, 1];
        Check(model.Predict(x), model.Classify(x), labels, classes: 5, model.Evaluate(StepTagger.Data(x, labels)));
    }

    [Fact]
    public void Each_pixel_has_a_class()
    {
        var model = new PixelTagger(1);
        float[] x = Numbers(2 * 18), probabilities = model.Predict(x);
        int[] labels = [.. Enumerable.Range(0, 18).Select(i => i * 7 % 3)];
        // From (row, class, pixel) to (row, pixel, class).
        float[] byPixel = [.. Enumerable.Range(0, 54).Select(i => probabilities[i / 27 * 27 + i % 3 * 9 + i / 3 % 9])];
        Check(byPixel, model.Classify(x), labels, classes: 3, model.Evaluate(PixelTagger.Data(x, labels)));
    }

    [Fact]
    public void Labels_behind_a_length_or_of_weight_0_do_not_count()
    {
        var model = new NextIds(2);
        int[] tokens = [1, 2, 3, 4, 5, 5, 0, 2, 0, 0, 3, 3, 3, 3, 3], lengths = [5, 3, 4];
        int[] counted = [2, 3, 4, 5, -1, 0, 2, -1, -1, -1, -1, -1, -1, -1, -1];
        float[] logits = model.Predict(tokens, lengths);
        Check(logits, model.Classify(tokens, lengths, threads: 2), counted, classes: 6, model.Evaluate(NextIds.Data(tokens, lengths, [1, 0.5f, 0])));
    }

    [Fact]
    public void Labels_may_be_a_part_of_the_ids()
    {
        var model = new AllNextIds(2);
        int[] tokens = [1, 2, 3, 4, 5, 5, 0, 2, 0, 0];
        Check([.. model.Predict(tokens).Select(x => (float)x)], model.Classify(tokens), [2, 3, 4, 5, 0, 2, 0, 0], classes: 6, model.Evaluate(AllNextIds.Data(tokens)));
    }

    [Fact]
    public void Weights_may_be_the_same_for_every_row()
    {
        var model = new ConstantWeights(3);
        float[] x = Numbers(12);
        Check(model.Predict(x), model.Classify(x), [1, -1, -1, 0, -1, 3], classes: 4, model.Evaluate(ConstantWeights.Data(x, [1, 0, 2, 0, 3, 3])));
        Assert.Equal((2 * Math.E + 2 * Math.E * Math.E) / (1 + Math.E + Math.E * Math.E), model.BatchWeight(x, [1, 0, 2, 0, 3, 3]), 1e-5);
    }

    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => Random.NextSingle() * 4 - 2)];

    /// <summary>Against the definition: the place of the greatest output, and the share of the labels from 0 on that are it.</summary>
    private static void Check(float[] outputs, int[] classified, int[] labels, int classes, Evaluation evaluation)
    {
        int[] expected = [.. outputs.Chunk(classes).Select(values => Array.IndexOf(values, values.Max()))];
        Assert.Equal(expected, classified);
        (int First, int Second)[] counted = [.. expected.Zip(labels).Where(pair => pair.Second >= 0)];
        Assert.Equal(counted.Count(pair => pair.First == pair.Second) / (double)counted.Length, evaluation.Accuracy);
        Assert.Equal(counted.Length, evaluation.Confusion!.Total);
        Assert.All(counted, pair => Assert.NotEqual(0, evaluation.Confusion[pair.Second, pair.First]));
    }
}
