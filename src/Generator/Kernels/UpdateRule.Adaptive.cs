namespace DlGen.Kernels;

/// <content>Rules that divide by the root of a gradient's squares.</content>
internal sealed partial record UpdateRule
{
    /// <summary>
    /// Adam and AdamW: g += coupled decay · p; m += (1 − β₁) · (g − m); v = β₂ · v + (1 − β₂) · g²; p = shrink · p − step · m / (√v · scale + ε), with
    /// step = rate / (1 − β₁ᵗ) and scale = 1 / √(1 − β₂ᵗ). Adam shrinks by 1, AdamW couples no decay.
    /// </summary>
    private static Draft Adam { get; } = new(
        "adam",
        2,
        [
            UpdateRate.StepSize, UpdateRate.CoupledDecay, UpdateRate.Shrink, UpdateRate.FirstShare, UpdateRate.SecondDecay, UpdateRate.SecondShare, UpdateRate.RootScale,
            UpdateRate.Epsilon,
        ],
        rule =>
        {
            int gradient = rule.DecayedGradient();
            int first = FirstMoment(rule, gradient, 0), second = MeanSquare(rule, gradient, 1);
            int kept = rule.Multiply(rule.Parameter, rule.Rate(UpdateRate.Shrink));
            rule.StoreParameter(rule.Subtract(kept, rule.Multiply(rule.Rate(UpdateRate.StepSize), rule.Divide(first, CorrectedRoot(rule, second)))));
            rule.StoreMoment(0, first);
            rule.StoreMoment(1, second);
        });

    /// <summary>Adam's moments, and p -= (a · g + c · m) / (√v · scale + ε), where a and c are the shares of gradient and moment, with the learning rate in them.</summary>
    private static Draft Nadam { get; } = new(
        "nadam",
        2,
        [
            UpdateRate.CoupledDecay, UpdateRate.FirstShare, UpdateRate.SecondDecay, UpdateRate.SecondShare, UpdateRate.GradientShare, UpdateRate.MomentShare, UpdateRate.RootScale,
            UpdateRate.Epsilon,
        ],
        rule =>
        {
            int gradient = rule.DecayedGradient();
            int first = FirstMoment(rule, gradient, 0), second = MeanSquare(rule, gradient, 1);
            int direction = rule.Add(rule.Multiply(rule.Rate(UpdateRate.GradientShare), gradient), rule.Multiply(rule.Rate(UpdateRate.MomentShare), first));
            rule.StoreParameter(rule.Subtract(rule.Parameter, rule.Divide(direction, CorrectedRoot(rule, second))));
            rule.StoreMoment(0, first);
            rule.StoreMoment(1, second);
        });

    /// <summary>g += decay · p; s += g²; p -= rate · g / (√s + ε).</summary>
    private static Draft AdaGrad { get; } = new("adagrad", 1, [UpdateRate.StepSize, UpdateRate.CoupledDecay, UpdateRate.Epsilon], rule =>
    {
        int gradient = rule.DecayedGradient();
        int squares = rule.Add(rule.Moment(0), rule.Multiply(gradient, gradient));
        rule.StoreParameter(rule.Subtract(rule.Parameter, rule.Multiply(rule.Rate(UpdateRate.StepSize), rule.Divide(gradient, Root(rule, squares)))));
        rule.StoreMoment(0, squares);
    });

    /// <summary>g += decay · p; v = α · v + (1 − α) · g²; p -= rate · g / (√v + ε).</summary>
    private static Draft RmsProp { get; } = new(
        "rmsprop", 1, [UpdateRate.StepSize, UpdateRate.CoupledDecay, UpdateRate.SecondDecay, UpdateRate.SecondShare, UpdateRate.Epsilon], rule =>
        {
            int gradient = rule.DecayedGradient(), square = MeanSquare(rule, gradient, 0);
            rule.StoreParameter(rule.Subtract(rule.Parameter, rule.Multiply(rule.Rate(UpdateRate.StepSize), rule.Divide(gradient, Root(rule, square)))));
            rule.StoreMoment(0, square);
        });

    /// <summary>As <see cref="RmsProp"/>, with b = momentum · b + g / (√v + ε) and p -= rate · b.</summary>
    private static Draft RmsPropWithMomentum { get; } = new(
        "rmsprop_momentum", 2, [UpdateRate.StepSize, UpdateRate.CoupledDecay, UpdateRate.FirstDecay, UpdateRate.SecondDecay, UpdateRate.SecondShare, UpdateRate.Epsilon], rule =>
        {
            int gradient = rule.DecayedGradient(), square = MeanSquare(rule, gradient, 0);
            FollowMomentum(rule, rule.Divide(gradient, Root(rule, square)));
            rule.StoreMoment(0, square);
        });

    /// <summary>As <see cref="RmsPropWithMomentum"/>, with a += (1 − α) · (g − a) and v − a² in v's place below the root, but never less than 0: rounding takes a variance of 0 below it.</summary>
    private static Draft CenteredRmsProp { get; } = new(
        "rmsprop_centered", 3, [UpdateRate.StepSize, UpdateRate.CoupledDecay, UpdateRate.FirstDecay, UpdateRate.SecondDecay, UpdateRate.SecondShare, UpdateRate.Epsilon], rule =>
        {
            int gradient = rule.DecayedGradient(), square = MeanSquare(rule, gradient, 0);
            int mean = rule.FlushNegligible(rule.Add(rule.Moment(2), rule.Multiply(rule.Rate(UpdateRate.SecondShare), rule.Subtract(gradient, rule.Moment(2)))));
            int variance = rule.FlushNegative(rule.Subtract(square, rule.Multiply(mean, mean)));
            FollowMomentum(rule, rule.Divide(gradient, Root(rule, variance)));
            rule.StoreMoment(0, square);
            rule.StoreMoment(2, mean);
        });

    private static int FirstMoment(UpdateRuleBuilder rule, int gradient, int moment)
        => rule.FlushNegligible(rule.Add(rule.Moment(moment), rule.Multiply(rule.Rate(UpdateRate.FirstShare), rule.Subtract(gradient, rule.Moment(moment)))));

    private static int MeanSquare(UpdateRuleBuilder rule, int gradient, int moment)
    {
        int square = rule.Multiply(rule.Multiply(rule.Rate(UpdateRate.SecondShare), gradient), gradient);
        return rule.RaiseNegligible(rule.Add(rule.Multiply(rule.Rate(UpdateRate.SecondDecay), rule.Moment(moment)), square));
    }

    private static int Root(UpdateRuleBuilder rule, int square) => rule.Add(rule.SquareRoot(square), rule.Rate(UpdateRate.Epsilon));

    private static int CorrectedRoot(UpdateRuleBuilder rule, int square)
        => rule.Add(rule.Multiply(rule.SquareRoot(square), rule.Rate(UpdateRate.RootScale)), rule.Rate(UpdateRate.Epsilon));

    private static void FollowMomentum(UpdateRuleBuilder rule, int direction)
    {
        int momentum = rule.FlushNegligible(rule.Add(rule.Multiply(rule.Rate(UpdateRate.FirstDecay), rule.Moment(1)), direction));
        rule.StoreParameter(rule.Subtract(rule.Parameter, rule.Multiply(rule.Rate(UpdateRate.StepSize), momentum)));
        rule.StoreMoment(1, momentum);
    }
}
