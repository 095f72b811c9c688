using System.Globalization;
using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>A function of tensors while it is called: its operands and arguments by the parameter names of Tensor's method.</summary>
internal sealed class FunctionCall(Network network, string name, object? instance, IReadOnlyDictionary<string, object?> values)
{
    public Network Network => network;

    public GraphBuilder Graph => network.Graph;

    /// <summary>What the method was called on.</summary>
    public Value X => ToValue(instance);

    public bool Has(string parameter) => values.ContainsKey(parameter);

    public Value Tensor(string parameter) => ToValue(values[parameter]);

    public Value[] Tensors(string parameter) => ((object?[])values[parameter]!).Select(ToValue).ToArray();

    /// <summary>The operand as it is written: a number stays one, so that x * 2 becomes one op whichever way it is written.</summary>
    public object Operand(string parameter) => values[parameter]!;

    public int Int(string parameter) => (int)values[parameter]!;

    public double Number(string parameter) => Convert.ToDouble(values[parameter], CultureInfo.InvariantCulture);

    public bool Flag(string parameter) => values.TryGetValue(parameter, out object? value) && value is true;

    public int[] Ints(string parameter) => ((object?[])values[parameter]!).Select(v => (int)v!).ToArray();

    public double[] Numbers(string parameter)
        => ((object?[])values[parameter]!).Select(v => Convert.ToDouble(v, CultureInfo.InvariantCulture)).ToArray();

    public Initializer? Init(string parameter) => values[parameter] as Initializer;

    public string? Text(string parameter) => values[parameter] as string;

    /// <summary>Extents that a shape may have: at least 1 each.</summary>
    public Shape Shape(string parameter)
    {
        var shape = new Shape(Ints(parameter));
        return shape.Extents.All(e => e >= 1) ? shape : throw new LayerException($"{name}: the shape {shape} has an extent below 1");
    }

    /// <summary>
    /// A reduction of the whole row to one number, or along one axis, which goes unless keep is stated (NumPy's keepdims).
    /// </summary>
    public Value Reduce(Func<Value, int[], Value> reduction)
    {
        if (!values.ContainsKey("axis")) return reduction(X, X.AllAxes()).Reshape(Graphs.Shape.Scalar);
        int axis = X.Shape.Axis(Int("axis"));
        var reduced = reduction(X, [axis]);
        return Flag("keep") ? reduced : reduced.Squeeze(axis);
    }

    private Value ToValue(object? operand) => operand as Value ?? Graph.Scalar(Convert.ToDouble(operand, CultureInfo.InvariantCulture));
}
