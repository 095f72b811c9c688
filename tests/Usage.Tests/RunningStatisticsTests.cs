namespace DlGen.Tests;

/// <summary>What batch normalisation keeps beside the parameters: when it moves, when it comes back, and who reads it.</summary>
public class RunningStatisticsTests
{
    private const int Rows = 9, Inputs = 5, Width = 6;

    [Fact]
    public void A_training_step_moves_them_by_the_momentum_towards_the_batch()
    {
        var model = new Normalised(seed: 2);
        var (inputs, labels) = Batch(Rows);
        double[] weight = Values(model.Parameters["linear_1.weight"]), z = new double[Rows * Width];
        for (int row = 0; row < Rows; row++)
            for (int o = 0; o < Width; o++)
                for (int i = 0; i < Inputs; i++) z[(row * Width) + o] += inputs[(row * Inputs) + i] * weight[(o * Inputs) + i];

        model.TrainBatch(inputs, labels, Optimizer.Sgd(0.1));
        double[] mean = Values(model.Parameters["batchnorm_1.running_mean"]), variance = Values(model.Parameters["batchnorm_1.running_var"]);
        for (int o = 0; o < Width; o++)
        {
            double[] column = [.. Enumerable.Range(0, Rows).Select(row => z[(row * Width) + o])];
            double average = column.Average();
            Assert.Equal(0.2 * average, mean[o], 1e-12);
            Assert.Equal(0.8 + (0.2 * column.Sum(v => (v - average) * (v - average)) / (Rows - 1)), variance[o], 1e-12);
        }
    }

    [Fact]
    public void Gradients_alone_move_them_too_as_PyTorchs_forward_does()
    {
        var (stepped, computed) = (new Normalised(seed: 2), new Normalised(seed: 2));
        var (inputs, labels) = Batch(Rows);
        stepped.TrainBatch(inputs, labels, Optimizer.Sgd(0.1));
        computed.ComputeGradients(inputs, labels);
        Assert.Equal(States(stepped), States(computed));
    }

    [Fact]
    public void A_bad_batch_leaves_them_as_they_were()
    {
        var model = new Normalised(seed: 2);
        var (inputs, labels) = Batch(Rows);
        model.TrainBatch(inputs, labels, Optimizer.Sgd(0.1));
        double[] states = States(model);
        inputs[17] = double.NaN;
        Assert.Throws<NonFiniteLossException>(() => model.TrainBatch(inputs, labels, Optimizer.Sgd(0.1)));
        Assert.Throws<NonFiniteLossException>(() => model.ComputeGradients(inputs, labels));
        Assert.Equal(states, States(model));
    }

    [Fact]
    public void One_row_has_no_variance_to_train_on_but_can_be_predicted()
    {
        var model = new Normalised(seed: 2);
        var (inputs, labels) = Batch(1);
        double[] states = States(model);
        var problem = Assert.Throws<BatchShapeException>(() => model.TrainBatch(inputs, labels, Optimizer.Sgd(0.1)));
        Assert.Contains("batchnorm_1 takes mean and variance over the batch, but the batch has one row", problem.Message);
        Assert.Throws<BatchShapeException>(() => model.CreatePass(1).Forward(inputs));
        Assert.Equal(states, States(model));
        Assert.Equal(3, model.Predict(inputs).Length);
        Assert.Equal(3, model.CreatePass(1).Forward(inputs, training: false).Length);
    }

    [Fact]
    public void Predictions_follow_them_and_depend_on_no_other_row()
    {
        var model = new Normalised(seed: 2);
        var (inputs, labels) = Batch(Rows);
        double[] before = model.Predict(inputs);
        model.ComputeGradients(inputs, labels);
        double[] after = model.Predict(inputs);
        Assert.NotEqual(before, after);
        Assert.Equal(after[..3], model.Predict(inputs.AsSpan(0, Inputs)));

        // What was derived from the statistics of before is not read again.
        var copy = new Normalised(seed: 3);
        copy.Parameters.CopyFrom(model.Parameters);
        Assert.Equal(copy.Predict(inputs), after);
    }

    [Fact]
    public void Each_training_pass_moves_them_and_live_passes_go_backwards_all_the_same()
    {
        var model = new Normalised(seed: 2);
        var (inputs, labels) = Batch(Rows);
        var (first, second, still) = (model.CreatePass(Rows), model.CreatePass(Rows), model.CreatePass(Rows));
        first.Forward(inputs);
        double[] once = States(model);
        second.Forward(inputs);
        Assert.NotEqual(once, States(model));
        first.BackwardLoss(labels);
        second.BackwardLoss(labels);

        double[] moved = States(model);
        still.Forward(inputs, training: false);
        Assert.Equal(moved, States(model));
        second.Forward(inputs);
        Assert.Throws<InvalidOperationException>(() => still.BackwardLoss(labels)); // its output was that of other statistics
    }

    [Fact]
    public void They_are_no_parameters_to_train()
    {
        var model = new Normalised(seed: 2);
        var mean = model.Parameters["batchnorm_1.running_mean"];
        Assert.True(mean is { IsState: true, Frozen: true });
        Assert.Contains("running statistic", Assert.Throws<InvalidOperationException>(() => mean.Frozen = false).Message);
        Assert.Equal((Inputs * Width) + (2 * Width) + (Width * 3) + 3, Normalised.Info.ParameterCount);

        var (inputs, labels) = Batch(Rows);
        model.ComputeGradients(inputs, labels);
        double[] states = States(model);
        Optimizer.AdamW(0.5, weightDecay: 0.5).Step(model.Parameters);
        Assert.Equal(states, States(model));
        var copy = new Normalised(seed: 3);
        copy.Parameters.CopyFrom(model.Parameters);
        Assert.Equal(states, States(copy));
    }

    [Fact]
    public void Files_hold_them()
    {
        var model = new Normalised(seed: 2);
        var (inputs, labels) = Batch(Rows);
        model.TrainBatch(inputs, labels, Optimizer.Sgd(0.1));
        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        var loaded = Normalised.Load(file);
        Assert.Equal(States(model), States(loaded));
        Assert.Equal(model.Predict(inputs), loaded.Predict(inputs));
    }

    [Fact]
    public void The_batch_count_of_a_PyTorch_file_is_passed_by_where_the_model_has_such_a_norm()
    {
        var model = new Normalised(seed: 4);
        using var file = new MemoryStream();
        model.Save(file);
        Assert.Equal(States(model), States(Normalised.Load(WithBatchCount(file.ToArray(), "batchnorm_1"))));
        var problem = Assert.Throws<ModelFileException>(() => Normalised.Load(WithBatchCount(file.ToArray(), "batchnorm_2")));
        Assert.Contains("batchnorm_2.num_batches_tracked", problem.Message);
    }

    /// <summary>The file with a whole number behind its tensors, as PyTorch's state_dict has one per norm.</summary>
    private static MemoryStream WithBatchCount(byte[] file, string norm)
    {
        int length = (int)BitConverter.ToInt64(file), data = file.Length - 8 - length;
        string header = System.Text.Encoding.UTF8.GetString(file, 8, length).TrimEnd();
        string entry = $",\"{norm}.num_batches_tracked\":{{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[{data},{data + 8}]}}}}";
        byte[] longer = System.Text.Encoding.UTF8.GetBytes(header[..^1] + entry);
        return new MemoryStream([.. BitConverter.GetBytes((long)longer.Length), .. longer, .. file[(8 + length)..], .. BitConverter.GetBytes(7L)]);
    }

    private static (double[] Inputs, int[] Labels) Batch(int rows)
    {
        var random = new Random(rows);
        return ([.. Enumerable.Range(0, rows * Inputs).Select(_ => (random.NextDouble() * 4) - 1)], [.. Enumerable.Range(0, rows).Select(_ => random.Next(3))]);
    }

    private static double[] States(Normalised model) => [.. model.Parameters.Where(p => p.IsState).SelectMany(Values)];

    private static double[] Values(Parameter parameter)
    {
        var values = new double[parameter.Length];
        parameter.CopyTo(values);
        return values;
    }
}
