using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlGen.Numerics;

/// <summary>Sums of rows, element by element: the same bits whatever the width of the vectors.</summary>
public static class RowSum
{
    /// <summary>Adds <paramref name="count"/> elements to as many sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T>(ref T sums, ref readonly T terms, nint count) where T : unmanaged, INumber<T>
    {
        ref T term = ref Unsafe.AsRef(in terms);
        nint done = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; done <= count - Vector512<T>.Count; done += Vector512<T>.Count)
                (Vector512.LoadUnsafe(ref sums, (nuint)done) + Vector512.LoadUnsafe(ref term, (nuint)done)).StoreUnsafe(ref sums, (nuint)done);
        }
        if (Vector256.IsHardwareAccelerated)
        {
            for (; done <= count - Vector256<T>.Count; done += Vector256<T>.Count)
                (Vector256.LoadUnsafe(ref sums, (nuint)done) + Vector256.LoadUnsafe(ref term, (nuint)done)).StoreUnsafe(ref sums, (nuint)done);
        }
        for (; done <= count - Vector128<T>.Count; done += Vector128<T>.Count)
            (Vector128.LoadUnsafe(ref sums, (nuint)done) + Vector128.LoadUnsafe(ref term, (nuint)done)).StoreUnsafe(ref sums, (nuint)done);
        for (; done < count; done++) Unsafe.Add(ref sums, done) += Unsafe.Add(ref term, done);
    }
}
