using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using DlGen.Devices;
using DlGen.Kernels;
using DlGen.Ptx;
using DlGen.Tests.Assembly;

namespace DlGen.Tests.Updates;

/// <summary>What is launched is what the generator prints, and what it tells of its entries is true.</summary>
public class UpdateKernelsFileTests
{
    [Fact]
    public void The_file_is_what_the_generator_prints()
    {
        string path = Path.Combine(Path.GetDirectoryName(Here())!, "../../../src/Cuda/Kernels/UpdateKernels.g.cs"), text = UpdateKernelsFile.Text;
        if (Environment.GetEnvironmentVariable("DLGEN_ACCEPT") == "1") File.WriteAllText(path, text);
        Assert.True(File.ReadAllText(path) == text, "The generator prints other update kernels than src/Cuda/Kernels/UpdateKernels.g.cs holds. Run with DLGEN_ACCEPT=1 if that is meant.");
    }

    /// <summary>Every rule has a numbered place for each rate: the runtime's numbers and the records' must be the same list.</summary>
    [Fact]
    public void Rates_have_the_same_order_in_the_runtime_and_in_the_records() => Assert.Equal(Enum.GetNames<DlGen.Kernels.UpdateRate>(), Enum.GetNames<UpdateRate>());

    [Theory, InlineData(false), InlineData(true)]
    public void The_table_of_rules_is_that_of_the_records(bool float64)
    {
        var records = UpdateRule.All(float64);
        Assert.Equal(records.Select(rule => rule.Name), UpdateKernels.Rules.Select(rule => rule.Rule));
        Assert.Equal(records.Select(rule => rule.Moments), UpdateKernels.Rules.Select(rule => rule.Moments));
        foreach (var (record, rule) in records.Zip(UpdateKernels.Rules))
        {
            Assert.Equal(record.Rates.Select(rate => rate.ToString()), rule.Rates.Select(rate => rate.ToString()));
            int parameters = UpdateModuleRun.Programs[rule.NameFor(float64)].Parameters.Count;
            Assert.Equal(parameters, rule.Arguments(0, 0, new nint[rule.Moments], 0, 0, 1, float64).Length);
        }
    }

    [Fact]
    public void A_rule_that_is_given_other_moments_than_it_has_says_so()
    {
        var error = Assert.Throws<ArgumentException>(() => UpdateKernels.Rules.Single(rule => rule.Rule == "adam").Arguments(0, 0, [0], 0, 0, 1, float64: false));
        Assert.StartsWith("adam has 2 moments, not 1.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A driver reads up to a zero byte.</summary>
    [Fact]
    public void A_zero_byte_ends_the_text()
    {
        var text = UpdateKernels.Text;
        Assert.Equal(UpdateModule.Text, Encoding.UTF8.GetString(text));
        Assert.Equal(0, Unsafe.Add(ref MemoryMarshal.GetReference(text), text.Length));
    }

    /// <summary>The assembler of CUDA 12.4 ends with a fault of its own where an entry has the name of a parameter.</summary>
    [Fact]
    public void No_entry_is_named_as_a_parameter()
        => Assert.Empty(UpdateModuleRun.Programs.Keys.Intersect(UpdateModuleRun.Programs.Values.SelectMany(program => program.Parameters).Select(parameter => parameter.Name)));

    [AssembledTheory, InlineData("sm_70"), InlineData("sm_80")]
    public void The_assembler_takes_the_text_and_spills_nothing(string machine)
    {
        var usage = Ptxas.Usage(UpdateModule.Text, machine);
        Assert.Equal(UpdateModuleRun.Programs.Keys.Order(), usage.Select(entry => entry.Entry).Order());
        Assert.All(usage, entry => Assert.True(entry is { SpilledBytes: 0, Registers: <= 64 }, entry.ToString()));
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
