// The Vector512 file with its name and its Avx512F replaced: change that one.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector256;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>x to the power y, through doubles. Error at most 0.6 ULP. A negative base needs an integral exponent, else NaN; x⁰ = 1^y = 1, NaN included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Pow(Vector256<float> x, Vector256<float> y)
    {
        Vector256<float> magnitude = Abs(x);
        Vector256<float> exponent = MinNative(Create(Power.LargestExponent32), MaxNative(Create(-Power.LargestExponent32), y));
        Vector256<double> lower = Exp(WidenLower(exponent) * Log(WidenLower(magnitude)));
        Vector256<double> upper = Exp(WidenUpper(exponent) * Log(WidenUpper(magnitude)));
        return SignedPower(x, y, Narrow(lower, upper));
    }

    /// <summary>x to the power y. Error at most 1.5 ULP. A negative base needs an integral exponent, else NaN; x⁰ = 1^y = 1, NaN included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Pow(Vector256<double> x, Vector256<double> y)
    {
        Vector256<double> magnitude = Abs(x);
        Vector256<double> exponent = MinNative(Create(Power.LargestExponent64), MaxNative(Create(-Power.LargestExponent64), y));
        Vector256<double> logHigh = Log2(magnitude, out Vector256<double> logLow);

        // y · log2 x = high + low; high is exact.
        Vector256<double> exponentHigh = UpperHalf(exponent);
        Vector256<double> high = exponentHigh * logHigh;
        Vector256<double> low = (exponent - exponentHigh) * logHigh + exponent * logLow;
        Vector256<double> n = Round(MinNative(Create(Power.LargestLog2), MaxNative(Create(-Power.LargestLog2), high + low)));
        Vector256<double> r = MinNative(Vector256<double>.One, MaxNative(-Vector256<double>.One, high - n + low));
        Vector256<double> power = ScaleByPowerOfTwo(ReducedExpm1(r * Power.Ln2, Vector256<double>.Zero) + Vector256<double>.One, n);

        // The logarithms of 0 and ∞ are no sums of two parts. The product only carries NaN.
        Vector256<double> isZero = Vector256.Equals(magnitude, Vector256<double>.Zero);
        Vector256<double> isInfinite = Vector256.Equals(magnitude, Create(double.PositiveInfinity));
        Vector256<double> grows = isZero ^ GreaterThan(exponent, Vector256<double>.Zero);
        Vector256<double> limit = (grows & Create(double.PositiveInfinity)) + exponent * Vector256<double>.Zero;
        return SignedPower(x, y, ConditionalSelect(isZero | isInfinite, limit, power));
    }

    /// <summary>The sign of a negative base, what is undefined, and what is 1 whatever the other argument.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> SignedPower(Vector256<float> x, Vector256<float> y, Vector256<float> magnitude)
    {
        Vector256<float> integral = Vector256.Equals(Floor(y), y);
        Vector256<float> odd = AndNot(integral, Vector256.Equals(Floor(y * 0.5f), y * 0.5f));
        Vector256<float> result = magnitude | (x & odd & Create(-0f));
        Vector256<float> negativeFinite = LessThan(x, Vector256<float>.Zero) & GreaterThan(x, Create(float.NegativeInfinity));
        result = ConditionalSelect(AndNot(negativeFinite, integral), Create(float.NaN), result);
        return ConditionalSelect(Vector256.Equals(x, Vector256<float>.One) | Vector256.Equals(y, Vector256<float>.Zero), Vector256<float>.One, result);
    }

    /// <inheritdoc cref="SignedPower(Vector256{float}, Vector256{float}, Vector256{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> SignedPower(Vector256<double> x, Vector256<double> y, Vector256<double> magnitude)
    {
        Vector256<double> integral = Vector256.Equals(Floor(y), y);
        Vector256<double> odd = AndNot(integral, Vector256.Equals(Floor(y * 0.5), y * 0.5));
        Vector256<double> result = magnitude | (x & odd & Create(-0.0));
        Vector256<double> negativeFinite = LessThan(x, Vector256<double>.Zero) & GreaterThan(x, Create(double.NegativeInfinity));
        result = ConditionalSelect(AndNot(negativeFinite, integral), Create(double.NaN), result);
        return ConditionalSelect(Vector256.Equals(x, Vector256<double>.One) | Vector256.Equals(y, Vector256<double>.Zero), Vector256<double>.One, result);
    }

    /// <summary>log2 x as a sum of two doubles, to about 2^−70 of it; the first has 21 significant bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Log2(Vector256<double> x, out Vector256<double> low)
    {
        Vector256<double> m = Decompose(x, out Vector256<double> n);
        Vector256<double> small = LessThan(m, Create(Power.SquareRootOfThreeQuarters));
        m = ConditionalSelect(small, m + m, m);
        n = ConditionalSelect(small, n - Vector256<double>.One, n);
        Vector256<double> upperBreakpoint = GreaterThan(m, Create(Power.SquareRootOfThreeHalves));
        Vector256<double> breakpoint = ConditionalSelect(upperBreakpoint, Create(1.5), Vector256<double>.One);

        // s = (m − breakpoint) / (m + breakpoint) = sHigh + sLow.
        Vector256<double> difference = m - breakpoint;
        Vector256<double> sum = m + breakpoint;
        Vector256<double> s = difference / sum;
        Vector256<double> sHigh = UpperHalf(s);
        Vector256<double> sumHigh = UpperHalf(sum);
        Vector256<double> sLow = (difference - sHigh * sumHigh - sHigh * (m - (sumHigh - breakpoint))) / sum;

        // 3 + s² + … = tHigh + tLow.
        Vector256<double> z = s * s;
        Vector256<double> p = MultiplyAddEstimate(Create(Power.L6), z, Create(Power.L5));
        p = MultiplyAddEstimate(p, z, Create(Power.L4));
        p = MultiplyAddEstimate(p, z, Create(Power.L3));
        p = MultiplyAddEstimate(p, z, Create(Power.L2));
        p = MultiplyAddEstimate(p, z, Create(Power.L1));
        p = MultiplyAddEstimate(sLow, sHigh + s, p * (z * z));
        z = sHigh * sHigh;
        Vector256<double> tHigh = UpperHalf(z + p + Create(3.0));
        Vector256<double> tLow = p - (tHigh - Create(3.0) - z);

        Vector256<double> productHigh = sHigh * tHigh;
        Vector256<double> productLow = sLow * tHigh + tLow * s;
        Vector256<double> seriesHigh = UpperHalf(productHigh + productLow);
        Vector256<double> seriesLow = productLow - (seriesHigh - productHigh);
        Vector256<double> breakpointHigh = upperBreakpoint & Create(Power.Log2OfBreakpointHigh);
        Vector256<double> scaledHigh = seriesHigh * Power.FactorHigh;
        Vector256<double> scaledLow = seriesHigh * Power.FactorLow + seriesLow * Power.Factor + (upperBreakpoint & Create(Power.Log2OfBreakpointLow));
        Vector256<double> high = UpperHalf(scaledHigh + scaledLow + breakpointHigh + n);
        low = scaledLow - (high - n - breakpointHigh - scaledHigh);
        return high;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> UpperHalf(Vector256<double> x) => (x.AsInt64() & Create(Power.UpperHalf)).AsDouble();
}
