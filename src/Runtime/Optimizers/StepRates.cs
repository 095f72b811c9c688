using System.Numerics;

namespace DlGen;

/// <summary>A number that an update rule is given for a step. The compiler's records of the rules name them alike, in this order.</summary>
internal enum UpdateRate
{
    /// <summary>The learning rate, with the correction of the first moment where there is one.</summary>
    StepSize,

    /// <summary>The weight decay that is added to the gradient.</summary>
    CoupledDecay,

    /// <summary>What a parameter is multiplied by: 1 - learning rate · weight decay where that is apart from the gradient.</summary>
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

/// <summary>The numbers of a step by name, for one number type: a place for each <see cref="UpdateRate"/>, in their order. What the rule of the optimizer does not take stays 0.</summary>
/// <param name="float64">Whether the parameters are doubles.</param>
internal sealed class StepRates(bool float64)
{
    private const float SmallestNormal = 1.1754944e-38f;

    private readonly double[] values = new double[Count];

    /// <summary>How many places there are.</summary>
    public static int Count { get; } = Enum.GetValues<UpdateRate>().Length;

    public double this[UpdateRate rate]
    {
        get => values[(int)rate];
        set => values[(int)rate] = value;
    }

    /// <summary>Sets an epsilon as the type holds it, but never 0: it keeps 0 from being divided by 0.</summary>
    public void SetEpsilon(double epsilon) => this[UpdateRate.Epsilon] = float64 ? Math.Max(epsilon, double.Epsilon) : Math.Max((float)epsilon, SmallestNormal);

    /// <summary>All of them as the type holds them.</summary>
    public void CopyTo<T>(Span<T> numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < values.Length; i++)
            numbers[i] = T.CreateTruncating(values[i]);
    }
}
