using System.Globalization;
using System.Runtime.CompilerServices;
using DlGen.Compiled;

namespace DlGen;

/// <summary>Updates parameters from their gradients, by PyTorch's formulas. One optimizer may serve several models, of either precision;
/// it keeps separate state for each, allocated at the first step. For one thread at a time.</summary>
public abstract partial class Optimizer
{
    private readonly ConditionalWeakTable<ParameterSet, OptimizerState> states = [];
    private readonly List<ParameterGroup> groups = [];
    private readonly double weightDecay;
    private readonly double l1;
    private bool hasStepped;

    private protected Optimizer(double learningRate, double weightDecay, double l1)
    {
        LearningRate = learningRate;
        this.weightDecay = weightDecay;
        this.l1 = l1;
    }

    /// <summary>The learning rate of the steps to come; set it between steps to follow a schedule.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double LearningRate
    {
        get;
        set => field = double.IsFinite(value) && value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LearningRate), value, "The learning rate must be finite and at least 0.");
    }

    /// <summary>Treats some parameters otherwise: PyTorch's parameter groups. Of several groups that include a parameter the last one holds. Before the first step.
    /// <c>Optimizer.AdamW(3e-4).Group("*.bias", weightDecay: 0).Group("features.*", learningRateFactor: 0.1)</c></summary>
    /// <param name="pattern">Which ones: a name, * standing for any characters.</param>
    /// <param name="learningRateFactor">Times the learning rate, at least 0.</param>
    /// <param name="weightDecay">In place of the optimizer's weight decay, if stated.</param>
    /// <param name="l1">In place of the optimizer's L1 penalty, if stated.</param>
    /// <returns>This optimizer.</returns>
    /// <exception cref="InvalidOperationException">It has made a step already.</exception>
    public Optimizer Group(string pattern, double learningRateFactor = 1, double? weightDecay = null, double? l1 = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        return Add(ParameterGroup.Of(pattern, Factor(learningRateFactor), Given(weightDecay), Given(l1)));
    }

    /// <summary>The same for parameters that a condition tells: <c>Group(p => p.Shape.Length &lt; 2, weightDecay: 0)</c> leaves biases and the scales of norms without decay.</summary>
    /// <param name="includes">Whether a parameter belongs to the group; asked once, at the first step.</param>
    /// <param name="learningRateFactor">Times the learning rate, at least 0.</param>
    /// <param name="weightDecay">In place of the optimizer's weight decay, if stated.</param>
    /// <param name="l1">In place of the optimizer's L1 penalty, if stated.</param>
    /// <returns>This optimizer.</returns>
    /// <exception cref="InvalidOperationException">It has made a step already.</exception>
    public Optimizer Group(Func<Parameter, bool> includes, double learningRateFactor = 1, double? weightDecay = null, double? l1 = null)
    {
        ArgumentNullException.ThrowIfNull(includes);
        return Add(new ParameterGroup(null, includes, Factor(learningRateFactor), Given(weightDecay), Given(l1)));
    }

    /// <summary>One update of all parameters that are not frozen. The gradients stay as they are. Allocates nothing after the first step.</summary>
    /// <param name="parameters">The parameters of a model whose gradients were computed.</param>
    /// <exception cref="InvalidOperationException">No gradient was computed yet.</exception>
    /// <exception cref="ArgumentException">The pattern of a group matches none of the parameters.</exception>
    public void Step(ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Step(parameters, team: null);
    }

    /// <summary>The same by the threads of a team: elements know nothing of each other, so the bits are the same.</summary>
    internal void Step(ParameterSet parameters, Team? team)
    {
        if (!parameters.Storage.HasGradients)
            throw new InvalidOperationException("No gradients were computed for these parameters yet; call ComputeGradients before Step.");

        EnsureState(parameters).Step(team);
        parameters.RaiseVersion();
    }

    /// <summary>The state kept for a set, if it has made a step.</summary>
    internal OptimizerState? StateOf(ParameterSet parameters) => states.TryGetValue(parameters, out OptimizerState? state) ? state : null;

    /// <summary>The state for a set, new if it has made no step.</summary>
    internal OptimizerState EnsureState(ParameterSet parameters)
    {
        if (states.TryGetValue(parameters, out OptimizerState? state))
            return state;
        state = NewState(parameters);
        Replace(parameters, state);
        return state;
    }

    /// <summary>What it would remember of a set before the first step.</summary>
    internal OptimizerState NewState(ParameterSet parameters) => parameters.Storage.Float64 ? CreateState<double>(parameters) : CreateState<float>(parameters);

    /// <summary>Goes on from another state of a set.</summary>
    internal void Replace(ParameterSet parameters, OptimizerState state)
    {
        states.AddOrUpdate(parameters, state);
        hasStepped = true;
    }

    /// <summary>Forgets what it remembers of a set, as if it had made no step.</summary>
    internal void Forget(ParameterSet parameters) => states.Remove(parameters);

    /// <summary>Kind, numbers and groups: two optimizers with equal texts make equal steps from equal states, at the same learning rate.</summary>
    internal string Describe(ParameterSet parameters)
    {
        Parameter[] inOrder = parameters.InMemoryOrder;
        ParameterGroup?[] groups = GroupsOf(inOrder);
        string own = string.Create(CultureInfo.InvariantCulture, $"{Numbers}, weightDecay {weightDecay}, l1 {l1}");
        return own + string.Concat(inOrder.Zip(groups).Where(pair => pair.Second is not null).Select(pair => string.Create(CultureInfo.InvariantCulture,
            $"; {pair.First.Name}: rate ·{pair.Second!.LearningRateFactor}, weightDecay {pair.Second.WeightDecay ?? weightDecay}, l1 {pair.Second.L1 ?? l1}")));
    }

    /// <summary>The kind and its own numbers: "Adam, beta1 0.9".</summary>
    private protected abstract string Numbers { get; }

    /// <summary>Which rule it updates by, as the compiler's records name it: of equal rules only the numbers differ.</summary>
    internal abstract string Rule { get; }

    /// <summary>Gives the numbers that its rule takes for a step; the steps of a run of parameters come one after the other.</summary>
    /// <param name="values">Where they go.</param>
    /// <param name="step">The number of this step, from 1.</param>
    /// <param name="rates">What holds for the parameters' group.</param>
    internal void WriteRates(StepRates values, long step, in UpdateRates rates)
    {
        values[UpdateRate.L1] = rates.L1;
        WriteOwn(values, step, rates);
    }

    /// <summary>All of the numbers but the L1 penalty.</summary>
    private protected abstract void WriteOwn(StepRates values, long step, in UpdateRates rates);

    internal ParameterGroup?[] GroupsOf(Parameter[] parameters) => ParameterGroup.Assign(groups, parameters);

    internal UpdateRates RatesOf(ParameterGroup? group)
        => new(LearningRate * (group?.LearningRateFactor ?? 1), group?.WeightDecay ?? weightDecay, group?.L1 ?? l1);

    private protected abstract OptimizerState CreateState<T>(ParameterSet parameters)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>;

    private Optimizer Add(ParameterGroup group)
    {
        if (hasStepped)
            throw new InvalidOperationException("This optimizer has made a step already, so its parameters have their groups; state groups right where it is created.");
        groups.Add(group);
        return this;
    }

    private static double Factor(double learningRateFactor) => learningRateFactor >= 0 && double.IsFinite(learningRateFactor)
        ? learningRateFactor
        : throw new ArgumentOutOfRangeException(nameof(learningRateFactor), learningRateFactor, "The factor must be finite and at least 0.");

    private static double? Given(double? penalty, [CallerArgumentExpression(nameof(penalty))] string? argument = null) => penalty is double value ? Penalty(value, argument) : null;

    private static double Penalty(double value, [CallerArgumentExpression(nameof(value))] string? argument = null) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(argument, value, $"{argument} must be finite and at least 0.");
}
