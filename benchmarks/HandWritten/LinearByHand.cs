using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <summary>Linear(n) for n rows of n inputs: 6x4 tiles over weights in panels of 64 units, [n / 64][n][64], which need no cache blocking.</summary>
internal sealed unsafe class LinearByHand<TSize> : IDisposable
    where TSize : struct, ISize
{
    private const int Panel = 64;
    private readonly AlignedFloats panels;
    private readonly AlignedFloats bias;
    private readonly AlignedFloats inputs;
    private readonly AlignedFloats outputs;

    /// <param name="weight">(units, inputs).</param>
    /// <param name="bias">(units).</param>
    /// <param name="inputs">(rows, inputs).</param>
    public LinearByHand(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, ReadOnlySpan<float> inputs)
    {
        int size = TSize.Value;
        panels = new AlignedFloats(size * size);
        for (int unit = 0; unit < size; unit++)
            for (int input = 0; input < size; input++)
                panels.Span[(((unit / Panel * size) + input) * Panel) + (unit % Panel)] = weight[(unit * size) + input];
        this.bias = new AlignedFloats(bias);
        this.inputs = new AlignedFloats(inputs);
        outputs = new AlignedFloats(size * size);
    }

    public float[] Numbers()
    {
        Repeat(1);
        return outputs.ToArray();
    }

    public void Repeat(int times)
    {
        for (int i = 0; i < times; i++)
            for (int unit = 0; unit < TSize.Value; unit += Panel)
                Tile.Columns64(new Units(bias.Pointer + unit), inputs.Pointer, panels.Pointer + ((nint)unit * TSize.Value), outputs.Pointer + unit, TSize.Value);
    }

    public void Dispose()
    {
        panels.Dispose();
        bias.Dispose();
        inputs.Dispose();
        outputs.Dispose();
    }

    private readonly struct Units(float* bias) : ITile
    {
        public static int LeftRow => TSize.Value;

        public static int LeftTerm => 1;

        public static int RightTerm => Panel;

        public static int OutputRow => TSize.Value;

        public int Terms => TSize.Value;

        public Vector512<float> Start(int column) => Vector512.Load(bias + column);

        public Vector512<float> Finish(Vector512<float> sum, float* output) => sum;
    }
}
