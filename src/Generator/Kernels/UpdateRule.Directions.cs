namespace DlGen.Kernels;

/// <content>Rules whose steps follow the gradient or its mean.</content>
internal sealed partial record UpdateRule
{
    /// <summary>p -= rate · (g + decay · p).</summary>
    private static Draft Sgd { get; } = new("sgd", 0, [UpdateRate.StepSize, UpdateRate.CoupledDecay], rule =>
        rule.StoreParameter(rule.Subtract(rule.Parameter, rule.Multiply(rule.Rate(UpdateRate.StepSize), rule.DecayedGradient()))));

    /// <summary>
    /// d = g + decay · p; b = momentum · b + d; p -= rate · (a · d + c · b), where a and c are the shares of gradient and momentum: 0 and 1, or 1 and the
    /// momentum where the gradient is looked at one step ahead (Nesterov).
    /// </summary>
    private static Draft SgdWithMomentum { get; } = new(
        "sgd_momentum", 1, [UpdateRate.StepSize, UpdateRate.CoupledDecay, UpdateRate.FirstDecay, UpdateRate.GradientShare, UpdateRate.MomentShare], rule =>
        {
            int direction = rule.DecayedGradient();
            int first = rule.FlushNegligible(rule.Add(rule.Multiply(rule.Rate(UpdateRate.FirstDecay), rule.Moment(0)), direction));
            int step = rule.Add(rule.Multiply(rule.Rate(UpdateRate.GradientShare), direction), rule.Multiply(rule.Rate(UpdateRate.MomentShare), first));
            rule.StoreParameter(rule.Subtract(rule.Parameter, rule.Multiply(rule.Rate(UpdateRate.StepSize), step)));
            rule.StoreMoment(0, first);
        });

    /// <summary>p = shrink · p − rate · sign(β₁ · m + (1 − β₁) · g); m = β₂ · m + (1 − β₂) · g.</summary>
    private static Draft Lion { get; } = new(
        "lion", 1, [UpdateRate.StepSize, UpdateRate.Shrink, UpdateRate.FirstDecay, UpdateRate.FirstShare, UpdateRate.GradientShare, UpdateRate.MomentShare], rule =>
        {
            int gradient = rule.Gradient();
            int direction = rule.Add(rule.Multiply(rule.Rate(UpdateRate.MomentShare), rule.Moment(0)), rule.Multiply(rule.Rate(UpdateRate.GradientShare), gradient));
            int kept = rule.Multiply(rule.Parameter, rule.Rate(UpdateRate.Shrink));
            rule.StoreParameter(rule.Subtract(kept, rule.Multiply(rule.Rate(UpdateRate.StepSize), rule.Sign(direction))));
            rule.StoreMoment(0, rule.FlushNegligible(
                rule.Add(rule.Multiply(rule.Rate(UpdateRate.FirstDecay), rule.Moment(0)), rule.Multiply(rule.Rate(UpdateRate.FirstShare), gradient))));
        });
}
