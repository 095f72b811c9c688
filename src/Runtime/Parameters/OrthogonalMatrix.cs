using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DlGen.Numerics;

namespace DlGen;

/// <summary>A random matrix whose rows or columns, whichever are fewer, are orthonormal, uniform among those (Saxe et al. 2014): the Q of a normal matrix, R's
/// diagonal being positive. By Gram-Schmidt in double, each vector twice, which leaves no more error than rounding (Giraud et al. 2005).
/// 1024 × 1024 takes half a second.</summary>
internal static class OrthogonalMatrix
{
    /// <summary>Fills row-major (rows, columns).</summary>
    public static double[] Draw(int rows, int columns, ulong key, ulong step)
    {
        (int count, int length) = rows <= columns ? (rows, columns) : (columns, rows);
        var vectors = new double[checked(count * length)];
        Philox.Normal(vectors, 0, key, step);
        for (int i = 0; i < count; i++)
            Orthonormalise(vectors.AsSpan(0, (i + 1) * length), length);
        return rows <= columns ? vectors : Transposed(vectors, count, length);
    }

    /// <summary>Makes the last vector orthogonal to all before it, and its length 1.</summary>
    private static void Orthonormalise(Span<double> vectors, int length)
    {
        Span<double> last = vectors[^length..];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int from = 0; from < vectors.Length - length; from += length)
            {
                ReadOnlySpan<double> other = vectors.Slice(from, length);
                Add(last, other, -Dot(last, other));
            }
        }

        double scale = 1 / Math.Sqrt(Dot(last, last));
        foreach (ref double element in last)
            element *= scale;
    }

    /// <summary>Eight sums side by side, then one after the other: the order, and so every bit, is the same on machines with shorter vectors.</summary>
    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        ReadOnlySpan<Vector512<double>> x = MemoryMarshal.Cast<double, Vector512<double>>(left), y = MemoryMarshal.Cast<double, Vector512<double>>(right);
        Vector512<double> sums = Vector512<double>.Zero;
        for (int i = 0; i < x.Length; i++)
            sums += x[i] * y[i];
        double sum = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
            sum += sums.GetElement(lane);
        for (int i = x.Length * Vector512<double>.Count; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    private static void Add(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        Span<Vector512<double>> x = MemoryMarshal.Cast<double, Vector512<double>>(target);
        ReadOnlySpan<Vector512<double>> y = MemoryMarshal.Cast<double, Vector512<double>>(source);
        for (int i = 0; i < x.Length; i++)
            x[i] += y[i] * factor;
        for (int i = x.Length * Vector512<double>.Count; i < target.Length; i++)
            target[i] += source[i] * factor;
    }

    private static double[] Transposed(double[] vectors, int count, int length)
    {
        var matrix = new double[vectors.Length];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < length; j++)
                matrix[j * count + i] = vectors[i * length + j];
        }

        return matrix;
    }
}
