using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>g += weightDecay·p; v = α·v + (1 - α)·g²; centered: a += (1 - α)·(g - a), and v - a² takes v's place below; d = g / (√v + ε);
/// with momentum b = momentum·b + d, p -= learningRate·b; without p -= learningRate·d.</summary>
internal sealed class RmsProp(double learningRate, double alpha, double epsilon, double momentum, bool centered, double weightDecay, double l1)
    : Optimizer(learningRate, weightDecay, l1)
{
    private protected override string Numbers => string.Create(CultureInfo.InvariantCulture, $"RmsProp, alpha {alpha}, epsilon {epsilon}, momentum {momentum}{(centered ? ", centered" : "")}");

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters, centered ? 3 : momentum > 0 ? 2 : 1);

    private double Alpha => alpha;

    private double Epsilon => epsilon;

    private double Momentum => momentum;

    private sealed class State<T>(RmsProp rmsProp, ParameterSet parameters, int moments) : OptimizerState<T>(rmsProp, parameters, moments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly int moments = moments;

        protected override int Update<TLanes>(in UpdatePass<T> elements, int from, long step, in UpdateRates rates) => moments switch
        {
            1 => Run<PlainRule<T, TLanes>, TLanes>(elements, from, new(rmsProp, rates), rates),
            2 => Run<MomentumRule<T, TLanes>, TLanes>(elements, from, new(rmsProp, rates), rates),
            _ => Run<CenteredRule<T, TLanes>, TLanes>(elements, from, new(rmsProp, rates), rates),
        };
    }

    private readonly struct PlainRule<T, TLanes>(RmsProp of, UpdateRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes rate = TLanes.Of(rates.LearningRate);
        private readonly TLanes decay = TLanes.Of(rates.WeightDecay);
        private readonly TLanes alpha = TLanes.Of(of.Alpha);
        private readonly TLanes share = TLanes.Of(1 - of.Alpha);
        private readonly TLanes epsilon = TLanes.Of(Negligible<T>.Epsilon(of.Epsilon));
        private readonly TLanes bound = TLanes.Of(Negligible<T>.Bound);

        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes g = gradient + decay * parameter;
            first = TLanes.RaiseTo(alpha * first + share * g * g, bound);
            parameter -= rate * (g / (TLanes.Sqrt(first) + epsilon));
        }
    }

    private readonly struct MomentumRule<T, TLanes>(RmsProp of, UpdateRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes rate = TLanes.Of(rates.LearningRate);
        private readonly TLanes decay = TLanes.Of(rates.WeightDecay);
        private readonly TLanes alpha = TLanes.Of(of.Alpha);
        private readonly TLanes share = TLanes.Of(1 - of.Alpha);
        private readonly TLanes epsilon = TLanes.Of(Negligible<T>.Epsilon(of.Epsilon));
        private readonly TLanes momentum = TLanes.Of(of.Momentum);
        private readonly TLanes bound = TLanes.Of(Negligible<T>.Bound);

        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes g = gradient + decay * parameter;
            first = TLanes.RaiseTo(alpha * first + share * g * g, bound);
            second = TLanes.FlushBelow(momentum * second + g / (TLanes.Sqrt(first) + epsilon), bound);
            parameter -= rate * second;
        }
    }

    /// <summary>Without momentum the direction is kept as well: it is then the quotient itself.</summary>
    private readonly struct CenteredRule<T, TLanes>(RmsProp of, UpdateRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes rate = TLanes.Of(rates.LearningRate);
        private readonly TLanes decay = TLanes.Of(rates.WeightDecay);
        private readonly TLanes alpha = TLanes.Of(of.Alpha);
        private readonly TLanes share = TLanes.Of(1 - of.Alpha);
        private readonly TLanes epsilon = TLanes.Of(Negligible<T>.Epsilon(of.Epsilon));
        private readonly TLanes momentum = TLanes.Of(of.Momentum);
        private readonly TLanes bound = TLanes.Of(Negligible<T>.Bound);

        public static int Moments => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes g = gradient + decay * parameter;
            first = TLanes.RaiseTo(alpha * first + share * g * g, bound);
            third = TLanes.FlushBelow(third + share * (g - third), bound);

            // Rounding takes a variance of 0 below it, where there is no root.
            TLanes variance = TLanes.FlushNegative(first - third * third);
            second = TLanes.FlushBelow(momentum * second + g / (TLanes.Sqrt(variance) + epsilon), bound);
            parameter -= rate * second;
        }
    }
}
