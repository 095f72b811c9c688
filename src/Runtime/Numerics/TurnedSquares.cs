using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DlGen.Numerics;

/// <summary>A square of elements, as many on each side as fit into a vector, turned in registers.</summary>
internal interface ISquare<T>
{
    static abstract int Side { get; }

    static abstract void Turn(ref T from, nint fromRow, ref T to, nint toColumn);

    /// <summary>The same of what is narrower or lower than this square.</summary>
    static abstract void Smaller(ref T from, nint fromRow, ref T to, nint toColumn, nint columns, nint rows);
}

internal struct Singles16 : ISquare<float>
{
    public static int Side => 16;

    public static void Smaller(ref float from, nint fromRow, ref float to, nint toColumn, nint columns, nint rows) => Transposition.Walk<float, Singles8>(ref from, fromRow, ref to, toColumn, columns, rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(ref float from, nint fromRow, ref float to, nint toColumn)
    {
        var (a0, a1, a2, a3) = Fours(ref from, fromRow);
        var (b0, b1, b2, b3) = Fours(ref Unsafe.Add(ref from, 4 * fromRow), fromRow);
        var (c0, c1, c2, c3) = Fours(ref Unsafe.Add(ref from, 8 * fromRow), fromRow);
        var (d0, d1, d2, d3) = Fours(ref Unsafe.Add(ref from, 12 * fromRow), fromRow);
        Store(a0, b0, c0, d0, ref to, toColumn);
        Store(a1, b1, c1, d1, ref Unsafe.Add(ref to, toColumn), toColumn);
        Store(a2, b2, c2, d2, ref Unsafe.Add(ref to, 2 * toColumn), toColumn);
        Store(a3, b3, c3, d3, ref Unsafe.Add(ref to, 3 * toColumn), toColumn);
    }

    /// <summary>Of four rows, the columns 0, 4, 8 and 12 in four quarters of a vector, and the three columns behind them in further ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> First, Vector512<float> Second, Vector512<float> Third, Vector512<float> Fourth) Fours(ref float from, nint fromRow)
    {
        Vector512<float> r0 = Vector512.LoadUnsafe(ref from), r1 = Vector512.LoadUnsafe(ref Unsafe.Add(ref from, fromRow));
        Vector512<float> r2 = Vector512.LoadUnsafe(ref Unsafe.Add(ref from, 2 * fromRow)), r3 = Vector512.LoadUnsafe(ref Unsafe.Add(ref from, 3 * fromRow));
        var low01 = Avx512F.UnpackLow(r0, r1).AsDouble();
        var high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
        var low23 = Avx512F.UnpackLow(r2, r3).AsDouble();
        var high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
        return (Avx512F.UnpackLow(low01, low23).AsSingle(), Avx512F.UnpackHigh(low01, low23).AsSingle(), Avx512F.UnpackLow(high01, high23).AsSingle(), Avx512F.UnpackHigh(high01, high23).AsSingle());
    }

    /// <summary>Four columns, four apart, of which each vector has four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, ref float to, nint toColumn)
    {
        var even01 = Avx512F.Shuffle4x128(a, b, 0b10_00_10_00);
        var odd01 = Avx512F.Shuffle4x128(a, b, 0b11_01_11_01);
        var even23 = Avx512F.Shuffle4x128(c, d, 0b10_00_10_00);
        var odd23 = Avx512F.Shuffle4x128(c, d, 0b11_01_11_01);
        Avx512F.Shuffle4x128(even01, even23, 0b10_00_10_00).StoreUnsafe(ref to);
        Avx512F.Shuffle4x128(odd01, odd23, 0b10_00_10_00).StoreUnsafe(ref Unsafe.Add(ref to, 4 * toColumn));
        Avx512F.Shuffle4x128(even01, even23, 0b11_01_11_01).StoreUnsafe(ref Unsafe.Add(ref to, 8 * toColumn));
        Avx512F.Shuffle4x128(odd01, odd23, 0b11_01_11_01).StoreUnsafe(ref Unsafe.Add(ref to, 12 * toColumn));
    }
}

internal struct Singles8 : ISquare<float>
{
    public static int Side => 8;

    public static void Smaller(ref float from, nint fromRow, ref float to, nint toColumn, nint columns, nint rows) => Transposition.Walk<float, Singles4>(ref from, fromRow, ref to, toColumn, columns, rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(ref float from, nint fromRow, ref float to, nint toColumn)
    {
        FourColumns(ref from, fromRow, ref to, toColumn);
        FourColumns(ref Unsafe.Add(ref from, 4), fromRow, ref Unsafe.Add(ref to, 4 * toColumn), toColumn);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourColumns(ref float from, nint fromRow, ref float to, nint toColumn)
    {
        var r04 = Rows(ref from, fromRow);
        var r15 = Rows(ref Unsafe.Add(ref from, fromRow), fromRow);
        var r26 = Rows(ref Unsafe.Add(ref from, 2 * fromRow), fromRow);
        var r37 = Rows(ref Unsafe.Add(ref from, 3 * fromRow), fromRow);
        var low01 = Avx.UnpackLow(r04, r15).AsDouble();
        var high01 = Avx.UnpackHigh(r04, r15).AsDouble();
        var low23 = Avx.UnpackLow(r26, r37).AsDouble();
        var high23 = Avx.UnpackHigh(r26, r37).AsDouble();
        Avx.UnpackLow(low01, low23).AsSingle().StoreUnsafe(ref to);
        Avx.UnpackHigh(low01, low23).AsSingle().StoreUnsafe(ref Unsafe.Add(ref to, toColumn));
        Avx.UnpackLow(high01, high23).AsSingle().StoreUnsafe(ref Unsafe.Add(ref to, 2 * toColumn));
        Avx.UnpackHigh(high01, high23).AsSingle().StoreUnsafe(ref Unsafe.Add(ref to, 3 * toColumn));
    }

    /// <summary>Four elements of a row, and of the fourth one behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Rows(ref float from, nint fromRow) => Vector256.Create(Vector128.LoadUnsafe(ref from), Vector128.LoadUnsafe(ref Unsafe.Add(ref from, 4 * fromRow)));
}

internal struct Singles4 : ISquare<float>
{
    public static int Side => 4;

    public static void Smaller(ref float from, nint fromRow, ref float to, nint toColumn, nint columns, nint rows) => Transposition.Elements(ref from, fromRow, ref to, toColumn, columns, rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(ref float from, nint fromRow, ref float to, nint toColumn)
    {
        if (!Sse.IsSupported)
        {
            Transposition.Elements(ref from, fromRow, ref to, toColumn, 4, 4);
            return;
        }
        Vector128<float> r0 = Vector128.LoadUnsafe(ref from), r1 = Vector128.LoadUnsafe(ref Unsafe.Add(ref from, fromRow));
        Vector128<float> r2 = Vector128.LoadUnsafe(ref Unsafe.Add(ref from, 2 * fromRow)), r3 = Vector128.LoadUnsafe(ref Unsafe.Add(ref from, 3 * fromRow));
        Vector128<float> low01 = Sse.UnpackLow(r0, r1), high01 = Sse.UnpackHigh(r0, r1), low23 = Sse.UnpackLow(r2, r3), high23 = Sse.UnpackHigh(r2, r3);
        Sse.MoveLowToHigh(low01, low23).StoreUnsafe(ref to);
        Sse.MoveHighToLow(low23, low01).StoreUnsafe(ref Unsafe.Add(ref to, toColumn));
        Sse.MoveLowToHigh(high01, high23).StoreUnsafe(ref Unsafe.Add(ref to, 2 * toColumn));
        Sse.MoveHighToLow(high23, high01).StoreUnsafe(ref Unsafe.Add(ref to, 3 * toColumn));
    }
}

internal struct Doubles4 : ISquare<double>
{
    public static int Side => 4;

    public static void Smaller(ref double from, nint fromRow, ref double to, nint toColumn, nint columns, nint rows) => Transposition.Walk<double, Doubles2>(ref from, fromRow, ref to, toColumn, columns, rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(ref double from, nint fromRow, ref double to, nint toColumn)
    {
        for (nint column = 0; column < 4; column += 2)
        {
            ref double first = ref Unsafe.Add(ref from, column);
            ref double turned = ref Unsafe.Add(ref to, column * toColumn);
            Vector256<double> even = Rows(ref first, fromRow), odd = Rows(ref Unsafe.Add(ref first, fromRow), fromRow);
            Avx.UnpackLow(even, odd).StoreUnsafe(ref turned);
            Avx.UnpackHigh(even, odd).StoreUnsafe(ref Unsafe.Add(ref turned, toColumn));
        }
    }

    /// <summary>Two elements of a row, and of the second one behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Rows(ref double from, nint fromRow) => Vector256.Create(Vector128.LoadUnsafe(ref from), Vector128.LoadUnsafe(ref Unsafe.Add(ref from, 2 * fromRow)));
}

internal struct Doubles2 : ISquare<double>
{
    public static int Side => 2;

    public static void Smaller(ref double from, nint fromRow, ref double to, nint toColumn, nint columns, nint rows) => Transposition.Elements(ref from, fromRow, ref to, toColumn, columns, rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(ref double from, nint fromRow, ref double to, nint toColumn)
    {
        if (!Sse2.IsSupported)
        {
            Transposition.Elements(ref from, fromRow, ref to, toColumn, 2, 2);
            return;
        }
        Vector128<double> r0 = Vector128.LoadUnsafe(ref from), r1 = Vector128.LoadUnsafe(ref Unsafe.Add(ref from, fromRow));
        Sse2.UnpackLow(r0, r1).StoreUnsafe(ref to);
        Sse2.UnpackHigh(r0, r1).StoreUnsafe(ref Unsafe.Add(ref to, toColumn));
    }
}
