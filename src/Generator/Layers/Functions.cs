using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>
/// Functions of tensors that are more than one op: the catalogue's layers are written in them, and Tensor's methods of the same name are them, so
/// a layer written by hand in Forward gives the catalogue's nodes.
/// </summary>
internal static class Functions
{
    /// <summary>1 where x &gt; y, else 0.</summary>
    public static Value Greater(this Value x, double y) => x.Graph.Scalar(y).Map(ScalarOp.Less, x);

    /// <summary>x between two constants; the gradient is 1 inside and on the bounds, as torch.clamp's.</summary>
    public static Value Clamp(this Value x, double low, double high) => x.Graph.Map(b =>
    {
        int value = b.Operand(0);
        return b.Select(b.Less(value, b.Constant(low)), b.Constant(low), b.Select(b.Less(b.Constant(high), value), b.Constant(high), value));
    }, x);

    /// <summary>Divided by n, as the norms do (torch.var with correction 0); the axes stay with extent 1.</summary>
    public static Value Variance(this Value x, params int[] axes)
    {
        var centred = x - x.Mean(axes);
        return (centred * centred).Mean(axes);
    }

    /// <summary>√Σx²; the axes stay with extent 1. The gradient at 0 is 0, as in PyTorch, where √'s own is infinite.</summary>
    public static Value Norm(this Value x, params int[] axes)
    {
        var square = (x * x).Sum(axes);
        var zero = square.Map(ScalarOp.LessOrEqual, 0);
        return x.Graph.Scalar(0).Where(zero, x.Graph.Scalar(1).Where(zero, square).Sqrt());
    }

    /// <summary>x minus its largest value along the axis, so that no exponential overflows. The shift cancels, so no gradient flows through it.</summary>
    public static Value Shifted(this Value x, int axis) => x - x.Max(axis).StopGradient();

    public static Value Softmax(this Value x, int axis)
    {
        var exponentials = x.Shifted(axis).Exp();
        return exponentials / exponentials.Sum(axis);
    }

    public static Value LogSoftmax(this Value x, int axis)
    {
        var shifted = x.Shifted(axis);
        return shifted - shifted.Exp().Sum(axis).Log();
    }

    /// <summary>1 where the position along a new axis is the number there, else 0: (time) → (time, classes) with the axis last. No gradient.</summary>
    public static Value OneHot(this Value x, int axis, int classes)
    {
        var single = new Shape(x.Shape.Extents.Take(axis).Append(1).Concat(x.Shape.Extents.Skip(axis)).ToEquatableArray());
        return x.Graph.Map(b => b.Equal(b.Index(axis), b.Operand(0)), [x.Reshape(single)], single.With(axis, classes), x.PerRow);
    }

    /// <summary>log(1 + eˣ) without overflow. Maximum, not Relu: its gradient at 0 is 1/2, and so is the whole's.</summary>
    public static Value Softplus(this Value x) => x.Map(ScalarOp.Maximum, 0) + (-x.Map(ScalarOp.Abs)).Exp().Map(ScalarOp.Log1p);

    /// <summary>The axes of a value, all of them.</summary>
    public static int[] AllAxes(this Value x) => Enumerable.Range(0, x.Shape.Rank).ToArray();
}
