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

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters);

    private sealed class State<T>(Sgd sgd, ParameterSet parameters) : OptimizerState<T>(sgd, parameters, sgd.momentum == 0 ? 0 : 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        protected override void Update(Range range, long step, in UpdateRates rates)
        {
            T rate = T.CreateTruncating(rates.LearningRate), decay = T.CreateTruncating(rates.WeightDecay), momentum = T.CreateTruncating(sgd.momentum);
            if (sgd.momentum == 0)
            {
                Run(new PlainRule<T>(rate, decay), range, rates);
                return;
            }

            (T ofGradient, T ofMoment) = sgd.nesterov ? (T.One, momentum) : (T.Zero, T.One);
            Run(new MomentumRule<T>(rate, decay, momentum, ofGradient, ofMoment, Negligible<T>.Bound), range, rates);
        }
    }

    private readonly struct PlainRule<T>(T rate, T decay) : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int Moments => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
            where TLanes : struct, ILanes<TLanes, T> =>
            parameter -= TLanes.Broadcast(rate) * (gradient + TLanes.Broadcast(decay) * parameter);
    }

    private readonly struct MomentumRule<T>(T rate, T decay, T momentum, T ofGradient, T ofMoment, T bound) : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TLanes direction = gradient + TLanes.Broadcast(decay) * parameter;
            first = TLanes.FlushBelow(TLanes.Broadcast(momentum) * first + direction, TLanes.Broadcast(bound));
            parameter -= TLanes.Broadcast(rate) * (TLanes.Broadcast(ofGradient) * direction + TLanes.Broadcast(ofMoment) * first);
        }
    }
}
