using System.Numerics;
using System.Runtime.InteropServices;
using DlGen.Compiled;
using DlGen.Numerics;

namespace DlGen;

/// <summary>Gives the parameters their first values: Philox, keyed by the seed and the parameter's index, over the logical order,
/// so that neither the layout nor the machine changes a bit.</summary>
internal static class Initializing
{
    /// <summary>The random ops of training steps count from 0; this step is one that they never reach, so their numbers and these never meet.</summary>
    private const ulong Step = ulong.MaxValue;

    public static void Fill<T>(ParameterStorage<T> storage, long seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < storage.Definitions.Length; i++)
        {
            var logical = new T[storage.Definitions[i].LogicalLength()];
            Fill<T>(logical, storage.Definitions[i], Philox.Key(seed, i));
            storage.Write<T>(i, logical);
        }
    }

    private static void Fill<T>(Span<T> values, ParameterDefinition parameter, ulong key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Initialization initialization = parameter.Initialization;
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
            case InitializerKind.Orthogonal:
                int rows = parameter.Shape.Length == 0 ? 1 : parameter.Shape[0];
                double[] matrix = OrthogonalMatrix.Draw(rows, values.Length / rows, key, Step);
                for (int i = 0; i < values.Length; i++)
                    values[i] = T.CreateTruncating(matrix[i] * initialization.Scale);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(parameter), initialization.Kind, "Unknown initialisation.");
        }
    }

    private static void Draw<T>(Span<T> values, ulong key, bool normal)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Span<float> floats = MemoryMarshal.Cast<T, float>(values);
            if (normal)
                Philox.Normal(floats, 0, key, Step);
            else
                Philox.Uniform(floats, 0, key, Step);
        }
        else
        {
            Span<double> doubles = MemoryMarshal.Cast<T, double>(values);
            if (normal)
                Philox.Normal(doubles, 0, key, Step);
            else
                Philox.Uniform(doubles, 0, key, Step);
        }
    }
}
