using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>Adam: g += weightDecay·p; AdamW: p *= 1 - learningRate·weightDecay. Both: m += (1 - β₁)(g - m); v = β₂·v + (1 - β₂)·g²;
/// p -= learningRate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε).</summary>
internal sealed class Adam(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, double l1, bool decoupled) : Optimizer(learningRate, weightDecay, l1)
{
    private protected override string Numbers => string.Create(CultureInfo.InvariantCulture, $"{(decoupled ? "AdamW" : "Adam")}, beta1 {beta1}, beta2 {beta2}, epsilon {epsilon}");

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters);

    private double Beta1 => beta1;

    private double Beta2 => beta2;

    private double Epsilon => epsilon;

    private bool Decoupled => decoupled;

    private sealed class State<T>(Adam adam, ParameterSet parameters) : OptimizerState<T>(adam, parameters, moments: 2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        protected override int Update<TLanes>(in UpdatePass<T> elements, int from, long step, in UpdateRates rates)
            => Run<AdamRule<T, TLanes>, TLanes>(elements, from, new(adam, step, rates), rates);
    }

    private readonly struct AdamRule<T, TLanes>(Adam of, long step, UpdateRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes coupledDecay = TLanes.Of(of.Decoupled ? 0 : rates.WeightDecay);
        private readonly TLanes shrink = TLanes.Of(of.Decoupled ? 1 - rates.LearningRate * rates.WeightDecay : 1);
        private readonly TLanes firstShare = TLanes.Of(1 - of.Beta1);
        private readonly TLanes secondDecay = TLanes.Of(of.Beta2);
        private readonly TLanes secondShare = TLanes.Of(1 - of.Beta2);
        private readonly TLanes rootScale = TLanes.Of(1 / Math.Sqrt(1 - Math.Pow(of.Beta2, step)));
        private readonly TLanes stepSize = TLanes.Of(rates.LearningRate / (1 - Math.Pow(of.Beta1, step)));
        private readonly TLanes epsilon = TLanes.Of(Negligible<T>.Epsilon(of.Epsilon));
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
