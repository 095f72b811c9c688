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

    private AdamRule<T> Rule<T>(long step, in UpdateRates rates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new()
        {
            CoupledDecay = T.CreateTruncating(decoupled ? 0 : rates.WeightDecay),
            Shrink = T.CreateTruncating(decoupled ? 1 - rates.LearningRate * rates.WeightDecay : 1),
            FirstShare = T.CreateTruncating(1 - beta1),
            SecondDecay = T.CreateTruncating(beta2),
            SecondShare = T.CreateTruncating(1 - beta2),
            RootScale = T.CreateTruncating(1 / Math.Sqrt(1 - Math.Pow(beta2, step))),
            StepSize = T.CreateTruncating(rates.LearningRate / (1 - Math.Pow(beta1, step))),
            Epsilon = Negligible<T>.Epsilon(epsilon),
            Bound = Negligible<T>.Bound,
        };

    private sealed class State<T>(Adam adam, ParameterSet parameters) : OptimizerState<T>(adam, parameters, moments: 2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        protected override void Update(Range range, long step, in UpdateRates rates) => Run(adam.Rule<T>(step, rates), range, rates);
    }

    private readonly struct AdamRule<T> : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int Moments => 2;

        public required T CoupledDecay { get; init; }

        public required T Shrink { get; init; }

        public required T FirstShare { get; init; }

        public required T SecondDecay { get; init; }

        public required T SecondShare { get; init; }

        public required T RootScale { get; init; }

        public required T StepSize { get; init; }

        public required T Epsilon { get; init; }

        public required T Bound { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TLanes bound = TLanes.Broadcast(Bound);
            TLanes g = gradient + TLanes.Broadcast(CoupledDecay) * parameter;
            TLanes m = TLanes.FlushBelow(first + TLanes.Broadcast(FirstShare) * (g - first), bound);
            TLanes v = TLanes.RaiseTo(TLanes.Broadcast(SecondDecay) * second + TLanes.Broadcast(SecondShare) * g * g, bound);
            TLanes root = TLanes.Sqrt(v) * TLanes.Broadcast(RootScale) + TLanes.Broadcast(Epsilon);
            parameter = parameter * TLanes.Broadcast(Shrink) - TLanes.Broadcast(StepSize) * (m / root);
            first = m;
            second = v;
        }
    }
}
