using DlGen.Kernels;

namespace DlGen.Cpu;

internal sealed partial class PlainPrinter
{
    /// <summary>j counts keys, c the features of query and key, e those of the values.</summary>
    private void Print(OneQueryAttentionKernel attention)
    {
        using var nest = new LoopNest(writer, attention.Outer, LoopNest.Numbered("o", attention.Outer.Count));
        string?[] outer = nest.Indices;
        string zero = notation.Constant(0), maths = options.Float64 ? "Math" : "MathF", score = Addressing.Element("b" + Literal.Of(attention.Scores), "j");
        writer.Line($"nint visible = {(attention.Position is { } position ? $"(nint){Element(position, outer, null, null)} + 1" : Literal.Of(attention.Keys))};");
        writer.Line($"{options.Element} largest = {notation.Constant(double.NegativeInfinity)}, total = {zero};");
        using (writer.Block("for (nint j = 0; j < visible; j++)"))
        {
            writer.Line($"{options.Element} sum = {zero};");
            using (Loop("c", attention.Width)) writer.Line($"sum += {Element(attention.Query, outer, null, "c")} * {Element(attention.Key, outer, "j", "c")};");
            string hidden = attention.Mask is { } mask ? $"{Element(mask, outer, "j", null)} == 0 ? {notation.Constant(double.NegativeInfinity)} : " : "";
            writer.Line($"{score} = {hidden}sum * {notation.Constant(attention.Scale)};");
            writer.Line($"largest = {maths}.Max(largest, {score});");
        }
        if (attention.Mask is not null) writer.Line($"if ({options.Element}.IsNegativeInfinity(largest)) largest = {zero};");
        using (writer.Block("for (nint j = 0; j < visible; j++)"))
        {
            writer.Line($"{score} = {maths}.Exp({score} - largest);");
            writer.Line($"total += {score};");
        }
        if (attention.Mask is not null) writer.Line($"if (total == 0) total = {notation.Constant(1)};");
        using (Loop("e", attention.ValueWidth))
        {
            writer.Line($"{options.Element} sum = {zero};");
            using (writer.Block("for (nint j = 0; j < visible; j++)")) writer.Line($"sum += {score} * {Element(attention.Value, outer, "j", "e")};");
            writer.Line($"{Element(attention.Result, outer, null, "e")} = sum / total;");
        }
    }
}
