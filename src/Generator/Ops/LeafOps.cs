using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// Values of the user's: an input of Forward or a target of the loss, one row per example. Labels, and ids of a vocabulary, are ints in 0..Classes-1;
/// <paramref name="Ignored"/> is a further one that a label may have, which tells the loss to leave it out. With
/// <paramref name="IsBytes"/> they lie in memory as bytes, and are 0 to 255 here; what these stand for is a Map of them. <paramref name="AreLengths"/>:
/// the ids are lengths of sequences of up to Classes - 1 steps.
/// </summary>
internal sealed record InputOp(string Variable, Shape Extents, bool IsTarget, int Classes, int? Ignored = null, bool IsBytes = false, bool AreLengths = false) : Op
{
    /// <summary>A pass's output, read where its loss is differentiated by it; of several, followed by the output's name.</summary>
    public const string PassOutput = "passOutput";

    /// <summary>The gradient by a pass's output, given by its user; of several, followed by the output's name.</summary>
    public const string OutputGradient = "outputGradient";

    /// <summary>The number of the step in the program of one step: an id, named as no input of the user's can be.</summary>
    public const string Position = "position#";

    public bool IsLabel => Classes > 0;

    /// <summary>Whether a pass gives the gradient by it: by numbers, not by ids or bytes.</summary>
    public bool IsDifferentiable => !IsTarget && !IsLabel && !IsBytes;

    public bool IsPassOutput => IsTarget && Variable.StartsWith(PassOutput, StringComparison.Ordinal);

    public bool IsOutputGradient => IsTarget && Variable.StartsWith(OutputGradient, StringComparison.Ordinal);

    /// <summary>An output of a pass, or the gradient by it (<paramref name="kind"/>), as an input of the programs that begin there.</summary>
    public static InputOp AtOutput(string kind, string output, Shape shape) => new(kind + output, shape, IsTarget: true, Classes: 0);

    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands) => (Extents, true);
}

/// <summary>How a parameter starts: U(-Scale, Scale), N(0, Scale²), Scale everywhere, or Scale times a matrix with orthogonal rows or columns.</summary>
internal enum InitializerKind { Zeros, Ones, Constant, Uniform, Normal, Orthogonal }

internal readonly record struct Initialization(InitializerKind Kind, double Scale);

/// <summary>A trained tensor, named by its path as in a PyTorch checkpoint.</summary>
internal sealed record ParameterOp(string Path, Shape Extents, Initialization Initialization, bool Frozen) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands) => (Extents, false);
}

/// <summary>
/// A running statistic: kept beside the parameters and in files, written by training steps (output role State), never trained.
/// </summary>
internal sealed record StateOp(string Path, Shape Extents, Initialization Initialization) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands) => (Extents, false);
}

/// <summary>Numbers written in the model.</summary>
internal sealed record ConstantOp(EquatableArray<double> Values, Shape Extents) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands) => (Extents, false);
}

internal enum RandomKind { Uniform, Normal }

/// <summary>
/// Random numbers per row, drawn anew each step: U[0, 1) or N(0, 1). The stream numbers the random ops of a model: it is half of Philox's key.
/// </summary>
internal sealed record RandomOp(RandomKind Kind, int Stream, Shape Extents) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands) => (Extents, true);
}

/// <summary>The gradient by each row's loss: one over the number of rows, or over the sum of their weights, known when the step runs.</summary>
internal sealed record LossScaleOp : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands) => (Shape.Scalar, false);
}
