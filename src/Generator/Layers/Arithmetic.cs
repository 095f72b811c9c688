using System.Globalization;
using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>
/// Operators of Tensor, where either operand may be a number. A number goes into the op's expression, on the same side in every spelling, so
/// that 2 * x and x * 2 are one node.
/// </summary>
internal static class Arithmetic
{
    public static Value Apply(GraphBuilder graph, ScalarOp op, object left, object right)
    {
        // Comparisons may see ids: which of them are the padding.
        if (op is not (ScalarOp.Less or ScalarOp.LessOrEqual or ScalarOp.Equal)) foreach (object operand in new[] { left, right }) (operand as Value)?.AsNumbers("Arithmetic");
        bool commutes = op is ScalarOp.Add or ScalarOp.Multiply or ScalarOp.Maximum or ScalarOp.Minimum or ScalarOp.Equal or ScalarOp.And or ScalarOp.Or;
        return (left, right) switch
        {
            (Value x, Value y) => x.Map(op, y),
            (Value x, _) => x.Map(op, Number(right)),
            (_, Value y) when commutes => y.Map(op, Number(left)),
            (_, Value y) => graph.Scalar(Number(left)).Map(op, y),
            _ => graph.Scalar(Number(left)).Map(op, Number(right)),
        };
    }

    private static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
