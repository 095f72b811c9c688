using System.ComponentModel;

namespace DlGen;

/// <summary>A value in the description of a network. <c>Forward</c> and <c>Loss</c> are written with it; the generator reads them, they never run.
/// Every member throws <see cref="SymbolicOnlyException"/>. Shapes are those of one row; axis 0 is the first after the batch, negative axes count
/// from the end; operands broadcast as in PyTorch.</summary>
public sealed partial class Tensor
{
    private Tensor() { }

    /// <summary>The extents of one row, constants while the generator reads.</summary>
    public Shape Shape => throw new SymbolicOnlyException();

    /// <summary>Whether the training program is being made: a constant of the graph, so the other branch costs nothing. PyTorch's <c>module.training</c>.</summary>
    public static bool Training => throw new SymbolicOnlyException();

    /// <summary>A part: an int or Index takes one position and drops the axis, a Range keeps it; axes not named are whole. PyTorch's basic indexing.</summary>
    /// <param name="at">One entry per axis from the first on.</param>
    public Tensor this[params Slice[] at] => Symbolic;

    /// <summary>A number as a tensor without axes; int and float follow.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Tensor(double value) => Symbolic;

    /// <summary>The elementwise sum.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator +(Tensor left, Tensor right) => Symbolic;

    /// <summary>The elementwise difference.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator -(Tensor left, Tensor right) => Symbolic;

    /// <summary>The elementwise product; <see cref="MatMul"/> is the matrix product.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator *(Tensor left, Tensor right) => Symbolic;

    /// <summary>The elementwise quotient.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator /(Tensor left, Tensor right) => Symbolic;

    /// <summary>The negative.</summary><param name="value">The operand.</param>
    public static Tensor operator -(Tensor value) => Symbolic;

    /// <summary>1 where less, else 0; no gradient.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator <(Tensor left, Tensor right) => Symbolic;

    /// <summary>1 where greater, else 0; no gradient.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator >(Tensor left, Tensor right) => Symbolic;

    /// <summary>1 where less or equal, else 0; no gradient.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator <=(Tensor left, Tensor right) => Symbolic;

    /// <summary>1 where greater or equal, else 0; no gradient.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator >=(Tensor left, Tensor right) => Symbolic;

    /// <summary>1 where equal, else 0; no gradient. Labels and ids too.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator ==(Tensor left, Tensor right) => Symbolic;

    /// <summary>1 where not equal, else 0; no gradient. Labels and ids too.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator !=(Tensor left, Tensor right) => Symbolic;

    /// <summary>1 where both are not 0, else 0; no gradient.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator &(Tensor left, Tensor right) => Symbolic;

    /// <summary>1 where one is not 0, else 0; no gradient.</summary><param name="left">One operand.</param><param name="right">The other.</param>
    public static Tensor operator |(Tensor left, Tensor right) => Symbolic;

    /// <summary>1 where 0, else 0; no gradient.</summary><param name="value">The operand.</param>
    public static Tensor operator !(Tensor value) => Symbolic;

    /// <summary>Not for use: tensors have no values to compare.</summary>
    /// <param name="other">Another object.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public override bool Equals(object? other) => throw new SymbolicOnlyException();

    /// <summary>Not for use: tensors have no values to hash.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public override int GetHashCode() => throw new SymbolicOnlyException();

    private static Tensor Symbolic => throw new SymbolicOnlyException();
}
