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
    private readonly SourceWriter writer;
    private readonly MomentsKernel kernel;
    private readonly string name;
    private readonly VectorForm form;
    private readonly int vectorAxis;
    private readonly ColumnVectors vectors;

    public MomentsTemplate(SourceWriter writer, MomentsKernel kernel, string name, VectorForm form)
    {
        this.writer = writer;
        this.kernel = kernel;
        this.name = name;
        this.form = form;
        vectorAxis = FindAxis(kernel, form.Float64);
        vectors = new ColumnVectors(writer, kernel.Buffers, form, vectorAxis);
    }

    public static bool Fits(MomentsKernel kernel, bool float64) => FindAxis(kernel, float64) >= 0;

    public void Print()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        using var nest = new LoopNest(writer, ColumnVectors.Others(kernel.Kept, vectorAxis), LoopNest.Numbered("i", kernel.Kept.Count));
        int columns = kernel.Kept[vectorAxis].Constant;
        vectors.Print(columns, vectors.Side(columns, ColumnVectors.Most), isDivided: false, c => PrintColumns(nest.Indices, c));
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

    private void PrintColumns(string?[] kept, Columns columns)
    {
        string[] all = [.. Enumerable.Range(0, columns.Vectors).Select(v => Literal.Of(v))];
        writer.Line($"{form.Element} count = 0;");
        foreach (string v in all) writer.Line($"{form.Type} mean{v} = {form.Zero}, squares{v} = {form.Zero}; // squares: of the distances from the mean");
        using (new ShardLoop(writer, sharded: true))
        {
            foreach (string v in all) writer.Line($"{form.Type} sum{v} = {form.Zero}, shardSquares{v} = {form.Zero};");
            PrintTerms(kept, columns, (v, value) => writer.Line($"sum{v} += {value};"));
            int perRow = kernel.Reduced.Aggregate(1, (product, axis) => product * axis.Constant);
            writer.Line($"{form.Element} shardCount = ({form.Element})(shard * {Literal.Of(perRow)}), share = shardCount / (count + shardCount);");
            foreach (string v in all) writer.Line($"{form.Type} shardMean{v} = sum{v} / {form.Broadcast("shardCount")};");
            PrintTerms(kept, columns, (v, value) =>
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
        for (int v = 0; v < columns.Vectors; v++)
        {
            string[] statistics = [form.Broadcast("count"), $"mean{all[v]}", $"(squares{all[v]} / {form.Broadcast("count")})"];
            for (int i = 0; i < statistics.Length; i++)
                writer.Line(form.Store(statistics[i], vectors.Element(kernel.Result, kept, columns, v, sharded: false, i * kernel.StatisticStride), columns.TailOf(v)));
        }
    }

    private void PrintTerms(string?[] kept, Columns columns, Action<string, string> statement)
    {
        using var reduced = new LoopNest(writer, kernel.Reduced, LoopNest.Numbered("k", kernel.Reduced.Count), "shard");
        for (int v = 0; v < columns.Vectors; v++)
        {
            var printer = new BodyPrinter(kernel.Source, new VectorNotation(form), vectors.Leaf(kernel.Source, [.. kept, .. reduced.Indices], columns, v, null, sharded: true), "_" + Literal.Of(v));
            int result = kernel.Source.Code.Count - 1;
            printer.Print(writer, [result]);
            statement(Literal.Of(v), printer.Value(result));
        }
    }
}
