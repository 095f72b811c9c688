// One text for three widths: the Vector256 and Vector128 files are made from this one, by the replacements that WidthCopiesTests names and checks.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace DlGen.Numerics;

public static partial class Philox
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UniformGroup512(ref float group, ulong number, ulong key, ulong step)
    {
        for (int lane = 0; lane < LanesPerGroup; lane += Vector512<float>.Count)
        {
            Words(number * LanesPerGroup + (uint)lane, key, step, out Vector512<uint> word0, out Vector512<uint> word1, out Vector512<uint> word2, out Vector512<uint> word3);
            Uniform(word0).StoreUnsafe(ref group, (nuint)lane);
            Uniform(word1).StoreUnsafe(ref group, (nuint)(LanesPerGroup + lane));
            Uniform(word2).StoreUnsafe(ref group, (nuint)(2 * LanesPerGroup + lane));
            Uniform(word3).StoreUnsafe(ref group, (nuint)(3 * LanesPerGroup + lane));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UniformGroup512(ref double group, ulong number, ulong key, ulong step)
    {
        for (int lane = 0; lane < LanesPerGroup; lane += Vector512<double>.Count)
        {
            Vector512<ulong> block = Vector512<ulong>.Indices + Create(number * LanesPerGroup + (uint)lane);
            Cipher(block, key, step, out Vector512<ulong> word0, out Vector512<ulong> word1, out Vector512<ulong> word2, out Vector512<ulong> word3);
            Cipher(block | Create(SecondBlock), key, step, out Vector512<ulong> low0, out Vector512<ulong> low1, out Vector512<ulong> low2, out Vector512<ulong> low3);
            Uniform(word0, low0).StoreUnsafe(ref group, (nuint)lane);
            Uniform(word1, low1).StoreUnsafe(ref group, (nuint)(LanesPerGroup + lane));
            Uniform(word2, low2).StoreUnsafe(ref group, (nuint)(2 * LanesPerGroup + lane));
            Uniform(word3, low3).StoreUnsafe(ref group, (nuint)(3 * LanesPerGroup + lane));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NormalGroup512(ref float group, ulong number, ulong key, ulong step)
    {
        for (int lane = 0; lane < LanesPerGroup; lane += Vector512<float>.Count)
        {
            Words(number * LanesPerGroup + (uint)lane, key, step, out Vector512<uint> word0, out Vector512<uint> word1, out Vector512<uint> word2, out Vector512<uint> word3);
            BoxMuller(word0, word1, out Vector512<float> cosine, out Vector512<float> sine);
            cosine.StoreUnsafe(ref group, (nuint)lane);
            sine.StoreUnsafe(ref group, (nuint)(LanesPerGroup + lane));
            BoxMuller(word2, word3, out cosine, out sine);
            cosine.StoreUnsafe(ref group, (nuint)(2 * LanesPerGroup + lane));
            sine.StoreUnsafe(ref group, (nuint)(3 * LanesPerGroup + lane));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NormalGroup512(ref double group, ulong number, ulong key, ulong step)
    {
        for (int lane = 0; lane < LanesPerGroup; lane += Vector512<double>.Count)
        {
            Vector512<ulong> block = Vector512<ulong>.Indices + Create(number * LanesPerGroup + (uint)lane);
            Cipher(block, key, step, out Vector512<ulong> word0, out Vector512<ulong> word1, out Vector512<ulong> word2, out Vector512<ulong> word3);
            Cipher(block | Create(SecondBlock), key, step, out Vector512<ulong> low0, out Vector512<ulong> low1, out Vector512<ulong> low2, out Vector512<ulong> low3);
            BoxMuller(word0, low0, word1, low1, out Vector512<double> cosine, out Vector512<double> sine);
            cosine.StoreUnsafe(ref group, (nuint)lane);
            sine.StoreUnsafe(ref group, (nuint)(LanesPerGroup + lane));
            BoxMuller(word2, low2, word3, low3, out cosine, out sine);
            cosine.StoreUnsafe(ref group, (nuint)(2 * LanesPerGroup + lane));
            sine.StoreUnsafe(ref group, (nuint)(3 * LanesPerGroup + lane));
        }
    }

    /// <summary>The words of as many consecutive blocks as a vector has 32-bit lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Words(
        ulong firstBlock, ulong key, ulong step, out Vector512<uint> word0, out Vector512<uint> word1, out Vector512<uint> word2, out Vector512<uint> word3)
    {
        Vector512<ulong> block = Vector512<ulong>.Indices + Create(firstBlock);
        Cipher(block, key, step, out Vector512<ulong> a0, out Vector512<ulong> a1, out Vector512<ulong> a2, out Vector512<ulong> a3);
        block += Create((ulong)Vector512<ulong>.Count);
        Cipher(block, key, step, out Vector512<ulong> b0, out Vector512<ulong> b1, out Vector512<ulong> b2, out Vector512<ulong> b3);
        word0 = Narrow(a0, b0);
        word1 = Narrow(a1, b1);
        word2 = Narrow(a2, b2);
        word3 = Narrow(a3, b3);
    }

    /// <summary>One block in each 64-bit lane, words in the lower halves. The upper halves hold leftovers, which the products ignore: cheaper than clearing them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Cipher(
        Vector512<ulong> block, ulong key, ulong step, out Vector512<ulong> c0, out Vector512<ulong> c1, out Vector512<ulong> c2, out Vector512<ulong> c3)
    {
        c0 = Create(step);
        c1 = Create(step >> 32);
        c2 = block;
        c3 = block >>> 32;
        (uint k0, uint k1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Rounds; round++)
        {
            Vector512<ulong> product0 = MultiplyLowerHalves(c0, Create((ulong)Multiplier0));
            Vector512<ulong> product1 = MultiplyLowerHalves(c2, Create((ulong)Multiplier1));
            c0 = (product1 >>> 32) ^ c1 ^ Create((ulong)k0);
            c1 = product1;
            c2 = (product0 >>> 32) ^ c3 ^ Create((ulong)k1);
            c3 = product0;
            k0 += Weyl0;
            k1 += Weyl1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Uniform(Vector512<uint> word) => ConvertToSingle((word >>> 8).AsInt32()) * TwoToTheMinus24;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Uniform(Vector512<ulong> word, Vector512<ulong> low) =>
        ToDouble(word & Create(0xffffffffUL)) * TwoToTheMinus32 + ToDouble((low & Create(0xffffffffUL)) >>> 11) * TwoToTheMinus53;

    /// <summary>Integers below 2^52.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ToDouble(Vector512<ulong> integer) =>
        (integer | Create(TwoToThe52).AsUInt64()).AsDouble() - Create(TwoToThe52);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BoxMuller(Vector512<uint> first, Vector512<uint> second, out Vector512<float> cosine, out Vector512<float> sine)
    {
        Vector512<int> shifted = ConvertToSingle((first >>> 8).AsInt32() + Vector512<int>.One).AsInt32() + Create(OneBits32 - SquareRootOfHalfBits32);
        Vector512<float> exponent = ConvertToSingle((shifted >> 23) - Create(127 + 24));
        Vector512<float> f = ((shifted & Create(0x007fffff)) + Create(SquareRootOfHalfBits32)).AsSingle() - Vector512<float>.One;
        Vector512<float> square = f * f;
        Vector512<float> p = Create(Logarithm32.P8) * f + Create(Logarithm32.P7);
        p = p * f + Create(Logarithm32.P6);
        p = p * f + Create(Logarithm32.P5);
        p = p * f + Create(Logarithm32.P4);
        p = p * f + Create(Logarithm32.P3);
        p = p * f + Create(Logarithm32.P2);
        p = p * f + Create(Logarithm32.P1);
        p = p * f + Create(Logarithm32.P0);
        p = exponent * Logarithm32.Ln2Low + p * f * square;
        p = square * -0.5f + p;
        Vector512<float> radius = Sqrt((exponent * Logarithm32.Ln2High + (f + p)) * -2f);

        Vector512<uint> quarter = (second + Create(EighthTurn)) >>> 30;
        Vector512<float> r = ConvertToSingle((second - (quarter << 30)).AsInt32()) * RadiansPerUnit32;
        Vector512<float> z = r * r;
        Vector512<float> s = Create(Circle32.S3) * z + Create(Circle32.S2);
        s = s * z + Create(Circle32.S1);
        s = s * (z * r) + r;
        Vector512<float> c = Create(Circle32.C3) * z + Create(Circle32.C2);
        c = c * z + Create(Circle32.C1);
        c = c * (z * z) + (z * -0.5f + Vector512<float>.One);

        // A quarter turn swaps sine and cosine; the cosine is negative in quarters 1 and 2, the sine in 2 and 3.
        Vector512<float> even = Vector512.Equals(quarter & Vector512<uint>.One, Vector512<uint>.Zero).AsSingle();
        cosine = radius * (ConditionalSelect(even, c, s) ^ (((quarter + Vector512<uint>.One) & Create(2u)) << 30).AsSingle());
        sine = radius * (ConditionalSelect(even, s, c) ^ ((quarter & Create(2u)) << 30).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BoxMuller(
        Vector512<ulong> first, Vector512<ulong> firstLow, Vector512<ulong> second, Vector512<ulong> secondLow, out Vector512<double> cosine, out Vector512<double> sine)
    {
        Vector512<ulong> word = Create(0xffffffffUL);
        Vector512<double> integer = ToDouble(first & word) * 2097152.0 + ToDouble((firstLow & word) >>> 11) + Vector512<double>.One;
        Vector512<long> shifted = integer.AsInt64() + Create(OneBits64 - SquareRootOfHalfBits64);
        Vector512<double> exponent = ToDouble((shifted >>> 52).AsUInt64()) - Create(1023.0 + 53.0);
        Vector512<double> f = ((shifted & Create(0x000fffffffffffffL)) + Create(SquareRootOfHalfBits64)).AsDouble() - Vector512<double>.One;
        Vector512<double> quotient = f / (f + Create(2.0));
        Vector512<double> z = quotient * quotient;
        Vector512<double> p = Create(Logarithm64.P7) * z + Create(Logarithm64.P6);
        p = p * z + Create(Logarithm64.P5);
        p = p * z + Create(Logarithm64.P4);
        p = p * z + Create(Logarithm64.P3);
        p = p * z + Create(Logarithm64.P2);
        p = p * z + Create(Logarithm64.P1);
        Vector512<double> halfSquare = f * f * 0.5;
        Vector512<double> low = quotient * (p * z + halfSquare) + exponent * Logarithm64.Ln2Low;
        Vector512<double> radius = Sqrt((exponent * Logarithm64.Ln2High + (f - (halfSquare - low))) * -2.0);

        // Words in 64-bit lanes: the rest of a quarter, which has a sign, is converted with 2^29 added.
        Vector512<ulong> shiftedSecond = (second & word) + Create((ulong)EighthTurn);
        Vector512<ulong> quarter = shiftedSecond >>> 30;
        Vector512<double> rest = ToDouble(shiftedSecond & Create((1UL << 30) - 1)) - Create((double)EighthTurn);
        Vector512<double> r = (rest + ToDouble((secondLow & word) >>> 11) * (1.0 / 2097152.0)) * RadiansPerUnit64;
        z = r * r;
        Vector512<double> s = Create(Circle64.S6) * z + Create(Circle64.S5);
        s = s * z + Create(Circle64.S4);
        s = s * z + Create(Circle64.S3);
        s = s * z + Create(Circle64.S2);
        s = s * z + Create(Circle64.S1);
        s = s * (z * r) + r;
        Vector512<double> c = Create(Circle64.C6) * z + Create(Circle64.C5);
        c = c * z + Create(Circle64.C4);
        c = c * z + Create(Circle64.C3);
        c = c * z + Create(Circle64.C2);
        c = c * z + Create(Circle64.C1);
        c = c * (z * z) + (z * -0.5 + Vector512<double>.One);
        Vector512<double> even = Vector512.Equals(quarter & Vector512<ulong>.One, Vector512<ulong>.Zero).AsDouble();
        cosine = radius * (ConditionalSelect(even, c, s) ^ (((quarter + Vector512<ulong>.One) & Create(2UL)) << 62).AsDouble());
        sine = radius * (ConditionalSelect(even, s, c) ^ ((quarter & Create(2UL)) << 62).AsDouble());
    }
}
