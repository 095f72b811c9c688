namespace DlGen.Kernels;

/// <summary>A number that an update rule is given for a step. The runtime's optimizers name them alike, in this order.</summary>
internal enum UpdateRate
{
    /// <summary>The learning rate, with the correction of the first moment where there is one.</summary>
    StepSize,

    /// <summary>The weight decay that is added to the gradient.</summary>
    CoupledDecay,

    /// <summary>What a parameter is multiplied by: 1 − learning rate · weight decay where that is apart from the gradient.</summary>
    Shrink,

    /// <summary>What is kept of the momentum or the first moment.</summary>
    FirstDecay,

    /// <summary>The share of what is new in the first moment.</summary>
    FirstShare,

    /// <summary>What is kept of the mean square.</summary>
    SecondDecay,

    /// <summary>The share of what is new in the mean square.</summary>
    SecondShare,

    /// <summary>The share of the gradient itself in the step.</summary>
    GradientShare,

    /// <summary>The share of the momentum or the first moment in the step.</summary>
    MomentShare,

    /// <summary>The correction of the second moment's root.</summary>
    RootScale,

    /// <summary>Added to a root.</summary>
    Epsilon,

    /// <summary>The L1 penalty.</summary>
    L1,
}
