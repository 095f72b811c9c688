using System.Runtime.Intrinsics.X86;
using DlGen.Numerics;

namespace DlGen.Tests.Numerics;

/// <summary>Exchanged rows and columns of every shape up to two of the widest squares and what is left beside them, walked along either; nothing around what is written changes.</summary>
public class TranspositionTests
{
    private delegate void Copy<T>(ref T from, nint fromRow, ref T to, nint toColumn, nint columns, nint rows);

    [Fact]
    public void Floats_with_the_squares_of_every_width()
    {
        Check((ref float from, nint fromRow, ref float to, nint toColumn, nint columns, nint rows) => Transposition.Copy(in from, fromRow, ref to, toColumn, columns, rows));
        if (Avx.IsSupported) Check<float>(Transposition.Walk<float, Singles8>);
        Check<float>(Transposition.Walk<float, Singles4>);
    }

    [Fact]
    public void Doubles_with_the_squares_of_every_width()
    {
        Check((ref double from, nint fromRow, ref double to, nint toColumn, nint columns, nint rows) => Transposition.Copy(in from, fromRow, ref to, toColumn, columns, rows));
        if (Avx.IsSupported) Check<double>(Transposition.Walk<double, Doubles4>);
        Check<double>(Transposition.Walk<double, Doubles2>);
    }

    private static void Check<T>(Copy<T> copy)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        foreach (int rows in new[] { 1, 2, 3, 4, 7, 8, 15, 16, 21, 33, 37 })
        {
            foreach (int columns in new[] { 1, 2, 3, 4, 5, 8, 13, 16, 17, 28, 35, 47 })
            {
                // The last gap between columns is too wide for lines to be written one after the other.
                foreach (int toColumn in new[] { rows, rows + 3, 300 })
                {
                    int fromRow = columns + 2;
                    T[] from = [.. Enumerable.Range(1, (rows * fromRow) + 1).Select(T.CreateChecked)], to = new T[(columns * toColumn) + 2];
                    copy(ref from[0], fromRow, ref to[1], toColumn, columns, rows);
                    T[] expected = new T[to.Length];
                    for (int row = 0; row < rows; row++)
                        for (int column = 0; column < columns; column++) expected[(column * toColumn) + row + 1] = from[(row * fromRow) + column];
                    Assert.Equal(expected, to);
                }
            }
        }
    }
}
