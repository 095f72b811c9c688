using DlGen.Tests.Emulation;

namespace DlGen.Tests.Emulator;

/// <summary>Global and shared memory: places, values, and who may touch what without waiting.</summary>
public class MemoryTests
{
    private const string Tile = ".shared .align 16 .b8 tile[256];";

    /// <summary>%r4: the thread's own word of the tile; %r5: that of its neighbour.</summary>
    private const string Places = """
        mov.u32 %r4, tile;
        shl.b32 %r3, %r0, 2;
        add.u32 %r4, %r4, %r3;
        xor.b32 %r5, %r4, 4;
        """;

    [Theory]
    [InlineData("ld.global.u32 %r9, [%rd0+4];", 2)]
    [InlineData("ld.global.nc.v2.u32 {%r8, %r9}, [%rd0];", 2)]
    [InlineData("ld.global.v4.u32 {%r6, %r7, %r8, %r9}, [%rd0];", 0x80000004)]
    [InlineData("ld.global.u8 %r9, [%rd0+15];", 0x80)]
    [InlineData("ld.global.s8 %r9, [%rd0+15];", 0xFFFFFF80)]
    [InlineData("ld.global.u16 %r9, [%rd0+14];", 0x8000)]
    [InlineData("ld.global.b16 %h0, [%rd0+14]; cvt.u32.u16 %r9, %h0;", 0x8000)]
    [InlineData("ld.global.b64 %rd3, [%rd0+8]; cvt.u32.u64 %r9, %rd3;", 3)]
    [InlineData("ld.global.v2.f64 {%d0, %d1}, [%rd0]; mov.b64 {%r9, %r8}, %d1;", 3)]
    [InlineData("add.u64 %rd3, %rd0, 16; ld.global.u32 %r9, [%rd3+-4];", 0x80000004)]
    public void Loads(string body, uint expected)
        => Assert.All(new Snippet(body).Run(input: [1, 2, 3, 0x80000004]), value => Assert.Equal(expected, value));

    [Theory]
    [InlineData("ld.global.u32 %r9, [%rd0+16];", "input is accessed at byte 16 and has 16")]
    [InlineData("ld.global.u32 %r9, [%rd0+-4];", "lies in no buffer")]
    [InlineData("ld.global.v4.u32 {%r6, %r7, %r8, %r9}, [%rd0+8];", "no multiple of 16")]
    [InlineData("ld.global.u32 %r9, [%rd0+2];", "no multiple of 4")]
    [InlineData("st.global.u32 [%rd0+16], %r0; mov.u32 %r9, 0;", "input is accessed at byte 16 and has 16")]
    [InlineData("mov.u32 %r4, tile; ld.shared.u32 %r9, [%r4];", "byte 0 of tile is read, which nobody wrote")]
    [InlineData("mov.u32 %r4, tile; ld.shared.u32 %r9, [%r4+256];", "tile is accessed at byte 256 and has 256")]
    [InlineData("st.shared.v4.u32 [tile+8], {%r0, %r0, %r0, %r0};", "no multiple of 16")]
    [InlineData("ld.shared.u32 %r9, [%rd0];", "tile is accessed")]
    public void Outside_of_what_is_there(string body, string because) => new Snippet(body, Tile).Fails(because, input: [1, 2, 3, 4]);

    [Fact]
    public void Variables_lie_no_better_than_they_are_declared()
    {
        new Snippet("mov.u32 %r9, 1; st.shared.v2.u32 [second], {%r9, %r9};", ".shared .align 4 .b8 first[4]; .shared .align 4 .b8 second[8];").Fails("no multiple of 8");
        new Snippet("mov.u32 %r9, 1; st.shared.u32 [first+4], %r9;", ".shared .align 4 .b8 first[4]; .shared .align 4 .b8 second[8];").Fails("first is accessed at byte 4 and has 4");
    }

    [Fact]
    public void The_launch_gives_the_length_of_an_open_variable()
    {
        var snippet = new Snippet(Places.Replace("tile", "open", StringComparison.Ordinal) + "st.shared.u32 [%r4], %r0; ld.shared.u32 %r9, [%r4];", ".extern .shared .align 16 .b8 open[];");
        Assert.Equal(Enumerable.Range(0, 64).Select(i => (uint)i), snippet.Run(threads: 64, sharedBytes: 256));
        snippet.Fails("open is accessed at byte 252 and has 252", threads: 64, sharedBytes: 252);
    }

    [Theory]
    [InlineData("st.shared.u32 [%r4], %r0; bar.sync 0; ld.shared.u32 %r9, [%r5];", null)]
    [InlineData("st.shared.u32 [%r4], %r0; bar.warp.sync 0xffffffff; ld.shared.u32 %r9, [%r5];", null)]
    [InlineData("st.shared.u32 [%r4], %r0; ld.shared.u32 %r9, [%r5];", "read, which another thread wrote")]
    [InlineData("st.shared.u32 [%r4], %r0; shfl.sync.bfly.b32 %r6, %r0, 1, 31, 0xffffffff; ld.shared.u32 %r9, [%r5];", "read, which another thread wrote")]
    [InlineData("st.shared.u32 [tile], %r0; mov.u32 %r9, 1;", "is written by two threads")]
    [InlineData("st.shared.u32 [%r4], %r0; bar.sync 0; ld.shared.u32 %r9, [%r5]; st.shared.u32 [%r4], %r9;", "is written, which another thread reads")]
    [InlineData("st.shared.u32 [%r4], %r0; bar.sync 0; ld.shared.u32 %r9, [%r5]; bar.sync 0; st.shared.u32 [%r4], %r9;", null)]
    [InlineData("st.shared.u32 [%r4], %r0; bar.warp.sync 0xffffffff; ld.shared.u32 %r9, [%r5]; bar.warp.sync 0xffffffff; st.shared.u32 [%r4], %r9;", null)]
    [InlineData("mov.u32 %r6, tile; add.u32 %r6, %r6, %r0; st.shared.u8 [%r6], %r0; mov.u32 %r4, %r6; ld.shared.u8 %r8, [%r6]; xor.b32 %r9, %r8, 1;", null)]
    public void Threads_of_a_warp_meet(string body, string? fault)
    {
        if (fault is not null) new Snippet(Places + body, Tile).Fails(fault);
        else Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)(i ^ 1)), new Snippet(Places + body, Tile).Run());
    }

    /// <summary>What makes the lanes of a warp wait does not make warps wait.</summary>
    [Fact]
    public void Threads_of_two_warps_meet()
        => new Snippet(Places + "xor.b32 %r5, %r4, 128; st.shared.u32 [%r4], %r0; bar.warp.sync 0xffffffff; ld.shared.u32 %r9, [%r5];", Tile).Fails("of tile is", threads: 64);

    [Fact]
    public void A_block_finds_nothing_of_the_block_before()
        => new Snippet("setp.lt.u32 %p0, %r1, 32; @%p0 st.shared.u32 [tile], 1; ld.shared.u32 %r9, [tile];", Tile).Fails("tile is read, which nobody wrote", threads: 1, blocks: 33);

    [Theory]
    [InlineData("xor.b32 %r3, %r1, 1;", 1, null)]
    [InlineData("xor.b32 %r3, %r1, 32;", 1, null)]
    [InlineData("xor.b32 %r3, %r1, 64;", 2, "read, which another thread wrote")]
    public void Global_memory_is_exchanged_within_a_block_only(string neighbour, int blocks, string? fault)
    {
        var snippet = new Snippet(neighbour + """
            mul.wide.u32 %rd4, %r3, 4;
            add.u64 %rd4, %rd1, %rd4;
            st.global.u32 [%rd2], %r1;
            bar.sync 0;
            ld.global.u32 %r9, [%rd4];
            bar.sync 0;
        """);
        if (fault is not null) snippet.Fails("", threads: 64, blocks: blocks);
        else Assert.Equal(0u, snippet.Run(threads: 64, blocks: blocks).Aggregate((x, y) => x ^ y));
    }

    [Fact]
    public void What_is_read_as_constant_is_not_written()
        => new Snippet("st.global.u32 [%rd2], 1; ld.global.nc.u32 %r9, [%rd2];").Fails("read as constant");

    [Theory]
    [InlineData("atom.global.add.u32 %r3, [%rd0], 1; mov.u32 %r9, %r3;", null)]
    [InlineData("red.global.add.u32 [%rd0], 1; ld.global.u32 %r9, [%rd0];", "is read, which another thread wrote")]
    [InlineData("atom.global.add.u32 %r9, [%rd0], 1; setp.eq.u32 %p0, %r1, 5; @%p0 st.global.u32 [%rd0], 1;", "is written by two threads")]
    [InlineData("ld.global.u32 %r9, [%rd0]; atom.global.add.u32 %r9, [%rd0], 1;", "which another thread reads")]
    public void Atomics_meet_each_other_and_nothing_else(string body, string? fault)
    {
        if (fault is not null) new Snippet(body).Fails(fault, threads: 64, blocks: 2, input: [0]);
        else Assert.Equal(Enumerable.Range(0, 128).Select(i => (uint)i), new Snippet(body).Run(threads: 64, blocks: 2, input: [0]).Order());
    }

    [Fact]
    public void Atomics_in_shared_memory_count_a_block()
    {
        var snippet = new Snippet("""
            setp.eq.u32 %p0, %r0, 0;
            @%p0 st.shared.u32 [tile], 0;
            bar.sync 0;
            atom.shared.add.u32 %r3, [tile], %r0;
            bar.sync 0;
            ld.shared.u32 %r9, [tile];
        """, Tile);
        Assert.All(snippet.Run(threads: 64, blocks: 2), sum => Assert.Equal(2016u, sum));
    }

    [Fact]
    public void Memory_stays_between_launches_and_what_nobody_wrote_has_no_value()
    {
        var device = new PtxDevice();
        device.Load(new Snippet("ld.global.u32 %r9, [%rd0]; add.u32 %r9, %r9, 1;").Module);
        ulong first = device.Allocate<uint>("first", [41]), second = device.Allocate("second", 8);
        device.Launch("snippet", 1, 1, 0, (long)first, (long)second);
        Assert.Equal([42u], device.CopyOut<uint>(second, 1));
        device.Launch("snippet", 1, 1, 0, (long)second, (long)first);
        Assert.Equal([43u], device.CopyOut<uint>(first, 1));
        Assert.Contains("which nobody wrote", Assert.Throws<PtxException>(() => device.CopyOut<uint>(second, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("no entry", Assert.Throws<PtxException>(() => device.Launch("other", 1, 1, 0)).Message, StringComparison.Ordinal);
    }
}
