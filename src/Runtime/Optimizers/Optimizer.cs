using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>Updates parameters from their gradients, by PyTorch's formulas. One optimizer may serve several models, of either precision;
/// it keeps separate state for each, allocated at the first step. For one thread at a time.</summary>
public abstract class Optimizer
{
    private readonly ConditionalWeakTable<ParameterSet, OptimizerState> states = [];

    private protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>The learning rate of the steps to come; set it between steps to follow a schedule.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double LearningRate
    {
        get;
        set => field = double.IsFinite(value) && value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LearningRate), value, "The learning rate must be finite and at least 0.");
    }

    /// <summary>Stochastic gradient descent; <c>torch.optim.SGD</c> with dampening 0.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="momentum">The share of the last direction that is kept, from 0 up to but not including 1.</param>
    /// <param name="nesterov">Whether the gradient is looked at one step ahead (Nesterov); needs momentum.</param>
    /// <param name="weightDecay">Added to the gradient, times the parameter (L2).</param>
    public static Optimizer Sgd(double learningRate, double momentum = 0, bool nesterov = false, double weightDecay = 0) =>
        new Sgd(learningRate, Share(momentum), nesterov, Decay(weightDecay));

    /// <summary>Adam (Kingma and Ba 2015); <c>torch.optim.Adam</c>.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="beta1">The decay of the first moment, from 0 up to but not including 1.</param>
    /// <param name="beta2">The decay of the second moment, from 0 up to but not including 1.</param>
    /// <param name="epsilon">Added to the root of the second moment, above 0.</param>
    /// <param name="weightDecay">Added to the gradient, times the parameter (L2).</param>
    public static Optimizer Adam(
        double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0) =>
        new Adam(learningRate, Share(beta1), Share(beta2), Epsilon(epsilon), Decay(weightDecay), decoupled: false);

    /// <summary>Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019); <c>torch.optim.AdamW</c>.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="beta1">The decay of the first moment, from 0 up to but not including 1.</param>
    /// <param name="beta2">The decay of the second moment, from 0 up to but not including 1.</param>
    /// <param name="epsilon">Added to the root of the second moment, above 0.</param>
    /// <param name="weightDecay">What a parameter loses each step, times the learning rate.</param>
    public static Optimizer AdamW(
        double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 1e-2) =>
        new Adam(learningRate, Share(beta1), Share(beta2), Epsilon(epsilon), Decay(weightDecay), decoupled: true);

    /// <summary>One update of all parameters that are not frozen. The gradients stay as they are. Allocates nothing after the first step.</summary>
    /// <param name="parameters">The parameters of a model whose gradients were computed.</param>
    /// <exception cref="InvalidOperationException">No gradient was computed yet.</exception>
    public void Step(ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!parameters.Storage.HasGradients)
            throw new InvalidOperationException("No gradients were computed for these parameters yet; call ComputeGradients before Step.");

        if (!states.TryGetValue(parameters, out OptimizerState? state))
        {
            state = parameters.Storage.Float64 ? CreateState<double>(parameters) : CreateState<float>(parameters);
            states.Add(parameters, state);
        }

        state.Step();
        parameters.RaiseVersion();
    }

    /// <summary>The state kept for a set, if it has made a step.</summary>
    internal OptimizerState? StateOf(ParameterSet parameters) => states.TryGetValue(parameters, out OptimizerState? state) ? state : null;

    private protected abstract OptimizerState CreateState<T>(ParameterSet parameters)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>;

    private static double Share(double value, [CallerArgumentExpression(nameof(value))] string? argument = null) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(argument, value, $"{argument} must be from 0 up to but not including 1.");

    private static double Decay(double weightDecay) => weightDecay >= 0 && double.IsFinite(weightDecay)
        ? weightDecay
        : throw new ArgumentOutOfRangeException(nameof(weightDecay), weightDecay, "The weight decay must be finite and at least 0.");

    // With 0, a parameter whose gradient was always 0 would become 0/0.
    private static double Epsilon(double epsilon) => epsilon > 0 && double.IsFinite(epsilon)
        ? epsilon
        : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be finite and above 0.");
}
