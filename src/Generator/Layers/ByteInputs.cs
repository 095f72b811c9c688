using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>
/// Inputs of bytes: b stands for b / 255, rounded once, as torchvision's ToTensor gives it. A Map computes it in the kernel that reads the bytes, merged with the layers after it.
/// </summary>
internal static class ByteInputs
{
    private const double Step = 1 << 24;

    /// <summary>The first 24 binary digits of 1 / 255, of which every eighth is a 1: a byte times them is exact in both precisions.</summary>
    private const double Leading = 0x10101 / Step;

    /// <summary>All others: the digits repeat.</summary>
    private const double Rest = Leading / (Step - 1);

    /// <summary>Two products, of which the first is exact and the second small, so that their sum is the quotient to the last bit. A division would take several times as long.</summary>
    public static Value ToNumbers(Value bytes)
        => bytes.Graph.Map(b => b.Add(b.Multiply(b.Operand(0), b.Constant(Leading)), b.Multiply(b.Operand(0), b.Constant(Rest))), bytes);
}
