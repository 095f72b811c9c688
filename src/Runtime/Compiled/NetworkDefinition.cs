using System.ComponentModel;
using System.Numerics;

namespace DlGen.Compiled;

/// <summary>The distributions a parameter can start from; Xavier and Kaiming are these with a scale that the generator computes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum InitializerKind
{
    /// <summary>All zeros.</summary>
    Zeros,

    /// <summary>All ones.</summary>
    Ones,

    /// <summary>The scale everywhere.</summary>
    Constant,

    /// <summary>Uniform between -scale and scale.</summary>
    Uniform,

    /// <summary>Normal around 0 with the scale as standard deviation.</summary>
    Normal,

    /// <summary>The scale times a matrix with orthonormal rows or columns; axes behind the first count as one.</summary>
    Orthogonal,
}

/// <summary>How a parameter starts.</summary>
/// <param name="Kind">The distribution.</param>
/// <param name="Scale">Constant: the value. Uniform: U(-Scale, Scale). Normal: N(0, Scale²). Orthogonal: the factor.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct Initialization(InitializerKind Kind, double Scale);

/// <summary>One parameter and its home layout. With <paramref name="PanelWidth"/> 0 it is row-major. Otherwise its rank is 2 and <paramref name="PanelAxis"/>
/// is cut into panels of w = PanelWidth: element (a on PanelAxis, b on the other axis of extent B) lies at (a / w)·B·w + b·w + a % w, and PanelAxis is
/// padded to a multiple of w. Padding is always zero, in values, gradients and moments.</summary>
/// <param name="Name">The name in files, as PyTorch has it.</param>
/// <param name="Shape">The logical extents.</param>
/// <param name="Offset">Where it starts, in elements.</param>
/// <param name="PanelAxis">The axis that is cut, 0 or 1; without meaning when PanelWidth is 0.</param>
/// <param name="PanelWidth">Elements of one panel, or 0.</param>
/// <param name="Initialization">How it starts.</param>
/// <param name="Frozen">Whether no gradient is computed for it.</param>
/// <param name="IsState">Whether it is a running statistic: written by training steps, passed by by optimizers.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ParameterDefinition(
    string Name, int[] Shape, int Offset, int PanelAxis, int PanelWidth, Initialization Initialization, bool Frozen, bool IsState = false);

/// <summary>Where a program leaves what a running statistic becomes.</summary>
/// <param name="ParameterOffset">Where the statistic lies among the parameters.</param>
/// <param name="ArenaOffset">Where its new value lies in the program's arena.</param>
/// <param name="Length">Its elements.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct StateUpdate(int ParameterOffset, int ArenaOffset, int Length);

/// <summary>Computes what is derived from the parameters: transposed weights, folded scales.</summary>
/// <param name="parameters">All parameters in home layout.</param>
/// <param name="derived">All derived values; holds older ones, every element is written.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void PrepareDerived<T>(ReadOnlySpan<T> parameters, Span<T> derived);

/// <summary>What the runtime must know of a compiled network. Lengths are in elements of T.
/// The arena of a training step has StepSharedLength + ceil(rows / ShardRows)·StepShardLength + threads·StepScratchLength.</summary>
/// <param name="Info">The layer table.</param>
/// <param name="Parameters">All parameters.</param>
/// <param name="ParameterLength">The length of all home layouts together, padding included.</param>
/// <param name="DerivedLength">The length of the derived values, 0 if there are none.</param>
/// <param name="Prepare">Computes them; null if there are none.</param>
/// <param name="ShardRows">The rows of a shard.</param>
/// <param name="PredictArenaLength">The arena of one Predict, for each of its threads.</param>
/// <param name="StepSharedLength">The part of a step's arena that all shards share.</param>
/// <param name="StepShardLength">The part of each shard.</param>
/// <param name="StepScratchLength">The part for short-lived values, for each thread.</param>
/// <param name="States">The running statistics that a step updates.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record NetworkDefinition<T>(
    ModelInfo Info,
    ParameterDefinition[] Parameters,
    int ParameterLength,
    int DerivedLength,
    PrepareDerived<T>? Prepare,
    int ShardRows,
    int PredictArenaLength,
    int StepSharedLength,
    int StepShardLength,
    int StepScratchLength,
    StateUpdate[]? States = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
