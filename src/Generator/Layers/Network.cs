using DlGen.Graphs;
using DlGen.Ops;
using DlGen.Reading;

namespace DlGen.Layers;

/// <summary>
/// A network while it is read, by either form: the graph so far, the layers with their names, and the scope that names come from. A name is the
/// call path with a count per kind inside its scope: <c>residual_3.conv2d_1.weight</c>.
/// </summary>
internal sealed partial class Network
{
    /// <summary>Above this a value or parameter is refused: offsets are 32-bit, and no such model fits a machine of today.</summary>
    private const long LargestCount = 1L << 30;

    private const string LossScope = "loss";

    private readonly Dictionary<string, ParameterOp> parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Value> states = new(StringComparer.Ordinal);
    private readonly List<LayerSummary> layers = [];
    private readonly List<LayerApplication> applications = [];
    private readonly HashSet<string> layerPaths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Value> inputs = new(StringComparer.Ordinal);
    private readonly List<FittedScaling> scalings = [];
    private readonly bool training;
    private int randomStreams;
    private bool readsLoss;
    private int layersBeforeLoss = int.MaxValue;

    /// <summary>An empty network; the class may freeze all of it or say how its weights start.</summary>
    public Network(bool training, bool frozen = false, Initializer? init = null)
    {
        this.training = training;
        Root = Scope.Root(frozen, init);
        Scope = Root;
    }

    /// <summary>Tensor.Training.</summary>
    public bool Training => training && !Scope.IsFixed;

    /// <summary>The scope of the network itself, or of another model while it is called: [Shared] methods have their names in it.</summary>
    public Scope Root { get; private set; }

    public Scope Scope { get; private set; }

    public Initializer? Init => Scope.Init;

    /// <summary>Whether parameters can't be made here: in the loss, which a pass differentiates by the output alone, there are only those of a fixed model.</summary>
    public bool IsClosed => readsLoss && !Scope.IsFixed;

    /// <summary>The layers with names, without those that the loss evaluates in its own scope.</summary>
    public IEnumerable<LayerSummary> Layers => layers.Where((l, i) => i < layersBeforeLoss || !l.Path.StartsWith(LossScope + ".", StringComparison.Ordinal));

    /// <summary>Every layer as often as it was evaluated, in that order.</summary>
    public IReadOnlyList<LayerApplication> Applications => applications;

    public IReadOnlyDictionary<string, ParameterOp> Parameters => parameters;

    /// <summary>An input of the network or a target of its loss. Of bytes it is the numbers that they stand for.</summary>
    public Value Input(InputOp declared)
    {
        foreach (int extent in declared.Extents.Extents)
            if (extent < 1) throw new LayerException($"the shape {declared.Extents} of {declared.Variable} has an extent below 1");
        var input = Checked(Graph.Add(declared), declared.Variable);
        return inputs[declared.Variable] = declared.IsBytes ? ByteInputs.ToNumbers(input) : input;
    }

    /// <summary>The input or target whose numbers a value is, or null where it is computed from others.</summary>
    public InputOp? InputOf(Value value)
    {
        var leaf = value.Node is { Op: MapOp, Operands.Count: 1 } ? value.Graph.At(value.Node.Operands[0]).Node.Op : value.Node.Op;
        return leaf is InputOp input && inputs.TryGetValue(input.Variable, out var numbers) && numbers.Index == value.Index ? input : null;
    }

    /// <summary>Adds a layer after <paramref name="input"/>.</summary>
    public Value Apply(Layer layer, LayerArguments arguments, Value input) => Apply(layer, arguments, input, out _);

    /// <summary>Adds a layer after <paramref name="input"/>, and tells what it gives beside its result.</summary>
    public Value Apply(Layer layer, LayerArguments arguments, Value input, out IReadOnlyList<Value> state)
    {
        string path = Scope.Prefix + Scope.Claim(layer.Name.ToLowerInvariant(), arguments.Name);
        var call = new LayerCall(this, layer.Name, layer.Arguments, arguments, path, Describe(input));
        Graph.Layer = path;
        var result = Checked(layer.Compose(call, layer.TakesIds ? input : input.AsNumbers(call.ToString())), call.ToString());
        Graph.Layer = Scope.Path;
        state = call.FinalState;
        Register(new LayerSummary(path, layer.Name, result.Shape, call.ParameterCount, call.ParameterPaths.ToEquatableArray()), input.Index, result, state);
        return result;
    }

    /// <summary>The input of that name, or null.</summary>
    public Value? FindInput(string variable) => inputs.TryGetValue(variable, out var input) ? input : null;

    /// <summary>A parameter that belongs to no layer: Tensor.Parameter.</summary>
    public Value FreeParameter(Shape shape, Initializer? init, string? name)
    {
        string path = Scope.Prefix + Scope.Claim("parameter", name);
        var zeros = new Initialization(InitializerKind.Zeros, 0);
        foreach (int extent in shape.Extents)
            if (extent < 1) throw new LayerException($"the shape {shape} of a parameter has an extent below 1");
        var value = Parameter(path, shape, init?.Resolve(shape.Rank == 0 ? 1 : shape.Last, shape.Rank == 0 ? 1 : shape[0], zeros) ?? zeros, frozen: false);
        Register(new LayerSummary(path, "Parameter", shape, shape.Count, new[] { path }), -1, value, []);
        return value;
    }

    /// <summary>The parameter of that path; the second call inside a [Shared] method finds the first one's.</summary>
    public Value Parameter(string path, Shape shape, Initialization initialization, bool frozen)
    {
        if (CountOf(shape) > LargestCount) throw new ShapeException($"the parameter {path} would have the shape {shape}: more than 2^30 numbers");
        var parameter = new ParameterOp(path, shape, initialization, frozen || Scope.Frozen);
        if (!parameters.TryGetValue(path, out var known)) parameters.Add(path, parameter);
        else if (!known.Equals(parameter))
            throw new ShapeException(known.Extents.Equals(shape)
                ? $"the parameter {path} is shared, but its first use starts it differently or freezes it; let all calls say the same"
                : $"the parameter {path} is shared and has the shape {known.Extents} from its first use, but here it would need {shape}; call the [Shared] method with equal shapes");
        return Local(graph.Add(parameter));
    }

    /// <summary>The running statistic of that path as it is now: what the last update of this reading made of it.</summary>
    public Value State(string path, Shape shape, Initialization initialization)
        => Local(states.TryGetValue(path, out var current) ? current : states[path] = graph.Add(new StateOp(path, shape, initialization)));

    /// <summary>The layers that are fitted on the data.</summary>
    public IReadOnlyList<FittedScaling> Scalings => scalings;

    /// <summary>Adds a layer that is fitted on the data; a [Shared] one counts once, and must scale one input.</summary>
    public void Fit(FittedScaling scaling)
    {
        if (scalings.FirstOrDefault(s => s.Path == scaling.Path) is { Path: not null } known && !known.Equals(scaling))
            throw new LayerException($"{scaling.Path} is shared, but scales {known.Variable} and {scaling.Variable}; let each input have its own");
        if (!scalings.Contains(scaling)) scalings.Add(scaling);
    }

    /// <summary>What the statistic becomes by a training step.</summary>
    public void UpdateState(string path, Value value) => states[path] = value;

    /// <summary>The statistics that were updated.</summary>
    public IEnumerable<Output> StateUpdates => states.Where(s => s.Value.Node.Op is not StateOp).OrderBy(s => s.Key, StringComparer.Ordinal)
        .Select(s => new Output(OutputRole.State, s.Key, s.Value.Index));

    /// <summary>
    /// Puts another model in: its layers are named as it names them itself, in a scope of its name. It is one network, so all its calls use one set of
    /// parameters. A frozen one is fixed: it gives what it predicts, also in training.
    /// </summary>
    public T Call<T>(string key, string name, bool frozen, Initializer? init, Func<T> body)
    {
        var outer = Root;
        var scope = Scope.Enter(Root.Shared(key, name, name), frozen, init, isFixed: frozen);
        Root = scope;
        try
        {
            return Within(scope, body);
        }
        finally
        {
            Root = outer;
        }
    }

    /// <summary>Calls <paramref name="body"/> with layers named under <paramref name="scope"/>.</summary>
    public T Within<T>(Scope scope, Func<T> body)
    {
        var outer = Scope;
        Scope = scope;
        Graph.Layer = scope.Path;
        try
        {
            return body();
        }
        finally
        {
            Scope = outer;
            Graph.Layer = outer.Path;
        }
    }

    /// <summary>What a value is, for messages: "Conv2d gives (16, 5, 5)", "the input is (1, 28, 28)".</summary>
    public string Describe(Value value)
    {
        if (InputOf(value) is not null) return $"the input is {value.Shape}";
        var maker = layers.FirstOrDefault(l => l.Path == value.Node.Layer);
        return maker is null ? $"its input is {value.Shape}" : $"{maker.Kind} gives {value.Shape}";
    }

    /// <summary>Refuses values that no memory plan could hold.</summary>
    public Value Checked(Value value, string maker)
        => CountOf(value.Shape) <= LargestCount ? value : throw new ShapeException($"{maker} gives {value.Shape}: more than 2^30 numbers a row");

    /// <summary>Whether a value is made of more than inputs, targets and numbers: of parameters, running statistics or random draws.</summary>
    public bool DependsOnNetwork(Value value)
    {
        bool[] reached = new bool[value.Index + 1];
        reached[value.Index] = true;
        for (int i = value.Index; i >= 0; i--)
        {
            if (!reached[i]) continue;
            if (Graph[i].Op is ParameterOp or StateOp or RandomOp) return true;
            foreach (int operand in Graph[i].Operands) reached[operand] = true;
        }
        return false;
    }

    /// <summary>
    /// The graph of what was read, without what nothing uses; inputs and parameters stay, because the API and the files have them.
    /// </summary>
    public Graph Build(IEnumerable<Output> results)
    {
        var outputs = results.Concat(StateUpdates).ToList();
        bool[] kept = new bool[Graph.Count];
        foreach (var output in outputs) kept[output.Node] = true;
        for (int i = Graph.Count - 1; i >= 0; i--)
        {
            kept[i] |= Graph[i].Op is InputOp or ParameterOp or StateOp;
            if (!kept[i]) continue;
            foreach (int operand in Graph[i].Operands) kept[operand] = true;
        }
        int[] moved = new int[Graph.Count];
        var nodes = new List<Node>();
        for (int i = 0; i < Graph.Count; i++)
        {
            moved[i] = nodes.Count;
            if (kept[i]) nodes.Add(Graph[i] with { Operands = Graph[i].Operands.Select(o => moved[o]).ToEquatableArray() });
        }
        return new Graph(nodes.ToEquatableArray(), outputs.Select(o => o with { Node = moved[o.Node] }).ToEquatableArray());
    }

    private LayerCall Call(Loss loss, LayerArguments arguments, Value output) => new(this, loss.Name, loss.Arguments, arguments, "loss", Describe(output));

    private void Register(LayerSummary layer, int input, Value result, IReadOnlyList<Value> state)
    {
        applications.Add(new LayerApplication(layer.Path, layer.Kind, input, result.Index, layer.Output, state.Select(s => s.Index).ToEquatableArray()));
        if (layerPaths.Add(layer.Path)) layers.Add(layer);
    }

    private static long CountOf(Shape shape)
    {
        long count = 1;
        foreach (int extent in shape.Extents) count = Math.Min(count * extent, LargestCount + 1);
        return count;
    }
}

/// <summary>
/// One evaluation of a layer: <paramref name="Input"/> is the node that it got (-1: none), <paramref name="Result"/> the one that it gave, and
/// <paramref name="State"/> what it gave beside it. In the cell of a Scan they are its own nodes while it is read; then the layer's result is the Scan, or none
/// (-1) if the cell does not use it.
/// </summary>
internal readonly record struct LayerApplication(string Path, string Kind, int Input, int Result, Shape Output, EquatableArray<int> State)
{
    /// <summary>Whether something of what it gave is among the nodes that are used.</summary>
    public bool IsUsed(bool[] used) => (Result >= 0 && used[Result]) || State.Any(node => used[node]);
}
