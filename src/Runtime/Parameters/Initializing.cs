using System.Numerics;
using DlGen.Compiled;

namespace DlGen;

/// <summary>Gives the parameters their first values: SplitMix64, keyed by the seed and the parameter's index, over the logical order,
/// so that neither the layout nor the machine changes a bit.</summary>
internal static class Initializing
{
    public static void Fill<T>(ParameterStorage<T> storage, long seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < storage.Definitions.Length; i++)
        {
            var logical = new T[storage.Definitions[i].LogicalLength()];
            Fill<T>(logical, storage.Definitions[i].Initialization, unchecked((ulong)seed * 0x9E3779B97F4A7C15 + (ulong)i));
            storage.Write<T>(i, logical);
        }
    }

    private static void Fill<T>(Span<T> values, Initialization initialization, ulong key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T scale = T.CreateTruncating(initialization.Scale);
        switch (initialization.Kind)
        {
            case InitializerKind.Zeros:
                values.Clear();
                break;
            case InitializerKind.Ones:
                values.Fill(T.One);
                break;
            case InitializerKind.Constant:
                values.Fill(scale);
                break;
            case InitializerKind.Uniform:
                Draw(values, key, normal: false);
                T two = T.One + T.One;
                foreach (ref T value in values)
                    value = (two * value - T.One) * scale;
                break;
            case InitializerKind.Normal:
                Draw(values, key, normal: true);
                foreach (ref T value in values)
                    value *= scale;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(initialization), initialization.Kind, "Unknown initialisation.");
        }
    }

    private static void Draw<T>(Span<T> values, ulong key, bool normal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (ref T value in values)
        {
            double uniform = Uniform(ref key);
            value = T.CreateTruncating(normal ? Math.Sqrt(-2 * Math.Log(1 - uniform)) * Math.Cos(2 * Math.PI * Uniform(ref key)) : uniform);
        }
    }

    private static double Uniform(ref ulong state) => (Shuffling.Next(ref state) >> 40) * (1.0 / (1 << 24));
}
