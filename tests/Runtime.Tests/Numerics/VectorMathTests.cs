using System.Globalization;
using System.Runtime.Intrinsics;

namespace DlGen.Tests.Numerics;

/// <summary>
/// Errors of <c>VectorMath</c> over the whole range. Run them again under DOTNET_EnableAVX512=0, DOTNET_EnableAVX2=0 and DOTNET_EnableHWIntrinsic=0:
/// the bounds are the same. DLGEN_FLOAT_STRIDE=1 makes the float tests exhaustive.
/// </summary>
public class VectorMathTests
{
    private static readonly uint FloatStride = uint.Parse(
        Environment.GetEnvironmentVariable("DLGEN_FLOAT_STRIDE") ?? "1999", NumberStyles.None, CultureInfo.InvariantCulture);

    private static readonly float[] FloatSpecials =
    [
        float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 1f, -1f,
        0.99999994f, -0.99999994f, 1.0000001f, 1.17549435e-38f, 88.72283f, 88.72284f, 89f, -87.33655f, -103.97208f, -103.97209f, -104f, 9.01f, 3.92f,
    ];

    public static TheoryData<string> SingleNames => [.. ElementaryFunctions.Single.Select(function => function.Name)];

    public static TheoryData<string> DoubleNames => [.. ElementaryFunctions.Double.Select(function => function.Name)];

    [Theory]
    [MemberData(nameof(SingleNames))]
    public void FloatErrorIsAtMostTheStatedOne(string name)
    {
        ElementaryFunction<float> function = ElementaryFunctions.Single.Single(candidate => candidate.Name == name);
        var accuracy = new Accuracy();
        Span<float> arguments = stackalloc float[16];
        for (ulong bits = 0; bits < 1UL << 32;)
        {
            foreach (ref float argument in arguments)
            {
                argument = BitConverter.UInt32BitsToSingle((uint)Math.Min(bits, uint.MaxValue));
                bits += FloatStride;
            }

            Measure(function, arguments, accuracy);
        }

        foreach (float[] chunk in FloatSpecials.Chunk(16))
        {
            chunk.CopyTo(arguments);
            Measure(function, arguments, accuracy);
        }

        accuracy.AssertAtMost(function.Bound);
    }

    [Theory]
    [MemberData(nameof(DoubleNames))]
    public void DoubleErrorIsAtMostTheStatedOne(string name)
    {
        ElementaryFunction<double> function = ElementaryFunctions.Double.Single(candidate => candidate.Name == name);
        var accuracy = new Accuracy();
        Span<double> arguments = stackalloc double[8];
        foreach (double[] chunk in DoubleArguments().Chunk(8))
        {
            chunk.CopyTo(arguments);
            for (int lane = 0; lane < 8; lane++) arguments[lane] = arguments[lane] < function.Lowest ? function.Lowest : arguments[lane];
            Vector512<double> x = Vector512.Create<double>(arguments), y = function.Wide(x);
            AssertWidthsAgree(function, x, y);
            for (int lane = 0; lane < 8; lane++) accuracy.Compare(x[lane], y[lane], function.Exact(x[lane]));
        }

        accuracy.AssertAtMost(function.Bound);
    }

    private static void Measure(ElementaryFunction<float> function, Span<float> arguments, Accuracy accuracy)
    {
        foreach (ref float argument in arguments)
            if (argument < function.Lowest) argument = (float)function.Lowest;
        Vector512<float> x = Vector512.Create<float>(arguments), y = function.Wide(x);
        AssertWidthsAgree(function, x, y);
        for (int lane = 0; lane < 16; lane++) accuracy.Compare(x[lane], y[lane], function.Exact(x[lane]).Value.High);
    }

    /// <summary>Every binade with random mantissas; densely where the functions are neither linear nor saturated; the specials.</summary>
    private static IEnumerable<double> DoubleArguments()
    {
        var random = new Random(20240607);
        yield return double.NaN;
        yield return double.PositiveInfinity;
        yield return double.NegativeInfinity;
        yield return 0.0;
        yield return -0.0;
        yield return double.Epsilon;
        yield return double.MaxValue;
        yield return double.MinValue;
        for (int exponent = -1074; exponent < 1024; exponent++)
            for (int k = 0; k < 4; k++) yield return Math.ScaleB(1 + random.NextDouble(), exponent) * (1 - 2 * (k & 1));
        foreach (double range in new[] { 0.5, 1.5, 8, 40, 750, 1e4 })
            for (int k = 0; k < 20000; k++) yield return (random.NextDouble() * 2 - 1) * range;
    }

    private static void AssertWidthsAgree<T>(ElementaryFunction<T> function, Vector512<T> x, Vector512<T> y) where T : unmanaged
    {
        Vector256<T> middle = Vector256.Create(function.Narrow(x.GetLower().GetLower()), function.Narrow(x.GetLower().GetUpper()));
        Vector512<T> pieces = Vector512.Create(middle, function.Middle(x.GetUpper()));
        if (pieces.AsByte() != y.AsByte() && !BothNaNWhereDifferent(pieces, y)) Assert.Fail($"{function.Name}: widths disagree at {x}: {y} and {pieces}");
    }

    /// <summary>Sign and payload of a NaN are nobody's business.</summary>
    private static bool BothNaNWhereDifferent<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        Vector512<T> bothNaN = ~Vector512.Equals(a, a) & ~Vector512.Equals(b, b);
        return (a.AsByte() | bothNaN.AsByte()) == (b.AsByte() | bothNaN.AsByte());
    }
}
