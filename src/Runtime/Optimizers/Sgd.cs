using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>d = g + weightDecay·p; b = momentum·b + d; p -= learningRate·(d + momentum·b with Nesterov, b without, d without momentum).</summary>
internal sealed class Sgd : Optimizer
{
    private readonly double momentum;
    private readonly bool nesterov;

    public Sgd(double learningRate, double momentum, bool nesterov, double weightDecay, double l1)
        : base(learningRate, weightDecay, l1)
    {
        if (nesterov && momentum == 0)
            throw new ArgumentException("Nesterov needs a momentum above 0.", nameof(nesterov));
        this.momentum = momentum;
        this.nesterov = nesterov;
    }

    private protected override string Numbers => string.Create(CultureInfo.InvariantCulture, $"Sgd, momentum {momentum}{(nesterov ? ", nesterov" : "")}");

    internal override string Rule => momentum == 0 ? "sgd" : "sgd_momentum";

    private protected override void WriteOwn(StepRates values, long step, in UpdateRates rates)
    {
        values[UpdateRate.StepSize] = rates.LearningRate;
        values[UpdateRate.CoupledDecay] = rates.WeightDecay;
        values[UpdateRate.FirstDecay] = momentum;
        values[UpdateRate.GradientShare] = nesterov ? 1 : 0;
        values[UpdateRate.MomentShare] = nesterov ? momentum : 1;
    }

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters);

    private sealed class State<T>(Sgd sgd, ParameterSet parameters) : OptimizerState<T>(sgd, parameters, sgd.momentum == 0 ? 0 : 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        protected override int Update<TLanes>(in UpdatePass<T> elements, int from, StepRates rates) => Moments == 0
            ? Run<PlainRule<T, TLanes>, TLanes>(elements, from, new(rates), rates)
            : Run<MomentumRule<T, TLanes>, TLanes>(elements, from, new(rates), rates);
    }

    private readonly struct PlainRule<T, TLanes>(StepRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes rate = TLanes.Of(rates[UpdateRate.StepSize]);
        private readonly TLanes decay = TLanes.Of(rates[UpdateRate.CoupledDecay]);

        public static int Moments => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            parameter -= rate * (gradient + decay * parameter);
        }
    }

    private readonly struct MomentumRule<T, TLanes>(StepRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes rate = TLanes.Of(rates[UpdateRate.StepSize]);
        private readonly TLanes decay = TLanes.Of(rates[UpdateRate.CoupledDecay]);
        private readonly TLanes momentum = TLanes.Of(rates[UpdateRate.FirstDecay]);
        private readonly TLanes ofGradient = TLanes.Of(rates[UpdateRate.GradientShare]);
        private readonly TLanes ofMoment = TLanes.Of(rates[UpdateRate.MomentShare]);
        private readonly TLanes bound = TLanes.Of(Negligible<T>.Bound);

        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes direction = gradient + decay * parameter;
            first = TLanes.FlushBelow(momentum * first + direction, bound);
            parameter -= rate * (ofGradient * direction + ofMoment * first);
        }
    }
}
