using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>p *= 1 - learningRate·weightDecay; p -= learningRate·sign(β₁·m + (1 - β₁)·g); m = β₂·m + (1 - β₂)·g.</summary>
internal sealed class Lion(double learningRate, double beta1, double beta2, double weightDecay, double l1) : Optimizer(learningRate, weightDecay, l1)
{
    private protected override string Numbers => string.Create(CultureInfo.InvariantCulture, $"Lion, beta1 {beta1}, beta2 {beta2}");

    internal override string Rule => "lion";

    private protected override void WriteOwn(StepRates values, long step, in UpdateRates rates)
    {
        values[UpdateRate.StepSize] = rates.LearningRate;
        values[UpdateRate.Shrink] = 1 - rates.LearningRate * rates.WeightDecay;
        values[UpdateRate.FirstDecay] = beta2;
        values[UpdateRate.FirstShare] = 1 - beta2;
        values[UpdateRate.GradientShare] = 1 - beta1;
        values[UpdateRate.MomentShare] = beta1;
    }

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters);

    private sealed class State<T>(Lion lion, ParameterSet parameters) : OptimizerState<T>(lion, parameters, moments: 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        protected override int Update<TLanes>(in UpdatePass<T> elements, int from, StepRates rates) => Run<LionRule<T, TLanes>, TLanes>(elements, from, new(rates), rates);
    }

    private readonly struct LionRule<T, TLanes>(StepRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes rate = TLanes.Of(rates[UpdateRate.StepSize]);
        private readonly TLanes shrink = TLanes.Of(rates[UpdateRate.Shrink]);
        private readonly TLanes ofMoment = TLanes.Of(rates[UpdateRate.MomentShare]);
        private readonly TLanes ofGradient = TLanes.Of(rates[UpdateRate.GradientShare]);
        private readonly TLanes decay = TLanes.Of(rates[UpdateRate.FirstDecay]);
        private readonly TLanes share = TLanes.Of(rates[UpdateRate.FirstShare]);
        private readonly TLanes bound = TLanes.Of(Negligible<T>.Bound);

        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes direction = ofMoment * first + ofGradient * gradient;
            parameter = parameter * shrink - rate * TLanes.Sign(direction);
            first = TLanes.FlushBelow(decay * first + share * gradient, bound);
        }
    }
}
