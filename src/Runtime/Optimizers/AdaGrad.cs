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
        protected override int Update<TLanes>(in UpdatePass<T> elements, int from, long step, in UpdateRates rates)
            => Run<AdaGradRule<T, TLanes>, TLanes>(elements, from, new(adaGrad, step, rates), rates);
    }

    private double RateDecay => rateDecay;

    private double Epsilon => epsilon;

    private readonly struct AdaGradRule<T, TLanes>(AdaGrad of, long step, UpdateRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes rate = TLanes.Of(rates.LearningRate / (1 + (step - 1) * of.RateDecay));
        private readonly TLanes decay = TLanes.Of(rates.WeightDecay);
        private readonly TLanes epsilon = TLanes.Of(Negligible<T>.Epsilon(of.Epsilon));

        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes g = gradient + decay * parameter;
            first += g * g;
            parameter -= rate * (g / (TLanes.Sqrt(first) + epsilon));
        }
    }
}
