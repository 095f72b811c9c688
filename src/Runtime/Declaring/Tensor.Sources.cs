namespace DlGen;

public sealed partial class Tensor
{
    /// <summary>Two tensors side by side along an axis; the other extents are equal; <c>torch.cat</c>.</summary>
    /// <param name="first">What comes first.</param><param name="second">What follows.</param><param name="axis">The axis; the first unless stated.</param>
    public static Tensor Concat(Tensor first, Tensor second, int axis = 0) => Symbolic;

    /// <summary>Tensors side by side along an axis; the other extents are equal; <c>torch.cat</c>.</summary>
    /// <param name="parts">The parts, in order.</param><param name="axis">The axis; the first unless stated.</param>
    public static Tensor Concat(ReadOnlySpan<Tensor> parts, int axis = 0) => Symbolic;

    /// <summary>Tensors of one shape along a new axis; <c>torch.stack</c>.</summary>
    /// <param name="parts">The parts, in order.</param><param name="axis">The place of the new axis; the first unless stated.</param>
    public static Tensor Stack(ReadOnlySpan<Tensor> parts, int axis = 0) => Symbolic;

    /// <summary>The second operand where the condition is not 0, else the third, elementwise; <c>torch.where</c>.</summary>
    /// <param name="condition">A comparison, or any tensor.</param><param name="whenTrue">Taken where it is not 0.</param><param name="whenFalse">Taken where it is 0.</param>
    public static Tensor Where(Tensor condition, Tensor whenTrue, Tensor whenFalse) => Symbolic;

    /// <summary>Zeros; <c>torch.zeros</c>.</summary><param name="shape">The extents of one row.</param>
    public static Tensor Zeros(params int[] shape) => Symbolic;

    /// <summary>Ones; <c>torch.ones</c>.</summary><param name="shape">The extents of one row.</param>
    public static Tensor Ones(params int[] shape) => Symbolic;

    /// <summary>A parameter that belongs to no layer, the same for every row; <c>nn.Parameter</c>.</summary>
    /// <param name="shape">Its extents.</param><param name="init">How it starts; zeros unless stated.</param><param name="name">Its name in place of one from the call path.</param>
    public static Tensor Parameter(ReadOnlySpan<int> shape, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>A vector of constants, the same for every row; <c>torch.tensor</c>.</summary><param name="values">Its elements.</param>
    public static Tensor Constant(params double[] values) => Symbolic;

    /// <summary>New standard normal numbers for every row and step, equal for equal seeds; <c>torch.randn</c>.</summary><param name="shape">The extents of one row.</param>
    public static Tensor RandomNormal(params int[] shape) => Symbolic;

    /// <summary>New uniform numbers from 0 up to but not including 1 for every row and step, equal for equal seeds; <c>torch.rand</c>.</summary><param name="shape">The extents of one row.</param>
    public static Tensor RandomUniform(params int[] shape) => Symbolic;
}
