using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Scores are computed again in each pass over the keys, so the scratch is not used; results are added up where they will lie. i counts queries, j keys,
/// c the features of both, e those of the values.
/// </summary>
internal sealed partial class PlainPrinter
{
    private void Print(AttentionKernel attention)
    {
        using var nest = new LoopNest(writer, attention.Outer, LoopNest.Numbered("o", attention.Outer.Count));
        string?[] outer = nest.Indices;
        if (attention.Backward is not { } backward) PrintForward(attention, outer);
        else PrintGradients(attention, backward, outer);
    }

    private void PrintForward(AttentionKernel attention, string?[] outer)
    {
        string zero = notation.Constant(0), maths = options.Float64 ? "Math" : "MathF";
        string Result(string feature) => Element(attention.Result, outer, "i", feature);
        using var queries = Loop("i", attention.Queries);
        writer.Line($"{options.Element} largest = {notation.Constant(double.NegativeInfinity)}, total = {zero};");
        using (Visible(attention, outer))
        {
            PrintScore(attention, outer);
            writer.Line($"largest = {maths}.Max(largest, score);");
        }
        using (Loop("e", attention.ValueWidth)) writer.Line($"{Result("e")} = {zero};");
        using (Visible(attention, outer))
        {
            PrintScore(attention, outer);
            writer.Line($"{options.Element} weight = {maths}.Exp(score - largest);");
            writer.Line("total += weight;");
            using (Loop("e", attention.ValueWidth)) writer.Line($"{Result("e")} += weight * {Element(attention.Value, outer, "j", "e")};");
        }
        // Only a query that sees no key has a sum of 0: the largest score adds 1.
        if (attention.Mask is not null) writer.Line($"if (total == {zero}) (largest, total) = ({zero}, {notation.Constant(1)});");
        using (Loop("e", attention.ValueWidth)) writer.Line($"{Result("e")} /= total;");
        writer.Line($"{Result(Literal.Of(attention.ValueWidth))} = largest + {maths}.Log(total);");
    }

    private void PrintGradients(AttentionKernel attention, AttentionBackward backward, string?[] outer)
    {
        string ByQuery(string feature) => Element(attention.Result, outer, "i", feature);
        string ByKey(string feature) => Element(backward.ByKey, outer, "j", feature);
        string ByValue(string feature) => Element(backward.ByValue, outer, "j", feature);
        using (Loop("j", attention.Keys))
        {
            using (Loop("c", attention.Width)) writer.Line($"{ByKey("c")} = {notation.Constant(0)};");
            using (Loop("e", attention.ValueWidth)) writer.Line($"{ByValue("e")} = {notation.Constant(0)};");
        }
        using var queries = Loop("i", attention.Queries);
        using (Loop("c", attention.Width)) writer.Line($"{ByQuery("c")} = {notation.Constant(0)};");
        using var keys = Visible(attention, outer);
        PrintSlope(attention, backward, outer);
        using (Loop("c", attention.Width))
        {
            writer.Line($"{ByQuery("c")} += slope * {Element(attention.Key, outer, "j", "c")};");
            writer.Line($"{ByKey("c")} += slope * {Element(attention.Query, outer, "i", "c")};");
        }
        using (Loop("e", attention.ValueWidth)) writer.Line($"{ByValue("e")} += weight * {Element(backward.Upstream, outer, "i", "e")};");
    }

    /// <summary>score: of query i and key j.</summary>
    private void PrintScore(AttentionKernel attention, string?[] outer)
    {
        writer.Line($"{options.Element} score = {notation.Constant(0)};");
        using (Loop("c", attention.Width)) writer.Line($"score += {Element(attention.Query, outer, "i", "c")} * {Element(attention.Key, outer, "j", "c")};");
        writer.Line($"score *= {notation.Constant(attention.Scale)};");
    }

    /// <summary>weight: the probability of key j for query i. slope: the gradient by their product.</summary>
    private void PrintSlope(AttentionKernel attention, AttentionBackward backward, string?[] outer)
    {
        PrintScore(attention, outer);
        writer.Line($"{options.Element} weight = {(options.Float64 ? "Math" : "MathF")}.Exp(score - {Element(backward.LogSum, outer, "i", null)}), slope = {notation.Constant(0)};");
        using (Loop("e", attention.ValueWidth)) writer.Line($"slope += {Element(backward.Upstream, outer, "i", "e")} * {Element(attention.Value, outer, "j", "e")};");
        writer.Line($"slope = (slope - {Element(backward.Centre, outer, "i", null)}) * weight * {notation.Constant(attention.Scale)};");
    }

    /// <summary>The loop over the keys that query i sees.</summary>
    private SourceWriter.BlockScope Visible(AttentionKernel attention, string?[] outer)
    {
        var block = writer.Block($"for (nint j = 0; j < {Literal.Of(attention.Keys)}{(attention.IsCausal ? " && j <= i" : "")}; j++)");
        PrintMask(attention, outer);
        return block;
    }

    private void PrintMask(AttentionKernel attention, string?[] outer)
    {
        if (attention.Mask is { } mask) writer.Line($"if ({Element(mask, outer, "i", "j")} == {notation.Constant(0)}) continue;");
    }

    private SourceWriter.BlockScope Loop(string index, int count) => writer.Block($"for (nint {index} = 0; {index} < {Literal.Of(count)}; {index}++)");

    private static string Element(Access access, string?[] outer, string? position, string? feature)
        => Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, [.. outer, position, feature]));
}
