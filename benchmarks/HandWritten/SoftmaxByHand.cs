using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DlGen.Benchmarks;

/// <summary>Softmax and its cross-entropy over rows of 10 logits in one vector each.</summary>
internal static unsafe class SoftmaxByHand
{
    private const int Classes = 10;
    private const int Row = 16;

    /// <summary>Probabilities, packed; writes past the last row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Probabilities(float* logits, float* destination, int rows)
    {
        for (nint row = 0; row < rows; row++)
        {
            var (exponentials, sum, _) = Exponentials(logits + (row * Row));
            (exponentials / Vector512.Create(sum)).Store(destination + (row * Classes));
        }
    }

    /// <summary>The mean loss; the gradient by the logits takes their place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Loss(float* logits, int* labels, int rows)
    {
        float share = 1f / rows, loss = 0;
        var shares = Vector512.Create(share);
        for (nint row = 0; row < rows; row++)
        {
            float* place = logits + (row * Row);
            var (exponentials, sum, largest) = Exponentials(place);
            loss += MathF.Log(sum) + largest - place[labels[row]];
            var gradient = exponentials * (shares / Vector512.Create(sum));
            gradient -= Vector512.Equals(Vector512<int>.Indices, Vector512.Create(labels[row])).AsSingle() & shares;
            gradient.Store(place);
        }
        return loss * share;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Values, float Sum, float Largest) Exponentials(float* logits)
    {
        var classes = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(Classes)).AsSingle();
        var x = Vector512.ConditionalSelect(classes, Vector512.Load(logits), Vector512.Create(float.NegativeInfinity));
        var largest = Vector512.Max(x, Avx512F.Shuffle4x128(x, x, 0x4E));
        largest = Vector512.Max(largest, Avx512F.Shuffle4x128(largest, largest, 0xB1));
        largest = Vector512.Max(largest, Avx512F.Shuffle(largest, largest, 0x4E));
        largest = Vector512.Max(largest, Avx512F.Shuffle(largest, largest, 0xB1));
        var exponentials = Exp(x - largest) & classes;
        return (exponentials, Vector512.Sum(exponentials), largest.ToScalar());
    }

    /// <summary>A power of two times a polynomial of degree 6 on the rest (Cephes), within an ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exp(Vector512<float> x)
    {
        x = Vector512.Min(Vector512.Max(x, Vector512.Create(-104f)), Vector512.Create(88.72284f));
        var power = Avx512F.RoundScale(x * Vector512.Create(1.44269504f), 0);
        var rest = Vector512.FusedMultiplyAdd(power, Vector512.Create(-0.693359375f), x);
        rest = Vector512.FusedMultiplyAdd(power, Vector512.Create(2.12194440e-4f), rest);
        var sum = Vector512.FusedMultiplyAdd(Vector512.Create(1.9875691500e-4f), rest, Vector512.Create(1.3981999507e-3f));
        sum = Vector512.FusedMultiplyAdd(sum, rest, Vector512.Create(8.3334519073e-3f));
        sum = Vector512.FusedMultiplyAdd(sum, rest, Vector512.Create(4.1665795894e-2f));
        sum = Vector512.FusedMultiplyAdd(sum, rest, Vector512.Create(1.6666665459e-1f));
        sum = Vector512.FusedMultiplyAdd(sum, rest, Vector512.Create(5.0000001201e-1f));
        sum = Vector512.FusedMultiplyAdd(sum, rest * rest, rest) + Vector512<float>.One;
        return Avx512F.Scale(sum, power);
    }
}
