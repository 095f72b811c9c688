using DlGen.Cpu;
using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

/// <summary>What is fetched ahead is no result: only the text tells which rows come into the cache, and that none do where the cache has no room.</summary>
public class FetchingTests
{
    /// <summary>Both operands of a gradient by weights, some rows of the next block of the batch with each tile of this one.</summary>
    [Fact]
    public void The_next_block_of_the_batch_comes_while_tiles_are_summed()
    {
        string text = Text(ContractionTests.WeightGradient(602, 272, 16).Kernel);
        Assert.Contains("nint next = to + call * block / calls, behind = Math.Min(to + ++call * block / calls, terms);", text);
        Assert.Contains("K_512_fetch(ref Unsafe.Add(ref b0, top * 8), s0, ref b1, s1, next, behind, shardTerms, (bottom - top) * 8);", text);
        Assert.Contains("PrefetchRows(ref Unsafe.Add(ref left, shard * leftShard + within * 602), count, 602, columns);", text);
        Assert.Contains("PrefetchRows(ref Unsafe.Add(ref right, shard * rightShard + within * 272), count, 272, 272);", text);
        Assert.DoesNotContain("_fetch(", Text(ContractionTests.WeightGradient(8, 16, 16).Kernel));
    }

    /// <summary>The head behind this one, in the row behind this one behind its last head; of a long sequence nothing.</summary>
    [Theory, InlineData(false, 3), InlineData(true, 6)]
    public void The_next_head_comes_while_one_is_computed(bool isBackward, int operands)
    {
        string text = Text(AttentionTests.Case(isBackward, queries: 64, keys: 64, width: 32, valueWidth: 16, isCausal: true).Kernel);
        string method = text[text.IndexOf("static void K_512(", StringComparison.Ordinal)..text.IndexOf("K_512_scores(", StringComparison.Ordinal)];
        Assert.Contains("nint nexto1 = o1 + 1, nexto0 = o0;", method);
        Assert.Contains("if (nexto1 == 2) (nexto1, nexto0) = (0, nexto0 + 1);", method);
        Assert.Equal(operands, method.Split("PrefetchRows(ref Unsafe.Add(ref b").Length - 1);
        Assert.DoesNotContain("PrefetchRows", Text(AttentionTests.Case(isBackward, queries: 2048, keys: 2048, width: 32, valueWidth: 16, isCausal: true).Kernel));
    }

    private static string Text(Kernel kernel)
    {
        var writer = new SourceWriter();
        KernelPrinter.Print(writer, kernel, "K", new CpuOptions(Float64: false, Plain: false));
        return writer.ToString();
    }
}
