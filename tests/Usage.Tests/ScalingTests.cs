namespace DlGen.Tests;

/// <summary>Standardize and MinMaxScale are fitted on the training data, by Train or by hand, and are part of the model.</summary>
public class ScalingTests
{
    [Fact]
    public void Train_fits_once_on_the_training_rows()
    {
        var (inputs, targets) = Data(500);
        var model = new Scaled(seed: 1);
        var data = Scaled.Data(inputs, inputs, targets);
        model.Train(data, new TrainingOptions { Optimizer = Optimizer.Sgd(0), Epochs = 1 });
        for (int feature = 0; feature < 3; feature++)
        {
            double[] values = [.. Enumerable.Range(0, 500).Select(row => (double)inputs[(row * 3) + feature])];
            double mean = values.Average(), variance = values.Average(v => (v - mean) * (v - mean));
            Assert.Equal(mean, model.Parameters["standardize_1.mean"][feature], 1e-5 * Math.Abs(mean));
            Assert.Equal(feature == 2 ? 1 : Math.Sqrt(variance), model.Parameters["standardize_1.std"][feature], 1e-4);
            Assert.Equal(values.Min(), model.Parameters["minmaxscale_1.min"][feature]);
            Assert.Equal(feature == 2 ? values.Min() + 1 : values.Max(), model.Parameters["minmaxscale_1.max"][feature], 1e-6);
        }

        // More training, on other data, does not move them; asked to, it does.
        double before = model.Parameters["standardize_1.mean"][0];
        float[] others = Array.ConvertAll(inputs, x => x + 50);
        model.Train(Scaled.Data(others, others, targets), new TrainingOptions { Optimizer = Optimizer.Sgd(0), Epochs = 1 });
        Assert.Equal(before, model.Parameters["standardize_1.mean"][0]);
        model.FitScaling(Scaled.Data(others, others, targets));
        Assert.Equal(before + 50, model.Parameters["standardize_1.mean"][0], 1e-3);
    }

    [Fact]
    public void A_file_holds_the_scaling()
    {
        var (inputs, targets) = Data(100);
        var model = new Scaled(seed: 1);
        model.FitScaling(Scaled.Data(inputs, inputs, targets));
        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        Assert.Equal(model.Predict(inputs, inputs), Scaled.Load(file).Predict(inputs, inputs));
    }

    [Fact]
    public void Large_numbers_that_never_change_scale_to_0()
    {
        var (inputs, targets) = Data(50);
        for (int row = 0; row < 50; row++) inputs[(row * 3) + 2] = 1e9f;
        var model = new Scaled(seed: 1);
        model.Train(Scaled.Data(inputs, inputs, targets), new TrainingOptions { Optimizer = Optimizer.Sgd(0.01), Epochs = 1 });
        Assert.All(model.Predict(inputs, inputs), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_training_that_fails_at_once_leaves_the_scaling_unfitted()
    {
        var (inputs, targets) = Data(50);
        var model = new Scaled(seed: 1);
        targets[7] = float.NaN;
        Assert.Throws<NonFiniteLossException>(() => model.Train(Scaled.Data(inputs, inputs, targets), new TrainingOptions { Optimizer = Optimizer.Sgd(0.01), BatchSize = 50 }));
        Assert.Equal((0, 1), (model.Parameters["standardize_1.mean"][0], model.Parameters["standardize_1.std"][0]));
    }

    [Fact]
    public void Raw_data_of_any_size_trains()
    {
        var (inputs, targets) = Data(500);
        var model = new Scaled(seed: 1);
        var history = model.Train(Scaled.Data(inputs, inputs, targets), new TrainingOptions { Optimizer = Optimizer.Adam(0.02), Epochs = 30 });
        Assert.InRange(history.Epochs[^1].Loss, 0, 0.15);
    }

    [Fact]
    public void Data_that_is_no_number_changes_nothing()
    {
        var (inputs, targets) = Data(400);
        inputs[(300 * 3) + 1] = float.NaN;
        var model = new Scaled(seed: 1);
        var problem = Assert.Throws<DlGenException>(() => model.Train(Scaled.Data(inputs, inputs, targets), new TrainingOptions { Optimizer = Optimizer.Sgd(0.1) }));
        Assert.Contains("raw holds NaN in row 300 at position 1, so standardize_1 can't be fitted", problem.Message);
        Assert.Equal(0, model.Parameters["standardize_1.mean"][0]);
    }

    /// <summary>Features around 1,000 and 0.001, and one that never changes.</summary>
    private static (float[] Inputs, float[] Targets) Data(int rows)
    {
        var random = new Random(6);
        float[] inputs = new float[rows * 3], targets = new float[rows];
        for (int row = 0; row < rows; row++)
        {
            double a = random.NextDouble() - 0.5, b = random.NextDouble() - 0.5;
            (inputs[row * 3], inputs[(row * 3) + 1], inputs[(row * 3) + 2]) = ((float)(1000 + (30 * a)), (float)(0.001 * b), 7);
            targets[row] = (float)((2 * a) - b);
        }
        return (inputs, targets);
    }
}
