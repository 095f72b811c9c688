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

    private Coefficients<T> Of<T>(in UpdateRates rates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(
            T.CreateTruncating(rates.LearningRate), T.CreateTruncating(rates.WeightDecay), T.CreateTruncating(alpha), T.CreateTruncating(1 - alpha),
            Negligible<T>.Epsilon(epsilon), T.CreateTruncating(momentum), Negligible<T>.Bound);

    private readonly record struct Coefficients<T>(T Rate, T Decay, T Alpha, T Share, T Epsilon, T Momentum, T Bound);

    private sealed class State<T>(RmsProp rmsProp, ParameterSet parameters, int moments) : OptimizerState<T>(rmsProp, parameters, moments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly int moments = moments;

        protected override void Update(Range range, long step, in UpdateRates rates)
        {
            Coefficients<T> coefficients = rmsProp.Of<T>(rates);
            if (moments == 1)
                Run(new PlainRule<T>(coefficients), range, rates);
            else if (moments == 2)
                Run(new MomentumRule<T>(coefficients), range, rates);
            else
                Run(new CenteredRule<T>(coefficients), range, rates);
        }
    }

    private readonly struct PlainRule<T>(Coefficients<T> of) : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TLanes g = gradient + TLanes.Broadcast(of.Decay) * parameter;
            first = TLanes.RaiseTo(TLanes.Broadcast(of.Alpha) * first + TLanes.Broadcast(of.Share) * g * g, TLanes.Broadcast(of.Bound));
            parameter -= TLanes.Broadcast(of.Rate) * (g / (TLanes.Sqrt(first) + TLanes.Broadcast(of.Epsilon)));
        }
    }

    private readonly struct MomentumRule<T>(Coefficients<T> of) : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TLanes bound = TLanes.Broadcast(of.Bound);
            TLanes g = gradient + TLanes.Broadcast(of.Decay) * parameter;
            first = TLanes.RaiseTo(TLanes.Broadcast(of.Alpha) * first + TLanes.Broadcast(of.Share) * g * g, bound);
            second = TLanes.FlushBelow(TLanes.Broadcast(of.Momentum) * second + g / (TLanes.Sqrt(first) + TLanes.Broadcast(of.Epsilon)), bound);
            parameter -= TLanes.Broadcast(of.Rate) * second;
        }
    }

    /// <summary>Without momentum the direction is kept as well: it is then the quotient itself.</summary>
    private readonly struct CenteredRule<T>(Coefficients<T> of) : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int Moments => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TLanes bound = TLanes.Broadcast(of.Bound);
            TLanes g = gradient + TLanes.Broadcast(of.Decay) * parameter;
            first = TLanes.RaiseTo(TLanes.Broadcast(of.Alpha) * first + TLanes.Broadcast(of.Share) * g * g, bound);
            third = TLanes.FlushBelow(third + TLanes.Broadcast(of.Share) * (g - third), bound);

            // Rounding takes a variance of 0 below it, where there is no root.
            TLanes variance = TLanes.FlushNegative(first - third * third);
            second = TLanes.FlushBelow(TLanes.Broadcast(of.Momentum) * second + g / (TLanes.Sqrt(variance) + TLanes.Broadcast(of.Epsilon)), bound);
            parameter -= TLanes.Broadcast(of.Rate) * second;
        }
    }
}
