using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Graphs
{
    /// <summary>ArgMax: where the largest value stands, the first of equal ones; NaN counts as larger than all.</summary>
    internal enum ReduceKind { Sum, Max, Min, ArgMax }

    internal static class ReduceKinds
    {
        /// <summary>What leaves the other as it is: where an accumulation begins.</summary>
        public static double Neutral(this ReduceKind kind) => kind switch
        {
            ReduceKind.Max or ReduceKind.ArgMax => double.NegativeInfinity,
            ReduceKind.Min => double.PositiveInfinity,
            _ => 0,
        };
    }
}

namespace DlGen.Ops
{
    /// <summary>
    /// Sum, maximum, minimum or the place of the maximum (counted over the axes in row-major order) along axes, which stay with extent 1. Over the rows
    /// of the batch only where rows meet: parameter gradients.
    /// </summary>
    internal sealed record ReduceOp(ReduceKind Kind, EquatableArray<int> Axes, bool OverRows) : Op
    {
        /// <summary>Places are values like all others: floats hold whole numbers up to here.</summary>
        private const int LargestPlace = 1 << 24;

        public override string Name => Kind.ToString();

        public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
        {
            var shape = operands[0].Shape;
            foreach (int axis in Axes) shape = shape.With(axis, 1);
            if (Kind == ReduceKind.ArgMax && operands[0].Shape.Count / shape.Count > LargestPlace)
                throw new ShapeException($"the place of a maximum among {operands[0].Shape.Count / shape.Count} elements of {operands[0].Shape} is no number that a float holds; at most 2^24 can be told apart");
            return (shape, operands[0].PerRow && !OverRows);
        }

        /// <summary>A sum hands its gradient to every summand; an extremum to those equal to it, in equal parts (as PyTorch's amax); a place has none.</summary>
        public override void Differentiate(GradientRule rule)
        {
            if (Kind == ReduceKind.ArgMax) return;
            var x = rule.Operands[0];
            var upstream = rule.Upstream.Broadcast(x.Shape, x.PerRow);
            if (Kind == ReduceKind.Sum)
            {
                rule.Gradients[0] = upstream;
                return;
            }
            var winners = x.Map(ScalarOp.Equal, rule.Result);
            rule.Gradients[0] = upstream * winners / winners.Sum([.. Axes]);
        }
    }
}
