using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlGen.Numerics;

/// <summary>
/// Copies of matrices with rows and columns exchanged: squares as large as the vectors are turned in registers, so that whole cache lines are read and written; a copy element by element takes three times as long.
/// </summary>
public static class Transposition
{
    private const int LineBytes = 64;

    /// <summary>Further apart, lines that are written one after the other lie in the same few sets of the first-level cache.</summary>
    private const int MostBytesApart = 512;

    /// <summary>Writes the element at (row, column) of a matrix whose rows lie <paramref name="fromRow"/> apart to (column, row) of one whose rows lie <paramref name="toColumn"/> apart.</summary>
    /// <param name="from">The first element to read.</param>
    /// <param name="fromRow">Elements between the beginnings of the rows that are read.</param>
    /// <param name="to">The first element to write; what is written must not be what is read.</param>
    /// <param name="toColumn">Elements between the beginnings of what the columns become.</param>
    /// <param name="columns">Elements that lie side by side in <paramref name="from"/>.</param>
    /// <param name="rows">Elements that lie side by side in <paramref name="to"/>.</param>
    public static void Copy(ref readonly float from, nint fromRow, ref float to, nint toColumn, nint columns, nint rows)
    {
        if (Vector512.IsHardwareAccelerated) Walk<float, Singles16>(ref Unsafe.AsRef(in from), fromRow, ref to, toColumn, columns, rows);
        else if (Vector256.IsHardwareAccelerated) Walk<float, Singles8>(ref Unsafe.AsRef(in from), fromRow, ref to, toColumn, columns, rows);
        else Walk<float, Singles4>(ref Unsafe.AsRef(in from), fromRow, ref to, toColumn, columns, rows);
    }

    /// <inheritdoc cref="Copy(ref readonly float, nint, ref float, nint, nint, nint)"/>
    public static void Copy(ref readonly double from, nint fromRow, ref double to, nint toColumn, nint columns, nint rows)
    {
        if (Vector256.IsHardwareAccelerated) Walk<double, Doubles4>(ref Unsafe.AsRef(in from), fromRow, ref to, toColumn, columns, rows);
        else Walk<double, Doubles2>(ref Unsafe.AsRef(in from), fromRow, ref to, toColumn, columns, rows);
    }

    /// <summary>
    /// Squares along the rows or along the columns, a cache line's width of the others at a time. The last ones begin earlier where they would not fit, and write again what stands there; what is
    /// narrower or lower than a square is turned by smaller ones.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Walk<T, TSquare>(ref T from, nint fromRow, ref T to, nint toColumn, nint columns, nint rows)
        where T : unmanaged
        where TSquare : struct, ISquare<T>
    {
        nint side = TSquare.Side, line = LineBytes / Unsafe.SizeOf<T>();
        if (columns < side || rows < side)
        {
            TSquare.Smaller(ref from, fromRow, ref to, toColumn, columns, rows);
        }
        else if (columns > rows && toColumn * Unsafe.SizeOf<T>() <= MostBytesApart)
        {
            for (nint top = 0; top < rows; top += line)
                for (nint column = 0; column < columns; column += side)
                    for (nint row = top; row < Math.Min(top + line, rows); row += side) Turn(ref from, ref to, Math.Min(column, columns - side), Math.Min(row, rows - side));
        }
        else
        {
            for (nint left = 0; left < columns; left += line)
                for (nint row = 0; row < rows; row += side)
                    for (nint column = left; column < Math.Min(left + line, columns); column += side) Turn(ref from, ref to, Math.Min(column, columns - side), Math.Min(row, rows - side));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Turn(ref T from, ref T to, nint column, nint row)
            => TSquare.Turn(ref Unsafe.Add(ref from, column + (row * fromRow)), fromRow, ref Unsafe.Add(ref to, (column * toColumn) + row), toColumn);
    }

    /// <summary>Element by element, where no square fits.</summary>
    internal static void Elements<T>(ref T from, nint fromRow, ref T to, nint toColumn, nint columns, nint rows)
        where T : unmanaged
    {
        for (nint column = 0; column < columns; column++)
            for (nint row = 0; row < rows; row++) Unsafe.Add(ref to, (column * toColumn) + row) = Unsafe.Add(ref from, column + (row * fromRow));
    }
}
