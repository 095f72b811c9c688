using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Few rows and few columns, as the outputs and the width of a small image, make a tile whose sums wait for each other. Where the left operand is the same for all rows of the image,
/// a tile takes several of them: the vectors of one lie beside those of the next, and the last of each is not full.
/// </summary>
internal sealed partial class ContractionTemplate
{
    private int Pitch => VectorsOfRow(kernel, form) * form.Lanes;

    private static int VectorsOfRow(ContractionKernel kernel, VectorForm form) => (kernel.N.Constant + form.Lanes - 1) / form.Lanes;

    private static int FindImageRows(ContractionKernel kernel, VectorForm form)
    {
        int axis = kernel.Outer.Count - 1, n = kernel.Outer.Count + 1;
        if (axis < 0 || kernel.Sharded || kernel.M.TimesRows || kernel.Outer[axis] is not { TimesRows: false, Constant: > 1 } || kernel.Left.Strides[axis] != 0) return -1;
        if (kernel.Epilogue.Accesses.Concat([kernel.Left, kernel.Right]).Any(a => !a.IsAffine || a.Strides[axis] < 0)) return -1;
        if (kernel.Epilogue.Code.Any(c => c is { Op: BodyOp.Scalar, Function: ScalarOp.Index } && (c.A == axis || c.A == n))) return -1;
        return kernel.M.Constant * VectorsOfRow(kernel, form) * 2 <= CpuSchedule.MostSums(form.Bits) ? axis : -1;
    }

    /// <summary>The lanes that count in a vector of the tile, null for all.</summary>
    private string? TailOf(Tile tile, int vector)
    {
        if (imageRows < 0) return tile.TailOf(vector);
        int rest = kernel.N.Constant % form.Lanes, across = VectorsOfRow(kernel, form);
        return rest > 0 && vector % across == across - 1 ? Literal.Of(rest) : null;
    }

    /// <summary>Taps of one channel by itself, which stay in registers beside the sums.</summary>
    private const int MostTapsInRegisters = 12;

    /// <summary>Whether the rows of a tile's windows are rows of one image, of few taps: each is loaded once for all rows of results that it belongs to.</summary>
    private bool SharesImageRows => imageRows >= 0 && form.Bits == 512 && kernel.M.Constant == 1 && kernel.K.Count == 2 && kernel.K.All(k => !k.TimesRows)
        && kernel.K[0].Constant * kernel.K[1].Constant <= MostTapsInRegisters && kernel.Right.Strides[nAxis + 1] == kernel.Right.Strides[imageRows];

    /// <summary>The sums of a tile of one output, row by row of the image: every sum takes its terms in the order of k.</summary>
    private void PrintSharedRows(Tile tile)
    {
        int down = kernel.K[0].Constant, across = kernel.K[1].Constant, vectors = VectorsOfRow(kernel, form), rows = tile.Vectors / vectors, first = nAxis + 1;
        string Tap(int y, int x) => $"tap{Literal.Of(y)}_{Literal.Of(x)}";
        for (int y = 0; y < down; y++)
        {
            for (int x = 0; x < across; x++)
                writer.Line($"{form.Type} {Tap(y, x)} = {form.Broadcast(Addressing.Element("left", Literal.Of((y * kernel.Left.Strides[first]) + (x * kernel.Left.Strides[first + 1]))))};");
        }
        writer.Line($"{form.Type} pixels;");
        for (int row = 0; row < rows + down - 1; row++)
        {
            for (int x = 0; x < across; x++)
            {
                for (int v = 0; v < vectors; v++)
                {
                    int place = (row * kernel.Right.Strides[imageRows]) + (x * kernel.Right.Strides[first + 1]) + (v * form.Lanes);
                    writer.Line($"pixels = {form.Load(kernel.Buffers[kernel.Right.Buffer], Addressing.Element("right", Literal.Of(place)), TailOf(tile, v))};");
                    for (int result = Math.Max(0, row - down + 1); result <= Math.Min(row, rows - 1); result++)
                    {
                        string sum = Sum(0, (result * vectors) + v);
                        writer.Line($"{sum} = {form.MultiplyAdd(Tap(row - result, x), "pixels", sum)};");
                    }
                }
            }
        }
    }
}
