// One text for three widths: the Vector256 and Vector128 files are made from this one, by the replacements that WidthCopiesTests names and checks.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace DlGen.Numerics;

/// <summary>
/// What differs for 5 × 5 taps, Winograd's F(2×2, 5×5): 2 × 2 results from 36 products in place of 100, with the same points. The pixels' transform is that of F(4×4, 3×3), which
/// is also taken the other way around: what a tile's results give to its pixels.
/// </summary>
public static partial class WinogradVector512
{
    /// <summary>Aᵀ·m·A for the 36 sums m of a tile, for each channel: its 2 × 2 results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformResultOfFive(ref readonly float sums, nint frequencyStride, int channels, ref float results, nint rowStride, nint columnStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in sums), channel);
            SixToTwo(in column, 6 * frequencyStride, out Vector512<float> t00, out Vector512<float> t10);
            column = ref Unsafe.Add(ref column, frequencyStride);
            SixToTwo(in column, 6 * frequencyStride, out Vector512<float> t01, out Vector512<float> t11);
            column = ref Unsafe.Add(ref column, frequencyStride);
            SixToTwo(in column, 6 * frequencyStride, out Vector512<float> t02, out Vector512<float> t12);
            column = ref Unsafe.Add(ref column, frequencyStride);
            SixToTwo(in column, 6 * frequencyStride, out Vector512<float> t03, out Vector512<float> t13);
            column = ref Unsafe.Add(ref column, frequencyStride);
            SixToTwo(in column, 6 * frequencyStride, out Vector512<float> t04, out Vector512<float> t14);
            column = ref Unsafe.Add(ref column, frequencyStride);
            SixToTwo(in column, 6 * frequencyStride, out Vector512<float> t05, out Vector512<float> t15);
            ref float target = ref Unsafe.Add(ref results, channel);
            SixToTwo(t00, t01, t02, t03, t04, t05, out Vector512<float> r00, out Vector512<float> r01);
            r00.StoreUnsafe(ref target);
            r01.StoreUnsafe(ref Unsafe.Add(ref target, columnStride));
            target = ref Unsafe.Add(ref target, rowStride);
            SixToTwo(t10, t11, t12, t13, t14, t15, out Vector512<float> r10, out Vector512<float> r11);
            r10.StoreUnsafe(ref target);
            r11.StoreUnsafe(ref Unsafe.Add(ref target, columnStride));
        }
    }

    /// <summary>A·z·Aᵀ for the 2 × 2 gradients z by the results of a tile, for each channel: 36 numbers, as of the pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformGradientOfFive(ref readonly float gradients, nint rowStride, nint columnStride, int channels, ref float transformed, nint frequencyStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float first = ref Unsafe.Add(ref Unsafe.AsRef(in gradients), channel), second = ref Unsafe.Add(ref first, columnStride);
            TwoToSix(LoadUnsafe(ref first), LoadUnsafe(ref Unsafe.Add(ref first, rowStride)), out Vector512<float> t00, out Vector512<float> t10, out Vector512<float> t20, out Vector512<float> t30, out Vector512<float> t40, out Vector512<float> t50);
            TwoToSix(LoadUnsafe(ref second), LoadUnsafe(ref Unsafe.Add(ref second, rowStride)), out Vector512<float> t01, out Vector512<float> t11, out Vector512<float> t21, out Vector512<float> t31, out Vector512<float> t41, out Vector512<float> t51);
            ref float target = ref Unsafe.Add(ref transformed, channel);
            StoreTwoAsSix(t00, t01, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsSix(t10, t11, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsSix(t20, t21, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsSix(t30, t31, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsSix(t40, t41, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsSix(t50, t51, ref target, frequencyStride);
        }
    }

    /// <summary>B·m·Bᵀ for the 36 sums m of a tile, for each channel, added to its 6 × 6 pixels: the inverse road of <see cref="TransformImage"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddToImage(ref readonly float sums, nint frequencyStride, int channels, ref float pixels, nint rowStride, nint columnStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in sums), channel);
            SixToPixels(in column, 6 * frequencyStride, out Vector512<float> t00, out Vector512<float> t10, out Vector512<float> t20, out Vector512<float> t30, out Vector512<float> t40, out Vector512<float> t50);
            column = ref Unsafe.Add(ref column, frequencyStride);
            SixToPixels(in column, 6 * frequencyStride, out Vector512<float> t01, out Vector512<float> t11, out Vector512<float> t21, out Vector512<float> t31, out Vector512<float> t41, out Vector512<float> t51);
            column = ref Unsafe.Add(ref column, frequencyStride);
            SixToPixels(in column, 6 * frequencyStride, out Vector512<float> t02, out Vector512<float> t12, out Vector512<float> t22, out Vector512<float> t32, out Vector512<float> t42, out Vector512<float> t52);
            column = ref Unsafe.Add(ref column, frequencyStride);
            SixToPixels(in column, 6 * frequencyStride, out Vector512<float> t03, out Vector512<float> t13, out Vector512<float> t23, out Vector512<float> t33, out Vector512<float> t43, out Vector512<float> t53);
            column = ref Unsafe.Add(ref column, frequencyStride);
            SixToPixels(in column, 6 * frequencyStride, out Vector512<float> t04, out Vector512<float> t14, out Vector512<float> t24, out Vector512<float> t34, out Vector512<float> t44, out Vector512<float> t54);
            column = ref Unsafe.Add(ref column, frequencyStride);
            SixToPixels(in column, 6 * frequencyStride, out Vector512<float> t05, out Vector512<float> t15, out Vector512<float> t25, out Vector512<float> t35, out Vector512<float> t45, out Vector512<float> t55);
            ref float target = ref Unsafe.Add(ref pixels, channel);
            AddPixels(t00, t01, t02, t03, t04, t05, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            AddPixels(t10, t11, t12, t13, t14, t15, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            AddPixels(t20, t21, t22, t23, t24, t25, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            AddPixels(t30, t31, t32, t33, t34, t35, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            AddPixels(t40, t41, t42, t43, t44, t45, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            AddPixels(t50, t51, t52, t53, t54, t55, ref target, columnStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixToTwo(ref readonly float sums, nint stride, out Vector512<float> t0, out Vector512<float> t1)
    {
        Load(in sums, stride, out Vector512<float> m0, out Vector512<float> m1, out Vector512<float> m2, out Vector512<float> m3, out Vector512<float> m4, out Vector512<float> m5);
        SixToTwo(m0, m1, m2, m3, m4, m5, out t0, out t1);
    }

    /// <summary>Aᵀ·m.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixToTwo(Vector512<float> m0, Vector512<float> m1, Vector512<float> m2, Vector512<float> m3, Vector512<float> m4, Vector512<float> m5, out Vector512<float> t0, out Vector512<float> t1)
    {
        t0 = m0 + (m1 + m2) + (m3 + m4);
        t1 = MultiplyAddEstimate(Create(2f), m3 - m4, m1 - m2) + m5;
    }

    /// <summary>A·z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwoToSix(Vector512<float> z0, Vector512<float> z1, out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t3, out Vector512<float> t4, out Vector512<float> t5)
    {
        Vector512<float> twice = z1 + z1;
        t0 = z0;
        t1 = z0 + z1;
        t2 = z0 - z1;
        t3 = z0 + twice;
        t4 = z0 - twice;
        t5 = z1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTwoAsSix(Vector512<float> z0, Vector512<float> z1, ref float target, nint stride)
    {
        TwoToSix(z0, z1, out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t3, out Vector512<float> t4, out Vector512<float> t5);
        Store(t0, t1, t2, t3, t4, t5, ref target, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixToPixels(
        ref readonly float sums, nint stride,
        out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3, out Vector512<float> d4, out Vector512<float> d5)
    {
        Load(in sums, stride, out Vector512<float> m0, out Vector512<float> m1, out Vector512<float> m2, out Vector512<float> m3, out Vector512<float> m4, out Vector512<float> m5);
        SixToPixels(m0, m1, m2, m3, m4, m5, out d0, out d1, out d2, out d3, out d4, out d5);
    }

    /// <summary>B·m.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixToPixels(
        Vector512<float> m0, Vector512<float> m1, Vector512<float> m2, Vector512<float> m3, Vector512<float> m4, Vector512<float> m5,
        out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3, out Vector512<float> d4, out Vector512<float> d5)
    {
        Vector512<float> four = Create(4f), minusFour = Create(-4f), minusFive = Create(-5f);
        Vector512<float> ones = m1 + m2, twos = m3 + m4, differenceOfOnes = m1 - m2, differenceOfTwos = m4 - m3;
        differenceOfTwos += differenceOfTwos;
        d0 = four * m0;
        d1 = MultiplyAddEstimate(four, m5 - differenceOfOnes, differenceOfTwos);
        d2 = MultiplyAddEstimate(minusFive, m0, MultiplyAddEstimate(minusFour, ones, -twos));
        d3 = MultiplyAddEstimate(minusFive, m5, differenceOfOnes - differenceOfTwos);
        d4 = m0 + (ones + twos);
        d5 = m5;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPixels(Vector512<float> m0, Vector512<float> m1, Vector512<float> m2, Vector512<float> m3, Vector512<float> m4, Vector512<float> m5, ref float target, nint stride)
    {
        SixToPixels(m0, m1, m2, m3, m4, m5, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3, out Vector512<float> d4, out Vector512<float> d5);
        Add(d0, ref target);
        Add(d1, ref Unsafe.Add(ref target, stride));
        Add(d2, ref Unsafe.Add(ref target, 2 * stride));
        Add(d3, ref Unsafe.Add(ref target, 3 * stride));
        Add(d4, ref Unsafe.Add(ref target, 4 * stride));
        Add(d5, ref Unsafe.Add(ref target, 5 * stride));

        static void Add(Vector512<float> value, ref float pixel) => (LoadUnsafe(ref pixel) + value).StoreUnsafe(ref pixel);
    }
}
