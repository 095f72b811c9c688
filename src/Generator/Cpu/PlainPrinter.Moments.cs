using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

internal sealed partial class PlainPrinter
{
    private void Print(MomentsKernel moments)
    {
        using var kept = new LoopNest(writer, moments.Kept, LoopNest.Numbered("i", moments.Kept.Count));
        string zero = notation.Constant(0);
        writer.Line($"{options.Element} count = {zero}, mean = {zero}, squares = {zero}; // squares: of the distances from the mean");
        using (new ShardLoop(writer, sharded: true))
        {
            writer.Line($"{options.Element} sum = {zero};");
            PrintTerms(moments, kept, value => $"sum += {value};");
            int perRow = moments.Reduced.Aggregate(1, (product, axis) => product * axis.Constant);
            writer.Line($"{options.Element} shardCount = ({options.Element})(shard * {Literal.Of(perRow)}), shardMean = sum / shardCount, shardSquares = {zero};");
            PrintTerms(moments, kept, value => $"{{ {options.Element} distance = {value} - shardMean; shardSquares += distance * distance; }}");
            writer.Line($"{options.Element} share = shardCount / (count + shardCount), apart = shardMean - mean;");
            writer.Line("mean += apart * share;");
            writer.Line("squares += shardSquares + apart * apart * count * share;");
            writer.Line("count += shardCount;");
        }
        string[] statistics = ["count", "mean", "squares / count"];
        for (int i = 0; i < statistics.Length; i++)
        {
            string offset = Addressing.Offset(moments.Result, kept.Indices, known: i * moments.StatisticStride);
            writer.Line($"{Addressing.Element("b" + Literal.Of(moments.Result.Buffer), offset)} = {statistics[i]};");
        }
    }

    private void PrintTerms(MomentsKernel moments, LoopNest kept, Func<string, string> statement)
    {
        using var reduced = new LoopNest(writer, moments.Reduced, LoopNest.Numbered("k", moments.Reduced.Count), "shard");
        var printer = new BodyPrinter(moments.Source, notation, Leaf(moments.Source, [.. kept.Indices, .. reduced.Indices], null, sharded: true), "k");
        int result = moments.Source.Code.Count - 1;
        printer.Print(writer, [result]);
        writer.Line(statement(printer.Whole(result)));
    }
}
