using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>g += weightDecay·p; s += g²; p -= learningRate / (1 + (t - 1)·rateDecay)·g / (√s + ε).</summary>
internal sealed class AdaGrad(double learningRate, double rateDecay, double epsilon, double weightDecay, double l1) : Optimizer(learningRate, weightDecay, l1)
{
    private protected override string Numbers => string.Create(CultureInfo.InvariantCulture, $"AdaGrad, rateDecay {rateDecay}, epsilon {epsilon}");

    internal override string Rule => "adagrad";

    private protected override void WriteOwn(StepRates values, long step, in UpdateRates rates)
    {
        values[UpdateRate.StepSize] = rates.LearningRate / (1 + (step - 1) * rateDecay);
        values[UpdateRate.CoupledDecay] = rates.WeightDecay;
        values.SetEpsilon(epsilon);
    }

    private protected override OptimizerState CreateState<T>(ParameterSet parameters) => new State<T>(this, parameters);

    private sealed class State<T>(AdaGrad adaGrad, ParameterSet parameters) : OptimizerState<T>(adaGrad, parameters, moments: 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        protected override int Update<TLanes>(in UpdatePass<T> elements, int from, StepRates rates) => Run<AdaGradRule<T, TLanes>, TLanes>(elements, from, new(rates), rates);
    }

    private readonly struct AdaGradRule<T, TLanes>(StepRates rates) : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        private readonly TLanes rate = TLanes.Of(rates[UpdateRate.StepSize]);
        private readonly TLanes decay = TLanes.Of(rates[UpdateRate.CoupledDecay]);
        private readonly TLanes epsilon = TLanes.Of(rates[UpdateRate.Epsilon]);

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
