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

    internal override string Rule => centered ? "rmsprop_centered" : momentum > 0 ? "rmsprop_momentum" : "rmsprop";

    private protected override void WriteOwn(StepRates values, long step, in UpdateRates rates)
    {
        values[UpdateRate.StepSize] = rates.LearningRate;
        values[UpdateRate.CoupledDecay] = rates.WeightDecay;
        values[UpdateRate.FirstDecay] = momentum;
        values[UpdateRate.SecondDecay] = alpha;
        values[UpdateRate.SecondShare] = 1 - alpha;
        values.SetEpsilon(epsilon);
    }

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters, centered ? 3 : momentum > 0 ? 2 : 1);

    private sealed class State<T>(RmsProp rmsProp, ParameterSet parameters, int moments) : OptimizerState<T>(rmsProp, parameters, moments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly int moments = moments;

        protected override int Update<TLanes>(in UpdatePass<T> elements, int from, StepRates rates) => moments switch
        {
            1 => Run<PlainRule<T, TLanes>, TLanes>(elements, from, new(rates), rates),
            2 => Run<MomentumRule<T, TLanes>, TLanes>(elements, from, new(rates), rates),
            _ => Run<CenteredRule<T, TLanes>, TLanes>(elements, from, new(rates), rates),
        };
    }

    private readonly struct Coefficients<T, TLanes>(StepRates rates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        public readonly TLanes Rate = TLanes.Of(rates[UpdateRate.StepSize]);
        public readonly TLanes Decay = TLanes.Of(rates[UpdateRate.CoupledDecay]);
        public readonly TLanes Alpha = TLanes.Of(rates[UpdateRate.SecondDecay]);
        public readonly TLanes Share = TLanes.Of(rates[UpdateRate.SecondShare]);
        public readonly TLanes Epsilon = TLanes.Of(rates[UpdateRate.Epsilon]);
        public readonly TLanes Momentum = TLanes.Of(rates[UpdateRate.FirstDecay]);
        public readonly TLanes Bound = TLanes.Of(Negligible<T>.Bound);
    }

    private readonly struct PlainRule<T, TLanes>(StepRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly Coefficients<T, TLanes> with = new(rates);

        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes g = gradient + with.Decay * parameter;
            first = TLanes.RaiseTo(with.Alpha * first + with.Share * g * g, with.Bound);
            parameter -= with.Rate * (g / (TLanes.Sqrt(first) + with.Epsilon));
        }
    }

    private readonly struct MomentumRule<T, TLanes>(StepRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly Coefficients<T, TLanes> with = new(rates);

        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes g = gradient + with.Decay * parameter;
            first = TLanes.RaiseTo(with.Alpha * first + with.Share * g * g, with.Bound);
            second = TLanes.FlushBelow(with.Momentum * second + g / (TLanes.Sqrt(first) + with.Epsilon), with.Bound);
            parameter -= with.Rate * second;
        }
    }

    /// <summary>Without momentum the direction is kept as well: it is then the quotient itself.</summary>
    private readonly struct CenteredRule<T, TLanes>(StepRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly Coefficients<T, TLanes> with = new(rates);

        public static int Moments => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes g = gradient + with.Decay * parameter;
            first = TLanes.RaiseTo(with.Alpha * first + with.Share * g * g, with.Bound);
            third = TLanes.FlushBelow(third + with.Share * (g - third), with.Bound);

            // Rounding takes a variance of 0 below it, where there is no root.
            TLanes variance = TLanes.FlushNegative(first - third * third);
            second = TLanes.FlushBelow(with.Momentum * second + g / (TLanes.Sqrt(variance) + with.Epsilon), with.Bound);
            parameter -= with.Rate * second;
        }
    }
}
