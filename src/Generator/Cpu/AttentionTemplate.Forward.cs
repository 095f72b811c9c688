using DlGen.Kernels;

namespace DlGen.Cpu;

internal sealed partial class AttentionTemplate
{
    private void PrintForward()
    {
        int sums = attention.SumStride;
        using (Method(("turned", block * attention.Width), ("scores", block * AttentionKernel.KeyBlock), ("sums", block * sums), ("largest", block), ("total", block), ("change", block)))
        using (var nest = new LoopNest(writer, attention.Outer, LoopNest.Numbered("o", attention.Outer.Count)))
        {
            var next = PrintNext(nest.Indices);
            using var queries = Queries();
            PrintFetches(next);
            PrintCall(shared + Turn, $"{Place(attention.Query, nest.Indices, "i")}, ref turned, 1");
            writer.Line($"MemoryMarshal.CreateSpan(ref sums, {Literal.Of(block * sums)}).Clear();");
            writer.Line($"MemoryMarshal.CreateSpan(ref largest, {Block}).Fill({form.Element}.MinValue);");
            writer.Line($"MemoryMarshal.CreateSpan(ref total, {Block}).Clear();");
            using (Keys())
            {
                writer.Line($"{name}_scores({Place(attention.Key, nest.Indices, "j")}, ref turned, ref scores, keys);");
                PrintHideCall(nest.Indices);
                writer.Line($"{name}_weigh(ref scores, ref largest, ref total, ref change, keys);");
                if (attention.Keys > AttentionKernel.KeyBlock) writer.Line($"if (j > 0) {name}_scale(ref sums, ref change, queries);");
                writer.Line($"{name}_values(ref scores, {Place(attention.Value, nest.Indices, "j")}, ref sums, keys);");
            }
            PrintResult(nest.Indices);
        }
        PrintWeigh();
        if (attention.Keys > AttentionKernel.KeyBlock) PrintScale();
        PrintProduct("_scores", Extent.Rows, block, Extent.Of(attention.Width), new Access(0, new[] { Stride(attention.Key), 0, 1 }), new Access(1, new[] { 0, 1, block }), new Access(2, new[] { block, 1 }), default, adds: false);
        PrintProduct("_values", Extent.Of(block), attention.ValueWidth, Extent.Rows, new Access(0, new[] { 1, 0, block }), new Access(1, new[] { 0, 1, Stride(attention.Value) }),
            new Access(2, new[] { sums, 1 }), Buffer(attention.Value), adds: true);
    }

    /// <summary>The sums over their totals, and the logarithm of the sum of exponentials.</summary>
    private void PrintResult(string?[] outer)
    {
        using (writer.Block($"for (nint q = 0; q < {Block}; q += {Lanes})"))
        {
            writer.Line($"{form.Type} t = {form.Name}.LoadUnsafe(ref total, (nuint)q), m = {form.Name}.LoadUnsafe(ref largest, (nuint)q) * {Scale};");
            if (attention.Mask is not null)
            {
                writer.Line($"{form.Type} blind = {form.Name}.Equals(t, {form.Zero});");
                writer.Line("// Who sees no key has 0 everywhere.");
                writer.Line($"t = {form.Name}.ConditionalSelect(blind, {form.Type}.One, t);");
                writer.Line($"m = {form.Name}.AndNot(m, blind);");
            }
            writer.Line($"({form.Type}.One / t).StoreUnsafe(ref total, (nuint)q);");
            writer.Line($"(m + VectorMath.Log(t)).StoreUnsafe(ref largest, (nuint)q);");
        }
        using var each = writer.Block("for (nint q = 0; q < queries; q++)");
        writer.Line($"ref {form.Element} sum = ref Unsafe.Add(ref sums, q * {Literal.Of(attention.SumStride)});");
        writer.Line($"ref {form.Element} result = {Place(attention.Result, outer, "(i + q)")};");
        writer.Line($"{form.Type} share = {form.Broadcast("Unsafe.Add(ref total, q)")};");
        MapTemplate.PrintKnown(writer, attention.ValueWidth, form.Lanes, (index, tail)
            => writer.Line(form.Store($"({form.Name}.LoadUnsafe(ref {Addressing.Element("sum", index)}) * share)", Addressing.Element("result", index), tail)));
        writer.Line($"Unsafe.Add(ref result, {Literal.Of(attention.ValueWidth)}) = Unsafe.Add(ref largest, q);");
    }

    private string Scale => new VectorNotation(form).Constant(attention.Scale);

    /// <summary>Scores become exponentials relative to the largest so far: what their sums before this block are multiplied with is the change.</summary>
    private void PrintWeigh()
    {
        writer.Line();
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"private static void {name}_weigh(ref {form.Element} scores, ref {form.Element} largest, ref {form.Element} total, ref {form.Element} change, int keys)");
        using var groups = Groups(out var places);
        int[] vectors = [.. Enumerable.Range(0, Together)];
        string Of(string part, int v) => $"{part}{Literal.Of(v)}";
        string At(string part, int v) => Addressing.Element(part, places[v]!);
        foreach (int v in vectors) writer.Line($"{form.Type} {Of("before", v)} = {form.Name}.LoadUnsafe(ref {At("largest", v)}), {Of("m", v)} = {Of("before", v)};");
        writer.Line($"ref {form.Element} score = ref {At("scores", 0)};");
        using (writer.Block("for (int key = keys; key > 0; key--)"))
        {
            foreach (int v in vectors) writer.Line($"{Of("m", v)} = {form.Name}.MaxNative({Score(v)}, {Of("m", v)});");
            writer.Line($"score = ref Unsafe.Add(ref score, {Block});");
        }
        foreach (int v in vectors)
        {
            writer.Line($"{Of("m", v)}.StoreUnsafe(ref {At("largest", v)});");
            writer.Line($"{form.Type} {Of("c", v)} = VectorMath.Exp(({Of("before", v)} - {Of("m", v)}) * {Scale}), {Of("t", v)} = {form.Name}.LoadUnsafe(ref {At("total", v)}) * {Of("c", v)};");
            writer.Line($"{Of("c", v)}.StoreUnsafe(ref {At("change", v)});");
        }
        writer.Line($"score = ref {At("scores", 0)};");
        using (writer.Block("for (int key = keys; key > 0; key--)"))
        {
            foreach (int v in vectors)
            {
                writer.Line($"{form.Type} {Of("p", v)} = VectorMath.Exp(({Score(v)} - {Of("m", v)}) * {Scale});");
                writer.Line($"{Of("t", v)} += {Of("p", v)};");
                writer.Line($"{Of("p", v)}.StoreUnsafe(ref {Addressing.Element("score", Literal.Of(v * form.Lanes))});");
            }
            writer.Line($"score = ref Unsafe.Add(ref score, {Block});");
        }
        foreach (int v in vectors) writer.Line($"{Of("t", v)}.StoreUnsafe(ref {At("total", v)});");
    }

    private string Score(int v) => $"{form.Name}.LoadUnsafe(ref {Addressing.Element("score", Literal.Of(v * form.Lanes))})";

    private void PrintScale()
    {
        writer.Line();
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"private static void {name}_scale(ref {form.Element} sums, ref {form.Element} change, int queries)");
        using var each = writer.Block("for (nint q = 0; q < queries; q++)");
        writer.Line("if (Unsafe.Add(ref change, q) == 1) continue;");
        writer.Line($"{form.Type} c = {form.Broadcast("Unsafe.Add(ref change, q)")};");
        writer.Line($"ref {form.Element} sum = ref Unsafe.Add(ref sums, q * {Literal.Of(attention.SumStride)});");
        MapTemplate.PrintKnown(writer, attention.SumStride, form.Lanes, (index, _) =>
        {
            string element = Addressing.Element("sum", index);
            writer.Line($"({form.Name}.LoadUnsafe(ref {element}) * c).StoreUnsafe(ref {element});");
        });
    }
}
