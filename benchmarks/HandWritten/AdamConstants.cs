using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <summary>What a step of Adam does to a vector of parameters, whose moments lie at fixed distances behind it.</summary>
internal unsafe struct AdamConstants(double learningRate)
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;
    private float firstShare;
    private float secondShare;
    private float rootScale;
    private float epsilon;
    private float negativeRate;
    private int steps;

    /// <summary>Counts a step, whose bias corrections then hold.</summary>
    public void NextStep()
    {
        steps++;
        firstShare = (float)(1 - Beta1);
        secondShare = (float)(1 - Beta2);
        rootScale = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, steps)));
        epsilon = (float)Epsilon;
        negativeRate = (float)(-learningRate / (1 - Math.Pow(Beta1, steps)));
    }

    /// <summary>Writes the moments and gives the new parameters, while the gradient is still in its register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<float> Update(Vector512<float> gradient, float* parameters, nint toFirst, nint toSecond)
    {
        var first = Vector512.Load(parameters + toFirst);
        first = Vector512.FusedMultiplyAdd(gradient - first, Vector512.Create(firstShare), first);
        var second = Vector512.Load(parameters + toSecond);
        second = Vector512.FusedMultiplyAdd(Vector512.FusedMultiplyAdd(gradient, gradient, -second), Vector512.Create(secondShare), second);
        first.Store(parameters + toFirst);
        second.Store(parameters + toSecond);
        var divisor = Vector512.FusedMultiplyAdd(Vector512.Sqrt(second), Vector512.Create(rootScale), Vector512.Create(epsilon));
        return Vector512.Load(parameters) + (first * Vector512.Create(negativeRate) / divisor);
    }
}
