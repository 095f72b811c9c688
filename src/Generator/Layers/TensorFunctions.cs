using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>
/// The methods of Tensor that are not layers: no parameters, no name, no attribute. By method name; the arguments have the names of the method's
/// parameters.
/// </summary>
internal static class TensorFunctions
{
    public static IReadOnlyDictionary<string, Func<FunctionCall, Value>> All { get; } = new Dictionary<string, Func<FunctionCall, Value>>(StringComparer.Ordinal)
    {
        ["Exp"] = call => call.X.Exp(),
        ["Expm1"] = call => call.X.Map(ScalarOp.Expm1),
        ["Log"] = call => call.X.Log(),
        ["Log1p"] = call => call.X.Map(ScalarOp.Log1p),
        ["Sqrt"] = call => call.X.Sqrt(),
        ["Abs"] = call => call.X.Map(ScalarOp.Abs),
        ["Sin"] = call => call.X.Map(ScalarOp.Sin),
        ["Cos"] = call => call.X.Map(ScalarOp.Cos),
        ["Erf"] = call => call.X.Map(ScalarOp.Erf),
        ["Pow"] = call => call.X.Pow(call.Number("exponent")),
        ["Clamp"] = call => call.X.Clamp(call.Number("low"), call.Number("high")),
        ["Maximum"] = call => Arithmetic.Apply(call.Graph, ScalarOp.Maximum, call.X, call.Operand("other")),
        ["Minimum"] = call => Arithmetic.Apply(call.Graph, ScalarOp.Minimum, call.X, call.Operand("other")),
        ["Where"] = call => call.Tensor("whenTrue").Where(call.Tensor("condition"), call.Tensor("whenFalse")),
        ["Sum"] = call => call.Reduce((x, axes) => x.Sum(axes)),
        ["Mean"] = call => call.Reduce((x, axes) => x.Mean(axes)),
        ["Max"] = call => call.Reduce((x, axes) => x.Max(axes)),
        ["Min"] = call => call.Reduce((x, axes) => x.Min(axes)),
        ["ArgMax"] = call => call.Reduce((x, axes) => x.ArgMax(axes)),
        ["Variance"] = call => call.Reduce((x, axes) => x.Variance(axes)),
        ["Norm"] = call => call.Reduce((x, axes) => x.Norm(axes)),
        ["OneHot"] = call => call.Int("classes") is > 0 and var classes ? call.XOrIds.OneHot(call.XOrIds.Shape.Rank, classes) : throw new LayerException("OneHot: classes must be at least 1"),
        ["MatMul"] = call => ContractOp.MatMul(call.X, call.Tensor("other")),
        ["Transpose"] = Transpose,
        ["Mask"] = call => call.XOrIds.Mask(),
        ["StopGradient"] = call => call.XOrIds.StopGradient(),
        ["Gather"] = call => call.X.Gather(call.TensorOrIds("ids"), "Gather"),
        ["Embedding"] = call => call.Tensor("table").Gather(call.XOrIds, "Embedding"),
        ["Concat"] = call => Concat(call.Graph, call.Operands(), call.Int("axis")),
        ["Stack"] = Stack,
        ["Zeros"] = call => call.Graph.Fill(0, call.Shape("shape")),
        ["Ones"] = call => call.Graph.Fill(1, call.Shape("shape")),
        ["Constant"] = Constant,
        ["Parameter"] = call => call.Network.FreeParameter(call.Shape("shape"), call.Init("init"), call.Text("name")),
        ["RandomNormal"] = call => call.Network.Random(RandomKind.Normal, call.Shape("shape")),
        ["RandomUniform"] = call => call.Network.Random(RandomKind.Uniform, call.Shape("shape")),
    };

    /// <summary>
    /// x[.., 0..5]: each part is a position (its axis goes) or a range (its axis stays), from the first axis on; further axes stay whole.
    /// </summary>
    public static Value Slice(Value x, IReadOnlyList<SlicePart> parts)
    {
        if (parts.Count > x.Shape.Rank)
            throw new ShapeException($"{parts.Count} slices are too many for the shape {x.Shape}, which has {x.Shape.Rank} axes");
        int axis = 0;
        foreach (var part in parts)
        {
            int extent = x.Shape[axis], start = part.Start(extent), end = part.End(extent);
            if (start < 0 || end > extent || end <= start)
                throw new ShapeException($"the slice {start}..{end} leaves axis {axis} of {x.Shape}, which has {extent} elements");
            if (start != 0 || end != extent) x = x.Slice(axis, start, end - start);
            if (part.IsPosition) x = x.Squeeze(axis);
            else axis++;
        }
        return x;
    }

    /// <summary>What Split cuts, along which axis, and the extents of the parts: so many equal ones, or those that are stated.</summary>
    public static (Value X, int Axis, IEnumerable<int> Extents) Split(FunctionCall call)
    {
        var x = call.XOrIds;
        int axis = x.Shape.Axis(call.Int("axis")), extent = x.Shape[axis];
        if (call.Has("sizes"))
        {
            int[] sizes = call.Ints("sizes");
            if (sizes.Any(size => size < 1) || sizes.Sum(size => (long)size) != extent)
                throw new ShapeException($"Split cuts axis {axis} of {x.Shape}, but the extents of its parts add up to {sizes.Sum(size => (long)size)}; state extents of at least 1 that add up to {extent}");
            return (x, axis, sizes);
        }
        int parts = call.Int("parts");
        if (parts < 1) throw new LayerException("Split: parts must be at least 1");
        if (extent % parts != 0) throw new ShapeException($"Split({parts}) cuts axis {axis} of {x.Shape} into equal parts, but {parts} does not divide {extent}; state their extents, Split([…])");
        return (x, axis, Enumerable.Repeat(extent / parts, parts));
    }

    private static Value[] Operands(this FunctionCall call)
        => call.Has("parts") ? call.Tensors("parts") : [call.Tensor("first"), call.Tensor("second")];

    private static Value Concat(GraphBuilder graph, Value[] parts, int axis)
    {
        if (parts.Length == 0) throw new LayerException("Concat needs at least one tensor");
        return parts.Length == 1 ? parts[0] : graph.Add(new ConcatOp(parts[0].Shape.Axis(axis)), parts);
    }

    private static Value Stack(FunctionCall call)
    {
        var parts = call.Tensors("parts");
        if (parts.Length == 0) throw new LayerException("Stack needs at least one tensor");
        var first = parts[0].Shape;
        if (parts.FirstOrDefault(p => !p.Shape.Equals(first)) is { } other)
            throw new ShapeException($"Stack of {first} and {other.Shape}: all shapes must be equal");
        // The place of the new axis, among one more than there are.
        int axis = new Shape(first.Extents.Append(1).ToEquatableArray()).Axis(call.Int("axis"));
        var extended = new Shape(first.Extents.Take(axis).Append(1).Concat(first.Extents.Skip(axis)).ToEquatableArray());
        return Concat(call.Graph, parts.Select(p => p.Reshape(extended)).ToArray(), axis);
    }

    private static Value Transpose(FunctionCall call)
    {
        int[] axes = call.Ints("axes");
        var x = call.XOrIds;
        var shape = x.Shape;
        if (axes.Length > 0) return x.Transpose(axes.Select(shape.Axis).ToArray());
        if (shape.Rank < 2) throw new ShapeException($"Transpose swaps the last two axes, but the shape is {shape}");
        int[] swapped = x.AllAxes();
        (swapped[shape.Rank - 2], swapped[shape.Rank - 1]) = (shape.Rank - 1, shape.Rank - 2);
        return x.Transpose(swapped);
    }

    private static Value Constant(FunctionCall call)
    {
        double[] values = call.Numbers("values");
        if (values.Length == 0) throw new LayerException("Constant needs at least one number");
        return call.Graph.Add(new ConstantOp(values, Shape.Of(values.Length)));
    }
}

/// <summary>One part of a slicing: a position, or the range from start to end; either counted from the end of the axis if so stated.</summary>
internal sealed record SlicePart(bool IsPosition, int First, bool FirstFromEnd, int Last, bool LastFromEnd)
{
    public static SlicePart Position(int position, bool fromEnd) => new(true, position, fromEnd, 0, false);

    public int Start(int extent) => FirstFromEnd ? extent - First : First;

    public int End(int extent) => IsPosition ? Start(extent) + 1 : LastFromEnd ? extent - Last : Last;
}
