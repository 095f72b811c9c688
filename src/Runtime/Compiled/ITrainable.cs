using System.ComponentModel;

namespace DlGen.Compiled;

/// <summary>What the training loop needs of a model; implemented by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ITrainable
{
    /// <summary>The fields of a batch: inputs and targets.</summary>
    BatchDefinition BatchDefinition { get; }

    /// <summary>The parameters.</summary>
    ParameterSet Parameters { get; }

    /// <summary>What its random numbers in training depend on.</summary>
    IRandomState Random { get; }

    /// <summary>The layers whose scaling is fitted on the training data.</summary>
    ScalingLayer[] ScalingLayers => [];

    /// <summary>How much a batch counts: its rows or, where the loss has weights, their sum.</summary>
    /// <param name="batch">A filled batch.</param>
    double Weigh(Batch batch) => batch.Rows;

    /// <summary>Whether the network takes statistics over the rows alone in training, so that a part of one row has none.</summary>
    bool NeedsTwoRows => false;

    /// <summary>A training step: the gradients of the sum of a batch's losses over <paramref name="divisor"/>, part by part, then the update. When anything in it throws, running statistics
    /// and the counter of random numbers are as they were. Gives the sum of the losses; steps may run behind their calls, then that of those which became known since the last call.</summary>
    /// <param name="batch">A filled batch.</param>
    /// <param name="divisor">How much the batch counts.</param>
    /// <param name="parts">In how many parts of nearly equal size it goes through the network.</param>
    /// <param name="team">The threads that share it, null for the caller alone.</param>
    /// <param name="update">Clips the gradients and updates the parameters.</param>
    double Step(Batch batch, double divisor, int parts, Team? team, StepUpdate update);

    /// <summary>Waits for all steps, and gives the sum of the losses that were not known yet.</summary>
    double Finish() => 0;

    /// <summary>Brings what lies elsewhere (parameters, running statistics, the optimizer's moments) to where <see cref="Parameters"/> and the optimizer show it. Before they are read or written.</summary>
    void Synchronize()
    {
    }

    /// <summary>Adds loss and outputs of a batch to an evaluation.</summary>
    /// <param name="batch">A filled batch.</param>
    /// <param name="evaluation">Where they are added.</param>
    /// <param name="team">The threads that share it, null for the caller alone.</param>
    void Evaluate(Batch batch, EvaluationBuilder evaluation, Team? team);
}

/// <summary>What the random numbers of training steps depend on.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IRandomState
{
    /// <summary>The seed of the model.</summary>
    long Seed { get; }

    /// <summary>The number of gradient computations so far.</summary>
    long Step { get; set; }
}

/// <summary>The number type of a field.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum FieldKind
{
    /// <summary>The model's floating-point type.</summary>
    Float,

    /// <summary>32-bit integers: labels and ids.</summary>
    Int,

    /// <summary>Bytes, each of which stands for a 255th of itself: images.</summary>
    Byte,
}

/// <summary>An input or target as it stands in a batch.</summary>
/// <param name="Name">Its name in the declaration.</param>
/// <param name="Kind">Its number type.</param>
/// <param name="PerRow">How many values make a row.</param>
/// <param name="Classes">The number of classes of a label or of ids in a vocabulary, else 0.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record BatchField(string Name, FieldKind Kind, int PerRow, int Classes)
{
    /// <summary>The extents of a row, null where nobody states them.</summary>
    public int[]? Shape { get; init; }

    /// <summary>Whether it is a target, not an input.</summary>
    public bool IsTarget { get; init; }
}

/// <summary>The fields of a batch.</summary>
/// <param name="Fields">Inputs and targets, in the order of the declaration.</param>
/// <param name="Float64">Whether float fields are <see cref="double"/>.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record BatchDefinition(BatchField[] Fields, bool Float64);
