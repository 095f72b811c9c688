using DlGen.Compiled;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

public sealed class TrainerTests
{
    [Fact]
    public void Every_epoch_sees_every_row_once_in_its_own_order()
    {
        var model = new Recorder();
        Trainer.Train(model, Numbered(23), new() { Optimizer = Optimizer.Sgd(0.1), Epochs = 3, BatchSize = 5, Seed = 9 }, default);
        Assert.Equal([5, 5, 5, 5, 3, 5, 5, 5, 5, 3, 5, 5, 5, 5, 3], model.Batches.Select(batch => batch.Length));
        int[][] epochs = [.. model.Batches.SelectMany(batch => batch).Chunk(23)];
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 23), epoch.Order()));
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.NotEqual(Enumerable.Range(0, 23), epochs[0]);

        var again = new Recorder();
        Trainer.Train(again, Numbered(23), new() { Optimizer = Optimizer.Sgd(0.1), Epochs = 3, BatchSize = 5, Seed = 9 }, default);
        Assert.Equal(model.Batches, again.Batches);
        var other = new Recorder();
        Trainer.Train(other, Numbered(23), new() { Optimizer = Optimizer.Sgd(0.1), Epochs = 3, BatchSize = 5, Seed = 10 }, default);
        Assert.NotEqual(model.Batches, other.Batches);
    }

    [Fact]
    public void A_part_of_the_rows_may_make_an_epoch()
    {
        var model = new Recorder();
        var reports = new List<EpochReport>();
        Trainer.Train(
            model, Numbered(100),
            new() { Optimizer = Optimizer.Sgd(1), Epochs = 40, BatchSize = 4, RowsPerEpoch = 10, Seed = 9, Schedule = LearningRateSchedule.Exponential(0.5), Progress = new Collector(reports) }, default);
        Assert.Equal([4, 4, 2, 4, 4, 2], model.Batches.Take(6).Select(batch => batch.Length));
        int[][] epochs = [.. model.Batches.SelectMany(batch => batch).Chunk(10)];
        Assert.Equal(40, epochs.Length);
        Assert.All(epochs, epoch => Assert.Equal(10, epoch.Distinct().Count()));

        // Each row is drawn by 4 of 40 epochs on average; that one is never drawn has a probability of 1.5 %.
        int[] drawn = [.. Enumerable.Range(0, 100).Select(row => epochs.Count(epoch => epoch.Contains(row)))];
        Assert.InRange(drawn.Count(times => times > 0), 94, 100);
        Assert.InRange(drawn.Max(), 5, 14);
        Assert.Equal([1, 0.5, 0.25], reports.Take(3).Select(report => report.LearningRate));

        var all = new Recorder();
        Trainer.Train(all, Numbered(7), new() { Optimizer = Optimizer.Sgd(1), Epochs = 1, BatchSize = 64, RowsPerEpoch = 20 }, default);
        Assert.Equal([7], all.Batches.Select(batch => batch.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer.Train(all, Numbered(3), new() { Optimizer = Optimizer.Sgd(1), RowsPerEpoch = 0 }, default));
    }

    [Fact]
    public void The_loss_of_an_epoch_weighs_rows_and_not_batches()
    {
        // The recorder's loss is its batch's row count: (5·5 + 5·5 + 2·2) / 12.
        var reports = new List<EpochReport>();
        TrainingHistory history = Trainer.Train(
            new Recorder(), Numbered(12), new() { Optimizer = Optimizer.Sgd(0.1), Epochs = 2, BatchSize = 5, Validation = Numbered(300), Progress = new Collector(reports) }, default);
        Assert.Equal(TrainingEnd.Finished, history.End);
        Assert.Equal(history.Epochs, reports);
        Assert.Equal([1, 2], reports.Select(report => report.Epoch));
        Assert.All(reports, report =>
        {
            Assert.Equal(2, report.Epochs);
            Assert.Equal(54 / 12.0, report.Loss, 1e-12);
            Assert.Equal(300, report.Validation!.Rows);
            Assert.Equal(1, report.Validation.Accuracy);
        });
        Assert.True(reports[0].Elapsed <= reports[1].Elapsed);
    }

    [Fact]
    public void Evaluation_reads_all_rows_in_order()
    {
        var model = new Recorder();
        Evaluation evaluation = Trainer.Evaluate(model, Numbered(600), threads: 1);
        Assert.Equal(600, evaluation.Rows);
        Assert.Equal(Enumerable.Range(0, 600), model.Evaluated);
        Assert.Equal(599 / 2.0, evaluation.Loss);
        Assert.Equal(200, evaluation.Confusion![1, 1]);
    }

    [Fact]
    public void Cancelling_ends_between_two_steps_and_gives_the_finished_epochs()
    {
        using var cancel = new CancellationTokenSource();
        var model = new Recorder { AfterStep = steps => { if (steps == 8) cancel.Cancel(); } };
        TrainingHistory history = Trainer.Train(
            model, Numbered(20), new() { Optimizer = Optimizer.Sgd(0.1), BatchSize = 4 }, cancel.Token);
        Assert.Equal(TrainingEnd.Canceled, history.End);
        Assert.Single(history.Epochs);
        Assert.Equal(8, model.Batches.Count);

        using var before = new CancellationTokenSource();
        before.Cancel();
        Assert.Empty(Trainer.Train(model, Numbered(20), new() { Optimizer = Optimizer.Sgd(0.1) }, before.Token).Epochs);
        Assert.Equal(8, model.Batches.Count);
    }

    [Fact]
    public void Options_and_data_that_make_no_sense_are_refused()
    {
        Optimizer sgd = Optimizer.Sgd(0.1);
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer.Train(new Recorder(), Numbered(3), new() { Optimizer = sgd, Epochs = 0 }, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer.Train(new Recorder(), Numbered(3), new() { Optimizer = sgd, BatchSize = 0 }, default));
        Dataset none = Numbered(3).Subset();
        Assert.Equal("The training dataset has no rows.", Assert.Throws<BatchShapeException>(() => Trainer.Train(new Recorder(), none, new() { Optimizer = sgd }, default)).Message);
        Assert.Equal("The validation dataset has no rows.", Assert.Throws<BatchShapeException>(() => Trainer.Train(new Recorder(), Numbered(3), new() { Optimizer = sgd, Validation = none }, default)).Message);
        Assert.Equal("The evaluation dataset has no rows.", Assert.Throws<BatchShapeException>(() => Trainer.Evaluate(new Recorder(), none, threads: 1)).Message);
    }

    [Fact]
    public void A_line_of_progress_is_readable_and_aligned()
    {
        var builder = new EvaluationBuilder();
        builder.Add(0.1419 * 360, 360, 360);
        builder.AddClassification((float[])[1, 0], [0], 2);
        using var writer = new StringWriter { NewLine = "\n" };
        var progress = new ConsoleProgress(writer);
        progress.Report(new EpochReport(3, 10, 0.123449, builder.Build(), TimeSpan.FromSeconds(2.44), 0.1));
        progress.Report(new EpochReport(10, 10, 1.5, null, TimeSpan.FromMinutes(2), 0.1));
        Assert.Equal(
            "epoch  3/10  loss 0.1234  validation loss 0.1419, accuracy 100.00 % (360 rows)  2.4 s\n"
            + "epoch 10/10  loss 1.5000  120.0 s\n",
            writer.ToString());
    }

    private static Dataset Numbered(int rows) => Dataset.FromArrays(
        ("x", (float[])[.. Enumerable.Range(0, rows).Select(i => (float)i)], 1), ("label", (int[])[.. Enumerable.Range(0, rows).Select(i => i % 3)], 1));

    /// <summary>Told at once, unlike <see cref="Progress{T}"/>, which posts.</summary>
    private sealed class Collector(List<EpochReport> reports) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => reports.Add(value);
    }

    /// <summary>A model that notes the rows it was given. Its training loss is the row count, its evaluation loss the row's number, its classes are right.</summary>
    private sealed class Recorder : ITrainable
    {
        private readonly ModelCore<float> core = Create<float>(Linear());

        public List<int[]> Batches { get; } = [];

        public List<int> Evaluated { get; } = [];

        public Action<int>? AfterStep { get; init; }

        public BatchDefinition BatchDefinition { get; } = new([new("x", FieldKind.Float, 1, 0), new("label", FieldKind.Int, 1, 3)], Float64: false);

        public ParameterSet Parameters => core.Parameters;

        public IRandomState Random => core;

        public double Step(Batch batch, double divisor, int parts, Team? team, StepUpdate update)
        {
            Assert.Equal(batch.Rows, divisor);
            using StepScope<float> step = core.BeginStep(batch.Rows);
            step.Gradients.Clear();
            update.Run(Parameters, team);
            step.Commit();
            Batches.Add(RowsOf(batch));
            AfterStep?.Invoke(Batches.Count);
            return batch.Rows * divisor;
        }

        public void Evaluate(Batch batch, EvaluationBuilder evaluation, Team? team)
        {
            int[] rows = RowsOf(batch);
            Evaluated.AddRange(rows);
            evaluation.Add(rows.Sum(), rows.Length, rows.Length);
            var outputs = new float[rows.Length * 3];
            for (int i = 0; i < rows.Length; i++)
                outputs[3 * i + batch.Ints("label")[i]] = 1;
            evaluation.AddClassification(outputs, batch.Ints("label"), 3);
        }

        private static int[] RowsOf(Batch batch) => [.. batch.Floats("x").ToArray().Select(x => (int)x)];
    }
}
