using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <summary>
/// The gradients of Linear(n) without its bias's, for n rows of n inputs. The one by the input transposes the activations rather than the weights: 8x2 tiles
/// broadcast the weights along the units and read 32 rows of the batch at once. The one by the weight is the forward product with the batch as its terms: the
/// inputs transposed, the gradient in panels of 64 units.
/// </summary>
internal sealed unsafe class LinearGradientsByHand<TSize> : IDisposable
    where TSize : struct, ISize
{
    private const int Panel = 64;
    private readonly AlignedFloats weight;
    private readonly AlignedFloats inputs;
    private readonly AlignedFloats outputGradient;
    private readonly AlignedFloats transposedOutputGradient;
    private readonly AlignedFloats transposedInputGradient;
    private readonly AlignedFloats transposedInputs;
    private readonly AlignedFloats panels;
    private readonly AlignedFloats inputGradient;
    private readonly AlignedFloats weightGradient;

    /// <param name="weight">(units, inputs).</param>
    /// <param name="inputs">(rows, inputs).</param>
    /// <param name="outputGradient">(rows, units).</param>
    public LinearGradientsByHand(ReadOnlySpan<float> weight, ReadOnlySpan<float> inputs, ReadOnlySpan<float> outputGradient)
    {
        int size = TSize.Value;
        this.weight = new AlignedFloats(size * PaddedRow);
        for (int unit = 0; unit < size; unit++)
            for (int input = 0; input < size; input++)
                this.weight.Span[(input * PaddedRow) + unit] = weight[(unit * size) + input];
        this.inputs = new AlignedFloats(inputs);
        this.outputGradient = new AlignedFloats(outputGradient);
        transposedOutputGradient = new AlignedFloats(size * PaddedRow);
        transposedInputGradient = new AlignedFloats(size * PaddedRow);
        transposedInputs = new AlignedFloats(size * PaddedRow);
        panels = new AlignedFloats(size * size);
        inputGradient = new AlignedFloats(size * size);
        weightGradient = new AlignedFloats(size * size);
    }

    /// <summary>Rows a vector longer than a power of two, so that those under each other fall into different cache sets.</summary>
    private static int PaddedRow => TSize.Value + 16;

    /// <summary>The gradient by the input, then that by the weight in PyTorch's order if both are asked for.</summary>
    public float[] Numbers(bool parameters)
    {
        Repeat(1, parameters);
        if (!parameters) return inputGradient.ToArray();
        int size = TSize.Value;
        var both = new float[2 * size * size];
        inputGradient.Span.CopyTo(both);
        for (int unit = 0; unit < size; unit++)
            for (int input = 0; input < size; input++)
                both[(size * size) + (unit * size) + input] = weightGradient.Span[(input * size) + unit];
        return both;
    }

    public void Repeat(int times, bool parameters)
    {
        for (int i = 0; i < times; i++)
        {
            InputGradient();
            if (parameters) WeightGradient();
        }
    }

    public void Dispose()
    {
        foreach (var buffer in new[] { weight, inputs, outputGradient, transposedOutputGradient, transposedInputGradient, transposedInputs, panels, inputGradient, weightGradient }) buffer.Dispose();
    }

    private void InputGradient()
    {
        int size = TSize.Value;
        Transposition.Run(outputGradient.Pointer, size, transposedOutputGradient.Pointer, PaddedRow, size, size);
        for (nint input = 0; input < size; input += 8)
            for (nint row = 0; row < size; row += 32)
            {
                float* place = transposedInputGradient.Pointer + (input * PaddedRow) + row;
                Tile.Rows8(default(AlongUnits), weight.Pointer + (input * PaddedRow), transposedOutputGradient.Pointer + row, place);
            }
        Transposition.Run(transposedInputGradient.Pointer, PaddedRow, inputGradient.Pointer, size, size, size);
    }

    private void WeightGradient()
    {
        int size = TSize.Value;
        Transposition.Run(inputs.Pointer, size, transposedInputs.Pointer, PaddedRow, size, size);
        for (nint unit = 0; unit < size; unit += Panel)
        {
            float* panel = panels.Pointer + (unit * size);
            for (nint row = 0; row < size; row++)
                for (nint column = 0; column < Panel; column += 16)
                    Vector512.Load(outputGradient.Pointer + (row * size) + unit + column).Store(panel + (row * Panel) + column);
            Tile.Columns64(default(AlongRows), transposedInputs.Pointer, panel, weightGradient.Pointer + unit, size);
        }
    }

    private readonly struct AlongUnits : ITile
    {
        public static int LeftRow => PaddedRow;

        public static int LeftTerm => 1;

        public static int RightTerm => PaddedRow;

        public static int OutputRow => PaddedRow;

        public int Terms => TSize.Value;

        public Vector512<float> Start(int column) => Vector512<float>.Zero;

        public Vector512<float> Finish(Vector512<float> sum, float* output) => sum;
    }

    private readonly struct AlongRows : ITile
    {
        public static int LeftRow => PaddedRow;

        public static int LeftTerm => 1;

        public static int RightTerm => Panel;

        public static int OutputRow => TSize.Value;

        public int Terms => TSize.Value;

        public Vector512<float> Start(int column) => Vector512<float>.Zero;

        public Vector512<float> Finish(Vector512<float> sum, float* output) => sum;
    }
}
