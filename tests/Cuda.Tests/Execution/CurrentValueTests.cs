namespace DlGen.Tests.Execution;

/// <summary>What a device computes with is what is there now: memory that has moved, parameters that were written, statistics that a failed step must not leave behind.</summary>
public class CurrentValueTests
{
    /// <summary>Graphs hold addresses: one that was captured before a larger batch is captured again.</summary>
    [Fact]
    public void Memory_that_has_moved_is_used_where_it_is()
    {
        using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        var random = new Random(7);
        Optimizer here = Optimizer.Adam(1e-2), there = Optimizer.Adam(1e-2);
        foreach (int rows in (int[])[2, 33, 2])
        {
            float[] x = StepTests.Floats(random, rows * 6);
            int[] labels = StepTests.Ints(random, rows, 3);
            StepTests.Equal(pair.Model.Predict(x), gpu.Predict(x), 1e-5);
            Assert.Equal(pair.Model.TrainBatch(x, labels, here), gpu.TrainBatch(x, labels, there), 1e-4);
        }

        gpu.Synchronize();
        pair.CompareParameters(2e-4);
    }

    /// <summary>Weights with a norm folded in are those of the parameters as they are.</summary>
    [Fact]
    public void What_depends_on_parameters_follows_them()
    {
        using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        float[] x = StepTests.Floats(new Random(8), 4 * 6);
        StepTests.Equal(pair.Model.Predict(x), gpu.Predict(x), 1e-5);
        foreach (var model in (DenseOnDevice[])[pair.Model, pair.Other])
        {
            foreach (string name in (string[])["linear_1.weight", "batchnorm_1.running_var"])
            {
                var parameter = model.Parameters[name];
                parameter.CopyFrom(StepTests.Floats(new Random(9), parameter.Length).Select(value => value + 2).ToArray());
            }
        }

        StepTests.Equal(pair.Model.Predict(x), gpu.Predict(x), 1e-5);
        int[] labels = [0, 1, 2, 0];
        Optimizer here = Optimizer.Sgd(1e-1), there = Optimizer.Sgd(1e-1);
        pair.Model.TrainBatch(x, labels, here);
        gpu.TrainBatch(x, labels, there);
        StepTests.Equal(pair.Model.Predict(x), gpu.Predict(x), 1e-4);
    }

    /// <summary>A norm fails when the statistics of its batch are taken already, and steps behind it are on their way: what they keep is not what comes back.</summary>
    [Fact]
    public void Steps_behind_a_failed_norm_keep_no_statistics()
    {
        const int Rows = 4, Batches = 5;
        float[] x = StepTests.Floats(new Random(1), Batches * Rows * 4), y = new float[Batches * Rows];
        y.AsSpan().Fill(1);
        using var pair = new Pair<RootOnDevice>(Constant(), Constant());
        using var gpu = pair.Other.OnCuda();
        var options = new TrainingOptions { Optimizer = Optimizer.Sgd(1e-2), Epochs = 1, BatchSize = Rows, ClipNorm = 1 };
        pair.Model.Train(RootOnDevice.Data(x, y), options);
        gpu.Train(RootOnDevice.Data(x, y), options);
        pair.CompareParameters(1e-6);

        // The batches of an epoch come in a random order, so each row is the wrong one once.
        for (int row = 0; row < y.Length; row += 3)
        {
            y.AsSpan().Fill(1);
            y[row] = 0;
            Assert.Throws<DlGenException>(() => pair.Model.Train(RootOnDevice.Data(x, y), options));
            Assert.Throws<DlGenException>(() => gpu.Train(RootOnDevice.Data(x, y), options));
            pair.CompareParameters(1e-6);
        }
    }

    /// <summary>Its output is 0 and stays so; where the target is 0 too, the slope is infinite.</summary>
    private static RootOnDevice Constant()
    {
        var model = new RootOnDevice(3);
        foreach (var parameter in model.Parameters.Where(parameter => parameter.Name.StartsWith("linear_2", StringComparison.Ordinal))) parameter.CopyFrom(new float[parameter.Length]);
        model.Parameters.Freeze("linear_2.*");
        return model;
    }
}
