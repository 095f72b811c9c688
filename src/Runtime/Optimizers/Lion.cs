using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>p *= 1 - learningRate·weightDecay; p -= learningRate·sign(β₁·m + (1 - β₁)·g); m = β₂·m + (1 - β₂)·g.</summary>
internal sealed class Lion(double learningRate, double beta1, double beta2, double weightDecay, double l1) : Optimizer(learningRate, weightDecay, l1)
{
    private protected override string Numbers => string.Create(CultureInfo.InvariantCulture, $"Lion, beta1 {beta1}, beta2 {beta2}");

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters);

    private double Beta1 => beta1;

    private double Beta2 => beta2;

    private sealed class State<T>(Lion lion, ParameterSet parameters) : OptimizerState<T>(lion, parameters, moments: 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        protected override int Update<TLanes>(in UpdatePass<T> elements, int from, long step, in UpdateRates rates)
            => Run<LionRule<T, TLanes>, TLanes>(elements, from, new(lion, rates), rates);
    }

    private readonly struct LionRule<T, TLanes>(Lion of, UpdateRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes rate = TLanes.Of(rates.LearningRate);
        private readonly TLanes shrink = TLanes.Of(1 - rates.LearningRate * rates.WeightDecay);
        private readonly TLanes directionDecay = TLanes.Of(of.Beta1);
        private readonly TLanes directionShare = TLanes.Of(1 - of.Beta1);
        private readonly TLanes decay = TLanes.Of(of.Beta2);
        private readonly TLanes share = TLanes.Of(1 - of.Beta2);
        private readonly TLanes bound = TLanes.Of(Negligible<T>.Bound);

        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes direction = directionDecay * first + directionShare * gradient;
            parameter = parameter * shrink - rate * TLanes.Sign(direction);
            first = TLanes.FlushBelow(decay * first + share * gradient, bound);
        }
    }
}
