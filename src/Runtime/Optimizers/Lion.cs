using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>p *= 1 - learningRate·weightDecay; p -= learningRate·sign(β₁·m + (1 - β₁)·g); m = β₂·m + (1 - β₂)·g.</summary>
internal sealed class Lion(double learningRate, double beta1, double beta2, double weightDecay, double l1) : Optimizer(learningRate, weightDecay, l1)
{
    private protected override string Numbers => string.Create(CultureInfo.InvariantCulture, $"Lion, beta1 {beta1}, beta2 {beta2}");

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters);

    private LionRule<T> Rule<T>(in UpdateRates rates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new()
        {
            Rate = T.CreateTruncating(rates.LearningRate),
            Shrink = T.CreateTruncating(1 - rates.LearningRate * rates.WeightDecay),
            DirectionDecay = T.CreateTruncating(beta1),
            DirectionShare = T.CreateTruncating(1 - beta1),
            Decay = T.CreateTruncating(beta2),
            Share = T.CreateTruncating(1 - beta2),
            Bound = Negligible<T>.Bound,
        };

    private sealed class State<T>(Lion lion, ParameterSet parameters) : OptimizerState<T>(lion, parameters, moments: 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        protected override void Update(Range range, long step, in UpdateRates rates) => Run(lion.Rule<T>(rates), range, rates);
    }

    private readonly struct LionRule<T> : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int Moments => 1;

        public required T Rate { get; init; }

        public required T Shrink { get; init; }

        public required T DirectionDecay { get; init; }

        public required T DirectionShare { get; init; }

        public required T Decay { get; init; }

        public required T Share { get; init; }

        public required T Bound { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TLanes direction = TLanes.Broadcast(DirectionDecay) * first + TLanes.Broadcast(DirectionShare) * gradient;
            parameter = parameter * TLanes.Broadcast(Shrink) - TLanes.Broadcast(Rate) * TLanes.Sign(direction);
            first = TLanes.FlushBelow(TLanes.Broadcast(Decay) * first + TLanes.Broadcast(Share) * gradient, TLanes.Broadcast(Bound));
        }
    }
}
