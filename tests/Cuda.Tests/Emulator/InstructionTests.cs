using DlGen.Tests.Emulation;

namespace DlGen.Tests.Emulator;

/// <summary>Instructions by themselves: what "PTX ISA" says they give, and what is refused.</summary>
public class InstructionTests
{
    [Theory]
    [InlineData("add.s32 %r9, -3, 1;", 0xFFFFFFFE)]
    [InlineData("mul.hi.u32 %r9, 0x80000000, 6;", 3)]
    [InlineData("mul.hi.s32 %r9, -2, 3;", 0xFFFFFFFF)]
    [InlineData("mad.lo.u32 %r9, 7, 6, 100;", 142)]
    [InlineData("div.s32 %r9, -7, 2;", 0xFFFFFFFD)]
    [InlineData("rem.s32 %r9, -7, 2;", 0xFFFFFFFF)]
    [InlineData("div.u32 %r9, -7, 2;", 0x7FFFFFFC)]
    [InlineData("min.s32 %r9, -1, 1;", 0xFFFFFFFF)]
    [InlineData("min.u32 %r9, -1, 1;", 1)]
    [InlineData("shl.b32 %r9, 1, 32;", 0)]
    [InlineData("shr.u32 %r9, 0x80000000, 31;", 1)]
    [InlineData("shr.s32 %r9, 0x80000000, 40;", 0xFFFFFFFF)]
    [InlineData("shf.l.wrap.b32 %r9, 0xF0000001, 0x12345678, 8;", 0x345678F0)]
    [InlineData("popc.b32 %r9, 0xF0F0;", 8)]
    [InlineData("clz.b32 %r9, 1;", 31)]
    [InlineData("bfe.u32 %r9, 0xABCD, 4, 8;", 0xBC)]
    [InlineData("not.b32 %r9, 1;", 0xFFFFFFFE)]
    [InlineData("setp.lt.s32 %p0, -1, 1; selp.b32 %r9, 5, 6, %p0;", 5)]
    [InlineData("setp.lt.u32 %p0, -1, 1; selp.b32 %r9, 5, 6, %p0;", 6)]
    [InlineData("setp.eq.u32 %p0, 1, 1; setp.ne.u32 %p1, 1, 1; xor.pred %p2, %p0, %p1; selp.b32 %r9, 5, 6, %p2;", 5)]
    [InlineData("mul.wide.s32 %rd3, -2, 3; shr.u64 %rd3, %rd3, 32; cvt.u32.u64 %r9, %rd3;", 0xFFFFFFFF)]
    [InlineData("mul.wide.u32 %rd3, -2, 3; shr.u64 %rd3, %rd3, 32; cvt.u32.u64 %r9, %rd3;", 2)]
    [InlineData("mov.b64 %rd3, {11, 22}; mov.b64 {%r3, %r4}, %rd3; mad.lo.u32 %r9, %r3, 100, %r4;", 1122)]
    [InlineData("mov.b64 %d0, {0, 0x3FF00000}; cvt.rzi.s32.f64 %r9, %d0;", 1)]
    [InlineData("mov.b32 %r9, 0f3F800000;", 0x3F800000)]
    [InlineData("mov.f32 %f0, 0f3FC00000; add.rn.f32 %r9, %f0, %f0;", 0x40400000)]
    [InlineData("cvt.rna.tf32.f32 %r9, 0f3F801000;", 0x3F802000)]
    [InlineData("cvt.rn.bf16x2.f32 %r9, 0f3F808000, 0f3F818000;", 0x3F803F82)]
    [InlineData("mov.b32 {%h0, %h1}, 0x12345678; mov.b32 %r9, {%h1, %h0};", 0x56781234)]
    [InlineData("setp.lt.f32 %p0, 0f7FC00000, 0f3F800000; setp.geu.f32 %p1, 0f7FC00000, 0f3F800000; selp.b32 %r9, 1, 0, %p1; @%p0 mov.u32 %r9, 2;", 1)]
    [InlineData("ex2.approx.f32 %f0, 0f40400000; rcp.approx.f32 %f0, %f0; cvt.rn.f64.s32 %d0, 1; mov.b32 %r9, %f0;", 0x3E000000)]
    [InlineData("mov.u32 %r9, %nctaid.x; mov.u32 %r3, %ntid.x; mad.lo.u32 %r9, %r9, 100, %r3;", 132)]
    public void Gives(string body, uint expected) => Assert.All(new Snippet(body).Run(), value => Assert.Equal(expected, value));

    [Theory]
    [InlineData("mov.u32 %r9, %r10;", "before it is written")]
    [InlineData("setp.lt.u32 %p0, %r0, 3; @%p0 mov.u32 %r10, 1; mov.u32 %r9, %r10;", "before it is written")]
    [InlineData("mov.u32 %r9, 0; rem.u32 %r9, 5, %r9;", "divided by zero")]
    [InlineData("$loop: bra $loop;", "does not end")]
    [InlineData("mov.u32 %r9, 0; ld.global.u32 %r9, [%r9];", "lies in no buffer")]
    public void Fails_when_it_runs(string body, string because) => new Snippet(body).Fails(because);

    [Theory]
    [InlineData("mul.f32 %f0, 0f3F800000, 0f3F800000;", "the instruction is not known")]
    [InlineData("add.u32 %r9, %f0, 1;", "the operands are of other kinds")]
    [InlineData("add.u32 %r9, %rd0, 1;", "the operands are of other kinds")]
    [InlineData("add.rn.f32 %f0, %f0, 1;", "the operands are of other kinds")]
    [InlineData("add.rn.f32 %f0, %f0, %d0;", "the operands are of other kinds")]
    [InlineData("mov.u32 5, %r9;", "the operands are of other kinds")]
    [InlineData("ld.global.v2.f32 {%f0, %f1, %f2}, [%rd0];", "the operands are of other kinds")]
    [InlineData("ld.global.v4.f64 {%d0, %d1, %d2, %d3}, [%rd0];", "the instruction is not known")]
    [InlineData("mov.u32 %r64, 1;", "the operands are of other kinds")]
    [InlineData("bra $nowhere;", "no such label")]
    [InlineData("bar.sync 1;", "the instruction is not known")]
    [InlineData("@%r0 mov.u32 %r9, 1;", "is no predicate")]
    [InlineData("$twice: $twice: mov.u32 %r9, 1;", "the label stands twice")]
    [InlineData(".reg .b32 %r<3>;", "registers are declared twice")]
    [InlineData("ld.param.u32 %r9, [input];", "the parameter is .u64")]
    [InlineData("ld.param.u64 %rd3, [missing];", "no such parameter")]
    [InlineData("mov.u32 %r9, 1", "this is not an instruction")]
    public void Is_not_taken(string body, string because)
    {
        var fault = Assert.Throws<PtxException>(() => PtxParser.Parse(new Snippet(body).Module));
        Assert.Contains(because, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_tells_entry_line_instruction_and_thread()
    {
        var fault = Assert.Throws<PtxException>(() => new Snippet("// a remark\n ld.global.u32 %r9, [%rd0+4]; // another").Run(input: [7]));
        int line = new Snippet("").Module.Split('\n').ToList().FindIndex(l => l.Contains("add.u64 %rd2", StringComparison.Ordinal)) + 3;
        Assert.Equal($"snippet, line {line}: ld.global.u32 %r9, [%rd0+4];\ninput is accessed at byte 4 and has 4 (thread 0)", fault.Message);
    }
}
