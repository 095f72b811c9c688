using DlGen.Numerics;
using DlGen.Ops;
using DlGen.Reading;

namespace DlGen.Tests.Programs;

/// <summary>What a model's random ops draw in a training step, for the oracle: Philox by seed, stream, step and element, in the model's precision.</summary>
internal static class RandomDraws
{
    public static Func<RandomOp, double[]> Of(Declaration declaration, int rows, long seed, ulong step) => op =>
    {
        int count = rows * op.Extents.Count;
        ulong key = Philox.Key(seed, op.Stream);
        if (declaration.Float64)
        {
            double[] drawn = new double[count];
            if (op.Kind == RandomKind.Uniform) Philox.Uniform(drawn, 0, key, step);
            else Philox.Normal(drawn, 0, key, step);
            return drawn;
        }
        float[] single = new float[count];
        if (op.Kind == RandomKind.Uniform) Philox.Uniform(single, 0, key, step);
        else Philox.Normal(single, 0, key, step);
        return Array.ConvertAll(single, x => (double)x);
    };
}
