namespace DlGen.Tests;

/// <summary>LayerNorm, GELU and softmax written from their parts are the catalogue's: the same bits, predicting and training.</summary>
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
