using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Count, mean and variance by vectors along a kept axis: every lane has its own column, whose terms are added in the order of the reduced axes, shard after shard. Up to
/// four vectors of columns run side by side, because an addition waits four cycles for the one before.
/// </summary>
internal sealed class MomentsTemplate
{
    private const int MostColumns = 4;

    private readonly SourceWriter writer;
    private readonly MomentsKernel kernel;
    private readonly string name;
    private readonly VectorForm form;
    private readonly int vectorAxis;

    public MomentsTemplate(SourceWriter writer, MomentsKernel kernel, string name, VectorForm form)
    {
        this.writer = writer;
        this.kernel = kernel;
        this.name = name;
        this.form = form;
        vectorAxis = FindAxis(kernel, form.Float64);
    }

    public static bool Fits(MomentsKernel kernel, bool float64) => FindAxis(kernel, float64) >= 0;

    public void Print()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        // The loop over columns is written by hand: its axis counts as one element in the nest.
        Extent[] others = [.. kernel.Kept.Select((extent, axis) => axis == vectorAxis ? Extent.Of(1) : extent)];
        using var nest = new LoopNest(writer, others, LoopNest.Numbered("i", others.Length));
        int columns = kernel.Kept[vectorAxis].Constant;
        int vectors = Math.Min(MostColumns, Math.Max(1, columns / form.Lanes)), step = vectors * form.Lanes, whole = columns / step * step;
        if (whole > 0)
        {
            using (whole > step ? writer.Block($"for (nint n = 0; n < {Literal.Of(whole)}; n += {Literal.Of(step)})") : writer.Block("")) PrintColumns(nest.Indices, whole > step ? "n" : null, 0, vectors, 0);
        }
        for (int column = whole; column < columns; column += step)
        {
            int left = Math.Min(step, columns - column);
            using (writer.Block("")) PrintColumns(nest.Indices, null, column, (left + form.Lanes - 1) / form.Lanes, left % form.Lanes);
        }
    }

    private static int FindAxis(MomentsKernel kernel, bool float64)
    {
        for (int axis = kernel.Kept.Count - 1; axis >= 0; axis--)
        {
            if (kernel.Kept[axis] is { TimesRows: false, Constant: > 1 } && kernel.Result.IsAffine && kernel.Result.Strides[axis] == 1
                && VectorAxis.Fits(kernel.Source with { Stores = EquatableArray<BodyStore>.Empty }, kernel.Buffers, axis, float64)) return axis;
        }
        return -1;
    }

    private void PrintColumns(string?[] kept, string? index, int column, int vectors, int tail)
    {
        string? TailOf(int vector) => tail > 0 && vector == vectors - 1 ? Literal.Of(tail) : null;
        string[] all = [.. Enumerable.Range(0, vectors).Select(v => Literal.Of(v))];
        writer.Line($"{form.Element} count = 0;");
        foreach (string v in all) writer.Line($"{form.Type} mean{v} = {form.Zero}, squares{v} = {form.Zero}; // squares: of the distances from the mean");
        using (new ShardLoop(writer, sharded: true))
        {
            foreach (string v in all) writer.Line($"{form.Type} sum{v} = {form.Zero}, shardSquares{v} = {form.Zero};");
            PrintTerms(kept, index, column, vectors, TailOf, (v, value) => writer.Line($"sum{v} += {value};"));
            int perRow = kernel.Reduced.Aggregate(1, (product, axis) => product * axis.Constant);
            writer.Line($"{form.Element} shardCount = ({form.Element})(shard * {Literal.Of(perRow)}), share = shardCount / (count + shardCount);");
            foreach (string v in all) writer.Line($"{form.Type} shardMean{v} = sum{v} / {form.Broadcast("shardCount")};");
            PrintTerms(kept, index, column, vectors, TailOf, (v, value) =>
            {
                writer.Line($"{form.Type} distance{v} = {value} - shardMean{v};");
                writer.Line($"shardSquares{v} = {form.MultiplyAdd("distance" + v, "distance" + v, "shardSquares" + v)};");
            });
            foreach (string v in all)
            {
                writer.Line($"{form.Type} apart{v} = shardMean{v} - mean{v};");
                writer.Line($"mean{v} += apart{v} * share;");
                writer.Line($"squares{v} += shardSquares{v} + apart{v} * apart{v} * (count * share);");
            }
            writer.Line("count += shardCount;");
        }
        for (int v = 0; v < vectors; v++)
        {
            string[] statistics = [form.Broadcast("count"), $"mean{all[v]}", $"(squares{all[v]} / {form.Broadcast("count")})"];
            for (int i = 0; i < statistics.Length; i++)
                writer.Line(form.Store(statistics[i], Element(kernel.Result, kept, index, column + (v * form.Lanes), sharded: false, i * kernel.StatisticStride), TailOf(v)));
        }
    }

    private void PrintTerms(string?[] kept, string? index, int column, int vectors, Func<int, string?> tailOf, Action<string, string> statement)
    {
        using var reduced = new LoopNest(writer, kernel.Reduced, LoopNest.Numbered("k", kernel.Reduced.Count), "shard");
        string?[] indices = [.. kept, .. reduced.Indices];
        for (int v = 0; v < vectors; v++)
        {
            int at = column + (v * form.Lanes), vector = v;
            var printer = new BodyPrinter(kernel.Source, new VectorNotation(form), code =>
            {
                if (code.Op == BodyOp.Load)
                {
                    var access = kernel.Source.Accesses[code.A];
                    string element = Element(access, indices, index, at, sharded: true, 0);
                    return access.Strides[vectorAxis] == 0 ? form.LoadBroadcast(kernel.Buffers[access.Buffer], element) : form.Load(kernel.Buffers[access.Buffer], element, tailOf(vector));
                }
                if (code.A != vectorAxis) return form.Broadcast(indices[code.A] is { } other ? $"({form.Element}){other}" : Literal.Of(0.0, form.Float64));
                return form.Indices(index is null ? at == 0 ? null : Literal.Of(at) : at == 0 ? index : $"({index} + {Literal.Of(at)})");
            }, "_" + Literal.Of(v));
            int result = kernel.Source.Code.Count - 1;
            printer.Print(writer, [result]);
            statement(Literal.Of(v), printer.Value(result));
        }
    }

    private string Element(Access access, string?[] indices, string? index, int column, bool sharded, int known)
    {
        string?[] all = [.. indices];
        all[vectorAxis] = index;
        return Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, all, sharded, known + (column * access.Strides[vectorAxis])));
    }
}
