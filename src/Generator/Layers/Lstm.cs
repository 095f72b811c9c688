using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// Long short-term memory along a sequence (time, features): gates i, f, g, o from the step and the state h, then c' = σ(f)·c + σ(i)·tanh(g) and
/// h' = σ(o)·tanh(c'), from zeros. Hochreiter and Schmidhuber 1997. Layers run over the states of the layer before; in both directions, the states
/// stand side by side. The result is the last state of the last layer, (units), or with all states (time, units); twice as wide in both directions.
/// </summary>
internal static class Lstm
{
    public static Layer Definition { get; } = new("Lstm", "long short-term memory along a sequence; nn.LSTM", HasParameters: true,
        [Int("units"), Int("layers", 1), Flag("bidirectional", false), Flag("returnSequence", false)], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        int units = call.Positive("units"), layers = call.Positive("layers");
        if (x.Shape.Rank != 2) throw new ShapeException($"{call} expects a sequence (time, features), but {call.Given}{(x.Shape.Rank == 1 ? "; add Reshape" : "")}");
        Value[] last = [];
        for (int layer = 0; layer < layers; layer++)
        {
            string suffix = "_l" + layer.ToString(CultureInfo.InvariantCulture);
            var directions = new List<Recurrence> { Run(call, x, units, suffix, reverse: false) };
            if (call.Flag("bidirectional")) directions.Add(Run(call, x, units, suffix + "_reverse", reverse: true));
            x = SideBySide(directions.Select(d => d.States(0)).ToArray());
            last = directions.Select(d => d.Final(0)).ToArray();
        }
        return call.Flag("returnSequence") ? x : SideBySide(last);
    }

    private static Recurrence Run(LayerCall call, Value x, int units, string suffix, bool reverse)
    {
        int inputs = x.Shape.Last, gates = 4 * units;
        var start = new Initialization(InitializerKind.Uniform, 1 / Math.Sqrt(units));
        var fromStep = call.Weight("weight_ih" + suffix, Shape.Of(gates, inputs), inputs, gates, start);
        var fromState = call.Weight("weight_hh" + suffix, Shape.Of(gates, units), units, gates, start);
        var stepBias = call.Parameter("bias_ih" + suffix, Shape.Of(gates), start);
        var stateBias = call.Parameter("bias_hh" + suffix, Shape.Of(gates), start);
        var zeros = x.Graph.Fill(0, Shape.Of(units));
        return call.Scan(x, [zeros, zeros], (states, step) =>
        {
            var (h, c) = (states[0], states[1]);
            var all = ContractOp.TimesTransposed(step, call.Local(fromStep)) + call.Local(stepBias) + ContractOp.TimesTransposed(h, call.Local(fromState)) + call.Local(stateBias);
            Value Gate(int number) => all.Slice(0, number * units, units);
            c = (Gate(1).Sigmoid() * c) + (Gate(0).Sigmoid() * Gate(2).Tanh());
            return new CellResult([Gate(3).Sigmoid() * c.Tanh(), c], []);
        }, reverse);
    }

    private static Value SideBySide(Value[] parts) => parts.Length == 1 ? parts[0] : parts[0].Graph.Add(new ConcatOp(parts[0].Shape.Rank - 1), parts);
}
