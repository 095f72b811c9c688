using DlGen.Graphs;
using DlGen.Ops;
using DlGen.Tests.Oracles;

namespace DlGen.Tests.Gradients;

using Shape = DlGen.Graphs.Shape;

/// <summary>
/// A small graph built by hand around whatever is tested, with seeded values for its leaves: the per-row loss is a sum with uneven weights, so
/// that no gradient cancels by symmetry.
/// </summary>
internal sealed class LossGraph
{
    private const int Rows = 3;
    private readonly GraphBuilder builder = new();
    private readonly Random random = new(12345);
    private readonly Dictionary<string, double[]> inputs = [];
    private readonly Dictionary<string, double[]> parameters = [];

    public static (Graph Graph, OracleInputs Values) Of(Func<LossGraph, Value> body)
    {
        var build = new LossGraph();
        var y = body(build);
        var weights = build.builder.Add(new ConstantOp(Enumerable.Range(0, y.Shape.Count).Select(i => 0.4 + (0.3 * (i % 5))).ToEquatableArray(), y.Shape));
        var loss = (y * weights).Sum([.. Enumerable.Range(0, y.Shape.Rank)]).Reshape(Shape.Scalar);
        loss = build.builder.Broadcast(loss, Shape.Scalar, perRow: true);
        return (build.builder.Build([new Output(OutputRole.Loss, "", loss.Index)]), new OracleInputs(Rows, build.inputs, build.parameters));
    }

    /// <summary>Values between <paramref name="low"/> and <paramref name="high"/>, different in every row.</summary>
    public Value Input(double low, double high, params int[] extents)
    {
        string name = "x" + inputs.Count;
        var shape = Shape.Of(extents);
        inputs[name] = Draw(Rows * shape.Count, low, high);
        return builder.Add(new InputOp(name, shape, IsTarget: false, Classes: 0));
    }

    /// <summary>Ids below <paramref name="vocabulary"/>, different in every row.</summary>
    public Value Tokens(int vocabulary, params int[] extents)
    {
        string name = "x" + inputs.Count;
        var shape = Shape.Of(extents);
        inputs[name] = [.. Enumerable.Range(0, Rows * shape.Count).Select(_ => (double)random.Next(vocabulary))];
        return builder.Add(new InputOp(name, shape, IsTarget: false, vocabulary));
    }

    public Value Parameter(double low, double high, params int[] extents)
    {
        string name = "p" + parameters.Count;
        var shape = Shape.Of(extents);
        parameters[name] = Draw(shape.Count, low, high);
        return builder.Add(new ParameterOp(name, shape, new Initialization(InitializerKind.Zeros, 0), Frozen: false));
    }

    public Value Add(Op op, params Value[] operands) => builder.Add(op, operands);

    public Value Map(Func<ExpressionBuilder, int> body, params Value[] operands) => builder.Map(body, operands);

    public Value Broadcast(Value x, params int[] extents) => builder.Broadcast(x, Shape.Of(extents), x.PerRow);

    private double[] Draw(int count, double low, double high) => Enumerable.Range(0, count).Select(_ => low + ((high - low) * random.NextDouble())).ToArray();
}
