using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Attention of one query with neighbouring keys in the lanes of the scores and the features of the values in those of the result: no sum runs across lanes but those of a
/// head's maximum and total, and the work grows with the keys by whole vectors. Each sum has several parts in turn, since an addition waits four cycles for the one before.
/// </summary>
internal sealed class OneQueryAttentionTemplate(SourceWriter writer, OneQueryAttentionKernel attention, string name, VectorForm form)
{
    /// <summary>Sums of a score, each over every so many-th feature.</summary>
    private const int SumsInTurn = 4;

    /// <summary>Vectors of results that are added up at once.</summary>
    private const int MostVectors = 4;

    public static bool Fits(OneQueryAttentionKernel attention)
    {
        int key = attention.Outer.Count, feature = key + 1;
        return attention.Key.Strides[key] == 1 && attention.Value.Strides[feature] == 1 && attention.Result.Strides[feature] == 1
            && (attention.Mask is null || attention.Mask.Strides[key] == 1)
            && new[] { attention.Key, attention.Value, attention.Mask ?? attention.Key }.All(a => a.IsAffine && attention.Buffers[a.Buffer] is { IsNumbers: true, IsExact: false });
    }

    public void Print()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(attention, new CpuOptions(form.Float64, false))})");
        using var nest = new LoopNest(writer, attention.Outer, LoopNest.Numbered("o", attention.Outer.Count));
        string?[] outer = nest.Indices;
        string lanes = Literal.Of(form.Lanes), lowest = new VectorNotation(form).Constant(double.NegativeInfinity);
        writer.Line($"nint visible = {(attention.Position is { } position ? $"(nint){Element(position, outer, null, null)} + 1" : Literal.Of(attention.Keys))};");
        writer.Line($"{form.Type} highest = {lowest}, total = {form.Zero};");
        using (writer.Block($"for (nint j = 0; j < visible; j += {lanes})"))
        {
            PrintScores(outer);
            writer.Line($"if (visible - j < {lanes}) score = {form.Name}.ConditionalSelect({form.Mask("(int)(visible - j)")}, score, {lowest});");
            if (attention.Mask is { } mask)
                writer.Line($"score = {form.Name}.ConditionalSelect({form.Name}.Equals({form.Load(attention.Buffers[mask.Buffer], Element(mask, outer, "j", null), null)}, {form.Zero}), {lowest}, score);");
            writer.Line($"highest = {form.Name}.Max(highest, score);");
            writer.Line($"score.StoreUnsafe(ref {Score("j")});");
        }
        AcrossLanes.Print(writer, form, ReduceKind.Max, "highest", "largest");
        // Of no key the exponentials are 0, and so is their sum.
        if (attention.Mask is not null) writer.Line($"if ({form.Element}.IsNegativeInfinity(largest)) largest = 0;");
        using (writer.Block($"for (nint j = 0; j < visible; j += {lanes})"))
        {
            writer.Line($"{form.Type} weight = VectorMath.Exp({form.Name}.LoadUnsafe(ref {Score("j")}) - {form.Broadcast("largest")});");
            writer.Line("total += weight;");
            writer.Line($"weight.StoreUnsafe(ref {Score("j")});");
        }
        AcrossLanes.Print(writer, form, ReduceKind.Sum, "total", "sum");
        if (attention.Mask is not null) writer.Line("if (sum == 0) sum = 1;");
        int vectors = (attention.ValueWidth + form.Lanes - 1) / form.Lanes;
        for (int first = 0; first < vectors; first += MostVectors)
            using (writer.Block("")) PrintResults(outer, first, Math.Min(MostVectors, vectors - first));
    }

    /// <summary>Of a vector of keys from j on.</summary>
    private void PrintScores(string?[] outer)
    {
        int sums = Math.Min(SumsInTurn, attention.Width), whole = attention.Width / sums * sums;
        string Add(int sum, string feature) => $"score{Literal.Of(sum)} = {form.MultiplyAdd(form.Broadcast(Element(attention.Query, outer, null, feature)), form.Load(attention.Buffers[attention.Key.Buffer], Element(attention.Key, outer, "j", feature), null), "score" + Literal.Of(sum))};";
        string Feature(int offset) => offset == 0 ? "c" : $"(c + {Literal.Of(offset)})";
        writer.Line($"{form.Type} {string.Join(", ", Enumerable.Range(0, sums).Select(sum => $"score{Literal.Of(sum)} = {form.Zero}"))};");
        using (writer.Block($"for (nint c = 0; c < {Literal.Of(whole)}; c += {Literal.Of(sums)})"))
            for (int sum = 0; sum < sums; sum++) writer.Line(Add(sum, Feature(sum)));
        for (int feature = whole; feature < attention.Width; feature++) writer.Line(Add(feature - whole, Literal.Of(feature)));
        for (int half = sums; half > 1; half = (half + 1) / 2)
            for (int sum = (half + 1) / 2; sum < half; sum++) writer.Line($"score{Literal.Of(sum - ((half + 1) / 2))} += score{Literal.Of(sum)};");
        writer.Line($"{form.Type} score = score0 * {new VectorNotation(form).Constant(attention.Scale)};");
    }

    /// <summary>Some vectors of the result, from several sums over keys.</summary>
    private void PrintResults(string?[] outer, int first, int vectors)
    {
        int inTurn = Math.Max(1, 8 / vectors);
        string Sum(int vector, int turn) => $"r{Literal.Of(vector)}_{Literal.Of(turn)}";
        string Feature(int vector) => Literal.Of((first + vector) * form.Lanes);
        void Add(string position, int turn)
        {
            writer.Line($"{form.Type} weight{Literal.Of(turn)} = {form.Broadcast(Score(position))};");
            for (int vector = 0; vector < vectors; vector++)
                writer.Line($"{Sum(vector, turn)} = {form.MultiplyAdd("weight" + Literal.Of(turn), form.Load(attention.Buffers[attention.Value.Buffer], Element(attention.Value, outer, position, Feature(vector)), null), Sum(vector, turn))};");
        }

        writer.Line($"{form.Type} {string.Join(", ", from vector in Enumerable.Range(0, vectors) from turn in Enumerable.Range(0, inTurn) select $"{Sum(vector, turn)} = {form.Zero}")};");
        writer.Line("nint j = 0;");
        using (writer.Block($"for (; j <= visible - {Literal.Of(inTurn)}; j += {Literal.Of(inTurn)})"))
            for (int turn = 0; turn < inTurn; turn++) Add(turn == 0 ? "j" : $"(j + {Literal.Of(turn)})", turn);
        if (inTurn > 1) using (writer.Block("for (; j < visible; j++)")) Add("j", 0);
        for (int vector = 0; vector < vectors; vector++)
        {
            string sum = string.Join(" + ", Enumerable.Range(0, inTurn).Select(turn => Sum(vector, turn)));
            int rest = attention.ValueWidth - ((first + vector) * form.Lanes);
            writer.Line(form.Store($"(({sum}) / {form.Broadcast("sum")})", Element(attention.Result, outer, null, Feature(vector)), rest < form.Lanes ? Literal.Of(rest) : null));
        }
    }

    private string Score(string position) => Addressing.Element("b" + Literal.Of(attention.Scores), position);

    private static string Element(Access access, string?[] outer, string? position, string? feature)
        => Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, [.. outer, position, feature == "0" ? null : feature]));
}
