using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <content>Its products, by where their operands lie and what becomes of the sums.</content>
internal sealed unsafe partial class MlpByHand
{
    /// <summary>max(x·W₁ + b₁, 0).</summary>
    private readonly struct HiddenUnits(float* bias) : ITile
    {
        public static int LeftRow => Inputs;

        public static int LeftTerm => 1;

        public static int RightTerm => Hidden;

        public static int OutputRow => Hidden;

        public int Terms => Inputs;

        public Vector512<float> Start(int column) => Vector512.Load(bias + column);

        public Vector512<float> Finish(Vector512<float> sum, float* output) => Vector512.Max(sum, Vector512<float>.Zero);
    }

    /// <summary>h·W₂ + b₂.</summary>
    private readonly struct Logits(float* bias) : ITile
    {
        public static int LeftRow => Hidden;

        public static int LeftTerm => 1;

        public static int RightTerm => PaddedClasses;

        public static int OutputRow => PaddedClasses;

        public int Terms => Hidden;

        public Vector512<float> Start(int column) => Vector512.Load(bias + column);

        public Vector512<float> Finish(Vector512<float> sum, float* output) => sum;
    }

    /// <summary>The logits' gradient times W₂ᵀ, where the unit was above 0.</summary>
    private readonly struct HiddenGradient(nint toHidden) : ITile
    {
        public static int LeftRow => PaddedClasses;

        public static int LeftTerm => 1;

        public static int RightTerm => Hidden;

        public static int OutputRow => Hidden;

        public int Terms => Classes;

        public Vector512<float> Start(int column) => Vector512<float>.Zero;

        public Vector512<float> Finish(Vector512<float> sum, float* output) => sum & Vector512.GreaterThan(Vector512.Load(output + toHidden), Vector512<float>.Zero);
    }

    /// <summary>W₁ after a step: its gradient is the sum over the batch of input times hidden gradient.</summary>
    private readonly struct FirstWeight(AdamConstants adam, int rows) : ITile
    {
        public static int LeftRow => 1;

        public static int LeftTerm => Inputs;

        public static int RightTerm => Hidden;

        public static int OutputRow => Hidden;

        public int Terms => rows;

        public Vector512<float> Start(int column) => Vector512<float>.Zero;

        public Vector512<float> Finish(Vector512<float> sum, float* output) => adam.Update(sum, output, FirstMoments, SecondMoments);
    }

    /// <summary>b₁ after a step.</summary>
    private readonly struct FirstBias(AdamConstants adam, int rows) : ITile
    {
        public static int LeftRow => 0;

        public static int LeftTerm => 0;

        public static int RightTerm => Hidden;

        public static int OutputRow => Hidden;

        public int Terms => rows;

        public Vector512<float> Start(int column) => Vector512<float>.Zero;

        public Vector512<float> Finish(Vector512<float> sum, float* output) => adam.Update(sum, output, FirstMoments, SecondMoments);
    }

    /// <summary>W₂ after a step.</summary>
    private readonly struct SecondWeight(AdamConstants adam, int rows) : ITile
    {
        public static int LeftRow => 1;

        public static int LeftTerm => Hidden;

        public static int RightTerm => PaddedClasses;

        public static int OutputRow => PaddedClasses;

        public int Terms => rows;

        public Vector512<float> Start(int column) => Vector512<float>.Zero;

        public Vector512<float> Finish(Vector512<float> sum, float* output) => adam.Update(sum, output, FirstMoments, SecondMoments);
    }

    /// <summary>b₂ after a step.</summary>
    private readonly struct SecondBias(AdamConstants adam, int rows) : ITile
    {
        public static int LeftRow => 0;

        public static int LeftTerm => 0;

        public static int RightTerm => PaddedClasses;

        public static int OutputRow => PaddedClasses;

        public int Terms => rows;

        public Vector512<float> Start(int column) => Vector512<float>.Zero;

        public Vector512<float> Finish(Vector512<float> sum, float* output) => adam.Update(sum, output, FirstMoments, SecondMoments);
    }
}
