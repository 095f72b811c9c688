namespace DlGen;

public sealed partial class Tensor
{
    /// <summary>eˣ, elementwise; <c>torch.exp</c>.</summary>
    public Tensor Exp() => Symbolic;

    /// <summary>The natural logarithm, elementwise; <c>torch.log</c>.</summary>
    public Tensor Log() => Symbolic;

    /// <summary>eˣ - 1 without loss of digits near 0, elementwise; <c>torch.expm1</c>.</summary>
    public Tensor Expm1() => Symbolic;

    /// <summary>log(1 + x) without loss of digits near 0, elementwise; <c>torch.log1p</c>.</summary>
    public Tensor Log1p() => Symbolic;

    /// <summary>The error function, elementwise; <c>torch.erf</c>.</summary>
    public Tensor Erf() => Symbolic;

    /// <summary>The square root, elementwise; <c>torch.sqrt</c>.</summary>
    public Tensor Sqrt() => Symbolic;

    /// <summary>|x|, elementwise, gradient 0 at 0; <c>torch.abs</c>.</summary>
    public Tensor Abs() => Symbolic;

    /// <summary>The sine, elementwise; <c>torch.sin</c>.</summary>
    public Tensor Sin() => Symbolic;

    /// <summary>The cosine, elementwise; <c>torch.cos</c>.</summary>
    public Tensor Cos() => Symbolic;

    /// <summary>xᵉ with a constant exponent, elementwise; <c>torch.pow</c>.</summary><param name="exponent">The exponent, a constant.</param>
    public Tensor Pow(double exponent) => Symbolic;

    /// <summary>x between two constants, gradient 0 outside; <c>torch.clamp</c>.</summary><param name="low">The least value.</param><param name="high">The greatest.</param>
    public Tensor Clamp(double low, double high) => Symbolic;

    /// <summary>The greater of two, elementwise; <c>torch.maximum</c>.</summary><param name="other">The other operand.</param>
    public Tensor Maximum(Tensor other) => Symbolic;

    /// <summary>The lesser of two, elementwise; <c>torch.minimum</c>.</summary><param name="other">The other operand.</param>
    public Tensor Minimum(Tensor other) => Symbolic;

    /// <summary>The sum over a row: no axes remain; <c>torch.sum</c>.</summary>
    public Tensor Sum() => Symbolic;

    /// <summary>The sum along an axis, which goes unless kept; <c>torch.sum</c>.</summary><param name="axis">The axis.</param>
    /// <param name="keep">Whether the axis stays with extent 1, as keepdim, so that the result broadcasts against this tensor.</param>
    public Tensor Sum(int axis, bool keep = false) => Symbolic;

    /// <summary>The mean over a row: no axes remain; <c>torch.mean</c>.</summary>
    public Tensor Mean() => Symbolic;

    /// <summary>The mean along an axis, which goes unless kept; <c>torch.mean</c>.</summary><param name="axis">The axis.</param>
    /// <param name="keep">Whether the axis stays with extent 1, as keepdim, so that the result broadcasts against this tensor.</param>
    public Tensor Mean(int axis, bool keep = false) => Symbolic;

    /// <summary>The greatest value of a row: no axes remain; <c>torch.amax</c>.</summary>
    public Tensor Max() => Symbolic;

    /// <summary>The greatest value along an axis, which goes unless kept; <c>torch.amax</c>.</summary><param name="axis">The axis.</param>
    /// <param name="keep">Whether the axis stays with extent 1, as keepdim, so that the result broadcasts against this tensor.</param>
    public Tensor Max(int axis, bool keep = false) => Symbolic;

    /// <summary>The least value of a row: no axes remain; <c>torch.amin</c>.</summary>
    public Tensor Min() => Symbolic;

    /// <summary>The least value along an axis, which goes unless kept; <c>torch.amin</c>.</summary><param name="axis">The axis.</param>
    /// <param name="keep">Whether the axis stays with extent 1, as keepdim, so that the result broadcasts against this tensor.</param>
    public Tensor Min(int axis, bool keep = false) => Symbolic;

    /// <summary>The place of the greatest value of a row, counted from 0 in row-major order, as a number; of equal ones the first; no gradient; <c>torch.argmax</c>.</summary>
    public Tensor ArgMax() => Symbolic;

    /// <summary>The place of the greatest value along an axis, which goes unless kept, as a number; of equal ones the first; no gradient; <c>torch.argmax</c>.</summary><param name="axis">The axis.</param>
    /// <param name="keep">Whether the axis stays with extent 1, as keepdim, so that the result broadcasts against this tensor.</param>
    public Tensor ArgMax(int axis, bool keep = false) => Symbolic;

    /// <summary>The variance of a row, divided by n as the norm layers do; <c>torch.var(correction=0)</c>. No axes remain.</summary>
    public Tensor Variance() => Symbolic;

    /// <summary>The variance along an axis, divided by n as the norm layers do; <c>torch.var(correction=0)</c>. The axis goes unless kept.</summary><param name="axis">The axis.</param>
    /// <param name="keep">Whether the axis stays with extent 1, as keepdim, so that the result broadcasts against this tensor.</param>
    public Tensor Variance(int axis, bool keep = false) => Symbolic;

    /// <summary>√Σx² of a row: no axes remain; <c>torch.linalg.vector_norm</c>.</summary>
    public Tensor Norm() => Symbolic;

    /// <summary>√Σx² along an axis, which goes unless kept; <c>torch.linalg.vector_norm</c>.</summary><param name="axis">The axis.</param>
    /// <param name="keep">Whether the axis stays with extent 1, as keepdim, so that the result broadcasts against this tensor.</param>
    public Tensor Norm(int axis, bool keep = false) => Symbolic;

    /// <summary>1 at the label's position along a new last axis, else 0, (…) → (…, classes); no gradient; <c>torch.nn.functional.one_hot</c>.</summary>
    /// <param name="classes">The extent of the new axis.</param>
    public Tensor OneHot(int classes) => Symbolic;

    /// <summary>Equal parts along an axis: <c>var (q, k, v) = x.Split(3, axis: -1);</c> NumPy's <c>split</c>, <c>torch.chunk</c>.</summary>
    /// <param name="parts">How many; they divide the axis.</param><param name="axis">The axis; the first unless stated.</param>
    public TensorList Split(int parts, int axis = 0) => throw new SymbolicOnlyException();

    /// <summary>Parts of these extents along an axis; <c>torch.split</c>.</summary>
    /// <param name="sizes">Their extents, which add up to the axis'.</param><param name="axis">The axis; the first unless stated.</param>
    public TensorList Split(ReadOnlySpan<int> sizes, int axis = 0) => throw new SymbolicOnlyException();

    /// <summary>Axes in another order; without arguments the last two swap. <c>permute</c>, <c>mT</c>.</summary><param name="axes">For each axis of the result, the axis it comes from.</param>
    public Tensor Transpose(params int[] axes) => Symbolic;

    /// <summary>The matrix product over the last axis of this and the last but one of the other, (…, m, k)·(…, k, n) → (…, m, n); <c>torch.matmul</c>.</summary><param name="other">The right factor.</param>
    public Tensor MatMul(Tensor other) => Symbolic;

    /// <summary>The same value through which no gradient flows; <c>detach</c>.</summary>
    public Tensor StopGradient() => Symbolic;
}
