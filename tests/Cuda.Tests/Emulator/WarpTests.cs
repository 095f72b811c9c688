namespace DlGen.Tests.Emulator;

/// <summary>What the lanes of a warp hand to each other without memory.</summary>
public class WarpTests
{
    public static TheoryData<string, Func<int, int>> Shuffles => new()
    {
        { "bfly.b32 %r9, %r3, 4, 31", lane => lane ^ 4 },
        { "down.b32 %r9, %r3, 3, 31", lane => lane + 3 > 31 ? lane : lane + 3 },
        { "up.b32 %r9, %r3, 3, 0", lane => lane < 3 ? lane : lane - 3 },
        { "idx.b32 %r9, %r3, 5, 31", _ => 5 },
        // Segments of 8 lanes: 32 − 8 = 24 in the upper byte.
        { "down.b32 %r9, %r3, 3, 0x181f", lane => lane % 8 + 3 > 7 ? lane : lane + 3 },
        { "up.b32 %r9, %r3, 3, 0x1800", lane => lane % 8 < 3 ? lane : lane - 3 },
        { "idx.b32 %r9, %r3, 5, 0x181f", lane => lane / 8 * 8 + 5 },
        { "bfly.b32 %r9, %r3, 4, 0x181f", lane => lane ^ 4 },
    };

    [Theory, MemberData(nameof(Shuffles))]
    public void Shuffle(string shuffle, Func<int, int> from)
    {
        var snippet = new Snippet($"mul.lo.u32 %r3, %r0, 10; shfl.sync.{shuffle}, 0xffffffff;");
        Assert.Equal(Enumerable.Range(0, 32).Select(lane => (uint)(10 * from(lane))), snippet.Run());
    }

    [Fact]
    public void Floats_are_shuffled_in_halves_of_64_bits_too()
    {
        var snippet = new Snippet("""
            cvt.rn.f64.s32 %d0, %r0;
            mov.b64 {%r3, %r4}, %d0;
            shfl.sync.bfly.b32 %r3, %r3, 1, 31, 0xffffffff;
            shfl.sync.bfly.b32 %r4, %r4, 1, 31, 0xffffffff;
            mov.b64 %d1, {%r3, %r4};
            cvt.rzi.s32.f64 %r9, %d1;
        """);
        Assert.Equal(Enumerable.Range(0, 32).Select(lane => (uint)(lane ^ 1)), snippet.Run());
    }

    [Fact]
    public void Votes()
    {
        const string third = "rem.u32 %r3, %r0, 3; setp.eq.u32 %p0, %r3, 0;";
        Assert.All(new Snippet(third + "vote.sync.ballot.b32 %r9, %p0, 0xffffffff;").Run(), votes => Assert.Equal(0x49249249u, votes));
        foreach (var (vote, expected) in new[] { ("any", 1u), ("all", 0u), ("uni", 0u) })
            Assert.All(new Snippet($"{third} vote.sync.{vote}.pred %p1, %p0, 0xffffffff; selp.b32 %r9, 1, 0, %p1;").Run(), outcome => Assert.Equal(expected, outcome));
    }

    [Fact]
    public void The_active_lanes_are_those_that_are_here()
        => Assert.Equal(Enumerable.Repeat(0x0000001Fu, 5), new Snippet("setp.ge.u32 %p0, %r0, 5; @%p0 bra $end; activemask.b32 %r9;").Run()[..5]);

    [Theory]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @%p0 bra $low; bra $end; $low: shfl.sync.bfly.b32 %r9, %r0, 1, 31, 0x0000ffff;", null)]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @!%p0 bra $end; shfl.sync.bfly.b32 %r9, %r0, 1, 31, 0xffffffff;", null)]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @%p0 shfl.sync.bfly.b32 %r9, %r0, 1, 31, 0xffffffff; mov.u32 %r9, 1;", "are named")]
    [InlineData("shfl.sync.bfly.b32 %r9, %r0, 1, 31, 0x0000ffff;", "are named")]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @%p0 shfl.sync.bfly.b32 %r9, %r0, 16, 31, 0x0000ffff; mov.u32 %r9, 1;", "which does not take part")]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @%p0 vote.sync.ballot.b32 %r9, %p0, 0xffffffff; mov.u32 %r9, 1;", "are named")]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @%p0 bar.warp.sync 0xffffffff; mov.u32 %r9, 1;", "are named")]
    public void Who_is_named_is_here(string body, string? fault)
    {
        if (fault is not null) new Snippet(body).Fails(fault);
        else Assert.Equal(Enumerable.Range(0, 16).Select(lane => (uint)(lane ^ 1)), new Snippet(body).Run()[..16]);
    }
}
