namespace DlGen.Tests.Emulator;

/// <summary>Branches within a warp, and barriers of a block.</summary>
public class FlowTests
{
    private const string ThroughSharedMemory = """
        shl.b32 %r3, %r0, 2;
        mov.u32 %r4, tile;
        add.u32 %r4, %r4, %r3;
        st.shared.u32 [%r4], %r0;
        bar.sync 0;
        xor.b32 %r5, %r3, 124;
        mov.u32 %r4, tile;
        add.u32 %r4, %r4, %r5;
        ld.shared.u32 %r9, [%r4];
        """;

    [Fact]
    public void Lanes_take_their_own_number_of_rounds_and_meet_again()
    {
        var snippet = new Snippet("""
            mov.u32 %r9, 0;
            mov.u32 %r3, 0;
        $loop:
            setp.ge.u32 %p0, %r3, %r0;
            @%p0 bra $done;
            add.u32 %r9, %r9, %r3;
            add.u32 %r3, %r3, 1;
            bra $loop;
        $done:
            shfl.sync.idx.b32 %r4, %r9, 31, 31, 0xffffffff;
            sub.u32 %r9, %r4, %r9;
        """);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)(465 - (i * (i - 1) / 2))), snippet.Run());
    }

    [Fact]
    public void Both_sides_of_a_branch_are_taken()
    {
        var snippet = new Snippet("""
            and.b32 %r3, %r0, 1;
            setp.eq.u32 %p0, %r3, 0;
            @%p0 bra $even;
            mov.u32 %r9, 100;
            bra $both;
        $even:
            mov.u32 %r9, 200;
        $both:
            add.u32 %r9, %r9, %r0;
            @!%p0 add.u32 %r9, %r9, 1000;
            @%p0 ret;
        """);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? Snippet.Untouched : (uint)(1100 + i)), snippet.Run(threads: 40));
    }

    [Fact]
    public void A_barrier_lets_threads_exchange_in_every_order_of_warps()
    {
        var snippet = new Snippet(ThroughSharedMemory, ".shared .align 4 .b8 tile[512];");
        for (int seed = 1; seed < 5; seed++) Assert.Equal(Enumerable.Range(0, 128).Select(i => (uint)(i ^ 31)), snippet.Run(threads: 128, blocks: 2, seed: seed)[..128]);
        new Snippet(ThroughSharedMemory.Replace("bar.sync 0;", "", StringComparison.Ordinal), ".shared .align 4 .b8 tile[512];").Fails("of tile", threads: 128);
    }

    [Theory]
    [InlineData("setp.lt.u32 %p0, %r0, 7; @%p0 bar.sync 0; mov.u32 %r9, 1;", "a part of the threads")]
    [InlineData("setp.lt.u32 %p0, %r0, 7; @%p0 bra $other; bar.sync 0; bra $on; $other: bar.sync 0; $on: mov.u32 %r9, 1;", "only a whole warp passes a barrier")]
    public void A_barrier_takes_whole_warps(string body, string because) => new Snippet(body).Fails(because, threads: 64);

    /// <summary>As machines since sm_70 have it: who has returned is not waited for, whole warps or not.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(40)]
    [InlineData(1)]
    public void Threads_that_have_returned_are_not_waited_for(uint staying)
    {
        uint[] values = new Snippet($"setp.ge.u32 %p0, %r0, {staying}; @%p0 bra $end; bar.sync 0; mov.u32 %r9, 1;").Run(threads: 128);
        Assert.Equal(Enumerable.Range(0, 128).Select(i => i < staying ? 1u : Snippet.Untouched), values);
    }

    [Fact]
    public void A_barrier_in_a_loop_is_reached_as_often_by_all()
    {
        var snippet = new Snippet("""
            mov.u32 %r9, 0;
        $loop:
            bar.sync 0;
            add.u32 %r9, %r9, 1;
            setp.lt.u32 %p0, %r9, {0};
            @%p0 bra $loop;
        """.Replace("{0}", "5", StringComparison.Ordinal));
        Assert.All(snippet.Run(threads: 96), rounds => Assert.Equal(5u, rounds));
        new Snippet(snippet.Body.Replace("%r9, 5", "%r9, %r0", StringComparison.Ordinal) + "bar.sync 0;").Fails("only a whole warp passes a barrier");
    }
}
