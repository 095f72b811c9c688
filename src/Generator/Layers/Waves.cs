using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>Sine and cosine of position / base^(2i / features), for each position and each pair i of features: (time, pairs). Constants of the network.</summary>
internal static class Waves
{
    public static (Value Sine, Value Cosine) Of(GraphBuilder graph, int time, int features, double @base)
    {
        int pairs = (features + 1) / 2;
        var frequencies = graph.Add(new ConstantOp(Enumerable.Range(0, pairs).Select(i => Math.Pow(@base, -2.0 * i / features)).ToEquatableArray(), Shape.Of(pairs)));
        Value Wave(ScalarOp function)
            => graph.Map(b => b.Unary(function, b.Multiply(b.Index(0), b.Operand(0))), [frequencies], Shape.Of(time, pairs), perRow: false);
        return (Wave(ScalarOp.Sin), Wave(ScalarOp.Cos));
    }
}
