using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>g += weightDecay·p; μₜ = β₁·(1 - ½·0.96^(t·momentumDecay)); m = β₁·m + (1 - β₁)·g; v = β₂·v + (1 - β₂)·g²; r = √(v / (1 - β₂ᵗ)) + ε;
/// p -= learningRate·((1 - μₜ) / (1 - Πμ₁…μₜ)·g / r + μₜ₊₁ / (1 - Πμ₁…μₜ₊₁)·m / r).</summary>
internal sealed class Nadam(double learningRate, double beta1, double beta2, double epsilon, double momentumDecay, double weightDecay, double l1)
    : Optimizer(learningRate, weightDecay, l1)
{
    private long productStep;
    private double product = 1;

    private protected override string Numbers => string.Create(CultureInfo.InvariantCulture, $"Nadam, beta1 {beta1}, beta2 {beta2}, epsilon {epsilon}, momentumDecay {momentumDecay}");

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters);

    private double Beta1 => beta1;

    private double Beta2 => beta2;

    private double Epsilon => epsilon;

    private double Momentum(long step) => beta1 * (1 - 0.5 * Math.Pow(0.96, step * momentumDecay));

    /// <summary>Πμ₁…μₜ, one factor further than for the step before; parameters that were thawed late have an earlier step, and the product begins anew.
    /// Once it vanishes beside 1 no further factor counts.</summary>
    private double ProductTo(long step)
    {
        if (step < productStep)
            (productStep, product) = (0, 1);
        while (productStep < step && product > 1e-20)
            product *= Momentum(++productStep);
        productStep = step;
        return product;
    }

    /// <summary>μₜ, μₜ₊₁ and Πμ₁…μₜ.</summary>
    private (double Now, double Next, double Product) MomentaAt(long step) => (Momentum(step), Momentum(step + 1), ProductTo(step));

    private sealed class State<T>(Nadam nadam, ParameterSet parameters) : OptimizerState<T>(nadam, parameters, moments: 2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private (double Now, double Next, double Product) momenta;

        protected override void Prepare(long step) => momenta = nadam.MomentaAt(step);

        protected override int Update<TLanes>(in UpdatePass<T> elements, int from, long step, in UpdateRates rates)
            => Run<NadamRule<T, TLanes>, TLanes>(elements, from, new(nadam, step, rates, momenta), rates);
    }

    private readonly struct NadamRule<T, TLanes>(Nadam of, long step, UpdateRates rates, (double Now, double Next, double Product) momenta) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes coupledDecay = TLanes.Of(rates.WeightDecay);
        private readonly TLanes firstShare = TLanes.Of(1 - of.Beta1);
        private readonly TLanes secondDecay = TLanes.Of(of.Beta2);
        private readonly TLanes secondShare = TLanes.Of(1 - of.Beta2);
        private readonly TLanes rootScale = TLanes.Of(1 / Math.Sqrt(1 - Math.Pow(of.Beta2, step)));
        private readonly TLanes ofGradient = TLanes.Of(rates.LearningRate * (1 - momenta.Now) / (1 - momenta.Product));
        private readonly TLanes ofMoment = TLanes.Of(rates.LearningRate * momenta.Next / (1 - momenta.Product * momenta.Next));
        private readonly TLanes epsilon = TLanes.Of(Negligible<T>.Epsilon(of.Epsilon));
        private readonly TLanes bound = TLanes.Of(Negligible<T>.Bound);

        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes g = gradient + coupledDecay * parameter;
            first = TLanes.FlushBelow(first + firstShare * (g - first), bound);
            second = TLanes.RaiseTo(secondDecay * second + secondShare * g * g, bound);
            parameter -= (ofGradient * g + ofMoment * first) / (TLanes.Sqrt(second) * rootScale + epsilon);
        }
    }
}
