using System.ComponentModel;

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
        options.Check();
        CheckNotEmpty(data, "training");
        if (options.Validation is not null)
            CheckNotEmpty(options.Validation, "validation");
        using Team? team = Team.Rent(options.Threads, forLoop: true);
        return new TrainingRun(model, data, options, team).Run(cancellationToken);
    }

    /// <summary>Evaluates all rows in their order.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The rows.</param>
    /// <param name="threads">The threads that share them.</param>
    /// <exception cref="BatchShapeException">The dataset is empty, or its fields do not fit the model.</exception>
    public static Evaluation Evaluate(ITrainable model, Dataset data, int threads)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckNotEmpty(data, "evaluation");
        using Team? team = Team.Rent(threads, forLoop: true);
        return Evaluate(model, data, team);
    }

    /// <summary>The same with threads that the caller has.</summary>
    internal static Evaluation Evaluate(ITrainable model, Dataset data, Team? team)
    {
        var evaluation = new EvaluationBuilder();
        int[] rows = Shuffling.Identity(data.Count);
        var batch = new Batch(model.BatchDefinition, Math.Min(EvaluationRows, rows.Length));
        for (int from = 0; from < rows.Length; from += batch.Capacity)
        {
            Read(data, rows, from, batch);
            model.Evaluate(batch, evaluation, team);
        }

        return evaluation.Build();
    }

    /// <summary>Fits the layers that scale inputs on all rows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The training data.</param>
    /// <exception cref="DlGenException">The data holds what is no number; nothing was changed.</exception>
    public static void FitScaling(ITrainable model, Dataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckNotEmpty(data, "training");
        Fit(model, data, model.ScalingLayers);
    }

    /// <summary>The same for those that no one has fitted.</summary>
    /// <returns>Those that were fitted.</returns>
    internal static ScalingLayer[] FitNewScaling(ITrainable model, Dataset data)
    {
        ScalingLayer[] layers = [.. model.ScalingLayers.Where(layer => layer.IsIdentity(model.Parameters))];
        Fit(model, data, layers);
        return layers;
    }

    private static void Fit(ITrainable model, Dataset data, ScalingLayer[] layers)
    {
        if (layers.Length == 0)
            return;
        ChannelStatistics[][] statistics = [.. layers.Select(layer => Enumerable.Range(0, layer.Channels).Select(_ => new ChannelStatistics()).ToArray())];
        int[] rows = Shuffling.Identity(data.Count);
        var batch = new Batch(model.BatchDefinition, Math.Min(EvaluationRows, rows.Length));
        for (int from = 0; from < rows.Length; from += batch.Capacity)
        {
            Read(data, rows, from, batch);
            for (int i = 0; i < layers.Length; i++)
                layers[i].Observe(statistics[i], batch, model.BatchDefinition.Float64, from);
        }

        for (int i = 0; i < layers.Length; i++)
            layers[i].Fit(model.Parameters, statistics[i]);
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
