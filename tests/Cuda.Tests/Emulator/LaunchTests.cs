using DlGen.Tests.Emulation;

namespace DlGen.Tests.Emulator;

/// <summary>What a launch must agree with its entry in.</summary>
public class LaunchTests
{
    private static void Fails(string because, Snippet snippet, int threads, int sharedBytes, params long[] arguments)
    {
        var machine = new PtxMachine(PtxParser.Parse(snippet.Module)["snippet"], new DeviceMemory());
        var fault = Assert.Throws<PtxException>(() => machine.Launch(1, threads, sharedBytes, arguments));
        Assert.Contains(because, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments() => Fails("takes 2 arguments, 1 given", new Snippet(""), 32, 0, 1);

    [Theory]
    [InlineData(".maxntid 64, 1, 1", 65, "has at most 64 threads")]
    [InlineData(".reqntid 64, 1, 1", 32, "requires 64 threads")]
    [InlineData("", 1025, "which has 1 to 1024")]
    [InlineData("", 0, "which has 1 to 1024")]
    public void Threads(string directive, int threads, string because) => Fails(because, new Snippet("", Directives: directive), threads, 0, 0, 0);

    [Theory]
    [InlineData("", 16, "leaves no shared variable's length open")]
    [InlineData(".shared .align 16 .b8 large[49153];", 0, "must be given at the launch")]
    [InlineData(".extern .shared .align 16 .b8 open[];", 227 * 1024 + 1, "no machine has more")]
    public void Shared_memory(string declaration, int bytes, string because) => Fails(because, new Snippet("", declaration), 32, bytes, 0, 0);

    [Fact]
    public void Shared_memory_of_an_open_length_is_declared_outside_of_entries()
    {
        string text = new Snippet(".extern .shared .align 16 .b8 open[];").Module;
        Assert.Contains("outside of entries", Assert.Throws<PtxException>(() => PtxParser.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_may_have_all_the_threads_that_it_declares() => Assert.Equal(64, new Snippet("mov.u32 %r9, 1;", Directives: ".reqntid 64, 1, 1 .minnctapersm 2").Run(threads: 64).Length);
}
