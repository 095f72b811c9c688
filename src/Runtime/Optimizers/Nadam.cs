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

    private NadamRule<T> Rule<T>(long step, in UpdateRates rates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double momenta = ProductTo(step), now = Momentum(step), next = Momentum(step + 1);
        return new()
        {
            CoupledDecay = T.CreateTruncating(rates.WeightDecay),
            FirstShare = T.CreateTruncating(1 - beta1),
            SecondDecay = T.CreateTruncating(beta2),
            SecondShare = T.CreateTruncating(1 - beta2),
            RootScale = T.CreateTruncating(1 / Math.Sqrt(1 - Math.Pow(beta2, step))),
            OfGradient = T.CreateTruncating(rates.LearningRate * (1 - now) / (1 - momenta)),
            OfMoment = T.CreateTruncating(rates.LearningRate * next / (1 - momenta * next)),
            Epsilon = Negligible<T>.Epsilon(epsilon),
            Bound = Negligible<T>.Bound,
        };
    }

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
        protected override void Update(Range range, long step, in UpdateRates rates) => Run(nadam.Rule<T>(step, rates), range, rates);
    }

    private readonly struct NadamRule<T> : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int Moments => 2;

        public required T CoupledDecay { get; init; }

        public required T FirstShare { get; init; }

        public required T SecondDecay { get; init; }

        public required T SecondShare { get; init; }

        public required T RootScale { get; init; }

        public required T OfGradient { get; init; }

        public required T OfMoment { get; init; }

        public required T Epsilon { get; init; }

        public required T Bound { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TLanes bound = TLanes.Broadcast(Bound);
            TLanes g = gradient + TLanes.Broadcast(CoupledDecay) * parameter;
            first = TLanes.FlushBelow(first + TLanes.Broadcast(FirstShare) * (g - first), bound);
            second = TLanes.RaiseTo(TLanes.Broadcast(SecondDecay) * second + TLanes.Broadcast(SecondShare) * g * g, bound);
            TLanes root = TLanes.Sqrt(second) * TLanes.Broadcast(RootScale) + TLanes.Broadcast(Epsilon);
            parameter -= (TLanes.Broadcast(OfGradient) * g + TLanes.Broadcast(OfMoment) * first) / root;
        }
    }
}
