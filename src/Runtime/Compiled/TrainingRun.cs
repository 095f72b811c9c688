using System.Diagnostics;

namespace DlGen.Compiled;

/// <summary>One call of Train: epochs of steps, and what stands around them.</summary>
internal sealed class TrainingRun
{
    private readonly ITrainable model;
    private readonly Dataset data;
    private readonly TrainingOptions options;
    private readonly int batchSize;
    private readonly long stepsPerEpoch;
    private readonly double baseRate;
    private readonly bool setsRate;
    private readonly WeightCopy? average;
    private readonly TrainingFile? file;
    private readonly long start = Stopwatch.GetTimestamp();
    private WeightCopy? best;
    private BatchReader? reader;

    public TrainingRun(ITrainable model, Dataset data, TrainingOptions options)
    {
        (this.model, this.data, this.options) = (model, data, options);
        batchSize = Math.Min(options.BatchSize, data.Count);
        stepsPerEpoch = (data.Count + (long)batchSize - 1) / batchSize;
        baseRate = options.Optimizer.LearningRate;
        setsRate = options.Schedule is not null || options.ReduceOnPlateau is not null;
        average = options.WeightAverage is null ? null : WeightCopy.Of(model.Parameters, states: false);
        file = options.Checkpoint is null ? null : new TrainingFile(options.Checkpoint.Path, model, data, options);
    }

    private TrainingProgress Progress { get; set; } = new();

    public TrainingHistory Run(CancellationToken cancellationToken)
    {
        if (file?.Load(average) is var (progress, restored))
            (Progress, best) = (progress, restored);
        else
            Trainer.FitNewScaling(model, data);
        try
        {
            TrainingEnd end = RunEpochs(cancellationToken);
            if (options.EarlyStopping is { RestoreBest: true } && best is not null)
                best.Restore();
            else
                average?.Restore();
            return new TrainingHistory(Progress.Reports, end, Progress.BestEpoch);
        }
        finally
        {
            reader?.Dispose();
            if (setsRate)
                options.Optimizer.LearningRate = baseRate;
        }
    }

    private TrainingEnd RunEpochs(CancellationToken cancellationToken)
    {
        while (Progress.Epoch < options.Epochs && !Progress.HasStopped)
        {
            // Every order is made from the identity: it depends on the seed and the epoch alone.
            int[] rows = Shuffling.Identity(data.Count);
            Shuffling.Shuffle(rows, options.Seed, stream: Progress.Epoch + 1);
            if (!RunEpoch(rows, cancellationToken))
            {
                Save();
                return TrainingEnd.Canceled;
            }

            FinishEpoch();
        }

        return Progress.HasStopped ? TrainingEnd.StoppedEarly : TrainingEnd.Finished;
    }

    /// <summary>The steps from where the epoch stands; false when it was cancelled between two of them.</summary>
    private bool RunEpoch(int[] rows, CancellationToken cancellationToken)
    {
        int[] rest = rows[Progress.Row..];
        if (reader is null)
            reader = new BatchReader(data, model.BatchDefinition, rest, batchSize, options.Prefetch);
        else
            reader.Restart(rest);
        while (Progress.Row < rows.Length)
        {
            if (cancellationToken.IsCancellationRequested)
                return false;
            Batch batch = reader.Next()!;
            Step(batch);
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

        double weight = Check.Weight(model.Weigh(batch)), loss = ComputeGradients(batch, weight);
        if (options.ClipValue is double largest)
            model.Parameters.ClipGradientValues(largest);
        if (options.ClipNorm is double norm)
            model.Parameters.ClipGradients(norm);
        options.Optimizer.Step(model.Parameters);

        // As PyTorch's AveragedModel: it begins with the parameters after the first step.
        if (Progress.Step == 0)
            average?.Take();
        else
            average?.Average(options.WeightAverage!.Value);
        Progress.LossSum += loss * weight;
        Progress.Weight += weight;
        Progress.Step++;
    }

    /// <summary>The gradients of the batch, at once or in parts of nearly equal size: a last part of one row would have no statistics.</summary>
    private double ComputeGradients(Batch batch, double weight)
    {
        int rows = batch.Rows, parts = (rows - 1) / (options.MicroBatchSize ?? rows) + 1;
        if (parts == 1)
            return model.ComputeGradients(batch, weight);
        double loss = 0;
        for (int part = 0, first = 0; part < parts; part++)
        {
            int end = (int)((long)rows * (part + 1) / parts);
            batch.Show(first, end - first);
            loss += model.ComputeGradients(batch, weight, accumulate: part > 0);
            first = end;
        }

        batch.Show(0, rows);
        return loss;
    }

    private void FinishEpoch()
    {
        double loss = Progress.LossSum / Progress.Weight;
        Evaluation? validation = options.Validation is null ? null : Validate(options.Validation);
        var report = new EpochReport(
            ++Progress.Epoch, options.Epochs, loss, validation, Progress.Before + Stopwatch.GetElapsedTime(start), options.Optimizer.LearningRate);
        Progress.Reports.Add(report);
        (Progress.Row, Progress.LossSum, Progress.Weight) = (0, 0, 0);
        if (options.ReduceOnPlateau is not null)
            Progress.Observe(options.ReduceOnPlateau, validation?.Loss ?? loss);
        if (options.EarlyStopping is not null)
            Progress.HasStopped = Progress.Epoch - Progress.BestEpoch >= options.EarlyStopping.Patience && Progress.BestEpoch > 0;
        Save();
        options.Progress?.Report(report);
    }

    /// <summary>Evaluates the parameters that the training would end with, and keeps them if they are the best so far.</summary>
    private Evaluation Validate(Dataset validation)
    {
        average?.Exchange();
        try
        {
            Evaluation evaluation = Trainer.Evaluate(model, validation);
            if (options.EarlyStopping is { } stopping && stopping.Monitor(evaluation) is double measure
                && (measure < Progress.Best - stopping.MinimalImprovement || Progress.BestEpoch == 0))
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

    private void Save() => file?.Save(Progress, Progress.Before + Stopwatch.GetElapsedTime(start), average, best);
}
