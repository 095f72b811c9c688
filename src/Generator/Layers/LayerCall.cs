using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>
/// One layer while it is composed: its argument values, and where its parameters and random numbers come from.
/// </summary>
internal sealed class LayerCall(Network network, string kind, IReadOnlyList<LayerArgument> definitions, LayerArguments arguments, string path, string given)
{
    private readonly List<string> parameterPaths = [];

    public GraphBuilder Graph => network.Graph;

    /// <summary>Whether the graph being built is the one for training: Tensor.Training.</summary>
    public bool Training => network.Training;

    /// <summary>The layer's name in the catalogue.</summary>
    public string Kind => kind;

    /// <summary>What the layer gets, in words: "Conv2d gives (16, 5, 5)".</summary>
    public string Given => given;

    public IReadOnlyList<string> ParameterPaths => parameterPaths;

    public int ParameterCount { get; private set; }

    /// <summary>A tensor that the layer takes beside the one it is applied to: numbers.</summary>
    public Value Operand(string name) => StatedOperand(name) ?? throw new LayerException($"{this}: the tensor {name} is missing");

    /// <summary>What the layer gives beside its result: a tensor, or several for a tuple.</summary>
    public IReadOnlyList<Value> FinalState { get; set; } = [];

    /// <summary>A tensor that the layer takes beside the one it is applied to: numbers; null where it is not stated.</summary>
    public Value? StatedOperand(string name) => StatedOperands(name)?.Single();

    /// <summary>The same of a tuple.</summary>
    public IReadOnlyList<Value>? StatedOperands(string name)
        => arguments.Operands.TryGetValue(name, out var values) ? values.Select(value => value.AsNumbers($"The {name} of {this}")).ToList() : null;

    public int Int(string name) => (int)arguments.Get(definitions, name);

    public int[] Ints(string name) => (int[])arguments.Get(definitions, name);

    public double Number(string name) => Convert.ToDouble(arguments.Get(definitions, name), CultureInfo.InvariantCulture);

    public bool Flag(string name) => (bool)arguments.Get(definitions, name);

    public T Choice<T>(string name)
        where T : struct, Enum
        => Enum.IsDefined(typeof(T), Int(name)) ? (T)(object)Int(name) : throw Invalid(name, $"must be one of {string.Join(", ", Enum.GetNames(typeof(T)))}");

    /// <summary>An int argument that must be at least 1: a number of outputs, channels, steps.</summary>
    public int Positive(string name)
        => Int(name) is > 0 and var value ? value : throw Invalid(name, "must be at least 1");

    public LayerException Invalid(string argument, string rule) => new($"{this}: {argument} {rule}");

    /// <summary>A parameter of the layer that starts as the layer says: biases, and the scale and shift of norms.</summary>
    public Value Parameter(string name, Shape shape, Initialization initialization)
    {
        string full = path + "." + name;
        var value = network.Parameter(full, shape, initialization, arguments.Frozen);
        parameterPaths.Add(full);
        ParameterCount += shape.Count;
        return value;
    }

    /// <summary>A weight: starts as init: or the nearest [Initialize] says, else as the layer does.</summary>
    public Value Weight(string name, Shape shape, int inputs, int outputs, Initialization otherwise)
        => Parameter(name, shape, (arguments.Init ?? network.Init)?.Resolve(inputs, outputs, otherwise) ?? otherwise);

    /// <summary>The scale of a norm: only its own init: changes how it starts.</summary>
    public Value Scale(string name, Shape shape)
    {
        var ones = new Initialization(InitializerKind.Ones, 1);
        return Parameter(name, shape, arguments.Init?.Resolve(shape.Count, shape.Count, ones) ?? ones);
    }

    /// <summary>A running statistic of the layer.</summary>
    public Value State(string name, Shape shape, InitializerKind start)
        => network.State($"{path}.{name}", shape, new Initialization(start, start == InitializerKind.Ones ? 1 : 0));

    /// <summary>What a running statistic becomes by a training step.</summary>
    public void UpdateState(string name, Value value) => network.UpdateState($"{path}.{name}", value);

    /// <summary>Whether it belongs to a frozen model that another one uses as it predicts.</summary>
    public bool IsFixed => network.Scope.IsFixed;

    /// <summary>The input whose numbers a value is, or null.</summary>
    public InputOp? InputOf(Value value) => network.InputOf(value);

    /// <summary>States that the layer's states are fitted on an input of the data: see <see cref="FittedScaling"/>.</summary>
    public void Fit(string variable, int channels, int inner)
    {
        if (network.IsClosed) throw new LayerException($"{this} is fitted on the data before training and belongs to Forward, not to Loss");
        network.Fit(new FittedScaling(path, kind, variable, channels, inner));
    }

    /// <summary>Runs a cell along the first axis of a sequence. What the cell uses from around it, it takes by <see cref="Local"/>.</summary>
    public Recurrence Scan(Value sequence, IReadOnlyList<Value> initial, Func<IReadOnlyList<Value>, Value, CellResult> cell, bool reverse = false)
        => network.Scan(sequence, initial, cell, reverse);

    /// <summary>In the cell of a recurrence: the step's element of a further sequence (time, …).</summary>
    public Value AtStep(Value sequence) => network.AtStep(sequence);

    /// <summary>A value as it is seen here: in a cell, one from outside is captured.</summary>
    public Value Local(Value value) => network.Local(value);

    /// <summary>Fresh random numbers per row and step.</summary>
    public Value Random(RandomKind random, Shape shape) => network.Random(random, shape);

    public override string ToString() => arguments.Display(kind, definitions);
}
