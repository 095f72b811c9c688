using System.ComponentModel;
using System.Diagnostics;

namespace DlGen.Compiled;

/// <summary>The training loop and the evaluation loop behind <c>Train</c> and <c>Evaluate</c> of a generated model.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Trainer
{
    /// <summary>Rows evaluated at once: enough to fill the kernels, few enough for the cache.</summary>
    private const int EvaluationRows = 256;

    /// <summary>Trains. Cancelling ends it between two steps and gives the history so far.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The rows.</param>
    /// <param name="options">How to go over them.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="BatchShapeException">A dataset is empty, or its fields do not fit the model.</exception>
    public static TrainingHistory Train(ITrainable model, Dataset data, TrainingOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Epochs, $"{nameof(options)}.{nameof(options.Epochs)}");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSize, $"{nameof(options)}.{nameof(options.BatchSize)}");
        ArgumentNullException.ThrowIfNull(options.Optimizer, $"{nameof(options)}.{nameof(options.Optimizer)}");
        CheckNotEmpty(data, "training");
        if (options.Validation is not null)
            CheckNotEmpty(options.Validation, "validation");

        long start = Stopwatch.GetTimestamp();
        var batch = new Batch(model.BatchDefinition, Math.Min(options.BatchSize, data.Count));
        var reports = new List<EpochReport>(options.Epochs);
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            // Every order is made from the identity: it depends on the seed and the epoch alone.
            int[] rows = Shuffling.Identity(data.Count);
            Shuffling.Shuffle(rows, options.Seed, stream: epoch);
            if (TrainEpoch(model, data, options.Optimizer, batch, rows, cancellationToken) is not double loss)
                return new TrainingHistory(reports, canceled: true);

            Evaluation? validation = options.Validation is null ? null : Evaluate(model, options.Validation);
            var report = new EpochReport(epoch, options.Epochs, loss, validation, Stopwatch.GetElapsedTime(start));
            reports.Add(report);
            options.Progress?.Report(report);
        }

        return new TrainingHistory(reports, canceled: false);
    }

    /// <summary>Evaluates all rows in their order.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The rows.</param>
    /// <exception cref="BatchShapeException">The dataset is empty, or its fields do not fit the model.</exception>
    public static Evaluation Evaluate(ITrainable model, Dataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckNotEmpty(data, "evaluation");
        var evaluation = new EvaluationBuilder();
        int[] rows = Shuffling.Identity(data.Count);
        var batch = new Batch(model.BatchDefinition, Math.Min(EvaluationRows, rows.Length));
        for (int from = 0; from < rows.Length; from += batch.Capacity)
        {
            Read(data, rows, from, batch);
            model.Evaluate(batch, evaluation);
        }

        return evaluation.Build();
    }

    /// <summary>One pass over the rows in the given order; the mean loss, or null when it was cancelled.</summary>
    private static double? TrainEpoch(
        ITrainable model, Dataset data, Optimizer optimizer, Batch batch, int[] rows, CancellationToken cancellationToken)
    {
        double lossSum = 0, weight = 0;
        for (int from = 0; from < rows.Length; from += batch.Capacity)
        {
            if (cancellationToken.IsCancellationRequested)
                return null;
            Read(data, rows, from, batch);
            double batchWeight = Check.Weight(model.Weigh(batch));
            lossSum += model.ComputeGradients(batch, batchWeight) * batchWeight;
            weight += batchWeight;
            optimizer.Step(model.Parameters);
        }

        return lossSum / weight;
    }

    private static void Read(Dataset data, int[] rows, int from, Batch batch)
    {
        batch.Rows = Math.Min(batch.Capacity, rows.Length - from);
        data.Read(rows.AsSpan(from, batch.Rows), batch);
    }

    private static void CheckNotEmpty(Dataset data, string which)
    {
        if (data.Count <= 0)
            throw new BatchShapeException($"The {which} dataset has no rows.");
    }
}
