// One text for three widths: the Vector256 and Vector128 files are made from this one, by the replacements that WidthCopiesTests names and checks.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace DlGen.Numerics;

/// <summary>
/// Tiles at the edge of an image that have two results along an axis: Winograd's F(2, 3) with the points 0, ±1 and ∞, which are among those of F(4, 3). The taps' numbers are the same
/// but for factors, which the pixels' take along; numbers 3 and 4 along that axis do not exist.
/// </summary>
public static partial class WinogradVector512
{
    /// <summary>Bᵀ·d·B for 4 × 2 results, from 6 × 4 pixels: of the 36 numbers those that such a tile has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformImage4x2(ref readonly float pixels, nint rowStride, nint columnStride, int channels, ref float transformed, nint frequencyStride)
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
            ref float target = ref Unsafe.Add(ref transformed, channel);
            StorePoints(t00, t01, t02, t03, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StorePoints(t10, t11, t12, t13, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StorePoints(t20, t21, t22, t23, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StorePoints(t30, t31, t32, t33, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StorePoints(t40, t41, t42, t43, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StorePoints(t50, t51, t52, t53, ref target, frequencyStride);
        }
    }

    /// <summary>The same for 2 × 4 results, from 4 × 6 pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformImage2x4(ref readonly float pixels, nint rowStride, nint columnStride, int channels, ref float transformed, nint frequencyStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in pixels), channel);
            ToPoints(in column, rowStride, out Vector512<float> t00, out Vector512<float> t10, out Vector512<float> t20, out Vector512<float> t50);
            column = ref Unsafe.Add(ref column, columnStride);
            ToPoints(in column, rowStride, out Vector512<float> t01, out Vector512<float> t11, out Vector512<float> t21, out Vector512<float> t51);
            column = ref Unsafe.Add(ref column, columnStride);
            ToPoints(in column, rowStride, out Vector512<float> t02, out Vector512<float> t12, out Vector512<float> t22, out Vector512<float> t52);
            column = ref Unsafe.Add(ref column, columnStride);
            ToPoints(in column, rowStride, out Vector512<float> t03, out Vector512<float> t13, out Vector512<float> t23, out Vector512<float> t53);
            column = ref Unsafe.Add(ref column, columnStride);
            ToPoints(in column, rowStride, out Vector512<float> t04, out Vector512<float> t14, out Vector512<float> t24, out Vector512<float> t54);
            column = ref Unsafe.Add(ref column, columnStride);
            ToPoints(in column, rowStride, out Vector512<float> t05, out Vector512<float> t15, out Vector512<float> t25, out Vector512<float> t55);
            ref float target = ref Unsafe.Add(ref transformed, channel);
            StoreSix(t00, t01, t02, t03, t04, t05, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreSix(t10, t11, t12, t13, t14, t15, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreSix(t20, t21, t22, t23, t24, t25, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 18 * frequencyStride);
            StoreSix(t50, t51, t52, t53, t54, t55, ref target, frequencyStride);
        }
    }

    /// <summary>The same for 2 × 2 results, from 4 × 4 pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformImage2x2(ref readonly float pixels, nint rowStride, nint columnStride, int channels, ref float transformed, nint frequencyStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in pixels), channel);
            ToPoints(in column, rowStride, out Vector512<float> t00, out Vector512<float> t10, out Vector512<float> t20, out Vector512<float> t50);
            column = ref Unsafe.Add(ref column, columnStride);
            ToPoints(in column, rowStride, out Vector512<float> t01, out Vector512<float> t11, out Vector512<float> t21, out Vector512<float> t51);
            column = ref Unsafe.Add(ref column, columnStride);
            ToPoints(in column, rowStride, out Vector512<float> t02, out Vector512<float> t12, out Vector512<float> t22, out Vector512<float> t52);
            column = ref Unsafe.Add(ref column, columnStride);
            ToPoints(in column, rowStride, out Vector512<float> t03, out Vector512<float> t13, out Vector512<float> t23, out Vector512<float> t53);
            ref float target = ref Unsafe.Add(ref transformed, channel);
            StorePoints(t00, t01, t02, t03, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StorePoints(t10, t11, t12, t13, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StorePoints(t20, t21, t22, t23, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 18 * frequencyStride);
            StorePoints(t50, t51, t52, t53, ref target, frequencyStride);
        }
    }

    /// <summary>The 4 × 2 results of such a tile, for each channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformResult4x2(ref readonly float sums, nint frequencyStride, int channels, ref float results, nint rowStride, nint columnStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in sums), channel);
            ToFour(in column, 6 * frequencyStride, out Vector512<float> t00, out Vector512<float> t10, out Vector512<float> t20, out Vector512<float> t30);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToFour(in column, 6 * frequencyStride, out Vector512<float> t01, out Vector512<float> t11, out Vector512<float> t21, out Vector512<float> t31);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToFour(in column, 6 * frequencyStride, out Vector512<float> t02, out Vector512<float> t12, out Vector512<float> t22, out Vector512<float> t32);
            column = ref Unsafe.Add(ref column, 3 * frequencyStride);
            ToFour(in column, 6 * frequencyStride, out Vector512<float> t05, out Vector512<float> t15, out Vector512<float> t25, out Vector512<float> t35);
            ref float target = ref Unsafe.Add(ref results, channel);
            StoreTwo(t00, t01, t02, t05, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            StoreTwo(t10, t11, t12, t15, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            StoreTwo(t20, t21, t22, t25, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            StoreTwo(t30, t31, t32, t35, ref target, columnStride);
        }
    }

    /// <summary>The 2 × 4 results of such a tile, for each channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformResult2x4(ref readonly float sums, nint frequencyStride, int channels, ref float results, nint rowStride, nint columnStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in sums), channel);
            ToTwo(in column, 6 * frequencyStride, out Vector512<float> t00, out Vector512<float> t10);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToTwo(in column, 6 * frequencyStride, out Vector512<float> t01, out Vector512<float> t11);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToTwo(in column, 6 * frequencyStride, out Vector512<float> t02, out Vector512<float> t12);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToTwo(in column, 6 * frequencyStride, out Vector512<float> t03, out Vector512<float> t13);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToTwo(in column, 6 * frequencyStride, out Vector512<float> t04, out Vector512<float> t14);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToTwo(in column, 6 * frequencyStride, out Vector512<float> t05, out Vector512<float> t15);
            ref float target = ref Unsafe.Add(ref results, channel);
            StoreFour(t00, t01, t02, t03, t04, t05, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            StoreFour(t10, t11, t12, t13, t14, t15, ref target, columnStride);
        }
    }

    /// <summary>The 2 × 2 results of such a tile, for each channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformResult2x2(ref readonly float sums, nint frequencyStride, int channels, ref float results, nint rowStride, nint columnStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in sums), channel);
            ToTwo(in column, 6 * frequencyStride, out Vector512<float> t00, out Vector512<float> t10);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToTwo(in column, 6 * frequencyStride, out Vector512<float> t01, out Vector512<float> t11);
            column = ref Unsafe.Add(ref column, frequencyStride);
            ToTwo(in column, 6 * frequencyStride, out Vector512<float> t02, out Vector512<float> t12);
            column = ref Unsafe.Add(ref column, 3 * frequencyStride);
            ToTwo(in column, 6 * frequencyStride, out Vector512<float> t05, out Vector512<float> t15);
            ref float target = ref Unsafe.Add(ref results, channel);
            StoreTwo(t00, t01, t02, t05, ref target, columnStride);
            target = ref Unsafe.Add(ref target, rowStride);
            StoreTwo(t10, t11, t12, t15, ref target, columnStride);
        }
    }

    /// <summary>The numbers of the 4 × 2 gradients by the results of such a tile, for each channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformGradient4x2(ref readonly float gradients, nint rowStride, nint columnStride, int channels, ref float transformed, nint frequencyStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in gradients), channel);
            FourToSix(in column, rowStride, out Vector512<float> t00, out Vector512<float> t10, out Vector512<float> t20, out Vector512<float> t30, out Vector512<float> t40, out Vector512<float> t50);
            column = ref Unsafe.Add(ref column, columnStride);
            FourToSix(in column, rowStride, out Vector512<float> t01, out Vector512<float> t11, out Vector512<float> t21, out Vector512<float> t31, out Vector512<float> t41, out Vector512<float> t51);
            ref float target = ref Unsafe.Add(ref transformed, channel);
            StoreTwoAsPoints(t00, t01, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsPoints(t10, t11, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsPoints(t20, t21, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsPoints(t30, t31, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsPoints(t40, t41, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsPoints(t50, t51, ref target, frequencyStride);
        }
    }

    /// <summary>The numbers of the 2 × 4 gradients by the results of such a tile, for each channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformGradient2x4(ref readonly float gradients, nint rowStride, nint columnStride, int channels, ref float transformed, nint frequencyStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in gradients), channel);
            TwoToPoints(in column, rowStride, out Vector512<float> t00, out Vector512<float> t10, out Vector512<float> t20, out Vector512<float> t50);
            column = ref Unsafe.Add(ref column, columnStride);
            TwoToPoints(in column, rowStride, out Vector512<float> t01, out Vector512<float> t11, out Vector512<float> t21, out Vector512<float> t51);
            column = ref Unsafe.Add(ref column, columnStride);
            TwoToPoints(in column, rowStride, out Vector512<float> t02, out Vector512<float> t12, out Vector512<float> t22, out Vector512<float> t52);
            column = ref Unsafe.Add(ref column, columnStride);
            TwoToPoints(in column, rowStride, out Vector512<float> t03, out Vector512<float> t13, out Vector512<float> t23, out Vector512<float> t53);
            ref float target = ref Unsafe.Add(ref transformed, channel);
            StoreFourAsSix(t00, t01, t02, t03, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreFourAsSix(t10, t11, t12, t13, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreFourAsSix(t20, t21, t22, t23, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 18 * frequencyStride);
            StoreFourAsSix(t50, t51, t52, t53, ref target, frequencyStride);
        }
    }

    /// <summary>The numbers of the 2 × 2 gradients by the results of such a tile, for each channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformGradient2x2(ref readonly float gradients, nint rowStride, nint columnStride, int channels, ref float transformed, nint frequencyStride)
    {
        for (nint channel = 0; channel < channels; channel += Vector512<float>.Count)
        {
            ref float column = ref Unsafe.Add(ref Unsafe.AsRef(in gradients), channel);
            TwoToPoints(in column, rowStride, out Vector512<float> t00, out Vector512<float> t10, out Vector512<float> t20, out Vector512<float> t50);
            column = ref Unsafe.Add(ref column, columnStride);
            TwoToPoints(in column, rowStride, out Vector512<float> t01, out Vector512<float> t11, out Vector512<float> t21, out Vector512<float> t51);
            ref float target = ref Unsafe.Add(ref transformed, channel);
            StoreTwoAsPoints(t00, t01, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsPoints(t10, t11, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 6 * frequencyStride);
            StoreTwoAsPoints(t20, t21, ref target, frequencyStride);
            target = ref Unsafe.Add(ref target, 18 * frequencyStride);
            StoreTwoAsPoints(t50, t51, ref target, frequencyStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ToPoints(ref readonly float pixels, nint stride, out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t5)
    {
        ref float d = ref Unsafe.AsRef(in pixels);
        ToPoints(LoadUnsafe(ref d), LoadUnsafe(ref Unsafe.Add(ref d, stride)), LoadUnsafe(ref Unsafe.Add(ref d, 2 * stride)), LoadUnsafe(ref Unsafe.Add(ref d, 3 * stride)), out t0, out t1, out t2, out t5);
    }

    /// <summary>Bᵀ·d of F(2, 3), times 4, -3, -3 and 1: by so much F(4, 3) has smaller numbers of the taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ToPoints(
        Vector512<float> d0, Vector512<float> d1, Vector512<float> d2, Vector512<float> d3, out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t5)
    {
        t0 = Create(4f) * (d0 - d2);
        t1 = Create(-3f) * (d1 + d2);
        t2 = Create(3f) * (d1 - d2);
        t5 = d3 - d1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePoints(Vector512<float> d0, Vector512<float> d1, Vector512<float> d2, Vector512<float> d3, ref float target, nint stride)
    {
        ToPoints(d0, d1, d2, d3, out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t5);
        StoreAtPoints(t0, t1, t2, t5, ref target, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreAtPoints(Vector512<float> t0, Vector512<float> t1, Vector512<float> t2, Vector512<float> t5, ref float target, nint stride)
    {
        t0.StoreUnsafe(ref target);
        t1.StoreUnsafe(ref Unsafe.Add(ref target, stride));
        t2.StoreUnsafe(ref Unsafe.Add(ref target, 2 * stride));
        t5.StoreUnsafe(ref Unsafe.Add(ref target, 5 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ToTwo(ref readonly float sums, nint stride, out Vector512<float> t0, out Vector512<float> t1)
    {
        ref float m = ref Unsafe.AsRef(in sums);
        ToTwo(LoadUnsafe(ref m), LoadUnsafe(ref Unsafe.Add(ref m, stride)), LoadUnsafe(ref Unsafe.Add(ref m, 2 * stride)), LoadUnsafe(ref Unsafe.Add(ref m, 5 * stride)), out t0, out t1);
    }

    /// <summary>Aᵀ·m of F(2, 3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ToTwo(Vector512<float> m0, Vector512<float> m1, Vector512<float> m2, Vector512<float> m5, out Vector512<float> t0, out Vector512<float> t1)
    {
        t0 = m0 + m1 + m2;
        t1 = m1 - m2 + m5;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTwo(Vector512<float> m0, Vector512<float> m1, Vector512<float> m2, Vector512<float> m5, ref float target, nint stride)
    {
        ToTwo(m0, m1, m2, m5, out Vector512<float> t0, out Vector512<float> t1);
        t0.StoreUnsafe(ref target);
        t1.StoreUnsafe(ref Unsafe.Add(ref target, stride));
    }

    /// <summary>A·z of F(2, 3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwoToPoints(ref readonly float gradients, nint stride, out Vector512<float> t0, out Vector512<float> t1, out Vector512<float> t2, out Vector512<float> t5)
    {
        ref float z = ref Unsafe.AsRef(in gradients);
        (t0, t5) = (LoadUnsafe(ref z), LoadUnsafe(ref Unsafe.Add(ref z, stride)));
        (t1, t2) = (t0 + t5, t0 - t5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTwoAsPoints(Vector512<float> z0, Vector512<float> z1, ref float target, nint stride) => StoreAtPoints(z0, z0 + z1, z0 - z1, z1, ref target, stride);
}
