using DlGen.Kernels;

namespace DlGen.Cpu;

internal sealed partial class AttentionTemplate
{
    /// <summary>All three gradients from one walk over the scores. Those by key and value are added up where they will lie, block of queries by block of queries.</summary>
    private void PrintBackward(AttentionBackward backward)
    {
        int sums = attention.SumStride;
        using (Method(("turned", block * attention.Width), ("upstream", block * attention.ValueWidth), ("scores", block * AttentionKernel.KeyBlock), ("slopes", block * AttentionKernel.KeyBlock),
            ("sums", block * sums), ("logarithms", block), ("centres", block)))
        using (var nest = new LoopNest(writer, attention.Outer, LoopNest.Numbered("o", attention.Outer.Count)))
        {
            writer.Line($"MemoryMarshal.CreateSpan({Place(backward.ByKey, nest.Indices, "0")}, {Literal.Of(attention.Keys * attention.Width)}).Clear();");
            writer.Line($"MemoryMarshal.CreateSpan({Place(backward.ByValue, nest.Indices, "0")}, {Literal.Of(attention.Keys * attention.ValueWidth)}).Clear();");
            var next = PrintNext(nest.Indices);
            using var queries = Queries();
            PrintFetches(next);
            PrintCall(shared + Turn, $"{Place(attention.Query, nest.Indices, "i")}, ref turned, 1");
            PrintCall(shared + TurnUpstream, $"{Place(backward.Upstream, nest.Indices, "i")}, ref upstream, 1");
            writer.Line($"MemoryMarshal.CreateSpan(ref sums, {Literal.Of(block * sums)}).Clear();");
            using (writer.Block("for (nint q = 0; q < queries; q++)"))
            {
                string Number(Access access) => Place(access, nest.Indices, "(i + q)").Substring("ref ".Length);
                writer.Line($"Unsafe.Add(ref logarithms, q) = {Number(backward.LogSum)};");
                writer.Line($"Unsafe.Add(ref centres, q) = {Number(backward.Centre)};");
            }
            using (Keys())
            {
                writer.Line($"{name}_scores({Place(attention.Key, nest.Indices, "j")}, ref turned, ref scores, keys);");
                PrintHideCall(nest.Indices);
                writer.Line($"{name}_products({Place(attention.Value, nest.Indices, "j")}, ref upstream, ref slopes, keys);");
                writer.Line($"{name}_slopes(ref scores, ref slopes, ref logarithms, ref centres, keys);");
                PrintCall(name + "_value", $"ref scores, {Place(backward.Upstream, nest.Indices, "i")}, {Place(backward.ByValue, nest.Indices, "j")}, keys");
                PrintCall(name + "_key", $"ref slopes, {Place(attention.Query, nest.Indices, "i")}, {Place(backward.ByKey, nest.Indices, "j")}, keys");
                writer.Line($"{name}_query(ref slopes, {Place(attention.Key, nest.Indices, "j")}, ref sums, keys);");
            }
            using var each = writer.Block("for (nint q = 0; q < queries; q++)");
            writer.Line($"ref {form.Element} sum = ref Unsafe.Add(ref sums, q * {Literal.Of(sums)});");
            writer.Line($"ref {form.Element} result = {Place(attention.Result, nest.Indices, "(i + q)")};");
            MapTemplate.PrintKnown(writer, attention.Width, form.Lanes, (index, tail)
                => writer.Line(form.Store($"{form.Name}.LoadUnsafe(ref {Addressing.Element("sum", index)})", Addressing.Element("result", index), tail)));
        }
        PrintSlopes();
        Access turned = new(1, new[] { 0, 1, block }), ofBlock = new(2, new[] { block, 1 });
        PrintProduct("_scores", Extent.Rows, block, Extent.Of(attention.Width), new Access(0, new[] { Stride(attention.Key), 0, 1 }), turned, ofBlock, default, adds: false);
        PrintProduct("_products", Extent.Rows, block, Extent.Of(attention.ValueWidth), new Access(0, new[] { Stride(attention.Value), 0, 1 }), turned, ofBlock, default, adds: false);
        PrintProduct("_query", Extent.Of(block), attention.Width, Extent.Rows, new Access(0, new[] { 1, 0, block }), new Access(1, new[] { 0, 1, Stride(attention.Key) }), new Access(2, new[] { sums, 1 }), Buffer(attention.Key), adds: true);
        foreach (int queries in new[] { attention.Queries >= block ? block : 0, rest })
        {
            if (queries == 0) continue;
            string suffix = queries == block ? "" : Rest;
            Access left = new(0, new[] { block, 0, 1 });
            PrintProduct("_value" + suffix, Extent.Rows, attention.ValueWidth, Extent.Of(queries), left, new Access(1, new[] { 0, 1, Stride(backward.Upstream) }), new Access(2, new[] { attention.ValueWidth, 1 }), Buffer(backward.Upstream), adds: true);
            PrintProduct("_key" + suffix, Extent.Rows, attention.Width, Extent.Of(queries), left, new Access(1, new[] { 0, 1, Stride(attention.Query) }), new Access(2, new[] { attention.Width, 1 }), Buffer(attention.Query), adds: true);
        }
    }

    /// <summary>Scores become probabilities, and the products of upstream gradients and values what the scores' gradients are.</summary>
    private void PrintSlopes()
    {
        writer.Line();
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"private static void {name}_slopes(ref {form.Element} scores, ref {form.Element} slopes, ref {form.Element} logarithms, ref {form.Element} centres, int keys)");
        using var groups = Groups(out var places);
        int[] vectors = [.. Enumerable.Range(0, Together)];
        string Of(string part, int v) => $"{part}{Literal.Of(v)}";
        string At(string part, int v) => Addressing.Element(part, places[v]!);
        foreach (int v in vectors) writer.Line($"{form.Type} {Of("l", v)} = {form.Name}.LoadUnsafe(ref {At("logarithms", v)}), {Of("c", v)} = {form.Name}.LoadUnsafe(ref {At("centres", v)});");
        writer.Line($"ref {form.Element} score = ref {At("scores", 0)}, slope = ref {At("slopes", 0)};");
        using var loop = writer.Block("for (int key = keys; key > 0; key--)");
        foreach (int v in vectors)
        {
            string slope = Addressing.Element("slope", Literal.Of(v * form.Lanes));
            writer.Line($"{form.Type} {Of("p", v)} = VectorMath.Exp({Score(v)} * {Scale} - {Of("l", v)});");
            writer.Line($"{Of("p", v)}.StoreUnsafe(ref {Addressing.Element("score", Literal.Of(v * form.Lanes))});");
            writer.Line($"(({form.Name}.LoadUnsafe(ref {slope}) - {Of("c", v)}) * {Of("p", v)} * {Scale}).StoreUnsafe(ref {slope});");
        }
        writer.Line($"score = ref Unsafe.Add(ref score, {Block});");
        writer.Line($"slope = ref Unsafe.Add(ref slope, {Block});");
    }
}
