using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// Attention whose scores never lie in memory (Dao et al. 2022). Forward and in the gradient by the queries a block has queries and keys pass; in the
/// gradients by keys and values it has keys and queries pass. So every sum belongs to one row of one block, and is added in the order of the rows that pass.
/// </summary>
internal sealed class AttentionTemplate
{
    private readonly AttentionKernel attention;
    private readonly AttentionWalk walk;
    private readonly PtxMath math;
    private readonly PtxWriter writer;

    private AttentionTemplate(PtxPrinter printer, AttentionKernel attention, AttentionTiling tiling, bool lastFirst)
    {
        this.attention = attention;
        (writer, math) = (printer.Writer, printer.Math);
        walk = new AttentionWalk(printer, attention, tiling, lastFirst);
    }

    /// <summary>Whether it takes the kernel: rows that are not too wide, of numbers, steps of strides apart.</summary>
    public static bool Fits(AttentionKernel attention, bool float64)
    {
        var accesses = new List<Access> { attention.Query, attention.Key, attention.Value, attention.Result };
        if (attention.Backward is { } backward) accesses.AddRange([backward.LogSum, backward.Upstream, backward.Centre, backward.ByKey, backward.ByValue]);
        return accesses.All(access => access.IsAffine && attention.Buffers[access.Buffer].IsNumbers) && Tilings(attention, float64).All(tiling => tiling is not null);
    }

    public static PtxPlan Plan(AttentionKernel attention, bool float64)
    {
        var tilings = Tilings(attention, float64);
        PtxEntryPlan Entry(string suffix, int number, bool lastFirst, Action<AttentionTemplate> print) => new(suffix, tilings[number]!.Threads,
            [new PtxGridAxis(attention.Outer, 1), new PtxGridAxis(new[] { Extent.Of(tilings[number]!.Own) }, tilings[number]!.Rows)],
            printer => print(new AttentionTemplate(printer, attention, tilings[number]!, lastFirst)));
        return new PtxPlan(0, attention.Backward is { } backward
            ? [Entry("_by_query", 0, attention.IsCausal, template => template.PrintByQuery(backward)), Entry("_by_key", 1, false, template => template.PrintByKey(backward))]
            : [Entry("", 0, attention.IsCausal, template => template.PrintForward())]);
    }

    private static AttentionTiling?[] Tilings(AttentionKernel attention, bool float64)
    {
        int width = attention.Width, valueWidth = attention.ValueWidth, bytes = float64 ? sizeof(double) : sizeof(float);
        if (attention.Backward is null) return [AttentionTiling.Of(attention.Queries, attention.Keys, [width, valueWidth], [width, valueWidth], 0, bytes)];
        return
        [
            AttentionTiling.Of(attention.Queries, attention.Keys, [width, valueWidth, width], [width, valueWidth], 0, bytes),
            AttentionTiling.Of(attention.Keys, attention.Queries, [width, valueWidth, width, valueWidth], [width, valueWidth], 2, bytes),
        ];
    }

    /// <summary>Sums are relative to the largest score so far, and shrink where a larger one comes.</summary>
    private void PrintForward()
    {
        string[] query = walk.Own(attention.Query, attention.Width), sums = walk.Sums(attention.ValueWidth);
        string largest = math.Variable(double.NegativeInfinity), total = math.Variable(0);
        var (keys, values) = (walk.Let(attention.Key, attention.Width), walk.Let(attention.Value, attention.ValueWidth));
        walk.Each("0", KeysEnd(), group =>
        {
            string[] scores = Each(i => Seen(walk.Sees(group, i, keysPass: true), Scaled(walk.Dot(query, walk.Read(keys, group, i))), double.NegativeInfinity));
            string larger = scores.Aggregate(largest, math.Maximum);
            // As long as no key is seen, there is nothing that exponentials could be relative to.
            string origin = math.Select(math.Equal(larger, math.Constant(double.NegativeInfinity)), math.Constant(0), larger);
            string shrink = math.Exp(math.Subtract(largest, origin));
            string[] weights = [.. scores.Select(score => math.Exp(math.Subtract(score, origin)))];
            math.Assign(largest, larger);
            math.Assign(total, math.Multiply(total, shrink));
            foreach (string sum in sums) math.Assign(sum, math.Multiply(sum, shrink));
            for (int i = 0; i < weights.Length; i++)
            {
                math.Assign(total, math.Add(total, weights[i]));
                Accumulate(sums, weights[i], walk.Read(values, group, i));
            }
        });
        if (attention.Mask is not null)
        {
            string seesNone = math.Equal(total, math.Constant(0));
            math.Assign(largest, math.Select(seesNone, math.Constant(0), largest));
            math.Assign(total, math.Select(seesNone, math.Constant(1), total));
        }
        walk.Store(attention.Result, attention.ValueWidth, [.. sums.Select(sum => math.Divide(sum, total))]);
        walk.StoreNumber(attention.Result, attention.ValueWidth, math.Add(largest, math.Log(total)));
        walk.End();
    }

    private void PrintByQuery(AttentionBackward backward)
    {
        string[] query = walk.Own(attention.Query, attention.Width), upstream = walk.Own(backward.Upstream, attention.ValueWidth), sums = walk.Sums(attention.Width);
        string logSum = walk.OwnNumber(backward.LogSum), centre = walk.OwnNumber(backward.Centre);
        var (keys, values) = (walk.Let(attention.Key, attention.Width), walk.Let(attention.Value, attention.ValueWidth));
        walk.Each("0", KeysEnd(), group => Each(i =>
        {
            string[] key = walk.Read(keys, group, i);
            string weight = Weight(walk.Sees(group, i, keysPass: true), walk.Dot(query, key), logSum);
            Accumulate(sums, Slope(weight, walk.Dot(upstream, walk.Read(values, group, i)), centre), key);
            return weight;
        }));
        walk.Store(attention.Result, attention.Width, sums);
        walk.End();
    }

    private void PrintByKey(AttentionBackward backward)
    {
        string[] key = walk.Own(attention.Key, attention.Width), value = walk.Own(attention.Value, attention.ValueWidth);
        string[] byKey = walk.Sums(attention.Width), byValue = walk.Sums(attention.ValueWidth);
        var (queries, upstreams) = (walk.Let(attention.Query, attention.Width), walk.Let(backward.Upstream, attention.ValueWidth));
        var (logSums, centres) = (walk.LetNumber(backward.LogSum), walk.LetNumber(backward.Centre));
        walk.Each(attention.IsCausal ? walk.BlockRows.First : "0", PtxWriter.Number(attention.Queries), group => Each(i =>
        {
            string[] query = walk.Read(queries, group, i), upstream = walk.Read(upstreams, group, i);
            string weight = Weight(walk.Sees(group, i, keysPass: false), walk.Dot(key, query), walk.ReadNumber(logSums, group, i));
            Accumulate(byKey, Slope(weight, walk.Dot(value, upstream), walk.ReadNumber(centres, group, i)), query);
            Accumulate(byValue, weight, upstream);
            return weight;
        }));
        walk.Store(backward.ByKey, attention.Width, byKey);
        walk.Store(backward.ByValue, attention.ValueWidth, byValue);
        walk.End();
    }

    /// <summary>How many keys the block's queries see.</summary>
    private string KeysEnd()
    {
        string keys = PtxWriter.Number(attention.Keys);
        return attention.IsCausal ? writer.Emit(Integer32, "min.s32", walk.BlockRows.End, keys) : keys;
    }

    private static string[] Each(Func<int, string> value) => [.. Enumerable.Range(0, AttentionTiling.Together).Select(value)];

    private string Scaled(string product) => math.Multiply(product, math.Constant(attention.Scale));

    private string Seen(string? condition, string value, double otherwise) => condition is null ? value : math.Select(condition, value, math.Constant(otherwise));

    /// <summary>The probability of a key for a query.</summary>
    private string Weight(string? sees, string product, string logSum) => Seen(sees, math.Exp(math.Subtract(Scaled(product), logSum)), 0);

    /// <summary>The gradient by the product of query and key.</summary>
    private string Slope(string weight, string byWeight, string centre) => Scaled(math.Multiply(math.Subtract(byWeight, centre), weight));

    private void Accumulate(string[] sums, string factor, string[] row)
    {
        for (int i = 0; i < sums.Length; i++) math.Accumulate(sums[i], factor, row[i]);
    }
}
