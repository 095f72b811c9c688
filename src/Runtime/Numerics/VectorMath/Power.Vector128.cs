// The Vector512 file with its name and its Avx512F replaced: change that one.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector128;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>x to the power y, through doubles. Error at most 0.6 ULP. A negative base needs an integral exponent, else NaN; x⁰ = 1^y = 1, NaN included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Pow(Vector128<float> x, Vector128<float> y)
    {
        Vector128<float> magnitude = Abs(x);
        Vector128<float> exponent = MinNative(Create(Power.LargestExponent32), MaxNative(Create(-Power.LargestExponent32), y));
        Vector128<double> lower = Exp(WidenLower(exponent) * Log(WidenLower(magnitude)));
        Vector128<double> upper = Exp(WidenUpper(exponent) * Log(WidenUpper(magnitude)));
        return SignedPower(x, y, Narrow(lower, upper));
    }

    /// <summary>x to the power y. Error at most 1.5 ULP. A negative base needs an integral exponent, else NaN; x⁰ = 1^y = 1, NaN included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Pow(Vector128<double> x, Vector128<double> y)
    {
        Vector128<double> magnitude = Abs(x);
        Vector128<double> exponent = MinNative(Create(Power.LargestExponent64), MaxNative(Create(-Power.LargestExponent64), y));
        Vector128<double> logHigh = Log2(magnitude, out Vector128<double> logLow);

        // y · log2 x = high + low; high is exact.
        Vector128<double> exponentHigh = UpperHalf(exponent);
        Vector128<double> high = exponentHigh * logHigh;
        Vector128<double> low = (exponent - exponentHigh) * logHigh + exponent * logLow;
        Vector128<double> n = Round(MinNative(Create(Power.LargestLog2), MaxNative(Create(-Power.LargestLog2), high + low)));
        Vector128<double> r = MinNative(Vector128<double>.One, MaxNative(-Vector128<double>.One, high - n + low));
        Vector128<double> power = ScaleByPowerOfTwo(ReducedExpm1(r * Power.Ln2, Vector128<double>.Zero) + Vector128<double>.One, n);

        // The logarithms of 0 and ∞ are no sums of two parts. The product only carries NaN.
        Vector128<double> isZero = Vector128.Equals(magnitude, Vector128<double>.Zero);
        Vector128<double> isInfinite = Vector128.Equals(magnitude, Create(double.PositiveInfinity));
        Vector128<double> grows = isZero ^ GreaterThan(exponent, Vector128<double>.Zero);
        Vector128<double> limit = (grows & Create(double.PositiveInfinity)) + exponent * Vector128<double>.Zero;
        return SignedPower(x, y, ConditionalSelect(isZero | isInfinite, limit, power));
    }

    /// <summary>The sign of a negative base, what is undefined, and what is 1 whatever the other argument.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> SignedPower(Vector128<float> x, Vector128<float> y, Vector128<float> magnitude)
    {
        Vector128<float> integral = Vector128.Equals(Floor(y), y);
        Vector128<float> odd = AndNot(integral, Vector128.Equals(Floor(y * 0.5f), y * 0.5f));
        Vector128<float> result = magnitude | (x & odd & Create(-0f));
        Vector128<float> negativeFinite = LessThan(x, Vector128<float>.Zero) & GreaterThan(x, Create(float.NegativeInfinity));
        result = ConditionalSelect(AndNot(negativeFinite, integral), Create(float.NaN), result);
        return ConditionalSelect(Vector128.Equals(x, Vector128<float>.One) | Vector128.Equals(y, Vector128<float>.Zero), Vector128<float>.One, result);
    }

    /// <inheritdoc cref="SignedPower(Vector128{float}, Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> SignedPower(Vector128<double> x, Vector128<double> y, Vector128<double> magnitude)
    {
        Vector128<double> integral = Vector128.Equals(Floor(y), y);
        Vector128<double> odd = AndNot(integral, Vector128.Equals(Floor(y * 0.5), y * 0.5));
        Vector128<double> result = magnitude | (x & odd & Create(-0.0));
        Vector128<double> negativeFinite = LessThan(x, Vector128<double>.Zero) & GreaterThan(x, Create(double.NegativeInfinity));
        result = ConditionalSelect(AndNot(negativeFinite, integral), Create(double.NaN), result);
        return ConditionalSelect(Vector128.Equals(x, Vector128<double>.One) | Vector128.Equals(y, Vector128<double>.Zero), Vector128<double>.One, result);
    }

    /// <summary>log2 x as a sum of two doubles, to about 2^−70 of it; the first has 21 significant bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Log2(Vector128<double> x, out Vector128<double> low)
    {
        Vector128<double> m = Decompose(x, out Vector128<double> n);
        Vector128<double> small = LessThan(m, Create(Power.SquareRootOfThreeQuarters));
        m = ConditionalSelect(small, m + m, m);
        n = ConditionalSelect(small, n - Vector128<double>.One, n);
        Vector128<double> upperBreakpoint = GreaterThan(m, Create(Power.SquareRootOfThreeHalves));
        Vector128<double> breakpoint = ConditionalSelect(upperBreakpoint, Create(1.5), Vector128<double>.One);

        // s = (m − breakpoint) / (m + breakpoint) = sHigh + sLow.
        Vector128<double> difference = m - breakpoint;
        Vector128<double> sum = m + breakpoint;
        Vector128<double> s = difference / sum;
        Vector128<double> sHigh = UpperHalf(s);
        Vector128<double> sumHigh = UpperHalf(sum);
        Vector128<double> sLow = (difference - sHigh * sumHigh - sHigh * (m - (sumHigh - breakpoint))) / sum;

        // 3 + s² + … = tHigh + tLow.
        Vector128<double> z = s * s;
        Vector128<double> p = MultiplyAddEstimate(Create(Power.L6), z, Create(Power.L5));
        p = MultiplyAddEstimate(p, z, Create(Power.L4));
        p = MultiplyAddEstimate(p, z, Create(Power.L3));
        p = MultiplyAddEstimate(p, z, Create(Power.L2));
        p = MultiplyAddEstimate(p, z, Create(Power.L1));
        p = MultiplyAddEstimate(sLow, sHigh + s, p * (z * z));
        z = sHigh * sHigh;
        Vector128<double> tHigh = UpperHalf(z + p + Create(3.0));
        Vector128<double> tLow = p - (tHigh - Create(3.0) - z);

        Vector128<double> productHigh = sHigh * tHigh;
        Vector128<double> productLow = sLow * tHigh + tLow * s;
        Vector128<double> seriesHigh = UpperHalf(productHigh + productLow);
        Vector128<double> seriesLow = productLow - (seriesHigh - productHigh);
        Vector128<double> breakpointHigh = upperBreakpoint & Create(Power.Log2OfBreakpointHigh);
        Vector128<double> scaledHigh = seriesHigh * Power.FactorHigh;
        Vector128<double> scaledLow = seriesHigh * Power.FactorLow + seriesLow * Power.Factor + (upperBreakpoint & Create(Power.Log2OfBreakpointLow));
        Vector128<double> high = UpperHalf(scaledHigh + scaledLow + breakpointHigh + n);
        low = scaledLow - (high - n - breakpointHigh - scaledHigh);
        return high;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> UpperHalf(Vector128<double> x) => (x.AsInt64() & Create(Power.UpperHalf)).AsDouble();
}
