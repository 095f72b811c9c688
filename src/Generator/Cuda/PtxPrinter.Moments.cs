using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    /// <summary>All rows are one shard: the mean, then the squared distances from it.</summary>
    private void Print(MomentsKernel moments, string[] kept)
    {
        string count = IndexAsNumber(Product(moments.Reduced));
        string mean = math.Divide(SumOf(moments, kept, term => term), count);
        string squares = SumOf(moments, kept, term =>
        {
            string distance = math.Subtract(term, mean);
            return math.Multiply(distance, distance);
        });
        string[] statistics = [count, mean, math.Divide(squares, count)];
        for (int i = 0; i < statistics.Length; i++)
        {
            string place = Plus(Offset(moments.Result, kept), i * moments.StatisticStride);
            writer.Do("st.global." + math.Type, ElementAddress(moments.Result.Buffer, place), statistics[i]);
        }
    }

    private string SumOf(MomentsKernel moments, string[] kept, Func<string, string> summand)
    {
        string sum = math.Variable(0);
        Nest(moments.Reduced, [], reduced =>
        {
            var source = new PtxBody(moments.Source, math, Leaf(moments.Source, [.. kept, .. reduced], null));
            math.Assign(sum, math.Add(sum, summand(Last(source, moments.Source))));
        });
        return sum;
    }
}
