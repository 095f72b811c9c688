using DlGen.Emission;
using DlGen.Graphs;

namespace DlGen.Cpu;

/// <summary>One number of a vector's lanes, by halves: the runtime's order for sums, written out for extrema, which keep NaN.</summary>
internal static class AcrossLanes
{
    /// <summary>Declares the scalar <paramref name="result"/>; further names that this needs begin with that of the vector.</summary>
    public static void Print(SourceWriter writer, VectorForm form, ReduceKind kind, string vector, string result)
    {
        if (kind == ReduceKind.Sum)
        {
            writer.Line($"{form.Element} {result} = {form.Name}.Sum({vector});");
            return;
        }
        string value = vector;
        for (int bits = form.Bits / 2; bits >= 128; bits /= 2)
        {
            string half = $"{vector}_{Literal.Of(bits)}", type = $"Vector{Literal.Of(bits)}";
            writer.Line($"{type}<{form.Element}> {half} = {type}.{kind}({value}.GetLower(), {value}.GetUpper());");
            value = half;
        }
        string math = form.Float64 ? "Math" : "MathF";
        string Pair(int lane) => $"{math}.{kind}({value}.GetElement({Literal.Of(lane)}), {value}.GetElement({Literal.Of(lane + 1)}))";
        writer.Line($"{form.Element} {result} = {(form.Float64 ? Pair(0) : $"{math}.{kind}({Pair(0)}, {Pair(2)})")};");
    }
}
