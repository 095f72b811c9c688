namespace DlGen.Tests;

/// <summary>What the options of Train do is what a loop of one's own would: the same bits.</summary>
public class TrainingOptionsTests
{
    private const int Rows = 90, Batch = 20;

    [Fact]
    public void A_schedule_sets_the_rate_of_every_step_and_gives_it_back()
    {
        var schedule = LearningRateSchedule.Cosine(0.1).WithWarmUp(1);
        var (model, twin) = (new Dropped(seed: 1), new Dropped(seed: 1));
        var optimizer = Optimizer.AdamW(0.01);
        var history = model.Train(Data(), new TrainingOptions { Optimizer = optimizer, Epochs = 4, BatchSize = Batch, Schedule = schedule });
        Assert.Equal(0.01, optimizer.LearningRate);

        var adam = Optimizer.AdamW(0.01);
        int step = 0;
        var rates = new List<double>();
        ByHand(twin, epochs: 4, (x, t) =>
        {
            adam.LearningRate = 0.01 * schedule.FactorAt(new(step++, 20, 5));
            rates.Add(adam.LearningRate);
            twin.TrainBatch(x, t, adam);
        });
        Assert.Equal(Values(twin), Values(model));
        Assert.Equal([rates[4], rates[9], rates[14], rates[19]], history.Epochs.Select(e => e.LearningRate));
    }

    [Fact]
    public void Gradients_are_clipped_by_value_and_then_by_norm()
    {
        var (model, twin) = (new Dropped(seed: 1), new Dropped(seed: 1));
        model.Train(Data(), new TrainingOptions { Optimizer = Optimizer.Sgd(0.5), Epochs = 2, BatchSize = Batch, ClipValue = 0.01, ClipNorm = 0.03 });
        var sgd = Optimizer.Sgd(0.5);
        int clipped = 0;
        ByHand(twin, epochs: 2, (x, t) =>
        {
            twin.ComputeGradients(x, t);
            twin.Parameters.ClipGradientValues(0.01);
            clipped += twin.Parameters.ClipGradients(0.03) > 0.03 ? 1 : 0;
            sgd.Step(twin.Parameters);
        });
        Assert.Equal(Values(twin), Values(model));
        Assert.InRange(clipped, 1, 10);
    }

    [Fact]
    public void Prefetched_batches_are_the_same()
    {
        var (model, twin) = (new Dropped(seed: 1), new Dropped(seed: 1));
        model.Train(Data(), new TrainingOptions { Optimizer = Optimizer.Adam(0.01), Epochs = 4, BatchSize = Batch });
        twin.Train(Data(), new TrainingOptions { Optimizer = Optimizer.Adam(0.01), Epochs = 4, BatchSize = Batch, Prefetch = true });
        Assert.Equal(Values(model), Values(twin));
    }

    [Fact]
    public void Micro_batches_give_the_batch_in_less_memory()
    {
        var (model, twin) = (new Headed(seed: 1), new Headed(seed: 1));
        var random = new Random(5);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        var data = Headed.Data(Draw(Rows * 12), Draw(Rows * 5));
        var whole = model.Train(data, new TrainingOptions { Optimizer = Optimizer.Sgd(0.1), Epochs = 3, BatchSize = 40 });
        var parts = twin.Train(data, new TrainingOptions { Optimizer = Optimizer.Sgd(0.1), Epochs = 3, BatchSize = 40, MicroBatchSize = 7 });
        Assert.All(whole.Epochs.Zip(parts.Epochs), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-12));
        double[] expected = Values(model), actual = Values(twin);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-12);
    }

    [Fact]
    public void A_weight_average_is_validated_and_is_what_remains()
    {
        var (model, twin, average) = (new Dropped(seed: 1), new Dropped(seed: 1), new Dropped(seed: 1));
        var history = model.Train(Data(), new TrainingOptions { Optimizer = Optimizer.Adam(0.02), Epochs = 3, BatchSize = Batch, WeightAverage = 0.9, Validation = Data(7) });
        var adam = Optimizer.Adam(0.02);
        bool first = true;
        ByHand(twin, epochs: 3, (x, t) =>
        {
            twin.TrainBatch(x, t, adam);
            average.Parameters.BlendFrom(twin.Parameters, first ? 1 : 1 - 0.9);
            first = false;
        });
        // Running statistics are those of training.
        foreach (var state in average.Parameters.Where(p => p.IsState))
        {
            double[] values = new double[state.Length];
            twin.Parameters[state.Name].CopyTo(values);
            state.CopyFrom(values);
        }
        Assert.Equal(Values(average), Values(model));
        Assert.NotEqual(Values(twin), Values(model));
        Assert.Equal(average.Evaluate(Data(7)).Loss, history.Epochs[2].Validation!.Loss);
    }

    [Fact]
    public void Early_stopping_ends_with_the_best_epoch()
    {
        var model = new Dropped(seed: 3);
        // Labels of noise: the longer it trains, the worse it generalises.
        var random = new Random(2);
        var (training, validation) = (Data(1, random), Data(2, random));
        var history = model.Train(training, new TrainingOptions
        {
            Optimizer = Optimizer.Adam(0.03), Epochs = 60, BatchSize = Batch, Validation = validation, EarlyStopping = new() { Patience = 4 },
        });
        Assert.Equal(TrainingEnd.StoppedEarly, history.End);
        double best = history.Epochs.Min(e => e.Validation!.Loss);
        Assert.Equal(best, history.Best!.Validation!.Loss);
        Assert.Equal(history.Best.Epoch + 4, history.Epochs.Count);
        Assert.Equal(best, model.Evaluate(validation).Loss);

        var whole = new Dropped(seed: 3);
        var last = whole.Train(training, new TrainingOptions
        {
            Optimizer = Optimizer.Adam(0.03), Epochs = 60, BatchSize = Batch, Validation = validation,
            EarlyStopping = new() { Patience = 4, RestoreBest = false, Monitor = evaluation => -evaluation.Accuracy!.Value, MinimalImprovement = 0.01 },
        });
        Assert.Equal(last.Epochs[^1].Validation!.Loss, whole.Evaluate(validation).Loss);
    }

    [Fact]
    public void A_measure_that_is_no_number_is_never_the_best()
    {
        int asked = 0;
        var history = new Dropped(seed: 3).Train(Data(), new TrainingOptions
        {
            Optimizer = Optimizer.Adam(0.01), Epochs = 5, BatchSize = Batch, Validation = Data(7), EarlyStopping = new() { Patience = 3, Monitor = e => asked++ == 0 ? double.NaN : e.Loss },
        });
        Assert.Equal(TrainingEnd.Finished, history.End);
        Assert.InRange(history.Best!.Epoch, 2, 5);
    }

    [Fact]
    public void A_step_that_fails_anywhere_changes_nothing()
    {
        var model = new Dropped(seed: 3);
        double[] before = Values(model);
        Assert.Throws<ArgumentException>(() => model.Train(Data(), new TrainingOptions { Optimizer = Optimizer.Adam(0.01).Group("nothing.*", 0.5) }));
        Assert.Equal(before, Values(model));

        // The last part of the first batch holds no number.
        var data = Data();
        float[] inputs = data.Floats("inputs", 6);
        Array.Fill(inputs, float.NaN, inputs.Length - 6, 6);
        Assert.Throws<NonFiniteLossException>(() => model.Train(Dropped.Data(inputs, data.Ints("targets")), new TrainingOptions { Optimizer = Optimizer.Adam(0.01), BatchSize = Rows, MicroBatchSize = 10 }));
        Assert.Equal(before, Values(model));
        inputs = Data().Floats("inputs", 6);
        Assert.Equal(new Dropped(seed: 3).ComputeGradients(inputs, data.Ints("targets")), model.ComputeGradients(inputs, data.Ints("targets"))); // with the same random numbers
    }

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    public void What_is_wrong_in_the_data_is_named_by_its_row_there(int? parts)
    {
        var data = Data();
        float[] inputs = data.Floats("inputs", 6);
        int[] labels = data.Ints("targets");
        var options = new TrainingOptions { Optimizer = Optimizer.Adam(0.01), BatchSize = Batch, MicroBatchSize = parts };
        labels[37] = 3;
        Assert.Contains("it is row 37 of the training data", Assert.Throws<TargetRangeException>(() => new Dropped().Train(Dropped.Data(inputs, labels), options)).Message);
        labels[37] = 0;
        inputs[(53 * 6) + 2] = float.NaN;
        Assert.Contains("it is row 53 of the training data", Assert.Throws<NonFiniteLossException>(() => new Dropped().Train(Dropped.Data(inputs, labels), options)).Message);
    }

    [Fact]
    public void No_part_of_a_batch_is_a_single_row_where_statistics_are_taken()
    {
        // 31 rows are 16 parts of at most 2, of which one would be a single row: they become 15.
        foreach (int size in new[] { 30, 31, 45 })
        {
            var (whole, parts) = (new Dropped(seed: 3), new Dropped(seed: 3));
            whole.Train(Data(), new TrainingOptions { Optimizer = Optimizer.Adam(0.01), Epochs = 1, BatchSize = size });
            parts.Train(Data(), new TrainingOptions { Optimizer = Optimizer.Adam(0.01), Epochs = 1, BatchSize = size, MicroBatchSize = 2 });
            Assert.NotEqual(Values(whole), Values(parts)); // each part has statistics of its own
        }
    }

    [Fact]
    public void A_plateau_lowers_the_rate()
    {
        var model = new Dropped(seed: 3);
        var optimizer = Optimizer.Adam(0.05);
        var history = model.Train(Data(1, new Random(2)), new TrainingOptions
        {
            Optimizer = optimizer, Epochs = 20, BatchSize = Batch, Validation = Data(2, new Random(9)), ReduceOnPlateau = new() { Factor = 0.5, Patience = 1 },
        });
        Assert.InRange(history.Epochs[^1].LearningRate, 1e-6, 0.013);
        Assert.Equal(0.05, history.Epochs[0].LearningRate);
        Assert.Equal(0.05, optimizer.LearningRate);
    }

    [Fact]
    public void Options_that_make_no_sense_say_so()
    {
        void Refused(string words, Func<TrainingOptions> options)
            => Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(() => new Dropped().Train(Data(), options())).Message);
        var sgd = Optimizer.Sgd(0.1);
        Refused("MicroBatchSize must be at least 1", () => new() { Optimizer = sgd, MicroBatchSize = 0 });
        Refused("ClipNorm must be above 0", () => new() { Optimizer = sgd, ClipNorm = 0 });
        Refused("WeightAverage is the share", () => new() { Optimizer = sgd, WeightAverage = 1 });
        Refused("needs a Validation dataset", () => new() { Optimizer = sgd, EarlyStopping = new() });
        Refused("must lower the rate", () => new() { Optimizer = sgd, ReduceOnPlateau = new() { Factor = 1 } });
    }

    private static void ByHand(Dropped model, int epochs, Action<float[], int[]> step)
    {
        // The order of rows that Train takes for seed 0, seen through a dataset of row numbers.
        var order = new List<int[]>();
        var numbers = new RowNumbers(order);
        new Dropped().Train(numbers, new TrainingOptions { Optimizer = Optimizer.Sgd(0), Epochs = epochs, BatchSize = Batch });
        var data = Data();
        float[] inputs = data.Floats("inputs", 6);
        int[] targets = data.Ints("targets");
        foreach (int[] rows in order)
            step([.. rows.SelectMany(row => inputs[(row * 6)..((row + 1) * 6)])], [.. rows.Select(row => targets[row])]);
    }

    internal static Dataset Data(int seed = 1, Random? labels = null)
    {
        var random = new Random(seed);
        float[] inputs = [.. Enumerable.Range(0, Rows * 6).Select(_ => random.NextSingle() - 0.5f)];
        return Dropped.Data(inputs, [.. Enumerable.Range(0, Rows).Select(row => labels?.Next(3) ?? (inputs[row * 6] > 0 ? 0 : inputs[(row * 6) + 1] > 0 ? 1 : 2))]);
    }

    internal static double[] Values(IModel model) => [.. model.Parameters.SelectMany(p =>
    {
        double[] values = new double[p.Length];
        p.CopyTo(values);
        return values;
    })];

    private sealed class RowNumbers(List<int[]> order) : Dataset
    {
        private readonly Dataset data = Data();

        public override int Count => Rows;

        public override void Read(ReadOnlySpan<int> rows, DlGen.Batch batch)
        {
            order.Add(rows.ToArray());
            data.Read(rows, batch);
        }
    }
}
