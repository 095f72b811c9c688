using Digits;

namespace DlGen.Tests;

/// <summary>The sample's network on its data: it learns, there is nothing to learn from shuffled labels, and what is saved is what is loaded.</summary>
public class DigitsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_learns_the_digits(long seed)
    {
        var data = DigitData.Load(shuffleLabels: null);
        var model = Train(data, seed);
        Assert.InRange(model.Evaluate(data.Validation).Accuracy!.Value, 0.96, 1);

        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        float[] pixels = data.Validation.Floats("inputs", DigitData.Pixels);
        Assert.Equal(model.Predict(pixels), DigitClassifier.Load(file).Predict(pixels));
    }

    [Fact]
    public void Shuffled_labels_teach_nothing()
    {
        var data = DigitData.Load(shuffleLabels: 5);
        Assert.InRange(Train(data, seed: 1).Evaluate(data.Validation).Accuracy!.Value, 0.02, 0.2);
    }

    private static DigitClassifier Train(DigitData data, long seed)
    {
        var model = new DigitClassifier(seed);
        model.Train(data.Training, new TrainingOptions { Optimizer = Optimizer.Adam(learningRate: 3e-3), Epochs = 20, BatchSize = 32, Seed = seed });
        return model;
    }
}
