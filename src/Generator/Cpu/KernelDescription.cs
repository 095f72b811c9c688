using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>The comment above a kernel: what it computes, in the notation of a paper, over which axes.</summary>
internal static class KernelDescription
{
    /// <summary>Longer bodies are named, not spelled out.</summary>
    private const int LongestBody = 24;

    public static void Write(SourceWriter writer, Kernel kernel)
    {
        switch (kernel)
        {
            case MapKernel map:
                string[] axes = LoopNest.Numbered("i", map.Axes.Count);
                WriteBody(writer, map.Body, axes, "");
                WriteAxes(writer, axes, map.Axes);
                break;
            case RowKernel row:
                string[] rowAxes = [.. LoopNest.Numbered("i", row.Outer.Count), "j"];
                WriteBody(writer, row.Body, rowAxes, "");
                WriteAxes(writer, rowAxes, [.. row.Outer, Extent.Of(row.Inner)]);
                break;
            case ReductionKernel reduction:
                string[] kept = LoopNest.Numbered("i", reduction.Kept.Count), reduced = LoopNest.Numbered("k", reduction.Reduced.Count);
                string[] all = [.. kept, .. reduced];
                var source = new BodyPrinter(reduction.Source, new WordNotation(), Leaf(reduction.Source, all, ""), "k");
                var lines = new SourceWriter();
                int result = reduction.Source.Stores.Count > 0 ? reduction.Source.Stores[0].Value : reduction.Source.Code.Count - 1;
                source.Print(lines, [result]);
                WriteLines(writer, lines);
                string symbol = reduction.Kind == ReduceKind.Sum ? "Σ" : reduction.Kind.ToString().ToLowerInvariant() + " ";
                WriteBody(writer, reduction.Epilogue, kept, $"{symbol}{string.Concat(reduced)} {source.Value(result)}");
                WriteAxes(writer, all, [.. reduction.Kept, .. reduction.Reduced]);
                break;
            case MomentsKernel moments:
                string[] channel = LoopNest.Numbered("i", moments.Kept.Count), over = LoopNest.Numbered("k", moments.Reduced.Count);
                string[] walked = [.. channel, .. over];
                var taken = new SourceWriter();
                var values = new BodyPrinter(moments.Source, new WordNotation(), Leaf(moments.Source, walked, ""), "k");
                values.Print(taken, [moments.Source.Code.Count - 1]);
                WriteLines(writer, taken);
                writer.Line($"// {Name(moments.Result, channel)} = count, mean and variance over {string.Join(", ", over)} of {values.Value(moments.Source.Code.Count - 1)}");
                WriteAxes(writer, walked, [.. moments.Kept, .. moments.Reduced]);
                break;
            case ScatterKernel scatter:
                string[] held = ["id", .. LoopNest.Numbered("i", scatter.Inner.Count)], places = [.. held, .. LoopNest.Numbered("k", scatter.Positions.Count)];
                var added = new SourceWriter();
                var terms = new BodyPrinter(scatter.Source, new WordNotation(), Leaf(scatter.Source, places, ""), "k");
                terms.Print(added, [scatter.Source.Code.Count - 1]);
                WriteLines(writer, added);
                WriteBody(writer, scatter.Epilogue, held, $"Σ{string.Concat(places.Skip(held.Length))} [{Name(scatter.Ids, places)} = id] {terms.Value(scatter.Source.Code.Count - 1)}");
                WriteAxes(writer, places, [Extent.Of(scatter.Count), .. scatter.Inner, .. scatter.Positions]);
                break;
            case WindowKernel window:
                WriteWindow(writer, window);
                break;
            case ContractionKernel contraction:
                string[] outside = [.. LoopNest.Numbered("o", contraction.Outer.Count), "m", "n"], inside = LoopNest.Numbered("k", contraction.K.Count);
                string[] indices = [.. outside, .. inside];
                WriteBody(writer, contraction.Epilogue, outside, $"Σ{string.Concat(inside)} {Name(contraction.Left, indices)}·{Name(contraction.Right, indices)}");
                WriteAxes(writer, indices, [.. contraction.Outer, contraction.M, contraction.N, .. contraction.K]);
                foreach (var border in contraction.Borders) writer.Line($"// zero but for 0 <= {Line(border, outside[border.Outer], inside[border.Sum])} < {Literal.Of(border.Lines)}");
                break;
            case AttentionKernel attention:
                WriteAttention(writer, attention);
                break;
            case OneQueryAttentionKernel attention:
                WriteAttention(writer, attention);
                break;
            case RandomKernel random:
                writer.Line($"// b0 = random numbers, {random.Kind.ToString().ToLowerInvariant()}; {Literal.Of(random.RowLength)} a row, stream {Literal.Of(random.Stream)}");
                break;
        }
    }

    private static string Line(Border border, string outer, string sum)
    {
        string Times(string index, int factor) => $" {(factor < 0 ? "-" : "+")} {(Math.Abs(factor) == 1 ? "" : Literal.Of(Math.Abs(factor)) + "·")}{index}";
        string line = Times(outer, border.Stride) + Times(sum, border.Step);
        return border.Start == 0 ? line.TrimStart(' ', '+') : Literal.Of(border.Start) + line;
    }

    private static void WriteAttention(SourceWriter writer, AttentionKernel attention)
    {
        string[] outer = LoopNest.Numbered("o", attention.Outer.Count);
        string Of(Access access, string position, string feature) => Name(access, [.. outer, position, feature]);
        string where = attention.Mask is { } mask ? $" where {Of(mask, "i", "j")} ≠ 0" : "";
        string sees = (attention.IsCausal ? " over j ≤ i" : " over j") + where, seen = (attention.IsCausal ? " over i ≥ j" : " over i") + where;
        writer.Line($"// score(i, j) = {Literal.Of(attention.Scale, float64: true)}·Σc {Of(attention.Query, "i", "c")}·{Of(attention.Key, "j", "c")}");
        if (attention.Backward is not { } backward)
        {
            writer.Line($"// {Of(attention.Result, "i", "e")} = Σj softmax(score){sees} · {Of(attention.Value, "j", "e")}, then log Σj exp(score)");
        }
        else
        {
            writer.Line($"// p(i, j) = exp(score - {Of(backward.LogSum, "i", "")}), ds(i, j) = p·(Σe {Of(backward.Upstream, "i", "e")}·{Of(attention.Value, "j", "e")} - {Of(backward.Centre, "i", "")})");
            writer.Line($"// {Of(attention.Result, "i", "c")} = scale·Σj ds·{Of(attention.Key, "j", "c")}{sees}");
            writer.Line($"// {Of(backward.ByKey, "j", "c")} = scale·Σi ds·{Of(attention.Query, "i", "c")}, {Of(backward.ByValue, "j", "e")} = Σi p·{Of(backward.Upstream, "i", "e")}{seen}");
        }
        WriteAxes(writer, [.. outer, "i", "j", "c", "e"],
            [.. attention.Outer, Extent.Of(attention.Queries), Extent.Of(attention.Keys), Extent.Of(attention.Width), Extent.Of(attention.ValueWidth)]);
    }

    private static void WriteAttention(SourceWriter writer, OneQueryAttentionKernel attention)
    {
        string[] outer = LoopNest.Numbered("o", attention.Outer.Count);
        string Of(Access access, string position, string feature) => Name(access, [.. outer, position, feature]);
        writer.Line($"// score(j) = {Literal.Of(attention.Scale, float64: true)}·Σc {Of(attention.Query, "", "c")}·{Of(attention.Key, "j", "c")}");
        writer.Line($"// {Of(attention.Result, "", "e")} = Σj softmax(score) over j{(attention.Position is { } position ? $" ≤ {Of(position, "", "")}" : "")}{(attention.Mask is { } mask ? $" where {Of(mask, "j", "")} ≠ 0" : "")} · {Of(attention.Value, "j", "e")}");
        WriteAxes(writer, [.. outer, "j", "c", "e"], [.. attention.Outer, Extent.Of(attention.Keys), Extent.Of(attention.Width), Extent.Of(attention.ValueWidth)]);
    }

    private static void WriteWindow(SourceWriter writer, WindowKernel kernel)
    {
        string[] kept = LoopNest.Numbered("i", kernel.Kept.Count);
        string[] all = [.. kept, .. kernel.Windows.SelectMany((_, n) => new[] { "p" + Literal.Of(n), "t" + Literal.Of(n) })];
        var source = new BodyPrinter(kernel.Source, new WordNotation(), Leaf(kernel.Source, all, ""), "t");
        var lines = new SourceWriter();
        source.Print(lines, [kernel.Source.Code.Count - 1]);
        WriteLines(writer, lines);
        WriteBody(writer, kernel.Epilogue, kept, $"Σ{string.Concat(all.Skip(kept.Length))} {source.Value(kernel.Source.Code.Count - 1)}");
        for (int n = 0; n < kernel.Windows.Count; n++)
        {
            var window = kernel.Windows[n];
            string element = window.Axis < 0 ? "0" : kept[window.Axis];
            writer.Line($"// where {element} = {Literal.Of(window.Start)} + {all[kept.Length + (2 * n)]}·{Literal.Of(window.Stride)} + {all[kept.Length + (2 * n) + 1]}·{Literal.Of(window.Step)}");
        }
        WriteAxes(writer, all, [.. kernel.Kept, .. kernel.Windows.SelectMany(w => new[] { Extent.Of(w.Positions), Extent.Of(w.Taps) })]);
    }

    private static void WriteAxes(SourceWriter writer, string[] names, IReadOnlyList<Extent> extents)
    {
        if (names.Length > 0) writer.Line("// " + string.Join(", ", names.Select((name, axis) => $"{name}: {extents[axis]}")));
    }

    private static void WriteBody(SourceWriter writer, KernelBody body, string[] axes, string accumulator)
    {
        if (body.Code.Count > LongestBody)
        {
            string written = string.Join(", ", body.Stores.Select(s => Name(body.Accesses[s.Access], axes)));
            string read = string.Join(", ", body.Code.Where(c => c.Op == BodyOp.Load).Select(c => Name(body.Accesses[c.A], axes)).Append(accumulator).Where(t => t.Length > 0).Distinct());
            writer.Line($"// {written} = {Literal.Of(body.Code.Count)} operations on {read}");
            return;
        }
        var lines = new SourceWriter();
        var printer = new BodyPrinter(body, new WordNotation(), Leaf(body, axes, accumulator));
        printer.Print(lines, [.. body.Stores.Select(s => s.Value)]);
        foreach (var store in body.Stores) lines.Line($"{Name(body.Accesses[store.Access], axes)} = {printer.Whole(store.Value)}");
        WriteLines(writer, lines);
    }

    private static void WriteLines(SourceWriter writer, SourceWriter lines)
    {
        foreach (string line in lines.ToString().Split('\n')) if (line.Length > 0) writer.Line("// " + line);
    }

    private static Func<BodyInstruction, string> Leaf(KernelBody body, string[] axes, string accumulator) => code => code.Op switch
    {
        BodyOp.Load => Name(body.Accesses[code.A], axes),
        BodyOp.Accumulator => accumulator,
        BodyOp.Reduce => $"{((ReduceKind)code.B == ReduceKind.Sum ? "Σ" : ((ReduceKind)code.B).ToString().ToLowerInvariant() + " ")}{axes[axes.Length - 1]} v{Literal.Of(code.A)}",
        _ => axes[code.A],
    };

    /// <summary>A buffer with the axes along which it varies.</summary>
    private static string Name(Access access, string[] axes)
    {
        string[] id = access.Id is { } indirection ? [Name(indirection.Ids, axes)] : [];
        return $"b{Literal.Of(access.Buffer)}({string.Join(", ", id.Concat(axes.Where((_, axis) => access.PanelAxis == axis || access.Strides[axis] != 0)))})";
    }
}
