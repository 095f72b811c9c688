using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>Adam: g += weightDecay·p; AdamW: p *= 1 - learningRate·weightDecay. Both: m += (1 - β₁)(g - m); v = β₂·v + (1 - β₂)·g²;
/// p -= learningRate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε).</summary>
internal sealed class Adam(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, double l1, bool decoupled) : Optimizer(learningRate, weightDecay, l1)
{
    private protected override string Numbers => string.Create(CultureInfo.InvariantCulture, $"{(decoupled ? "AdamW" : "Adam")}, beta1 {beta1}, beta2 {beta2}, epsilon {epsilon}");

    internal override string Rule => "adam";

    private protected override void WriteOwn(StepRates values, long step, in UpdateRates rates)
    {
        values[UpdateRate.StepSize] = rates.LearningRate / (1 - Math.Pow(beta1, step));
        values[UpdateRate.CoupledDecay] = decoupled ? 0 : rates.WeightDecay;
        values[UpdateRate.Shrink] = decoupled ? 1 - rates.LearningRate * rates.WeightDecay : 1;
        values[UpdateRate.FirstShare] = 1 - beta1;
        values[UpdateRate.SecondDecay] = beta2;
        values[UpdateRate.SecondShare] = 1 - beta2;
        values[UpdateRate.RootScale] = 1 / Math.Sqrt(1 - Math.Pow(beta2, step));
        values.SetEpsilon(epsilon);
    }

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters);

    private sealed class State<T>(Adam adam, ParameterSet parameters) : OptimizerState<T>(adam, parameters, moments: 2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        protected override int Update<TLanes>(in UpdatePass<T> elements, int from, StepRates rates) => Run<AdamRule<T, TLanes>, TLanes>(elements, from, new(rates), rates);
    }

    private readonly struct AdamRule<T, TLanes>(StepRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes coupledDecay = TLanes.Of(rates[UpdateRate.CoupledDecay]);
        private readonly TLanes shrink = TLanes.Of(rates[UpdateRate.Shrink]);
        private readonly TLanes firstShare = TLanes.Of(rates[UpdateRate.FirstShare]);
        private readonly TLanes secondDecay = TLanes.Of(rates[UpdateRate.SecondDecay]);
        private readonly TLanes secondShare = TLanes.Of(rates[UpdateRate.SecondShare]);
        private readonly TLanes rootScale = TLanes.Of(rates[UpdateRate.RootScale]);
        private readonly TLanes stepSize = TLanes.Of(rates[UpdateRate.StepSize]);
        private readonly TLanes epsilon = TLanes.Of(rates[UpdateRate.Epsilon]);
        private readonly TLanes bound = TLanes.Of(Negligible<T>.Bound);

        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes g = gradient + coupledDecay * parameter;
            first = TLanes.FlushBelow(first + firstShare * (g - first), bound);
            second = TLanes.RaiseTo(secondDecay * second + secondShare * g * g, bound);
            parameter = parameter * shrink - stepSize * (first / (TLanes.Sqrt(second) * rootScale + epsilon));
        }
    }
}
