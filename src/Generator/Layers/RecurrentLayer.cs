using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>From W_ih·x + b_ih and W_hh·h + b_hh, each its gates side by side, and the states, h first, to the next states.</summary>
internal delegate IReadOnlyList<Value> RecurrentCell(LayerCall call, Value fromStep, Value fromState, IReadOnlyList<Value> states);

/// <summary>
/// What nn.RNN, nn.LSTM and nn.GRU have in common: a cell along a sequence (time, features), from zeros or given states, in one or both directions, and in
/// layers over each other's states h. The result is h of the last layer after the last step, (units), or after every one, (time, units); twice as wide in both
/// directions. The states of all layers and directions after the last step come beside it, (layers · directions, units) each.
/// Where h is projected, its width is that of the projection, and so is all that is made of it. A mask (time) tells the steps that are there from padding: padding leaves the states as they are, and its own result is 0, as in PyTorch's packed sequences.
/// </summary>
internal static class RecurrentLayer
{
    /// <summary>More would leave the bounds of a network's graph in any case, only later.</summary>
    private const int MostLayers = 1000;

    /// <param name="gates">How often units there are sums for the cell.</param>
    /// <param name="states">How many states it has.</param>
    /// <param name="projects">Whether h may be projected.</param>
    /// <param name="own">Arguments of the cell's own.</param>
    public static Layer Define(string name, string summary, int gates, int states, RecurrentCell cell, bool projects = false, params LayerArgument[] own) => new(name, summary, HasParameters: true,
        [Int("units"), Int("layers", 1), Flag("bidirectional", false), Flag("returnSequence", false), .. own, Flag("bias", true), Number("dropout", 0), .. projects ? [Int("projSize", 0)] : Array.Empty<LayerArgument>()],
        (call, x) => Compose(call, x, gates, states, projects ? Projection(call) : 0, cell))
    {
        Operands = [new LayerOperand("initial", Required: false, states), StepMask.Operand],
        State = "state",
    };

    /// <summary>One of a cell's sums.</summary>
    public static Value Gate(this Value sums, int number, int units) => sums.Slice(0, number * units, units);

    /// <summary>The width that h is projected to; 0 where it is not.</summary>
    private static int Projection(LayerCall call)
    {
        int projected = call.Int("projSize");
        if (projected < 0 || projected >= call.Positive("units")) throw call.Invalid("projSize", "must be from 1 to less than the units, or 0 for no projection");
        return projected;
    }

    private static Value Compose(LayerCall call, Value x, int gates, int states, int projected, RecurrentCell cell)
    {
        int units = call.Positive("units"), layers = call.Positive("layers"), directions = call.Flag("bidirectional") ? 2 : 1;
        if (layers > MostLayers) throw call.Invalid("layers", "must be at most 1000");
        if (x.Shape.Rank != 2) throw new ShapeException($"{call} expects a sequence (time, features), but {call.Given}{(x.Shape.Rank == 1 ? "; add Reshape" : "")}");
        if (layers == 1 && call.Number("dropout") != 0) throw call.Invalid("dropout", "acts between layers, and there is one; leave it out, or add Dropout after it");
        int[] widths = [projected > 0 ? projected : units, .. Enumerable.Repeat(units, states - 1)];
        var initial = Initial(call, widths, layers * directions);
        var mask = StepMask.Of(call, x);
        var runs = new List<Recurrence>();
        for (int layer = 0; layer < layers; layer++)
        {
            if (layer > 0) x = Dropout.Apply(call, "dropout", x, x.Shape);
            for (int direction = 0; direction < directions; direction++)
            {
                var weights = new Weights(call, x.Shape.Last, units, projected, gates, $"_l{layer.ToString(CultureInfo.InvariantCulture)}{(direction == 1 ? "_reverse" : "")}");
                runs.Add(Run(call, x, weights, initial[runs.Count], mask, cell, reverse: direction == 1));
            }
            x = SideBySide(runs.Skip(layer * directions).Select(run => run.States(0)));
        }
        call.FinalState = Enumerable.Range(0, states).Select(s => Concat(0, runs.Select(run => run.Final(s).Reshape(Shape.Of(1, widths[s]))))).ToList();
        if (!call.Flag("returnSequence")) return SideBySide(runs.Skip((layers - 1) * directions).Select(run => run.Final(0)));
        return mask is null ? x : x.Where(mask.Reshape(Shape.Of(x.Shape[0], 1)), x.Graph.Scalar(0));
    }

    private static Recurrence Run(LayerCall call, Value x, Weights weights, IReadOnlyList<Value> initial, Value? mask, RecurrentCell cell, bool reverse)
        => call.Scan(x, initial, (states, step) =>
        {
            var next = cell(call, weights.FromStep(step), weights.FromState(states[0]), states).ToList();
            next[0] = weights.Projected(next[0]);
            if (mask is null) return new CellResult(next, []);
            var isThere = call.AtStep(mask);
            return new CellResult(next.Select((value, i) => value.Where(isThere, states[i])).ToList(), []);
        }, reverse);

    /// <summary>The states before the first step, for each layer and direction.</summary>
    private static List<IReadOnlyList<Value>> Initial(LayerCall call, int[] widths, int count)
    {
        if (call.StatedOperands("initial") is not { } given) return Enumerable.Repeat((IReadOnlyList<Value>)widths.Select(width => call.Graph.Fill(0, Shape.Of(width))).ToList(), count).ToList();
        foreach (var (state, width) in given.Zip(widths, (state, width) => (state, width)))
        {
            var (all, one) = (Shape.Of(count, width), Shape.Of(width));
            if (!state.Shape.Equals(all) && !(count == 1 && state.Shape.Equals(one)))
                throw new ShapeException($"{call} expects an initial state of the shape {all}{(count == 1 ? $" or {one}" : ", a row for each layer and direction")}, but it is {state.Shape}");
        }
        return Enumerable.Range(0, count).Select(i => (IReadOnlyList<Value>)given.Select((state, s) => state.Reshape(Shape.Of(count, widths[s])).Slice(0, i, 1).Squeeze(0)).ToList()).ToList();
    }

    private static Value SideBySide(IEnumerable<Value> parts) => Concat(-1, parts);

    private static Value Concat(int axis, IEnumerable<Value> values)
    {
        var parts = values.ToArray();
        return parts.Length == 1 ? parts[0] : parts[0].Graph.Add(new ConcatOp(parts[0].Shape.Axis(axis)), parts);
    }

    /// <summary>The parameters of one layer in one direction, as PyTorch names, shapes and starts them.</summary>
    private sealed class Weights
    {
        private readonly LayerCall call;
        private readonly Value stepWeight, stateWeight;
        private readonly Value? stepBias, stateBias, projection;

        public Weights(LayerCall call, int inputs, int units, int projected, int gates, string suffix)
        {
            this.call = call;
            // In long arithmetic: what an int does not hold is refused with the parameter's shape.
            int sums = (int)Math.Min((long)gates * units, int.MaxValue);
            var start = new Initialization(InitializerKind.Uniform, 1 / Math.Sqrt(units));
            stepWeight = call.Weight("weight_ih" + suffix, Shape.Of(sums, inputs), inputs, sums, start);
            int state = projected > 0 ? projected : units;
            stateWeight = call.Weight("weight_hh" + suffix, Shape.Of(sums, state), state, sums, start);
            if (call.Flag("bias"))
            {
                stepBias = call.Parameter("bias_ih" + suffix, Shape.Of(sums), start);
                stateBias = call.Parameter("bias_hh" + suffix, Shape.Of(sums), start);
            }
            if (projected > 0) projection = call.Weight("weight_hr" + suffix, Shape.Of(projected, units), units, projected, start);
        }

        /// <summary>h as it leaves the cell.</summary>
        public Value Projected(Value state) => projection is null ? state : Sums(state, projection, null);

        public Value FromStep(Value step) => Sums(step, stepWeight, stepBias);

        public Value FromState(Value state) => Sums(state, stateWeight, stateBias);

        private Value Sums(Value x, Value weight, Value? bias)
        {
            var product = ContractOp.TimesTransposed(x, call.Local(weight));
            return bias is null ? product : product + call.Local(bias);
        }
    }
}
