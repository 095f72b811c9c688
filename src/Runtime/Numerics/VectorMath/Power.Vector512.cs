// One text for three widths: the Vector256 and Vector128 files are made from this one, by the replacements that WidthCopiesTests names and checks.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>x to the power y, through doubles. Error at most 0.6 ULP. A negative base needs an integral exponent, else NaN; x⁰ = 1^y = 1, NaN included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Pow(Vector512<float> x, Vector512<float> y)
    {
        Vector512<float> magnitude = Abs(x);
        Vector512<float> exponent = MinNative(Create(Power.LargestExponent32), MaxNative(Create(-Power.LargestExponent32), y));
        Vector512<double> lower = Exp(WidenLower(exponent) * Log(WidenLower(magnitude)));
        Vector512<double> upper = Exp(WidenUpper(exponent) * Log(WidenUpper(magnitude)));
        return SignedPower(x, y, Narrow(lower, upper));
    }

    /// <summary>x to the power y. Error at most 1.5 ULP. A negative base needs an integral exponent, else NaN; x⁰ = 1^y = 1, NaN included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Pow(Vector512<double> x, Vector512<double> y)
    {
        Vector512<double> magnitude = Abs(x);
        Vector512<double> exponent = MinNative(Create(Power.LargestExponent64), MaxNative(Create(-Power.LargestExponent64), y));
        Vector512<double> logHigh = Log2(magnitude, out Vector512<double> logLow);

        // y · log2 x = high + low; high is exact.
        Vector512<double> exponentHigh = UpperHalf(exponent);
        Vector512<double> high = exponentHigh * logHigh;
        Vector512<double> low = (exponent - exponentHigh) * logHigh + exponent * logLow;
        Vector512<double> n = Round(MinNative(Create(Power.LargestLog2), MaxNative(Create(-Power.LargestLog2), high + low)));
        Vector512<double> r = MinNative(Vector512<double>.One, MaxNative(-Vector512<double>.One, high - n + low));
        Vector512<double> power = ScaleByPowerOfTwo(ReducedExpm1(r * Power.Ln2, Vector512<double>.Zero) + Vector512<double>.One, n);

        // The logarithms of 0 and ∞ are no sums of two parts. The product only carries NaN.
        Vector512<double> isZero = Vector512.Equals(magnitude, Vector512<double>.Zero);
        Vector512<double> isInfinite = Vector512.Equals(magnitude, Create(double.PositiveInfinity));
        Vector512<double> grows = isZero ^ GreaterThan(exponent, Vector512<double>.Zero);
        Vector512<double> limit = (grows & Create(double.PositiveInfinity)) + exponent * Vector512<double>.Zero;
        return SignedPower(x, y, ConditionalSelect(isZero | isInfinite, limit, power));
    }

    /// <summary>The sign of a negative base, what is undefined, and what is 1 whatever the other argument.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SignedPower(Vector512<float> x, Vector512<float> y, Vector512<float> magnitude)
    {
        Vector512<float> integral = Vector512.Equals(Floor(y), y);
        Vector512<float> odd = AndNot(integral, Vector512.Equals(Floor(y * 0.5f), y * 0.5f));
        Vector512<float> result = magnitude | (x & odd & Create(-0f));
        Vector512<float> negativeFinite = LessThan(x, Vector512<float>.Zero) & GreaterThan(x, Create(float.NegativeInfinity));
        result = ConditionalSelect(AndNot(negativeFinite, integral), Create(float.NaN), result);
        return ConditionalSelect(Vector512.Equals(x, Vector512<float>.One) | Vector512.Equals(y, Vector512<float>.Zero), Vector512<float>.One, result);
    }

    /// <inheritdoc cref="SignedPower(Vector512{float}, Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> SignedPower(Vector512<double> x, Vector512<double> y, Vector512<double> magnitude)
    {
        Vector512<double> integral = Vector512.Equals(Floor(y), y);
        Vector512<double> odd = AndNot(integral, Vector512.Equals(Floor(y * 0.5), y * 0.5));
        Vector512<double> result = magnitude | (x & odd & Create(-0.0));
        Vector512<double> negativeFinite = LessThan(x, Vector512<double>.Zero) & GreaterThan(x, Create(double.NegativeInfinity));
        result = ConditionalSelect(AndNot(negativeFinite, integral), Create(double.NaN), result);
        return ConditionalSelect(Vector512.Equals(x, Vector512<double>.One) | Vector512.Equals(y, Vector512<double>.Zero), Vector512<double>.One, result);
    }

    /// <summary>log2 x as a sum of two doubles, to about 2^−70 of it; the first has 21 significant bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Log2(Vector512<double> x, out Vector512<double> low)
    {
        Vector512<double> m = Decompose(x, out Vector512<double> n);
        Vector512<double> small = LessThan(m, Create(Power.SquareRootOfThreeQuarters));
        m = ConditionalSelect(small, m + m, m);
        n = ConditionalSelect(small, n - Vector512<double>.One, n);
        Vector512<double> upperBreakpoint = GreaterThan(m, Create(Power.SquareRootOfThreeHalves));
        Vector512<double> breakpoint = ConditionalSelect(upperBreakpoint, Create(1.5), Vector512<double>.One);

        // s = (m − breakpoint) / (m + breakpoint) = sHigh + sLow.
        Vector512<double> difference = m - breakpoint;
        Vector512<double> sum = m + breakpoint;
        Vector512<double> s = difference / sum;
        Vector512<double> sHigh = UpperHalf(s);
        Vector512<double> sumHigh = UpperHalf(sum);
        Vector512<double> sLow = (difference - sHigh * sumHigh - sHigh * (m - (sumHigh - breakpoint))) / sum;

        // 3 + s² + … = tHigh + tLow.
        Vector512<double> z = s * s;
        Vector512<double> p = MultiplyAddEstimate(Create(Power.L6), z, Create(Power.L5));
        p = MultiplyAddEstimate(p, z, Create(Power.L4));
        p = MultiplyAddEstimate(p, z, Create(Power.L3));
        p = MultiplyAddEstimate(p, z, Create(Power.L2));
        p = MultiplyAddEstimate(p, z, Create(Power.L1));
        p = MultiplyAddEstimate(sLow, sHigh + s, p * (z * z));
        z = sHigh * sHigh;
        Vector512<double> tHigh = UpperHalf(z + p + Create(3.0));
        Vector512<double> tLow = p - (tHigh - Create(3.0) - z);

        Vector512<double> productHigh = sHigh * tHigh;
        Vector512<double> productLow = sLow * tHigh + tLow * s;
        Vector512<double> seriesHigh = UpperHalf(productHigh + productLow);
        Vector512<double> seriesLow = productLow - (seriesHigh - productHigh);
        Vector512<double> breakpointHigh = upperBreakpoint & Create(Power.Log2OfBreakpointHigh);
        Vector512<double> scaledHigh = seriesHigh * Power.FactorHigh;
        Vector512<double> scaledLow = seriesHigh * Power.FactorLow + seriesLow * Power.Factor + (upperBreakpoint & Create(Power.Log2OfBreakpointLow));
        Vector512<double> high = UpperHalf(scaledHigh + scaledLow + breakpointHigh + n);
        low = scaledLow - (high - n - breakpointHigh - scaledHigh);
        return high;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> UpperHalf(Vector512<double> x) => (x.AsInt64() & Create(Power.UpperHalf)).AsDouble();
}
