using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Contractions of single columns whose lanes are an outer axis, along which both operands and the result lie side by side, as the channels of an image of which each has
/// its own weights. A tile is a few rows by one vector; both operands are vectors. Sums are added in the order of k in every lane.
/// </summary>
internal sealed class LaneContractionTemplate
{
    private const int MostRows = 14;

    private readonly SourceWriter writer;
    private readonly ContractionKernel kernel;
    private readonly string name;
    private readonly VectorForm form;
    private readonly int lanes;
    private readonly int mAxis;

    public LaneContractionTemplate(SourceWriter writer, ContractionKernel kernel, string name, VectorForm form)
    {
        this.writer = writer;
        this.kernel = kernel;
        this.name = name;
        this.form = form;
        lanes = FindAxis(kernel, form.Float64);
        mAxis = kernel.Outer.Count;
    }

    public static bool Fits(ContractionKernel kernel, bool float64) => FindAxis(kernel, float64) >= 0;

    public void Print()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        int columns = kernel.Outer[lanes].Constant, whole = columns / form.Lanes * form.Lanes;
        var share = new KernelShare(whole / form.Lanes, form.Lanes, kernel.Sharded);
        if (share.IsWhole) writer.Line(KernelShare.FirstAlone);
        // The loop over lanes is written by hand: its axis counts as one element in the nest.
        Extent[] others = [.. kernel.Outer.Select((extent, axis) => axis == lanes ? Extent.Of(1) : extent)];
        using var nest = new LoopNest(writer, others, LoopNest.Numbered("o", others.Length));
        if (whole > 0)
        {
            bool loops = whole > form.Lanes;
            using (loops ? writer.Block(share.Loop("n")) : writer.Block("")) PrintRows(nest.Indices, loops ? "n" : null, 0, null);
        }
        if (whole == columns) return;
        using (writer.Block(share.IsDivided ? KernelShare.First : "")) PrintRows(nest.Indices, null, whole, Literal.Of(columns - whole));
    }

    private static int FindAxis(ContractionKernel kernel, bool float64)
    {
        if (kernel.N != Extent.Of(1) || kernel.M.TimesRows || kernel.K.Count == 0 || kernel.Buffers[kernel.Left.Buffer].IsInteger || kernel.Buffers[kernel.Right.Buffer].IsInteger) return -1;
        for (int axis = kernel.Outer.Count - 1; axis >= 0; axis--)
        {
            if (kernel.Outer[axis] is { TimesRows: false, Constant: > 1 } && new[] { kernel.Left, kernel.Right }.All(a => a.IsAffine && a.Strides[axis] == 1)
                && VectorAxis.Fits(kernel.Epilogue, kernel.Buffers, axis, float64)) return axis;
        }
        return -1;
    }

    /// <summary>All rows of one vector of lanes, in tiles as high as divides them best.</summary>
    private void PrintRows(string?[] outer, string? index, int lane, string? tail)
    {
        int rows = kernel.M.Constant, most = form.Bits == 512 ? MostRows : MostRows / 2;
        int tiles = (rows + most - 1) / most, height = (rows + tiles - 1) / tiles, full = rows / height * height;
        if (full > height)
        {
            using (writer.Block($"for (nint m = 0; m < {Literal.Of(full)}; m += {Literal.Of(height)})")) PrintTile(outer, "m", 0, height, index, lane, tail);
        }
        else
        {
            using (writer.Block("")) PrintTile(outer, null, 0, height, index, lane, tail);
        }
        if (full == rows) return;
        using (writer.Block("")) PrintTile(outer, null, full, rows - full, index, lane, tail);
    }

    private void PrintTile(string?[] outer, string? m, int row, int height, string? index, int lane, string? tail)
    {
        for (int r = 0; r < height; r++) writer.Line($"{form.Type} c{Literal.Of(r)} = {form.Zero};");
        using (new ShardLoop(writer, kernel.Sharded))
        using (var nest = new LoopNest(writer, kernel.K, LoopNest.Numbered("k", kernel.K.Count), kernel.Sharded ? "shard" : "rows"))
        {
            string At(Access access, int r, string? tailed)
            {
                string?[] all = [.. outer, m, null, .. nest.Indices];
                all[lanes] = index;
                string element = Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, all, kernel.Sharded, lane + ((row + r) * access.Strides[mAxis])));
                return form.Load(kernel.Buffers[access.Buffer], element, tailed);
            }
            bool sameForAll = kernel.Right.Strides[mAxis] == 0;
            if (sameForAll) writer.Line($"{form.Type} r = {At(kernel.Right, 0, tail)};");
            for (int r = 0; r < height; r++)
                writer.Line($"c{Literal.Of(r)} = {form.MultiplyAdd(At(kernel.Left, r, tail), sameForAll ? "r" : At(kernel.Right, r, tail), "c" + Literal.Of(r))};");
        }
        for (int r = 0; r < height; r++)
        {
            var printer = new BodyPrinter(kernel.Epilogue, new VectorNotation(form), Leaf(outer, m, row + r, index, lane, tail, "c" + Literal.Of(r)), "_" + Literal.Of(r));
            printer.Print(writer, [.. kernel.Epilogue.Stores.Select(s => s.Value)]);
            foreach (var store in kernel.Epilogue.Stores) writer.Line(form.Store(printer.Value(store.Value), Element(kernel.Epilogue.Accesses[store.Access], outer, m, row + r, index, lane), tail));
        }
    }

    private Func<BodyInstruction, string> Leaf(string?[] outer, string? m, int row, string? index, int lane, string? tail, string sum) => code =>
    {
        if (code.Op == BodyOp.Accumulator) return sum;
        if (code.Op == BodyOp.Load)
        {
            var access = kernel.Epilogue.Accesses[code.A];
            string element = Element(access, outer, m, row, index, lane);
            return access.Strides[lanes] == 0 ? form.LoadBroadcast(kernel.Buffers[access.Buffer], element) : form.Load(kernel.Buffers[access.Buffer], element, tail);
        }
        if (code.A == lanes) return form.Indices(index is null ? lane == 0 ? null : Literal.Of(lane) : index);
        if (code.A == mAxis) return form.Broadcast($"({form.Element})({(m is null ? "" : m + " + ")}{Literal.Of(row)})");
        return form.Broadcast(code.A < mAxis && outer[code.A] is { } other ? $"({form.Element}){other}" : Literal.Of(0.0, form.Float64));
    };

    private string Element(Access access, string?[] outer, string? m, int row, string? index, int lane)
    {
        string?[] all = [.. outer, m, null];
        all[lanes] = index;
        return Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, all, known: (lane * access.Strides[lanes]) + (row * access.Strides[mAxis])));
    }
}
