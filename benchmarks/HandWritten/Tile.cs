using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <summary>
/// Tiles of a product, rows times vectors of 16, with their accumulators in registers: each term costs one broadcast a row and one load a column. 6x4, 8x2 and
/// 16x1 hide the latency of the multiply-add within 32 registers; the smaller ones are for the rows that remain.
/// </summary>
internal static unsafe class Tile
{
    /// <summary>6 rows of 64 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows6<T>(T tile, float* left, float* right, float* output)
        where T : struct, ITile
    {
        Vector512<float> s0 = tile.Start(0), s1 = tile.Start(16), s2 = tile.Start(32), s3 = tile.Start(48);
        Vector512<float> c0_0 = s0, c0_1 = s1, c0_2 = s2, c0_3 = s3, c1_0 = s0, c1_1 = s1, c1_2 = s2, c1_3 = s3,
            c2_0 = s0, c2_1 = s1, c2_2 = s2, c2_3 = s3, c3_0 = s0, c3_1 = s1, c3_2 = s2, c3_3 = s3,
            c4_0 = s0, c4_1 = s1, c4_2 = s2, c4_3 = s3, c5_0 = s0, c5_1 = s1, c5_2 = s2, c5_3 = s3;
        for (float* end = right + ((nint)tile.Terms * T.RightTerm); right < end; left += T.LeftTerm, right += T.RightTerm)
        {
            Vector512<float> b0 = Vector512.Load(right), b1 = Vector512.Load(right + 16), b2 = Vector512.Load(right + 32), b3 = Vector512.Load(right + 48);
            var a0 = Vector512.Create(left[0]);
            c0_0 = Vector512.FusedMultiplyAdd(a0, b0, c0_0);
            c0_1 = Vector512.FusedMultiplyAdd(a0, b1, c0_1);
            c0_2 = Vector512.FusedMultiplyAdd(a0, b2, c0_2);
            c0_3 = Vector512.FusedMultiplyAdd(a0, b3, c0_3);
            var a1 = Vector512.Create(left[T.LeftRow]);
            c1_0 = Vector512.FusedMultiplyAdd(a1, b0, c1_0);
            c1_1 = Vector512.FusedMultiplyAdd(a1, b1, c1_1);
            c1_2 = Vector512.FusedMultiplyAdd(a1, b2, c1_2);
            c1_3 = Vector512.FusedMultiplyAdd(a1, b3, c1_3);
            var a2 = Vector512.Create(left[2 * T.LeftRow]);
            c2_0 = Vector512.FusedMultiplyAdd(a2, b0, c2_0);
            c2_1 = Vector512.FusedMultiplyAdd(a2, b1, c2_1);
            c2_2 = Vector512.FusedMultiplyAdd(a2, b2, c2_2);
            c2_3 = Vector512.FusedMultiplyAdd(a2, b3, c2_3);
            var a3 = Vector512.Create(left[3 * T.LeftRow]);
            c3_0 = Vector512.FusedMultiplyAdd(a3, b0, c3_0);
            c3_1 = Vector512.FusedMultiplyAdd(a3, b1, c3_1);
            c3_2 = Vector512.FusedMultiplyAdd(a3, b2, c3_2);
            c3_3 = Vector512.FusedMultiplyAdd(a3, b3, c3_3);
            var a4 = Vector512.Create(left[4 * T.LeftRow]);
            c4_0 = Vector512.FusedMultiplyAdd(a4, b0, c4_0);
            c4_1 = Vector512.FusedMultiplyAdd(a4, b1, c4_1);
            c4_2 = Vector512.FusedMultiplyAdd(a4, b2, c4_2);
            c4_3 = Vector512.FusedMultiplyAdd(a4, b3, c4_3);
            var a5 = Vector512.Create(left[5 * T.LeftRow]);
            c5_0 = Vector512.FusedMultiplyAdd(a5, b0, c5_0);
            c5_1 = Vector512.FusedMultiplyAdd(a5, b1, c5_1);
            c5_2 = Vector512.FusedMultiplyAdd(a5, b2, c5_2);
            c5_3 = Vector512.FusedMultiplyAdd(a5, b3, c5_3);
        }
        Store(tile, output, c0_0, c0_1, c0_2, c0_3);
        Store(tile, output + T.OutputRow, c1_0, c1_1, c1_2, c1_3);
        Store(tile, output + (2 * T.OutputRow), c2_0, c2_1, c2_2, c2_3);
        Store(tile, output + (3 * T.OutputRow), c3_0, c3_1, c3_2, c3_3);
        Store(tile, output + (4 * T.OutputRow), c4_0, c4_1, c4_2, c4_3);
        Store(tile, output + (5 * T.OutputRow), c5_0, c5_1, c5_2, c5_3);
    }

    /// <summary>2 rows of 64 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows2<T>(T tile, float* left, float* right, float* output)
        where T : struct, ITile
    {
        Vector512<float> s0 = tile.Start(0), s1 = tile.Start(16), s2 = tile.Start(32), s3 = tile.Start(48);
        Vector512<float> c0_0 = s0, c0_1 = s1, c0_2 = s2, c0_3 = s3, c1_0 = s0, c1_1 = s1, c1_2 = s2, c1_3 = s3;
        for (float* end = right + ((nint)tile.Terms * T.RightTerm); right < end; left += T.LeftTerm, right += T.RightTerm)
        {
            Vector512<float> b0 = Vector512.Load(right), b1 = Vector512.Load(right + 16), b2 = Vector512.Load(right + 32), b3 = Vector512.Load(right + 48);
            var a0 = Vector512.Create(left[0]);
            c0_0 = Vector512.FusedMultiplyAdd(a0, b0, c0_0);
            c0_1 = Vector512.FusedMultiplyAdd(a0, b1, c0_1);
            c0_2 = Vector512.FusedMultiplyAdd(a0, b2, c0_2);
            c0_3 = Vector512.FusedMultiplyAdd(a0, b3, c0_3);
            var a1 = Vector512.Create(left[T.LeftRow]);
            c1_0 = Vector512.FusedMultiplyAdd(a1, b0, c1_0);
            c1_1 = Vector512.FusedMultiplyAdd(a1, b1, c1_1);
            c1_2 = Vector512.FusedMultiplyAdd(a1, b2, c1_2);
            c1_3 = Vector512.FusedMultiplyAdd(a1, b3, c1_3);
        }
        Store(tile, output, c0_0, c0_1, c0_2, c0_3);
        Store(tile, output + T.OutputRow, c1_0, c1_1, c1_2, c1_3);
    }

    /// <summary>A row of 64 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row<T>(T tile, float* left, float* right, float* output)
        where T : struct, ITile
    {
        Vector512<float> s0 = tile.Start(0), s1 = tile.Start(16), s2 = tile.Start(32), s3 = tile.Start(48);
        Vector512<float> c0 = s0, c1 = s1, c2 = s2, c3 = s3;
        for (float* end = right + ((nint)tile.Terms * T.RightTerm); right < end; left += T.LeftTerm, right += T.RightTerm)
        {
            Vector512<float> b0 = Vector512.Load(right), b1 = Vector512.Load(right + 16), b2 = Vector512.Load(right + 32), b3 = Vector512.Load(right + 48);
            var a = Vector512.Create(left[0]);
            c0 = Vector512.FusedMultiplyAdd(a, b0, c0);
            c1 = Vector512.FusedMultiplyAdd(a, b1, c1);
            c2 = Vector512.FusedMultiplyAdd(a, b2, c2);
            c3 = Vector512.FusedMultiplyAdd(a, b3, c3);
        }
        Store(tile, output, c0, c1, c2, c3);
    }

    /// <summary>A row of 128 columns: what a single row needs to have eight sums under way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WideRow<T>(T tile, float* left, float* right, float* output)
        where T : struct, ITile
    {
        Vector512<float> c0 = tile.Start(0), c1 = tile.Start(16), c2 = tile.Start(32), c3 = tile.Start(48),
            c4 = tile.Start(64), c5 = tile.Start(80), c6 = tile.Start(96), c7 = tile.Start(112);
        for (float* end = right + ((nint)tile.Terms * T.RightTerm); right < end; left += T.LeftTerm, right += T.RightTerm)
        {
            Vector512<float> b0 = Vector512.Load(right), b1 = Vector512.Load(right + 16), b2 = Vector512.Load(right + 32), b3 = Vector512.Load(right + 48),
                b4 = Vector512.Load(right + 64), b5 = Vector512.Load(right + 80), b6 = Vector512.Load(right + 96), b7 = Vector512.Load(right + 112);
            var a = Vector512.Create(left[0]);
            c0 = Vector512.FusedMultiplyAdd(a, b0, c0);
            c1 = Vector512.FusedMultiplyAdd(a, b1, c1);
            c2 = Vector512.FusedMultiplyAdd(a, b2, c2);
            c3 = Vector512.FusedMultiplyAdd(a, b3, c3);
            c4 = Vector512.FusedMultiplyAdd(a, b4, c4);
            c5 = Vector512.FusedMultiplyAdd(a, b5, c5);
            c6 = Vector512.FusedMultiplyAdd(a, b6, c6);
            c7 = Vector512.FusedMultiplyAdd(a, b7, c7);
        }
        Store(tile, output, c0, c1, c2, c3);
        Store(tile, output + 64, c4, c5, c6, c7);
    }

    /// <summary>8 rows of 32 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows8<T>(T tile, float* left, float* right, float* output)
        where T : struct, ITile
    {
        Vector512<float> s0 = tile.Start(0), s1 = tile.Start(16);
        Vector512<float> c0_0 = s0, c0_1 = s1, c1_0 = s0, c1_1 = s1, c2_0 = s0, c2_1 = s1, c3_0 = s0, c3_1 = s1,
            c4_0 = s0, c4_1 = s1, c5_0 = s0, c5_1 = s1, c6_0 = s0, c6_1 = s1, c7_0 = s0, c7_1 = s1;
        for (float* end = right + ((nint)tile.Terms * T.RightTerm); right < end; left += T.LeftTerm, right += T.RightTerm)
        {
            Vector512<float> b0 = Vector512.Load(right), b1 = Vector512.Load(right + 16);
            var a0 = Vector512.Create(left[0]);
            c0_0 = Vector512.FusedMultiplyAdd(a0, b0, c0_0);
            c0_1 = Vector512.FusedMultiplyAdd(a0, b1, c0_1);
            var a1 = Vector512.Create(left[T.LeftRow]);
            c1_0 = Vector512.FusedMultiplyAdd(a1, b0, c1_0);
            c1_1 = Vector512.FusedMultiplyAdd(a1, b1, c1_1);
            var a2 = Vector512.Create(left[2 * T.LeftRow]);
            c2_0 = Vector512.FusedMultiplyAdd(a2, b0, c2_0);
            c2_1 = Vector512.FusedMultiplyAdd(a2, b1, c2_1);
            var a3 = Vector512.Create(left[3 * T.LeftRow]);
            c3_0 = Vector512.FusedMultiplyAdd(a3, b0, c3_0);
            c3_1 = Vector512.FusedMultiplyAdd(a3, b1, c3_1);
            var a4 = Vector512.Create(left[4 * T.LeftRow]);
            c4_0 = Vector512.FusedMultiplyAdd(a4, b0, c4_0);
            c4_1 = Vector512.FusedMultiplyAdd(a4, b1, c4_1);
            var a5 = Vector512.Create(left[5 * T.LeftRow]);
            c5_0 = Vector512.FusedMultiplyAdd(a5, b0, c5_0);
            c5_1 = Vector512.FusedMultiplyAdd(a5, b1, c5_1);
            var a6 = Vector512.Create(left[6 * T.LeftRow]);
            c6_0 = Vector512.FusedMultiplyAdd(a6, b0, c6_0);
            c6_1 = Vector512.FusedMultiplyAdd(a6, b1, c6_1);
            var a7 = Vector512.Create(left[7 * T.LeftRow]);
            c7_0 = Vector512.FusedMultiplyAdd(a7, b0, c7_0);
            c7_1 = Vector512.FusedMultiplyAdd(a7, b1, c7_1);
        }
        Store(tile, output, c0_0, c0_1);
        Store(tile, output + T.OutputRow, c1_0, c1_1);
        Store(tile, output + (2 * T.OutputRow), c2_0, c2_1);
        Store(tile, output + (3 * T.OutputRow), c3_0, c3_1);
        Store(tile, output + (4 * T.OutputRow), c4_0, c4_1);
        Store(tile, output + (5 * T.OutputRow), c5_0, c5_1);
        Store(tile, output + (6 * T.OutputRow), c6_0, c6_1);
        Store(tile, output + (7 * T.OutputRow), c7_0, c7_1);
    }

    /// <summary>16 rows of 16 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows16<T>(T tile, float* left, float* right, float* output)
        where T : struct, ITile
    {
        Vector512<float> s0 = tile.Start(0);
        Vector512<float> c0 = s0, c1 = s0, c2 = s0, c3 = s0, c4 = s0, c5 = s0, c6 = s0, c7 = s0,
            c8 = s0, c9 = s0, c10 = s0, c11 = s0, c12 = s0, c13 = s0, c14 = s0, c15 = s0;
        for (float* end = right + ((nint)tile.Terms * T.RightTerm); right < end; left += T.LeftTerm, right += T.RightTerm)
        {
            Vector512<float> b0 = Vector512.Load(right);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(left[0]), b0, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(left[T.LeftRow]), b0, c1);
            c2 = Vector512.FusedMultiplyAdd(Vector512.Create(left[2 * T.LeftRow]), b0, c2);
            c3 = Vector512.FusedMultiplyAdd(Vector512.Create(left[3 * T.LeftRow]), b0, c3);
            c4 = Vector512.FusedMultiplyAdd(Vector512.Create(left[4 * T.LeftRow]), b0, c4);
            c5 = Vector512.FusedMultiplyAdd(Vector512.Create(left[5 * T.LeftRow]), b0, c5);
            c6 = Vector512.FusedMultiplyAdd(Vector512.Create(left[6 * T.LeftRow]), b0, c6);
            c7 = Vector512.FusedMultiplyAdd(Vector512.Create(left[7 * T.LeftRow]), b0, c7);
            c8 = Vector512.FusedMultiplyAdd(Vector512.Create(left[8 * T.LeftRow]), b0, c8);
            c9 = Vector512.FusedMultiplyAdd(Vector512.Create(left[9 * T.LeftRow]), b0, c9);
            c10 = Vector512.FusedMultiplyAdd(Vector512.Create(left[10 * T.LeftRow]), b0, c10);
            c11 = Vector512.FusedMultiplyAdd(Vector512.Create(left[11 * T.LeftRow]), b0, c11);
            c12 = Vector512.FusedMultiplyAdd(Vector512.Create(left[12 * T.LeftRow]), b0, c12);
            c13 = Vector512.FusedMultiplyAdd(Vector512.Create(left[13 * T.LeftRow]), b0, c13);
            c14 = Vector512.FusedMultiplyAdd(Vector512.Create(left[14 * T.LeftRow]), b0, c14);
            c15 = Vector512.FusedMultiplyAdd(Vector512.Create(left[15 * T.LeftRow]), b0, c15);
        }
        Store(tile, output, c0);
        Store(tile, output + T.OutputRow, c1);
        Store(tile, output + (2 * T.OutputRow), c2);
        Store(tile, output + (3 * T.OutputRow), c3);
        Store(tile, output + (4 * T.OutputRow), c4);
        Store(tile, output + (5 * T.OutputRow), c5);
        Store(tile, output + (6 * T.OutputRow), c6);
        Store(tile, output + (7 * T.OutputRow), c7);
        Store(tile, output + (8 * T.OutputRow), c8);
        Store(tile, output + (9 * T.OutputRow), c9);
        Store(tile, output + (10 * T.OutputRow), c10);
        Store(tile, output + (11 * T.OutputRow), c11);
        Store(tile, output + (12 * T.OutputRow), c12);
        Store(tile, output + (13 * T.OutputRow), c13);
        Store(tile, output + (14 * T.OutputRow), c14);
        Store(tile, output + (15 * T.OutputRow), c15);
    }

    /// <summary>A row of 16 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Vector<T>(T tile, float* left, float* right, float* output)
        where T : struct, ITile
    {
        Vector512<float> s0 = tile.Start(0);
        Vector512<float> c0 = s0;
        for (float* end = right + ((nint)tile.Terms * T.RightTerm); right < end; left += T.LeftTerm, right += T.RightTerm)
        {
            Vector512<float> b0 = Vector512.Load(right);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(left[0]), b0, c0);
        }
        Store(tile, output, c0);
    }

    /// <summary>64 columns of a product: tiles of 6 rows, then of 2, then of 1.</summary>
    public static void Columns64<T>(T tile, float* left, float* right, float* output, int rows)
        where T : struct, ITile
    {
        int row = 0;
        for (; row + 6 <= rows; row += 6) Rows6(tile, left + ((nint)row * T.LeftRow), right, output + ((nint)row * T.OutputRow));
        for (; row + 2 <= rows; row += 2) Rows2(tile, left + ((nint)row * T.LeftRow), right, output + ((nint)row * T.OutputRow));
        for (; row < rows; row++) Row(tile, left + ((nint)row * T.LeftRow), right, output + ((nint)row * T.OutputRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T tile, float* output, Vector512<float> c0)
        where T : struct, ITile => tile.Finish(c0, output).Store(output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T tile, float* output, Vector512<float> c0, Vector512<float> c1)
        where T : struct, ITile
    {
        Store(tile, output, c0);
        Store(tile, output + 16, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T tile, float* output, Vector512<float> c0, Vector512<float> c1, Vector512<float> c2, Vector512<float> c3)
        where T : struct, ITile
    {
        Store(tile, output, c0, c1);
        Store(tile, output + 32, c2, c3);
    }
}
