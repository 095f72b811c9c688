using DlGen.Tests.Assembly;
using DlGen.Tests.Cases;
using DlGen.Tests.Emulation;
using DlGen.Tests.Emulator.Tiled;
using Xunit.Abstractions;

namespace DlGen.Tests.Emulator;

/// <summary>
/// Kernels as GPUs want them: they give what they should, in whatever order warps run, and without any one of their barriers or waits they are found out.
/// </summary>
public class TiledKernelTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Lazy<TiledKernel>> Kernels = new()
    {
        ["bias and GELU"] = new(() => RowKernels.BiasGelu(11)),
        ["cross-entropy"] = new(() => RowKernels.CrossEntropy(10)),
        ["sums of columns"] = new(() => RowKernels.ColumnSums(70)),
        ["product, float"] = new(() => FloatProduct.Of(129)),
        ["product, one row"] = new(() => FloatProduct.Of(1)),
        ["product, tf32"] = new(() => MatrixProduct.Of(tf32: true, 70)),
        ["product, bf16"] = new(() => MatrixProduct.Of(tf32: false, 70)),
        ["attention, bf16"] = new(AttentionKernel.Of),
    };

    public static TheoryData<string> Names => [.. Kernels.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Gives_what_it_should(string name)
    {
        var kernel = Kernels[name].Value;
        for (int seed = 1; seed <= 2; seed++)
        {
            var (wrong, error) = kernel.Run(kernel.Text, seed);
            Assert.Empty(wrong.Take(5));
            output.WriteLine($"largest error {error:E2} of {kernel.Bound:E0}");
        }
        if (CaseExport.IsAsked) CaseExport.Add(kernel.Text, kernel.Case(name));
    }

    /// <summary>What the emulator takes must be what the assembler takes.</summary>
    [AssembledTheory, MemberData(nameof(Names))]
    public void Is_taken_by_the_assembler(string name) => Assert.Null(Ptxas.Problems(Kernels[name].Value.Text, "sm_80"));

    public static TheoryData<string, int> Waits
    {
        get
        {
            var waits = new TheoryData<string, int>();
            foreach (var (name, kernel) in Kernels) foreach (int line in LinesOf(kernel.Value.Text)) waits.Add(name, line);
            return waits;
        }
    }

    [Theory, MemberData(nameof(Waits))]
    public void Is_a_fault_without_a_barrier_or_a_wait(string name, int line)
    {
        var kernel = Kernels[name].Value;
        string[] lines = kernel.Text.Split('\n');
        string removed = lines[line];
        lines[line] = "";
        var fault = Assert.Throws<PtxException>(() => kernel.Run(string.Join('\n', lines), seed: 1));
        output.WriteLine($"without {removed.Trim()}: {fault.Message}");
    }

    private static IEnumerable<int> LinesOf(string text)
        => text.Split('\n').Index().Where(l => l.Item.Contains("bar.sync", StringComparison.Ordinal) || l.Item.Contains("wait_group", StringComparison.Ordinal)).Select(l => l.Index);

    /// <summary>Faults that the values need not show: each is one line of a kernel that gives what it should.</summary>
    [Theory]
    [InlineData("product, float", "min.u32", "max.u32", "is accessed")]
    [InlineData("product, float", "setp.ge.u32", "setp.eq.u32", "is accessed")]
    [InlineData("product, tf32", "cp.async.wait_group 1", "cp.async.wait_group 2", "under way")]
    [InlineData("sums of columns", "setp.ne.u32", "setp.lt.u32", "")]
    [InlineData("cross-entropy", "16, 31, 0xffffffff", "16, 31, 0x0000ffff", "are named")]
    [InlineData("attention, bf16", "xor.b32", "and.b32", "")]
    public void Planted_faults_are_found(string name, string text, string replacement, string because)
    {
        var kernel = Kernels[name].Value;
        string changed = kernel.Text.Replace(text, replacement, StringComparison.Ordinal);
        Assert.NotEqual(kernel.Text, changed);
        var fault = Assert.Throws<PtxException>(() => kernel.Run(changed, seed: 1));
        Assert.Contains(because, fault.Message, StringComparison.Ordinal);
    }
}
