// One text for three widths: the Vector256 and Vector128 files are made from this one, by the replacements that WidthCopiesTests names and checks.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace DlGen.Numerics;

/// <summary>
/// The transforms around the products of Winograd's convolution F(4×4, 3×3): 4 × 4 results of a convolution with 3 × 3 taps from 36 products per pair of channels instead of
/// 144 (Lavin and Gray 2015), with the points 0, ±1, ±2 and ∞. Channels lie side by side; their number is a multiple of a vector's lanes and is not checked.
/// </summary>
public static partial class WinogradVector512
{
    /// <summary>Bᵀ·d·B for the 6 × 6 pixels d of a tile and its border, for each channel: number 6·i + j of the 36 lies <paramref name="frequencyStride"/> elements behind the one before.</summary>
    /// <remarks>The 36 vectors of Bᵀ·d don't all stay in registers. Row by row they would, but pixels read between stores cost more than what is spilled (51 against 40 ns).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformImage(ref readonly float pixels, nint rowStride, nint columnStride, int channels, ref float transformed, nint frequencyStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in pixels), channel);
            ToSix(in column, rowStride, out Vector512<float> t00, out Vector512<float> t10, out Vector512<float> t20, out Vector512<float> t30, out Vector512<float> t40, out Vector512<float> t50);
            column = ref Unsafe.Add(ref column, columnStride);
            ToSix(in column, rowStride, out Vector512<float> t01, out Vector512<float> t11, out Vector512<float> t21, out Vector512<float> t31, out Vector512<float> t41, out Vector512<float> t51);
            column = ref Unsafe.Add(ref column, columnStride);
            ToSix(in column, rowStride, out Vector512<float> t02, out Vector512<float> t12, out Vector512<float> t22, out Vector512<float> t32, out Vector512<float> t42, out Vector512<float> t52);
            column = ref Unsafe.Add(ref column, columnStride);
            ToSix(in column, rowStride, out Vector512<float> t03, out Vector512<float> t13, out Vector512<float> t23, out Vector512<float> t33, out Vector512<float> t43, out Vector512<float> t53);
            column = ref Unsafe.Add(ref column, columnStride);
            ToSix(in column, rowStride, out Vector512<float> t04, out Vector512<float> t14, out Vector512<float> t24, out Vector512<float> t34, out Vector512<float> t44, out Vector512<float> t54);
            column = ref Unsafe.Add(ref column, columnStride);
            ToSix(in column, rowStride, out Vector512<float> t05, out Vector512<float> t15, out Vector512<float> t25, out Vector512<float> t35, out Vector512<float> t45, out Vector512<float> t55);
            ref float target = ref Unsafe.Add(ref transformed, channel);
            StoreSix(t00, t01, t02, t03, t04, t05, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreSix(t10, t11, t12, t13, t14, t15, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreSix(t20, t21, t22, t23, t24, t25, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreSix(t30, t31, t32, t33, t34, t35, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreSix(t40, t41, t42, t43, t44, t45, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreSix(t50, t51, t52, t53, t54, t55, ref target, frequencyStride);
        }
    }

    /// <summary>Aᵀ·m·A for the 36 sums m of a tile, for each channel: its 4 × 4 results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformResult(ref readonly float sums, nint frequencyStride, int channels, ref float results, nint rowStride, nint columnStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in sums), channel);
            ToFour(in column, 6 * frequencyStride, out Vector512<float> t00, out Vector512<float> t10, out Vector512<float> t20, out Vector512<float> t30);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToFour(in column, 6 * frequencyStride, out Vector512<float> t01, out Vector512<float> t11, out Vector512<float> t21, out Vector512<float> t31);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToFour(in column, 6 * frequencyStride, out Vector512<float> t02, out Vector512<float> t12, out Vector512<float> t22, out Vector512<float> t32);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToFour(in column, 6 * frequencyStride, out Vector512<float> t03, out Vector512<float> t13, out Vector512<float> t23, out Vector512<float> t33);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToFour(in column, 6 * frequencyStride, out Vector512<float> t04, out Vector512<float> t14, out Vector512<float> t24, out Vector512<float> t34);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToFour(in column, 6 * frequencyStride, out Vector512<float> t05, out Vector512<float> t15, out Vector512<float> t25, out Vector512<float> t35);
            ref float target = ref Unsafe.Add(ref results, channel);
            StoreFour(t00, t01, t02, t03, t04, t05, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            StoreFour(t10, t11, t12, t13, t14, t15, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            StoreFour(t20, t21, t22, t23, t24, t25, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            StoreFour(t30, t31, t32, t33, t34, t35, ref target, columnStride);
        }
    }

    /// <summary>A·z·Aᵀ for the 4 × 4 gradients z by the results of a tile, for each channel: 36 numbers, as of the pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformGradient(ref readonly float gradients, nint rowStride, nint columnStride, int channels, ref float transformed, nint frequencyStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in gradients), channel);
            FourToSix(in column, rowStride, out Vector512<float> t00, out Vector512<float> t10, out Vector512<float> t20, out Vector512<float> t30, out Vector512<float> t40, out Vector512<float> t50);
            column = ref Unsafe.Add(ref column, columnStride);
            FourToSix(in column, rowStride, out Vector512<float> t01, out Vector512<float> t11, out Vector512<float> t21, out Vector512<float> t31, out Vector512<float> t41, out Vector512<float> t51);
            column = ref Unsafe.Add(ref column, columnStride);
            FourToSix(in column, rowStride, out Vector512<float> t02, out Vector512<float> t12, out Vector512<float> t22, out Vector512<float> t32, out Vector512<float> t42, out Vector512<float> t52);
            column = ref Unsafe.Add(ref column, columnStride);
            FourToSix(in column, rowStride, out Vector512<float> t03, out Vector512<float> t13, out Vector512<float> t23, out Vector512<float> t33, out Vector512<float> t43, out Vector512<float> t53);
            ref float target = ref Unsafe.Add(ref transformed, channel);
            StoreFourAsSix(t00, t01, t02, t03, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreFourAsSix(t10, t11, t12, t13, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreFourAsSix(t20, t21, t22, t23, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreFourAsSix(t30, t31, t32, t33, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreFourAsSix(t40, t41, t42, t43, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreFourAsSix(t50, t51, t52, t53, ref target, frequencyStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ToSix(
        ref readonly float pixels, nint stride,
        out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t3, out Vector512<float> t4, out Vector512<float> t5)
    {
        Load(in pixels, stride, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3, out Vector512<float> d4, out Vector512<float> d5);
        ToSix(d0, d1, d2, d3, d4, d5, out t0, out t1, out t2, out t3, out t4, out t5);
    }

    /// <summary>Bᵀ·d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ToSix(
        Vector512<float> d0, Vector512<float> d1, Vector512<float> d2, Vector512<float> d3, Vector512<float> d4, Vector512<float> d5,
        out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t3, out Vector512<float> t4, out Vector512<float> t5)
    {
        Vector512<float> four = Create(4f), minusFour = Create(-4f), minusFive = Create(-5f);
        t0 = MultiplyAddEstimate(four, d0, MultiplyAddEstimate(minusFive, d2, d4));
        Vector512<float> even = MultiplyAddEstimate(minusFour, d2, d4), odd = MultiplyAddEstimate(minusFour, d1, d3);
        t1 = even + odd;
        t2 = even - odd;
        Vector512<float> outer = d4 - d2, inner = d3 - d1;
        inner += inner;
        t3 = outer + inner;
        t4 = outer - inner;
        t5 = MultiplyAddEstimate(four, d1, MultiplyAddEstimate(minusFive, d3, d5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreSix(
        Vector512<float> d0, Vector512<float> d1, Vector512<float> d2, Vector512<float> d3, Vector512<float> d4, Vector512<float> d5, ref float target, nint stride)
    {
        ToSix(d0, d1, d2, d3, d4, d5, out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t3, out Vector512<float> t4, out Vector512<float> t5);
        Store(t0, t1, t2, t3, t4, t5, ref target, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ToFour(
        ref readonly float sums, nint stride, out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t3)
    {
        Load(in sums, stride, out Vector512<float> m0, out Vector512<float> m1, out Vector512<float> m2, out Vector512<float> m3, out Vector512<float> m4, out Vector512<float> m5);
        ToFour(m0, m1, m2, m3, m4, m5, out t0, out t1, out t2, out t3);
    }

    /// <summary>Aᵀ·m.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ToFour(
        Vector512<float> m0, Vector512<float> m1, Vector512<float> m2, Vector512<float> m3, Vector512<float> m4, Vector512<float> m5,
        out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t3)
    {
        Vector512<float> sumOfOnes = m1 + m2, differenceOfOnes = m1 - m2, sumOfTwos = m3 + m4, differenceOfTwos = m3 - m4;
        t0 = m0 + sumOfOnes + sumOfTwos;
        t1 = MultiplyAddEstimate(Create(2f), differenceOfTwos, differenceOfOnes);
        t2 = MultiplyAddEstimate(Create(4f), sumOfTwos, sumOfOnes);
        t3 = MultiplyAddEstimate(Create(8f), differenceOfTwos, differenceOfOnes) + m5;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(
        Vector512<float> m0, Vector512<float> m1, Vector512<float> m2, Vector512<float> m3, Vector512<float> m4, Vector512<float> m5, ref float target, nint stride)
    {
        ToFour(m0, m1, m2, m3, m4, m5, out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t3);
        t0.StoreUnsafe(ref target);
        t1.StoreUnsafe(ref Unsafe.Add(ref target, stride));
        t2.StoreUnsafe(ref Unsafe.Add(ref target, 2 * stride));
        t3.StoreUnsafe(ref Unsafe.Add(ref target, 3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourToSix(
        ref readonly float gradients, nint stride,
        out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t3, out Vector512<float> t4, out Vector512<float> t5)
    {
        ref float z = ref Unsafe.AsRef(in gradients);
        Vector512<float> z0 = LoadUnsafe(ref z), z1 = LoadUnsafe(ref Unsafe.Add(ref z, stride)), z2 = LoadUnsafe(ref Unsafe.Add(ref z, 2 * stride)), z3 = LoadUnsafe(ref Unsafe.Add(ref z, 3 * stride));
        FourToSix(z0, z1, z2, z3, out t0, out t1, out t2, out t3, out t4, out t5);
    }

    /// <summary>A·z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourToSix(
        Vector512<float> z0, Vector512<float> z1, Vector512<float> z2, Vector512<float> z3,
        out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t3, out Vector512<float> t4, out Vector512<float> t5)
    {
        Vector512<float> even = z0 + z2, odd = z1 + z3;
        Vector512<float> evenTwos = MultiplyAddEstimate(Create(4f), z2, z0), oddTwos = MultiplyAddEstimate(Create(8f), z3, z1 + z1);
        t0 = z0;
        t1 = even + odd;
        t2 = even - odd;
        t3 = evenTwos + oddTwos;
        t4 = evenTwos - oddTwos;
        t5 = z3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFourAsSix(Vector512<float> z0, Vector512<float> z1, Vector512<float> z2, Vector512<float> z3, ref float target, nint stride)
    {
        FourToSix(z0, z1, z2, z3, out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t3, out Vector512<float> t4, out Vector512<float> t5);
        Store(t0, t1, t2, t3, t4, t5, ref target, stride);
    }

    /// <summary>Six vectors that lie so many elements apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(
        ref readonly float first, nint stride,
        out Vector512<float> v0, out Vector512<float> v1, out Vector512<float> v2, out Vector512<float> v3, out Vector512<float> v4, out Vector512<float> v5)
    {
        ref float v = ref Unsafe.AsRef(in first);
        v0 = LoadUnsafe(ref v);
        v1 = LoadUnsafe(ref Unsafe.Add(ref v, stride));
        v2 = LoadUnsafe(ref Unsafe.Add(ref v, 2 * stride));
        v3 = LoadUnsafe(ref Unsafe.Add(ref v, 3 * stride));
        v4 = LoadUnsafe(ref Unsafe.Add(ref v, 4 * stride));
        v5 = LoadUnsafe(ref Unsafe.Add(ref v, 5 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3, Vector512<float> v4, Vector512<float> v5, ref float first, nint stride)
    {
        v0.StoreUnsafe(ref first);
        v1.StoreUnsafe(ref Unsafe.Add(ref first, stride));
        v2.StoreUnsafe(ref Unsafe.Add(ref first, 2 * stride));
        v3.StoreUnsafe(ref Unsafe.Add(ref first, 3 * stride));
        v4.StoreUnsafe(ref Unsafe.Add(ref first, 4 * stride));
        v5.StoreUnsafe(ref Unsafe.Add(ref first, 5 * stride));
    }
}
