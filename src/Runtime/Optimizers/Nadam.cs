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

    internal override string Rule => "nadam";

    private protected override void WriteOwn(StepRates values, long step, in UpdateRates rates)
    {
        double now = Momentum(step), next = Momentum(step + 1), product = ProductTo(step);
        values[UpdateRate.CoupledDecay] = rates.WeightDecay;
        values[UpdateRate.FirstShare] = 1 - beta1;
        values[UpdateRate.SecondDecay] = beta2;
        values[UpdateRate.SecondShare] = 1 - beta2;
        values[UpdateRate.GradientShare] = rates.LearningRate * (1 - now) / (1 - product);
        values[UpdateRate.MomentShare] = rates.LearningRate * next / (1 - product * next);
        values[UpdateRate.RootScale] = 1 / Math.Sqrt(1 - Math.Pow(beta2, step));
        values.SetEpsilon(epsilon);
    }

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters);

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

    private sealed class State<T>(Nadam nadam, ParameterSet parameters) : OptimizerState<T>(nadam, parameters, moments: 2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        protected override int Update<TLanes>(in UpdatePass<T> elements, int from, StepRates rates) => Run<NadamRule<T, TLanes>, TLanes>(elements, from, new(rates), rates);
    }

    private readonly struct NadamRule<T, TLanes>(StepRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes coupledDecay = TLanes.Of(rates[UpdateRate.CoupledDecay]);
        private readonly TLanes firstShare = TLanes.Of(rates[UpdateRate.FirstShare]);
        private readonly TLanes secondDecay = TLanes.Of(rates[UpdateRate.SecondDecay]);
        private readonly TLanes secondShare = TLanes.Of(rates[UpdateRate.SecondShare]);
        private readonly TLanes rootScale = TLanes.Of(rates[UpdateRate.RootScale]);
        private readonly TLanes ofGradient = TLanes.Of(rates[UpdateRate.GradientShare]);
        private readonly TLanes ofMoment = TLanes.Of(rates[UpdateRate.MomentShare]);
        private readonly TLanes epsilon = TLanes.Of(rates[UpdateRate.Epsilon]);
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
