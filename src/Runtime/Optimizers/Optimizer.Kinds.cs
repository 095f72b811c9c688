using System.Runtime.CompilerServices;

namespace DlGen;

/// <content>The optimizers. <c>weightDecay</c> is an L2 penalty (added to the gradient, times the parameter) unless stated otherwise, <c>l1</c> is added
/// to the gradient, times the parameter's sign.</content>
public abstract partial class Optimizer
{
    /// <summary>Stochastic gradient descent; <c>torch.optim.SGD</c> with dampening 0.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="momentum">The share of the last direction that is kept, from 0 up to but not including 1.</param>
    /// <param name="nesterov">Whether the gradient is looked at one step ahead (Nesterov); needs momentum.</param>
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="l1">The L1 penalty.</param>
    public static Optimizer Sgd(double learningRate, double momentum = 0, bool nesterov = false, double weightDecay = 0, double l1 = 0) =>
        new Sgd(learningRate, Share(momentum), nesterov, Penalty(weightDecay), Penalty(l1));

    /// <summary>Adam (Kingma and Ba 2015); <c>torch.optim.Adam</c>.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="beta1">The decay of the first moment, from 0 up to but not including 1.</param>
    /// <param name="beta2">The decay of the second moment, from 0 up to but not including 1.</param>
    /// <param name="epsilon">Added to the root of the second moment, above 0.</param>
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="l1">The L1 penalty.</param>
    public static Optimizer Adam(
        double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0, double l1 = 0) =>
        new Adam(learningRate, Share(beta1), Share(beta2), Positive(epsilon), Penalty(weightDecay), Penalty(l1), decoupled: false);

    /// <summary>Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019); <c>torch.optim.AdamW</c>.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="beta1">The decay of the first moment, from 0 up to but not including 1.</param>
    /// <param name="beta2">The decay of the second moment, from 0 up to but not including 1.</param>
    /// <param name="epsilon">Added to the root of the second moment, above 0.</param>
    /// <param name="weightDecay">What a parameter loses each step, times the learning rate.</param>
    /// <param name="l1">The L1 penalty.</param>
    public static Optimizer AdamW(
        double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 1e-2, double l1 = 0) =>
        new Adam(learningRate, Share(beta1), Share(beta2), Positive(epsilon), Penalty(weightDecay), Penalty(l1), decoupled: true);

    /// <summary>Adam with Nesterov's look ahead (Dozat 2016); <c>torch.optim.NAdam</c>.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="beta1">The decay of the first moment, from 0 up to but not including 1.</param>
    /// <param name="beta2">The decay of the second moment, from 0 up to but not including 1.</param>
    /// <param name="epsilon">Added to the root of the second moment, above 0.</param>
    /// <param name="momentumDecay">How fast the first decay rises from ½·β₁ to β₁.</param>
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="l1">The L1 penalty.</param>
    public static Optimizer Nadam(
        double learningRate = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double momentumDecay = 4e-3, double weightDecay = 0, double l1 = 0) =>
        new Nadam(learningRate, Share(beta1), Share(beta2), Positive(epsilon), Penalty(momentumDecay), Penalty(weightDecay), Penalty(l1));

    /// <summary>A rate that falls with the squares of a parameter's gradients so far (Duchi et al. 2011); <c>torch.optim.Adagrad</c>.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="rateDecay">The rate of step t is learningRate / (1 + (t - 1)·rateDecay).</param>
    /// <param name="epsilon">Added to the root of the sum, above 0.</param>
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="l1">The L1 penalty.</param>
    public static Optimizer AdaGrad(double learningRate = 1e-2, double rateDecay = 0, double epsilon = 1e-10, double weightDecay = 0, double l1 = 0) =>
        new AdaGrad(learningRate, Penalty(rateDecay), Positive(epsilon), Penalty(weightDecay), Penalty(l1));

    /// <summary>Gradients divided by the root of their recent mean square (Tieleman and Hinton 2012); <c>torch.optim.RMSprop</c>.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="alpha">The decay of the mean square, from 0 up to but not including 1.</param>
    /// <param name="epsilon">Added to the root, above 0.</param>
    /// <param name="momentum">The share of the last direction that is kept, from 0 up to but not including 1.</param>
    /// <param name="centered">Whether the square of the mean gradient is taken off the mean square: the variance instead.</param>
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="l1">The L1 penalty.</param>
    public static Optimizer RmsProp(
        double learningRate = 1e-2, double alpha = 0.99, double epsilon = 1e-8, double momentum = 0, bool centered = false, double weightDecay = 0, double l1 = 0) =>
        new RmsProp(learningRate, Share(alpha), Positive(epsilon), Share(momentum), centered, Penalty(weightDecay), Penalty(l1));

    /// <summary>Steps of one size in the direction of the sign of momentum and gradient (Chen et al. 2023): half of Adam's memory. Takes a third to a tenth
    /// of AdamW's learning rate, and so much more weight decay.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="beta1">The share of the momentum in the direction, from 0 up to but not including 1.</param>
    /// <param name="beta2">The decay of the momentum, from 0 up to but not including 1.</param>
    /// <param name="weightDecay">What a parameter loses each step, times the learning rate.</param>
    /// <param name="l1">The L1 penalty.</param>
    public static Optimizer Lion(double learningRate = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0, double l1 = 0) =>
        new Lion(learningRate, Share(beta1), Share(beta2), Penalty(weightDecay), Penalty(l1));

    private static double Share(double value, [CallerArgumentExpression(nameof(value))] string? argument = null) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(argument, value, $"{argument} must be from 0 up to but not including 1.");

    // An epsilon of 0 would make 0/0 of a parameter whose gradient was always 0.
    private static double Positive(double value, [CallerArgumentExpression(nameof(value))] string? argument = null) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(argument, value, $"{argument} must be finite and above 0.");
}
