namespace DlGen.Tests;

/// <summary>LayerNorm, GELU, softmax and a loss written from their parts are the catalogue's: the same bits, predicting and training.</summary>
public class HandWrittenTests
{
    private const int Rows = 150;

    [Fact]
    public void Predictions_and_training_steps_have_the_same_bits()
    {
        FromCatalogue catalogue = new(seed: 9);
        ByHand byHand = new(seed: 1);
        CopyParameters(catalogue.Parameters, byHand.Parameters);
        var random = new Random(2);
        float[] inputs = [.. Enumerable.Range(0, Rows * 24).Select(_ => random.NextSingle() - 0.5f)];
        int[] labels = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(10))];
        Assert.Equal(catalogue.Predict(inputs), byHand.Predict(inputs));

        Optimizer first = Optimizer.Adam(1e-2), second = Optimizer.Adam(1e-2);
        for (int step = 0; step < 5; step++)
            Assert.Equal(catalogue.TrainBatch(inputs, labels, first), byHand.TrainBatch(inputs, labels, second));
        Assert.Equal(catalogue.Predict(inputs), byHand.Predict(inputs));
    }

    [Fact]
    public void A_loss_written_by_hand_trains_with_the_same_bits()
    {
        LossFromCatalogue catalogue = new(seed: 9);
        LossByHand byHand = new(seed: 9);
        var random = new Random(2);
        float[] inputs = [.. Enumerable.Range(0, Rows * 24).Select(_ => random.NextSingle() - 0.5f)];
        int[] labels = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(10))];

        Optimizer first = Optimizer.Adam(1e-2), second = Optimizer.Adam(1e-2);
        float[] losses = new float[10];
        for (int step = 0; step < losses.Length; step++)
        {
            losses[step] = catalogue.TrainBatch(inputs, labels, first);
            Assert.Equal(losses[step], byHand.TrainBatch(inputs, labels, second));
        }
        Assert.True(losses[^1] < losses[0]);
        Assert.Equal(Values(catalogue.Parameters), Values(byHand.Parameters));
        Assert.Equal(catalogue.Evaluate(LossFromCatalogue.Data(inputs, labels)).Loss, byHand.Evaluate(LossByHand.Data(inputs, labels)).Loss);

        // The attribute gives Predict its link; the method leaves it what Forward returns.
        float[] probabilities = catalogue.Predict(inputs), logits = byHand.Predict(inputs);
        for (int row = 0; row < Rows; row++)
        {
            var of = logits.AsSpan(row * 10, 10);
            double sum = 0;
            foreach (float logit in of) sum += Math.Exp(logit);
            for (int i = 0; i < 10; i++) Assert.Equal(Math.Exp(of[i]) / sum, probabilities[(row * 10) + i], 1e-6);
        }
    }

    private static float[] Values(ParameterSet parameters) => [.. parameters.SelectMany(parameter =>
    {
        float[] values = new float[parameter.Length];
        parameter.CopyTo(values);
        return values;
    })];

    /// <summary>The layers' parameters have other names where they were written by hand; their order is the same.</summary>
    private static void CopyParameters(ParameterSet from, ParameterSet to)
    {
        Assert.Equal(from.Count, to.Count);
        foreach (var (source, destination) in from.Zip(to))
        {
            float[] values = new float[source.Length];
            source.CopyTo(values);
            destination.CopyFrom(values);
        }
    }
}
