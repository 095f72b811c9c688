using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// A thread a query, or in the gradients by keys and values a thread a key, so that each adds to its own results alone, where they lie. Scores are
/// computed again in each pass. i counts queries, j keys, c the features of both, e those of the values.
/// </summary>
internal sealed partial class PtxPrinter
{
    private void PrintForward(AttentionKernel attention, string[] outer, string i)
    {
        string largest = math.Variable(double.NegativeInfinity), total = math.Variable(0);
        EachKey(attention, outer, i, j => math.Assign(largest, math.Maximum(largest, Score(attention, outer, i, j))));
        Clear(attention.Result, outer, i, attention.ValueWidth);
        EachKey(attention, outer, i, j =>
        {
            string weight = math.Exp(math.Subtract(Score(attention, outer, i, j), largest));
            math.Assign(total, math.Add(total, weight));
            Loop(attention.ValueWidth, e => AddTo(attention.Result, [.. outer, i, e], weight, Load(attention.Value, [.. outer, j, e])));
        });
        if (attention.Mask is not null)
        {
            // Only a query that sees no key has a sum of 0: the largest score adds 1.
            string seesNone = math.Equal(total, math.Constant(0));
            math.Assign(largest, math.Select(seesNone, math.Constant(0), largest));
            math.Assign(total, math.Select(seesNone, math.Constant(1), total));
        }
        Loop(attention.ValueWidth, e => Store(attention.Result, [.. outer, i, e], math.Divide(Load(attention.Result, [.. outer, i, e]), total)));
        Store(attention.Result, [.. outer, i, PtxWriter.Number(attention.ValueWidth)], math.Add(largest, math.Log(total)));
    }

    private void PrintByQuery(AttentionKernel attention, AttentionBackward backward, string[] outer, string i)
    {
        Clear(attention.Result, outer, i, attention.Width);
        EachKey(attention, outer, i, j =>
        {
            var (_, slope) = WeightAndSlope(attention, backward, outer, i, j);
            Loop(attention.Width, c => AddTo(attention.Result, [.. outer, i, c], slope, Load(attention.Key, [.. outer, j, c])));
        });
    }

    private void PrintByKey(AttentionKernel attention, AttentionBackward backward, string[] outer, string j)
    {
        Clear(backward.ByKey, outer, j, attention.Width);
        Clear(backward.ByValue, outer, j, attention.ValueWidth);
        Loop(attention.Queries, i =>
        {
            string next = writer.Label("next");
            if (attention.IsCausal) writer.BranchIf(writer.Emit(Predicate, "setp.lt.u64", i, j), next);
            SkipUnseen(attention, outer, i, j, next);
            var (weight, slope) = WeightAndSlope(attention, backward, outer, i, j);
            Loop(attention.Width, c => AddTo(backward.ByKey, [.. outer, j, c], slope, Load(attention.Query, [.. outer, i, c])));
            Loop(attention.ValueWidth, e => AddTo(backward.ByValue, [.. outer, j, e], weight, Load(backward.Upstream, [.. outer, i, e])));
            writer.Place(next);
        });
    }

    /// <summary>An element of the values: scores of one query are few, so that each element computes them for itself.</summary>
    private void Print(OneQueryAttentionKernel attention, string[] outer, string e)
    {
        string visible = attention.Position is { } position ? writer.Emit(Integer64, "add.s64", LoadInteger(position, [.. outer, "0", "0"]), "1") : PtxWriter.Number(attention.Keys);
        string largest = math.Variable(double.NegativeInfinity), total = math.Variable(0), sum = math.Variable(0);
        string Score(string j) => math.Multiply(Dot(attention.Width, attention.Query, [.. outer, "0"], attention.Key, [.. outer, j]), math.Constant(attention.Scale));
        void EachSeen(Action<string> body)
        {
            using var keys = new PtxLoop(writer, visible);
            string next = writer.Label("next");
            if (attention.Mask is { } mask) writer.BranchIf(math.Equal(Load(mask, [.. outer, keys.Index, "0"]), math.Constant(0)), next);
            body(keys.Index);
            if (attention.Mask is not null) writer.Place(next);
        }

        EachSeen(j => math.Assign(largest, math.Maximum(largest, Score(j))));
        EachSeen(j =>
        {
            string weight = math.Exp(math.Subtract(Score(j), largest));
            math.Assign(total, math.Add(total, weight));
            math.Accumulate(sum, weight, Load(attention.Value, [.. outer, j, e]));
        });
        if (attention.Mask is not null) math.Assign(total, math.Select(math.Equal(total, math.Constant(0)), math.Constant(1), total));
        Store(attention.Result, [.. outer, "0", e], math.Divide(sum, total));
    }

    /// <summary>The keys that query i sees.</summary>
    private void EachKey(AttentionKernel attention, string[] outer, string i, Action<string> body)
    {
        string count = PtxWriter.Number(attention.Keys);
        if (attention.IsCausal) count = writer.Emit(Integer64, "min.s64", count, writer.Emit(Integer64, "add.s64", i, "1"));
        using var keys = new PtxLoop(writer, count);
        string next = writer.Label("next");
        SkipUnseen(attention, outer, i, keys.Index, next);
        body(keys.Index);
        writer.Place(next);
    }

    private void SkipUnseen(AttentionKernel attention, string[] outer, string i, string j, string next)
    {
        if (attention.Mask is { } mask) writer.BranchIf(math.Equal(Load(mask, [.. outer, i, j]), math.Constant(0)), next);
    }

    private string Score(AttentionKernel attention, string[] outer, string i, string j)
        => math.Multiply(Dot(attention.Width, attention.Query, [.. outer, i], attention.Key, [.. outer, j]), math.Constant(attention.Scale));

    /// <summary>The probability of key j for query i, and the gradient by their product.</summary>
    private (string Weight, string Slope) WeightAndSlope(AttentionKernel attention, AttentionBackward backward, string[] outer, string i, string j)
    {
        string weight = math.Exp(math.Subtract(Score(attention, outer, i, j), Load(backward.LogSum, [.. outer, i, "0"])));
        string byWeight = Dot(attention.ValueWidth, backward.Upstream, [.. outer, i], attention.Value, [.. outer, j]);
        string slope = math.Multiply(math.Multiply(math.Subtract(byWeight, Load(backward.Centre, [.. outer, i, "0"])), weight), math.Constant(attention.Scale));
        return (weight, slope);
    }

    private string Dot(int count, Access left, string[] leftPlace, Access right, string[] rightPlace)
    {
        string sum = math.Variable(0);
        Loop(count, feature => math.Accumulate(sum, Load(left, [.. leftPlace, feature]), Load(right, [.. rightPlace, feature])));
        return sum;
    }

    private void Clear(Access access, string[] outer, string position, int features)
    {
        string zero = math.Variable(0);
        Loop(features, feature => Store(access, [.. outer, position, feature], zero));
    }

    private void AddTo(Access access, string[] place, string x, string y) => Store(access, place, math.MultiplyAdd(x, y, Load(access, place)));
}
