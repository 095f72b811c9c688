using System.Runtime.InteropServices;

namespace DlGen.Benchmarks;

/// <summary>
/// 784-128-10 with ReLU, softmax cross-entropy and Adam as one would write it by hand: the weights' gradients are summed over the batch straight from the
/// activations, and Adam takes each tile of them while it is still in registers.
/// </summary>
internal sealed unsafe partial class MlpByHand : IDisposable
{
    private const int Inputs = 784, Hidden = 128, Classes = 10, PaddedClasses = 16;
    private const int Bias1 = Inputs * Hidden, Weight2 = Bias1 + Hidden, Bias2 = Weight2 + (Hidden * PaddedClasses), Parameters = Bias2 + PaddedClasses;

    // 272 floats between parameters and moments: at a multiple of 4096 bytes loads would wait for stores to the same offset.
    private const int FirstMoments = Parameters + 272, SecondMoments = 2 * FirstMoments;

    private readonly AlignedFloats memory = new(SecondMoments + Parameters);
    private readonly AlignedFloats inputs;
    private readonly AlignedFloats labels;
    private readonly AlignedFloats hidden;
    private readonly AlignedFloats logits;
    private readonly AlignedFloats hiddenGradient;
    private readonly AlignedFloats probabilities;
    private readonly AlignedFloats transposedWeight2 = new(PaddedClasses * Hidden);
    private readonly AlignedFloats one = new([1f]);
    private readonly AdamConstants* adam = (AdamConstants*)NativeMemory.AllocZeroed((nuint)sizeof(AdamConstants));
    private readonly int rows;

    /// <param name="model">Whose parameters it begins with.</param>
    /// <param name="inputs">(rows, 784).</param>
    /// <param name="labels">A class each row.</param>
    public MlpByHand(Mlp model, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels)
    {
        rows = labels.Length;
        this.inputs = new AlignedFloats(inputs);
        this.labels = new AlignedFloats(MemoryMarshal.Cast<int, float>(labels));
        hidden = new AlignedFloats(rows * Hidden);
        logits = new AlignedFloats(rows * PaddedClasses);
        hiddenGradient = new AlignedFloats(rows * Hidden);
        probabilities = new AlignedFloats(rows * Classes);
        TakeTransposed(model.Parameters["linear_1.weight"], memory.Span, Hidden);
        model.Parameters["linear_1.bias"].CopyTo(memory.Span.Slice(Bias1, Hidden));
        TakeTransposed(model.Parameters["linear_2.weight"], memory.Span[Weight2..], PaddedClasses);
        model.Parameters["linear_2.bias"].CopyTo(memory.Span.Slice(Bias2, Classes));
    }

    /// <summary>Begins Adam anew: no step done, moments zero.</summary>
    public void UseAdam(double learningRate)
    {
        *adam = new AdamConstants(learningRate);
        memory.Span[FirstMoments..].Clear();
    }

    public float Step()
    {
        adam->NextStep();
        Forward();
        float loss = SoftmaxByHand.Loss(logits.Pointer, (int*)labels.Pointer, rows);
        Backward();
        return loss;
    }

    public void Predict()
    {
        Forward();
        SoftmaxByHand.Probabilities(logits.Pointer, probabilities.Pointer, rows);
    }

    public float[] Probabilities()
    {
        Predict();
        return probabilities.ToArray();
    }

    public void Dispose()
    {
        foreach (var buffer in new[] { memory, inputs, labels, hidden, logits, hiddenGradient, probabilities, transposedWeight2, one }) buffer.Dispose();
        NativeMemory.Free(adam);
    }

    private void Forward()
    {
        float* p = memory.Pointer;
        if (rows == 1)
        {
            Tile.WideRow(new HiddenUnits(p + Bias1), inputs.Pointer, p, hidden.Pointer);
        }
        else
        {
            for (int unit = 0; unit < Hidden; unit += 64)
                Tile.Columns64(new HiddenUnits(p + Bias1 + unit), inputs.Pointer, p + unit, hidden.Pointer + unit, rows);
        }
        var tile = new Logits(p + Bias2);
        int row = 0;
        for (; row + 16 <= rows; row += 16) Tile.Rows16(tile, hidden.Pointer + (row * Hidden), p + Weight2, logits.Pointer + (row * PaddedClasses));
        for (; row < rows; row++) Tile.Vector(tile, hidden.Pointer + (row * Hidden), p + Weight2, logits.Pointer + (row * PaddedClasses));
    }

    /// <summary>From the gradient by the logits, which stands in their place, to updated parameters. The second weight is read before it is updated.</summary>
    private void Backward()
    {
        float* p = memory.Pointer, outputGradient = logits.Pointer;
        Transposition.Run(p + Weight2, PaddedClasses, transposedWeight2.Pointer, Hidden, Hidden, PaddedClasses);
        for (int unit = 0; unit < Hidden; unit += 64)
            Tile.Columns64(new HiddenGradient((nint)(hidden.Pointer - hiddenGradient.Pointer)), outputGradient, transposedWeight2.Pointer + unit, hiddenGradient.Pointer + unit, rows);

        for (int unit = 0; unit < Hidden; unit += 16)
            Tile.Rows16(new SecondWeight(*adam, rows), hidden.Pointer + unit, outputGradient, p + Weight2 + (unit * PaddedClasses));
        Tile.Vector(new SecondBias(*adam, rows), one.Pointer, outputGradient, p + Bias2);

        for (int input = 0; input < Inputs; input += 8)
            for (int unit = 0; unit < Hidden; unit += 32)
                Tile.Rows8(new FirstWeight(*adam, rows), inputs.Pointer + input, hiddenGradient.Pointer + unit, p + (input * Hidden) + unit);
        for (int unit = 0; unit < Hidden; unit += 64)
            Tile.Row(new FirstBias(*adam, rows), one.Pointer, hiddenGradient.Pointer + unit, p + Bias1 + unit);
    }

    private static void TakeTransposed(Parameter weight, Span<float> destination, int row)
    {
        var values = new float[weight.Length];
        weight.CopyTo(values);
        int units = weight.Shape[0], inputs = weight.Shape[1];
        for (int unit = 0; unit < units; unit++)
            for (int input = 0; input < inputs; input++)
                destination[(input * row) + unit] = values[(unit * inputs) + input];
    }
}
