using DlGen.Emission;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Cpu;

/// <summary>
/// Scores are computed again in each pass over the keys, so there is no scratch; results are added up where they will lie. i counts queries, j keys,
/// c the features of both, e those of the values.
/// </summary>
internal sealed partial class PlainPrinter
{
    private void Print(AttentionKernel attention)
    {
        using var nest = new LoopNest(writer, attention.Outer, LoopNest.Numbered("o", attention.Outer.Count));
        string?[] outer = nest.Indices;
        if (attention.Backward is not { } backward) PrintForward(attention, outer);
        else if (backward.By == AttentionGradient.Query) PrintQueryGradient(attention, backward, outer);
        else PrintKeyAndValueGradient(attention, backward, outer);
    }

    private void PrintForward(AttentionKernel attention, string?[] outer)
    {
        string zero = notation.Constant(0), maths = options.Float64 ? "Math" : "MathF";
        string Result(string feature) => Element(attention.Result, outer, "i", feature);
        using var queries = Loop("i", attention.Queries);
        writer.Line($"{options.Element} largest = {notation.Constant(double.NegativeInfinity)}, total = {zero};");
        using (Visible(attention))
        {
            PrintScore(attention, outer);
            writer.Line($"largest = {maths}.Max(largest, score);");
        }
        PrintZeros(attention.ValueWidth, Result);
        using (Visible(attention))
        {
            PrintScore(attention, outer);
            writer.Line($"{options.Element} weight = {maths}.Exp(score - largest);");
            writer.Line("total += weight;");
            using (Loop("e", attention.ValueWidth)) writer.Line($"{Result("e")} += weight * {Element(attention.Value, outer, "j", "e")};");
        }
        using (Loop("e", attention.ValueWidth)) writer.Line($"{Result("e")} /= total;");
        writer.Line($"{Result(Literal.Of(attention.ValueWidth))} = largest + {maths}.Log(total);");
    }

    private void PrintQueryGradient(AttentionKernel attention, AttentionBackward backward, string?[] outer)
    {
        string Result(string feature) => Element(attention.Result, outer, "i", feature);
        using var queries = Loop("i", attention.Queries);
        PrintZeros(attention.Width, Result);
        using var keys = Visible(attention);
        PrintSlope(attention, backward, outer);
        using (Loop("c", attention.Width)) writer.Line($"{Result("c")} += slope * {Element(attention.Key, outer, "j", "c")};");
    }

    private void PrintKeyAndValueGradient(AttentionKernel attention, AttentionBackward backward, string?[] outer)
    {
        string Result(string feature) => Element(attention.Result, outer, "j", feature);
        using var keys = Loop("j", attention.Keys);
        PrintZeros(attention.Width + attention.ValueWidth, Result);
        using var queries = writer.Block($"for (nint i = {(attention.IsCausal ? "j" : "0")}; i < {Literal.Of(attention.Queries)}; i++)");
        PrintSlope(attention, backward, outer);
        using (Loop("c", attention.Width)) writer.Line($"{Result("c")} += slope * {Element(attention.Query, outer, "i", "c")};");
        using (Loop("e", attention.ValueWidth)) writer.Line($"{Result($"({Literal.Of(attention.Width)} + e)")} += weight * {Element(backward.Upstream, outer, "i", "e")};");
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

    private void PrintZeros(int count, Func<string, string> result)
    {
        using (Loop("e", count)) writer.Line($"{result("e")} = {notation.Constant(0)};");
    }

    /// <summary>The loop over the keys that query i sees.</summary>
    private SourceWriter.BlockScope Visible(AttentionKernel attention)
        => writer.Block($"for (nint j = 0; j < {Literal.Of(attention.Keys)}{(attention.IsCausal ? " && j <= i" : "")}; j++)");

    private SourceWriter.BlockScope Loop(string index, int count) => writer.Block($"for (nint {index} = 0; {index} < {Literal.Of(count)}; {index}++)");

    private static string Element(Access access, string?[] outer, string? position, string? feature)
        => Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, [.. outer, position, feature]));
}
