using System.Diagnostics;

namespace DlGen.Compiled;

/// <summary>One call of Train: epochs of steps, and what stands around them.</summary>
internal sealed class TrainingRun
{
    private readonly ITrainable model;
    private readonly Dataset data;
    private readonly TrainingOptions options;
    private readonly int rowsPerEpoch;
    private readonly int batchSize;
    private readonly long stepsPerEpoch;
    private readonly double baseRate;
    private readonly bool setsRate;
    private readonly WeightCopy? average;
    private readonly TrainingFile? file;
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly Team? team;
    private readonly StepUpdate update;
    private readonly ImageChanger? changer;
    private WeightCopy? best;
    private BatchReader? reader;

    public TrainingRun(ITrainable model, Dataset data, TrainingOptions options, Team? team)
    {
        (this.model, this.data, this.options, this.team) = (model, data, options, team);
        update = new StepUpdate(options.Optimizer, options.ClipValue, options.ClipNorm);
        rowsPerEpoch = Math.Min(options.RowsPerEpoch ?? data.Count, data.Count);
        batchSize = Math.Min(options.BatchSize, rowsPerEpoch);
        stepsPerEpoch = (rowsPerEpoch + (long)batchSize - 1) / batchSize;
        baseRate = options.Optimizer.LearningRate;
        setsRate = options.Schedule is not null || options.ReduceOnPlateau is not null;
        average = options.WeightAverage is null ? null : WeightCopy.Of(model.Parameters, states: false);
        changer = options.Augmentation is null ? null : new ImageChanger(options.Augmentation, model.BatchDefinition, options.Seed);
        file = options.Checkpoint is null ? null : new TrainingFile(options.Checkpoint.Path, model, data, options);
    }

    private TrainingProgress Progress { get; set; } = new();

    /// <summary>Whether validation no longer improves, by the patience of today. A measure that is no number counts as no improvement.</summary>
    private bool HasStopped => options.EarlyStopping is { } stopping && Progress.Epoch - Progress.BestEpoch >= stopping.Patience;

    public TrainingHistory Run(CancellationToken cancellationToken)
    {
        model.Synchronize();
        if (file?.Load(average) is var (progress, restored))
            (Progress, best) = (progress, restored);

        ScalingLayer[] fitted = Progress.Step == 0 ? Trainer.FitNewScaling(model, data) : [];
        try
        {
            TrainingEnd end = RunEpochs(cancellationToken);
            model.Synchronize();
            if (options.EarlyStopping is { RestoreBest: true } && best is not null)
                best.Restore();
            else
                average?.Restore();
            return new TrainingHistory(Progress.Reports, end, options.EarlyStopping is null ? 0 : Progress.BestEpoch);
        }
        catch when (Progress.Step == 0)
        {
            // No step was made, so nothing is changed: not the scaling either.
            foreach (ScalingLayer layer in fitted)
                layer.Reset(model.Parameters);
            throw;
        }
        finally
        {
            reader?.Dispose();

            // Losses of steps behind their calls that nobody asked for any more are not the next call's.
            model.Finish();
            model.Synchronize();
            if (setsRate)
                options.Optimizer.LearningRate = baseRate;
        }
    }

    private TrainingEnd RunEpochs(CancellationToken cancellationToken)
    {
        while (Progress.Epoch < options.Epochs && !HasStopped)
        {
            // Every order is made from the identity: it depends on the seed and the epoch alone.
            int[] rows = Shuffling.Identity(data.Count);
            Shuffling.Shuffle(rows, options.Seed, stream: Progress.Epoch + 1);
            if (!RunEpoch(rows[..rowsPerEpoch], cancellationToken))
            {
                Save();
                return TrainingEnd.Canceled;
            }

            FinishEpoch();
        }

        return HasStopped ? TrainingEnd.StoppedEarly : TrainingEnd.Finished;
    }

    /// <summary>The steps from where the epoch stands; false when it was cancelled between two of them.</summary>
    private bool RunEpoch(int[] rows, CancellationToken cancellationToken)
    {
        int[] rest = rows[Progress.Row..];
        if (reader is null)
            reader = new BatchReader(data, model.BatchDefinition, rest, batchSize, options.Prefetch || changer is not null, changer, Progress.Epoch);
        else
            reader.Restart(rest, Progress.Epoch);
        while (Progress.Row < rows.Length)
        {
            if (cancellationToken.IsCancellationRequested)
                return false;
            Batch batch = reader.Next()!;
            try
            {
                Step(batch);
            }
            catch (DlGenException problem) when (problem.At is { } at && RowOf(batch, at) is int row)
            {
                throw problem.With($"{problem.Message} Rows are counted in a shuffled batch: it is row {rows[Progress.Row + row]} of the training data.");
            }

            Progress.Row += batch.Rows;
            if (options.Checkpoint?.EverySteps is int every && Progress.Step % every == 0)
                Save();
        }

        return true;
    }

    private void Step(Batch batch)
    {
        if (setsRate)
        {
            double factor = options.Schedule?.FactorAt(new SchedulePosition(Progress.Step, stepsPerEpoch * options.Epochs, stepsPerEpoch)) ?? 1;
            options.Optimizer.LearningRate = baseRate * factor * Progress.PlateauFactor;
        }

        double weight = Check.Weight(model.Weigh(batch));
        Progress.LossSum += model.Step(batch, weight, PartsOf(batch.Rows), team, update);

        // Only when the first one was good there was a step.
        if (Progress.Step == 0)
            Progress.LossSum += model.Finish();
        if (average is not null)
            UpdateAverage(average);
        Progress.Weight += weight;
        Progress.LearningRate = options.Optimizer.LearningRate;
        Progress.Step++;
    }

    /// <summary>As PyTorch's AveragedModel: it begins with the parameters after the first step.</summary>
    private void UpdateAverage(WeightCopy average)
    {
        model.Synchronize();
        if (Progress.Step == 0)
            average.Take();
        else
            average.Average(options.WeightAverage!.Value);
    }

    /// <summary>The row of the batch in which a value of a field stands.</summary>
    private static int? RowOf(Batch batch, (string Field, int Place) at)
    {
        foreach (BatchField field in batch.Fields)
        {
            if (field.Name == at.Field)
                return batch.LastPart + at.Place / field.PerRow;
        }

        return null;
    }

    /// <summary>As many parts as the largest size asks for, but none of a single row where statistics over the rows are taken.</summary>
    private int PartsOf(int rows)
    {
        int parts = (rows - 1) / (options.MicroBatchSize ?? rows) + 1;
        return model.NeedsTwoRows ? Math.Max(1, Math.Min(parts, rows / 2)) : parts;
    }

    private void FinishEpoch()
    {
        Progress.LossSum += model.Finish();
        double loss = Progress.LossSum / Progress.Weight;
        Evaluation? validation = options.Validation is null ? null : Validate(options.Validation);
        var report = new EpochReport(
            ++Progress.Epoch, options.Epochs, loss, validation, Progress.Before + Stopwatch.GetElapsedTime(start), Progress.LearningRate);
        Progress.Reports.Add(report);
        (Progress.Row, Progress.LossSum, Progress.Weight) = (0, 0, 0);
        if (options.ReduceOnPlateau is not null)
            Progress.Observe(options.ReduceOnPlateau, validation?.Loss ?? loss);
        Save();
        options.Progress?.Report(report);
    }

    /// <summary>Evaluates the parameters that the training would end with, and keeps them if they are the best so far.</summary>
    private Evaluation Validate(Dataset validation)
    {
        model.Synchronize();
        average?.Exchange();
        try
        {
            Evaluation evaluation = Trainer.Evaluate(model, validation, team);
            if (options.EarlyStopping is { } stopping && stopping.Monitor(evaluation) is double measure
                && measure < Progress.Best - stopping.MinimalImprovement)
            {
                (Progress.Best, Progress.BestEpoch) = (measure, Progress.Epoch + 1);
                if (stopping.RestoreBest && best is null)
                    best = WeightCopy.Of(model.Parameters, states: true);
                else
                    best?.Take();
            }

            return evaluation;
        }
        finally
        {
            average?.Exchange();
        }
    }

    private void Save()
    {
        if (file is null)
            return;
        Progress.LossSum += model.Finish();
        model.Synchronize();
        file.Save(Progress, Progress.Before + Stopwatch.GetElapsedTime(start), average, best);
    }
}
