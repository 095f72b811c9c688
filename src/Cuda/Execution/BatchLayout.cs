using DlGen.Compiled;

namespace DlGen.Execution;

/// <summary>
/// Where in the block of a batch its pieces lie, in bytes: what changes from step to step (seed, number of the step, what gradients are multiplied by, the optimizer's rates), then the
/// fields, each from a multiple of 256 on. A batch goes to the device as one copy of this block.
/// </summary>
internal sealed class BatchLayout
{
    /// <summary>Seed and number of the step, 8 bytes each.</summary>
    public const int Draw = 0;

    /// <summary>One over the batch's rows or their weight.</summary>
    public const int Scale = 16;

    /// <summary>The optimizer's rates.</summary>
    public const int Rates = 32;

    private const int Alignment = 256;

    public BatchLayout(CudaField[] fields, int used, int rows, int elementBytes, int rateBytes)
    {
        Offsets = new long[used];
        long at = RoundUp(Rates + rateBytes);
        for (int i = 0; i < used; i++)
        {
            Offsets[i] = at;
            at = RoundUp(at + (long)rows * fields[i].PerRow * BytesOf(fields[i], elementBytes));
        }

        Bytes = at;
    }

    /// <summary>Of each field.</summary>
    public long[] Offsets { get; }

    public long Bytes { get; }

    public static int BytesOf(CudaField field, int elementBytes) => field.Kind switch { FieldKind.Int => sizeof(int), FieldKind.Byte => 1, _ => elementBytes };

    public static long RoundUp(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
