using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DlGen.Benchmarks;

/// <summary>Transposes matrices whose sides are multiples of 16, in blocks of 16 x 16 that stay in registers. Rows a power of two apart share few cache sets, so pad them.</summary>
internal static unsafe class Transposition
{
    /// <param name="source">The matrix.</param>
    /// <param name="sourceRow">Floats from one of its rows to the next.</param>
    /// <param name="destination">Where its transpose goes.</param>
    /// <param name="destinationRow">Floats from one row of the transpose to the next.</param>
    /// <param name="rows">The rows of the matrix.</param>
    /// <param name="columns">Its columns.</param>
    public static void Run(float* source, nint sourceRow, float* destination, nint destinationRow, int rows, int columns)
    {
        for (nint row = 0; row < rows; row += 16)
            for (nint column = 0; column < columns; column += 16)
                Block(source + (row * sourceRow) + column, sourceRow, destination + (column * destinationRow) + row, destinationRow);
    }

    /// <summary>Pairs of rows, then quarters of lines are interleaved; what remains is a transposition of 4 x 4 blocks of 128 bit, once for each place within them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(float* source, nint sourceRow, float* destination, nint destinationRow)
    {
        var (a0, a1, a2, a3) = Quarters(source, sourceRow);
        var (b0, b1, b2, b3) = Quarters(source + (4 * sourceRow), sourceRow);
        var (c0, c1, c2, c3) = Quarters(source + (8 * sourceRow), sourceRow);
        var (d0, d1, d2, d3) = Quarters(source + (12 * sourceRow), sourceRow);
        Store(a0, b0, c0, d0, destination, destinationRow);
        Store(a1, b1, c1, d1, destination + destinationRow, destinationRow);
        Store(a2, b2, c2, d2, destination + (2 * destinationRow), destinationRow);
        Store(a3, b3, c3, d3, destination + (3 * destinationRow), destinationRow);
    }

    /// <summary>Of four rows, the transposes of their 4 x 4 blocks: the first holds columns 0, 4, 8 and 12, the second 1, 5, 9 and 13.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> First, Vector512<float> Second, Vector512<float> Third, Vector512<float> Fourth) Quarters(float* source, nint sourceRow)
    {
        var row0 = Vector512.Load(source);
        var row1 = Vector512.Load(source + sourceRow);
        var row2 = Vector512.Load(source + (2 * sourceRow));
        var row3 = Vector512.Load(source + (3 * sourceRow));
        var low01 = Avx512F.UnpackLow(row0, row1);
        var high01 = Avx512F.UnpackHigh(row0, row1);
        var low23 = Avx512F.UnpackLow(row2, row3);
        var high23 = Avx512F.UnpackHigh(row2, row3);
        return (Avx512F.Shuffle(low01, low23, 0x44), Avx512F.Shuffle(low01, low23, 0xEE), Avx512F.Shuffle(high01, high23, 0x44), Avx512F.Shuffle(high01, high23, 0xEE));
    }

    /// <summary>Stores four columns that lie four apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> rows0, Vector512<float> rows4, Vector512<float> rows8, Vector512<float> rows12, float* destination, nint destinationRow)
    {
        var even0 = Avx512F.Shuffle4x128(rows0, rows4, 0x88);
        var odd0 = Avx512F.Shuffle4x128(rows0, rows4, 0xDD);
        var even8 = Avx512F.Shuffle4x128(rows8, rows12, 0x88);
        var odd8 = Avx512F.Shuffle4x128(rows8, rows12, 0xDD);
        Avx512F.Shuffle4x128(even0, even8, 0x88).Store(destination);
        Avx512F.Shuffle4x128(odd0, odd8, 0x88).Store(destination + (4 * destinationRow));
        Avx512F.Shuffle4x128(even0, even8, 0xDD).Store(destination + (8 * destinationRow));
        Avx512F.Shuffle4x128(odd0, odd8, 0xDD).Store(destination + (12 * destinationRow));
    }
}
