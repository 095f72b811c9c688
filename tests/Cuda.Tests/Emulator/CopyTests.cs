namespace DlGen.Tests.Emulator;

/// <summary>Copies that go on beside the threads.</summary>
public class CopyTests
{
    private static readonly uint[] Input = [.. Enumerable.Range(100, 256).Select(i => (uint)i)];

    /// <summary>%r4: where the thread's 16 bytes of the tile lie; %rd3: those of the input.</summary>
    private const string Places = """
        mov.u32 %r4, tile;
        shl.b32 %r3, %r0, 4;
        add.u32 %r4, %r4, %r3;
        mul.wide.u32 %rd3, %r0, 16;
        add.u64 %rd3, %rd0, %rd3;
        """;

    private static Snippet Of(string body) => new(Places + body, ".shared .align 128 .b8 tile[1024];");

    [Theory]
    [InlineData("cp.async.cg.shared.global [%r4], [%rd3], 16; cp.async.commit_group; cp.async.wait_group 0; ld.shared.u32 %r9, [%r4+8];", 102)]
    [InlineData("cp.async.cg.shared.global [%r4], [%rd3], 16; cp.async.wait_all; ld.shared.u32 %r9, [%r4+8];", 102)]
    [InlineData("cp.async.ca.shared.global [%r4], [%rd3+4], 4; cp.async.commit_group; cp.async.wait_group 0; ld.shared.u32 %r9, [%r4];", 101)]
    [InlineData("mov.u32 %r5, 8; cp.async.cg.shared.global [%r4], [%rd3], 16, %r5; cp.async.wait_all; ld.shared.v4.u32 {%r5, %r6, %r7, %r8}, [%r4]; add.u32 %r9, %r6, %r7; add.u32 %r9, %r9, %r8;", 101)]
    [InlineData("cp.async.cg.shared.global [%r4], [%rd3], 16; cp.async.commit_group; cp.async.commit_group; cp.async.wait_group 1; ld.shared.u32 %r9, [%r4];", 100)]
    public void Arrive_where_they_are_waited_for(string body, uint expected)
        => Assert.Equal(Enumerable.Range(0, 32).Select(i => expected + (uint)(4 * i)), Of(body).Run(input: Input));

    [Theory]
    [InlineData("cp.async.cg.shared.global [%r4], [%rd3], 16; cp.async.commit_group; ld.shared.u32 %r9, [%r4];", "read while an asynchronous copy")]
    [InlineData("cp.async.cg.shared.global [%r4], [%rd3], 16; cp.async.wait_group 0; ld.shared.u32 %r9, [%r4];", "read while an asynchronous copy")]
    [InlineData("cp.async.cg.shared.global [%r4], [%rd3], 16; cp.async.commit_group; cp.async.wait_group 1; ld.shared.u32 %r9, [%r4];", "read while an asynchronous copy")]
    [InlineData("cp.async.cg.shared.global [%r4], [%rd3], 16; st.shared.u32 [%r4], 1; mov.u32 %r9, 1;", "written while an asynchronous copy")]
    [InlineData("cp.async.cg.shared.global [%r4], [%rd3], 16; cp.async.wait_all; xor.b32 %r5, %r4, 16; ld.shared.u32 %r9, [%r5];", "which another thread wrote")]
    [InlineData("st.shared.u32 [%r4], 1; bar.sync 0; xor.b32 %r5, %r4, 16; ld.shared.u32 %r9, [%r5]; cp.async.cg.shared.global [%r4], [%rd3], 16;", "which another thread reads")]
    [InlineData("cp.async.cg.shared.global [%r4], [%rd3+4], 16; mov.u32 %r9, 1;", "no multiple")]
    [InlineData("cp.async.cg.shared.global [%r4], [%rd3+1024], 16; mov.u32 %r9, 1;", "input is accessed at byte 1024")]
    [InlineData("cp.async.cg.shared.global [%r4], [%rd3], 8; mov.u32 %r9, 1;", "8 bytes are copied at once")]
    [InlineData("mov.u32 %r5, 17; cp.async.cg.shared.global [%r4], [%rd3], 16, %r5; mov.u32 %r9, 1;", "17 bytes of 16")]
    public void Are_not_there_before(string body, string because) => Of(body).Fails(because, input: Input);
}
