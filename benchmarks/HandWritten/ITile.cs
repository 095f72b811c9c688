using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <summary>
/// Where a tile finds its operands, how it begins and what becomes of its sums. Structs implement it, so that the strides are constants of the machine
/// code and beginning and end stand in it without a call.
/// </summary>
internal unsafe interface ITile
{
    /// <summary>Floats from one row of the left operand, whose elements are broadcast, to the next.</summary>
    static abstract int LeftRow { get; }

    /// <summary>Floats from one term of the sum to the next in the left operand.</summary>
    static abstract int LeftTerm { get; }

    /// <summary>Floats from one term of the sum to the next in the right operand, which is read in vectors.</summary>
    static abstract int RightTerm { get; }

    /// <summary>Floats from one row of the output to the next.</summary>
    static abstract int OutputRow { get; }

    /// <summary>How many terms each sum has.</summary>
    int Terms { get; }

    /// <summary>What the sums of a column of vectors begin with.</summary>
    Vector512<float> Start(int column);

    /// <summary>What is stored of a sum at this place.</summary>
    Vector512<float> Finish(Vector512<float> sum, float* output);
}
