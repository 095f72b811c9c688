namespace DlGen.Kernels;

/// <summary>
/// What an optimizer does to one element of the parameters, as a map over their memory: a step needs no kind of kernel of its own. Buffers are the
/// parameters, their gradients, the moments, then a buffer of one number for each of <paramref name="Rates"/>, so that rates may change between steps
/// without another kernel. The rows of the launch are the elements. The runtime's optimizers compute the same, bit for bit.
/// </summary>
/// <param name="Moments">How many numbers of state an element has.</param>
/// <param name="Rates">What the rule is given for each step, in the order of their buffers.</param>
internal sealed record UpdateRule(int Moments, IReadOnlyList<UpdateRate> Rates, MapKernel Kernel)
{
    /// <summary>p -= rate · (g + decay · p).</summary>
    public static UpdateRule Sgd() => Build(0, [UpdateRate.StepSize, UpdateRate.CoupledDecay], float64: false, rule =>
    {
        int direction = rule.Add(rule.Gradient, rule.Multiply(rule.Rate(UpdateRate.CoupledDecay), rule.Parameter));
        rule.StoreParameter(rule.Subtract(rule.Parameter, rule.Multiply(rule.Rate(UpdateRate.StepSize), direction)));
    });

    /// <summary>
    /// d = g + decay · p; b = momentum · b + d; p -= rate · (a · d + c · b), where a and c are the shares of gradient and momentum: 0 and 1, or 1 and the
    /// momentum where the gradient is looked at one step ahead (Nesterov).
    /// </summary>
    public static UpdateRule SgdWithMomentum(bool float64)
        => Build(1, [UpdateRate.StepSize, UpdateRate.CoupledDecay, UpdateRate.FirstDecay, UpdateRate.GradientShare, UpdateRate.FirstShare], float64, rule =>
        {
            int direction = rule.Add(rule.Gradient, rule.Multiply(rule.Rate(UpdateRate.CoupledDecay), rule.Parameter));
            int first = rule.FlushNegligible(rule.Add(rule.Multiply(rule.Rate(UpdateRate.FirstDecay), rule.Moment(0)), direction));
            int step = rule.Add(rule.Multiply(rule.Rate(UpdateRate.GradientShare), direction), rule.Multiply(rule.Rate(UpdateRate.FirstShare), first));
            rule.StoreParameter(rule.Subtract(rule.Parameter, rule.Multiply(rule.Rate(UpdateRate.StepSize), step)));
            rule.StoreMoment(0, first);
        });

    /// <summary>
    /// Adam and AdamW: g += coupled decay · p; m += (1 − β₁) · (g − m); v = β₂ · v + (1 − β₂) · g²; p = shrink · p − step · m / (√v · scale + ε), with
    /// step = rate / (1 − β₁ᵗ) and scale = 1 / √(1 − β₂ᵗ). Adam shrinks by 1, AdamW couples no decay.
    /// </summary>
    public static UpdateRule Adam(bool float64)
    {
        UpdateRate[] rates =
        [
            UpdateRate.StepSize, UpdateRate.CoupledDecay, UpdateRate.Shrink, UpdateRate.FirstShare, UpdateRate.SecondDecay, UpdateRate.SecondShare, UpdateRate.RootScale,
            UpdateRate.Epsilon,
        ];
        return Build(2, rates, float64, rule =>
        {
            int gradient = rule.Add(rule.Gradient, rule.Multiply(rule.Rate(UpdateRate.CoupledDecay), rule.Parameter));
            int first = rule.FlushNegligible(rule.Add(rule.Moment(0), rule.Multiply(rule.Rate(UpdateRate.FirstShare), rule.Subtract(gradient, rule.Moment(0)))));
            int square = rule.Multiply(rule.Multiply(rule.Rate(UpdateRate.SecondShare), gradient), gradient);
            int second = rule.RaiseNegligible(rule.Add(rule.Multiply(rule.Rate(UpdateRate.SecondDecay), rule.Moment(1)), square));
            int root = rule.Add(rule.Multiply(rule.SquareRoot(second), rule.Rate(UpdateRate.RootScale)), rule.Rate(UpdateRate.Epsilon));
            int kept = rule.Multiply(rule.Parameter, rule.Rate(UpdateRate.Shrink));
            rule.StoreParameter(rule.Subtract(kept, rule.Multiply(rule.Rate(UpdateRate.StepSize), rule.Divide(first, root))));
            rule.StoreMoment(0, first);
            rule.StoreMoment(1, second);
        });
    }

    private static UpdateRule Build(int moments, UpdateRate[] rates, bool float64, Action<UpdateRuleBuilder> write)
    {
        var builder = new UpdateRuleBuilder(moments, rates, float64);
        write(builder);
        return new UpdateRule(moments, rates, builder.Build());
    }
}

/// <summary>A number that an update rule is given for a step.</summary>
internal enum UpdateRate
{
    /// <summary>The learning rate, with the correction of the first moment where there is one.</summary>
    StepSize,

    /// <summary>The weight decay that is added to the gradient.</summary>
    CoupledDecay,

    /// <summary>What a parameter is multiplied by: 1 − learning rate · weight decay where that is apart from the gradient.</summary>
    Shrink,

    FirstDecay,

    /// <summary>The share of the gradient itself in a step that looks ahead.</summary>
    GradientShare,

    /// <summary>The share of what is new in the first moment, or of the first moment in the step.</summary>
    FirstShare,

    SecondDecay,

    SecondShare,

    /// <summary>The correction of the second moment's root.</summary>
    RootScale,

    Epsilon,
}
