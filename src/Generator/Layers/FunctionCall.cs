using System.Globalization;
using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>A function of tensors while it is called: its operands and arguments by the parameter names of Tensor's method.</summary>
internal sealed class FunctionCall(Network network, string name, object? instance, IReadOnlyDictionary<string, object?> values)
{
    public Network Network => network;

    public GraphBuilder Graph => network.Graph;

    /// <summary>What the method was called on: numbers.</summary>
    public Value X => XOrIds.AsNumbers(name);

    /// <summary>The same for a function that looks ids up or renames their axes.</summary>
    public Value XOrIds => ToValue(instance);

    public bool Has(string parameter) => values.ContainsKey(parameter);

    public Value Tensor(string parameter) => TensorOrIds(parameter).AsNumbers(name);

    public Value TensorOrIds(string parameter) => ToValue(values[parameter]);

    public Value[] Tensors(string parameter) => List(parameter).Select(operand => ToValue(operand).AsNumbers(name)).ToArray();

    /// <summary>The operand as it is written: a number stays one, so that x * 2 becomes one op whichever way it is written.</summary>
    public object Operand(string parameter) => values[parameter] is Value operand ? operand.AsNumbers(name) : values[parameter] ?? throw NotConstant();

    public int Int(string parameter) => values[parameter] is int value ? value : throw NotConstant();

    public double Number(string parameter) => ToNumber(values[parameter]);

    public bool Flag(string parameter) => values.TryGetValue(parameter, out object? value) && value is true;

    public int[] Ints(string parameter) => List(parameter).Select(v => v is int extent ? extent : throw NotConstant()).ToArray();

    public double[] Numbers(string parameter) => List(parameter).Select(ToNumber).ToArray();

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

    private object?[] List(string parameter) => values[parameter] as object?[] ?? throw NotConstant();

    private Value ToValue(object? operand) => operand as Value ?? Graph.Scalar(ToNumber(operand));

    private double ToNumber(object? value) => value is null ? throw NotConstant() : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private LayerException NotConstant() => new($"{name} was given null or something that is no constant; give it a tensor or constants");
}
