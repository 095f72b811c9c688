using System.Runtime.CompilerServices;

namespace DlGen.Numerics;

/// <content>One block at a time: for machines without vectors, and the plain form that the vector forms are tested against.</content>
public static partial class Philox
{
    /// <summary>The cipher of one counter.</summary>
    internal static (uint Word0, uint Word1, uint Word2, uint Word3) Block(ulong block, ulong key, ulong step)
    {
        (uint c0, uint c1, uint c2, uint c3) = ((uint)step, (uint)(step >> 32), (uint)block, (uint)(block >> 32));
        (uint k0, uint k1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0, product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    private static void UniformGroup(ref float group, ulong number, ulong key, ulong step)
    {
        for (int lane = 0; lane < LanesPerGroup; lane++)
        {
            (uint word0, uint word1, uint word2, uint word3) = Block(number * LanesPerGroup + (uint)lane, key, step);
            Unsafe.Add(ref group, lane) = (word0 >> 8) * TwoToTheMinus24;
            Unsafe.Add(ref group, LanesPerGroup + lane) = (word1 >> 8) * TwoToTheMinus24;
            Unsafe.Add(ref group, 2 * LanesPerGroup + lane) = (word2 >> 8) * TwoToTheMinus24;
            Unsafe.Add(ref group, 3 * LanesPerGroup + lane) = (word3 >> 8) * TwoToTheMinus24;
        }
    }

    private static void UniformGroup(ref double group, ulong number, ulong key, ulong step)
    {
        for (int lane = 0; lane < LanesPerGroup; lane++)
        {
            ulong block = number * LanesPerGroup + (uint)lane;
            (uint word0, uint word1, uint word2, uint word3) = Block(block, key, step);
            (uint low0, uint low1, uint low2, uint low3) = Block(block | SecondBlock, key, step);
            Unsafe.Add(ref group, lane) = word0 * TwoToTheMinus32 + (low0 >> 11) * TwoToTheMinus53;
            Unsafe.Add(ref group, LanesPerGroup + lane) = word1 * TwoToTheMinus32 + (low1 >> 11) * TwoToTheMinus53;
            Unsafe.Add(ref group, 2 * LanesPerGroup + lane) = word2 * TwoToTheMinus32 + (low2 >> 11) * TwoToTheMinus53;
            Unsafe.Add(ref group, 3 * LanesPerGroup + lane) = word3 * TwoToTheMinus32 + (low3 >> 11) * TwoToTheMinus53;
        }
    }

    private static void NormalGroup(ref float group, ulong number, ulong key, ulong step)
    {
        for (int lane = 0; lane < LanesPerGroup; lane++)
        {
            (uint word0, uint word1, uint word2, uint word3) = Block(number * LanesPerGroup + (uint)lane, key, step);
            BoxMuller(word0, word1, out Unsafe.Add(ref group, lane), out Unsafe.Add(ref group, LanesPerGroup + lane));
            BoxMuller(word2, word3, out Unsafe.Add(ref group, 2 * LanesPerGroup + lane), out Unsafe.Add(ref group, 3 * LanesPerGroup + lane));
        }
    }

    private static void NormalGroup(ref double group, ulong number, ulong key, ulong step)
    {
        for (int lane = 0; lane < LanesPerGroup; lane++)
        {
            ulong block = number * LanesPerGroup + (uint)lane;
            (uint word0, uint word1, uint word2, uint word3) = Block(block, key, step);
            (uint low0, uint low1, uint low2, uint low3) = Block(block | SecondBlock, key, step);
            BoxMuller(word0, low0, word1, low1, out Unsafe.Add(ref group, lane), out Unsafe.Add(ref group, LanesPerGroup + lane));
            BoxMuller(word2, low2, word3, low3, out Unsafe.Add(ref group, 2 * LanesPerGroup + lane), out Unsafe.Add(ref group, 3 * LanesPerGroup + lane));
        }
    }

    private static void BoxMuller(uint first, uint second, out float cosine, out float sine)
    {
        int shifted = BitConverter.SingleToInt32Bits((int)(first >> 8) + 1) + (OneBits32 - SquareRootOfHalfBits32);
        float exponent = (shifted >> 23) - (127 + 24);
        float f = BitConverter.Int32BitsToSingle((shifted & 0x007fffff) + SquareRootOfHalfBits32) - 1f;
        float square = f * f;
        float p = Logarithm32.P8 * f + Logarithm32.P7;
        p = p * f + Logarithm32.P6;
        p = p * f + Logarithm32.P5;
        p = p * f + Logarithm32.P4;
        p = p * f + Logarithm32.P3;
        p = p * f + Logarithm32.P2;
        p = p * f + Logarithm32.P1;
        p = p * f + Logarithm32.P0;
        p = exponent * Logarithm32.Ln2Low + p * f * square;
        p = -0.5f * square + p;
        float radius = MathF.Sqrt((exponent * Logarithm32.Ln2High + (f + p)) * -2f);

        uint quarter = (second + EighthTurn) >> 30;
        float r = (int)(second - (quarter << 30)) * RadiansPerUnit32;
        float z = r * r;
        float s = Circle32.S3 * z + Circle32.S2;
        s = s * z + Circle32.S1;
        s = s * (z * r) + r;
        float c = Circle32.C3 * z + Circle32.C2;
        c = c * z + Circle32.C1;
        c = c * (z * z) + (-0.5f * z + 1f);
        (cosine, sine) = (quarter & 3) switch
        {
            0 => (radius * c, radius * s),
            1 => (radius * -s, radius * c),
            2 => (radius * -c, radius * -s),
            _ => (radius * s, radius * -c),
        };
    }

    private static void BoxMuller(uint first, uint firstLow, uint second, uint secondLow, out double cosine, out double sine)
    {
        double integer = first * 2097152.0 + (firstLow >> 11) + 1.0;
        long shifted = BitConverter.DoubleToInt64Bits(integer) + (OneBits64 - SquareRootOfHalfBits64);
        double exponent = (shifted >> 52) - (1023 + 53);
        double f = BitConverter.Int64BitsToDouble((shifted & 0x000fffffffffffff) + SquareRootOfHalfBits64) - 1.0;
        double quotient = f / (f + 2.0);
        double z = quotient * quotient;
        double p = Logarithm64.P7 * z + Logarithm64.P6;
        p = p * z + Logarithm64.P5;
        p = p * z + Logarithm64.P4;
        p = p * z + Logarithm64.P3;
        p = p * z + Logarithm64.P2;
        p = p * z + Logarithm64.P1;
        double halfSquare = f * f * 0.5;
        double low = quotient * (p * z + halfSquare) + exponent * Logarithm64.Ln2Low;
        double radius = Math.Sqrt((exponent * Logarithm64.Ln2High + (f - (halfSquare - low))) * -2.0);

        uint quarter = (second + EighthTurn) >> 30;
        double r = ((int)(second - (quarter << 30)) + (secondLow >> 11) * (1.0 / 2097152.0)) * RadiansPerUnit64;
        z = r * r;
        double s = Circle64.S6 * z + Circle64.S5;
        s = s * z + Circle64.S4;
        s = s * z + Circle64.S3;
        s = s * z + Circle64.S2;
        s = s * z + Circle64.S1;
        s = s * (z * r) + r;
        double c = Circle64.C6 * z + Circle64.C5;
        c = c * z + Circle64.C4;
        c = c * z + Circle64.C3;
        c = c * z + Circle64.C2;
        c = c * z + Circle64.C1;
        c = c * (z * z) + (-0.5 * z + 1.0);
        (cosine, sine) = (quarter & 3) switch
        {
            0 => (radius * c, radius * s),
            1 => (radius * -s, radius * c),
            2 => (radius * -c, radius * -s),
            _ => (radius * s, radius * -c),
        };
    }
}
