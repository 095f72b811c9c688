using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests;

/// <summary>Which launches are printed as loops over equal blocks.</summary>
public class RepetitionTests
{
    [Fact]
    public void Blocks_that_differ_by_constant_steps_are_one()
    {
        var all = Repetition.Of([Launch(7, "stem"), .. Blocks(6, block => [Launch(1, $"block_{block + 1}.linear", 100 + (50 * block)), Launch(2, $"block_{block + 1}", 9, 700 - (30 * block))]), Launch(8, "head")]).ToList();

        Assert.Equal([1, 6, 1], all.Select(r => r.Count));
        Assert.Equal("block_{block + 1}.linear", all[1].NameOfAll(0, l => l.Comment));
        Assert.Equal(50, all[1].Stride(0, 0));
        Assert.Equal(0, all[1].Stride(1, 0));
        Assert.Equal(-30, all[1].Stride(1, 1));
        Assert.Equal("head", all[2].NameOfAll(0, l => l.Comment));
    }

    [Fact]
    public void Names_may_count_down_or_by_more_than_one()
    {
        var all = Repetition.Of(Blocks(10, block => [Launch(1, $"block_{9 - block} of part {2 * block}, 3 wide", block)])).Single();

        Assert.Equal("block_{9 - block} of part {block * 2}, 3 wide", all.NameOfAll(0, l => l.Comment));
    }

    [Fact]
    public void Another_step_ends_a_repetition()
        => Assert.Equal([10, 9], Counts(Blocks(19, block => [Launch(1, "layer", block < 10 ? 5 * block : 7 * block)])));

    [Fact]
    public void Another_kernel_another_memory_or_another_name_is_no_repetition()
    {
        Assert.Equal([9], Counts(Blocks(9, block => [Launch(1, "layer", block)])));
        Assert.DoesNotContain(Counts(Blocks(9, block => [Launch(block, "layer", block)])), count => count > 1);
        Assert.DoesNotContain(Counts(Blocks(9, block => [Launch(1, "layer", block) with { Arguments = Argument(block % 2 == 0 ? Region.Scratch : Region.Shared, block) }])), count => count > 1);
        Assert.DoesNotContain(Counts(Blocks(9, block => [Launch(1, "layer " + (char)('a' + block), block)])), count => count > 1);
        Assert.DoesNotContain(Counts(Blocks(9, block => [Launch(1, "layer 0" + block, block)])), count => count > 1);
    }

    [Fact]
    public void What_a_launch_writes_must_repeat_too()
    {
        Launch Writing(int block, int length) => Launch(1, "layer", block) with { Forward = new[] { new Written(0, 1, length, 0, length, $"block_{block}") }.ToEquatableArray() };
        Assert.Equal([9], Counts(Blocks(9, block => [Writing(block, 8)])));
        Assert.DoesNotContain(Counts(Blocks(9, block => [Writing(block, block)])), count => count > 1);
    }

    [Fact]
    public void A_few_launches_stay_as_they_are()
    {
        Assert.Equal(8, Counts(Blocks(8, block => [Launch(1, "layer", block)])).Count);
        Assert.Equal(20, Counts(Blocks(2, block => [.. Enumerable.Range(0, 10).Select(i => Launch(i, "layer", block))])).Count);
    }

    private static List<int> Counts(IReadOnlyList<Launch> launches) => [.. Repetition.Of(launches).Select(r => r.Count)];

    private static List<Launch> Blocks(int count, Func<int, IEnumerable<Launch>> block) => [.. Enumerable.Range(0, count).SelectMany(block)];

    private static Launch Launch(int kernel, string comment, params int[] offsets)
        => new(kernel, offsets.SelectMany(offset => Argument(Region.Parameters, offset)).ToEquatableArray(), EquatableArray<Written>.Empty, comment);

    private static EquatableArray<Argument> Argument(Region region, int offset) => new[] { new Argument(region, 0, offset, RowStride: 0) }.ToEquatableArray();
}
