using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Graphs
{
    internal enum ReduceKind { Sum, Max, Min }

    internal static class ReduceKinds
    {
        /// <summary>What leaves the other as it is: where an accumulation begins.</summary>
        public static double Neutral(this ReduceKind kind) => kind switch
        {
            ReduceKind.Max => double.NegativeInfinity,
            ReduceKind.Min => double.PositiveInfinity,
            _ => 0,
        };
    }
}

namespace DlGen.Ops
{
    /// <summary>
    /// Sum, maximum or minimum along axes, which stay with extent 1. Over the rows of the batch only where rows meet: parameter gradients.
    /// </summary>
    internal sealed record ReduceOp(ReduceKind Kind, EquatableArray<int> Axes, bool OverRows) : Op
    {
        public override string Name => Kind.ToString();

        public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
        {
            var shape = operands[0].Shape;
            foreach (int axis in Axes) shape = shape.With(axis, 1);
            return (shape, operands[0].PerRow && !OverRows);
        }

        /// <summary>A sum hands its gradient to every summand; an extremum to those equal to it, in equal parts (as PyTorch's amax).</summary>
        public override void Differentiate(GradientRule rule)
        {
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
