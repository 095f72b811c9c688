using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>g += weightDecay·p; s += g²; p -= learningRate / (1 + (t - 1)·rateDecay)·g / (√s + ε).</summary>
internal sealed class AdaGrad(double learningRate, double rateDecay, double epsilon, double weightDecay, double l1) : Optimizer(learningRate, weightDecay, l1)
{
    private protected override string Numbers => string.Create(CultureInfo.InvariantCulture, $"AdaGrad, rateDecay {rateDecay}, epsilon {epsilon}");

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters);

    private sealed class State<T>(AdaGrad adaGrad, ParameterSet parameters) : OptimizerState<T>(adaGrad, parameters, moments: 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        protected override void Update(Range range, long step, in UpdateRates rates)
        {
            double rate = rates.LearningRate / (1 + (step - 1) * adaGrad.RateDecay);
            Run(new AdaGradRule<T>(T.CreateTruncating(rate), T.CreateTruncating(rates.WeightDecay), Negligible<T>.Epsilon(adaGrad.Epsilon)), range, rates);
        }
    }

    private double RateDecay => rateDecay;

    private double Epsilon => epsilon;

    private readonly struct AdaGradRule<T>(T rate, T decay, T epsilon) : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
            where TLanes : struct, ILanes<TLanes, T>
        {
            TLanes g = gradient + TLanes.Broadcast(decay) * parameter;
            first += g * g;
            parameter -= TLanes.Broadcast(rate) * (g / (TLanes.Sqrt(first) + TLanes.Broadcast(epsilon)));
        }
    }
}
