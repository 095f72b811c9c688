using DlGen.Ptx;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Tests.Emulation;
using DlGen.Tests.Functions;
using DlGen.Tests.Kernels;

namespace DlGen.Tests.Assembly;

/// <summary>
/// The text is PTX: by the emulator's strict reader everywhere, and by NVIDIA's assembler where it is installed (get-ptxas.sh fetches it), which must
/// take every module without a word, for the oldest machine that the text names and for a newer one.
/// </summary>
public class AssemblerTests
{
    private static readonly string[] Machines = ["sm_70", "sm_80"];

    public static TheoryData<string, bool> Cases => ModelKernelTests.Cases;

    [Theory, MemberData(nameof(Cases))]
    public void Modules_of_models_are_taken(string model, bool float64) => MustBeTaken(PtxPrinter.Print(ModelKernelTests.ModuleOf(model, float64).Kernels, float64));

    [Theory, InlineData(false), InlineData(true)]
    public void Hand_made_kernels_are_taken(bool float64) => MustBeTaken(PtxPrinter.Print(HandMadeKernels.All, float64));

    [Theory, InlineData(false), InlineData(true)]
    public void Every_scalar_function_is_taken(bool float64)
        => MustBeTaken(PtxPrinter.Print([.. Enum.GetValues<ScalarOp>().Where(op => op > ScalarOp.Index).Select(FunctionKernel.Record)], float64));

    [Theory, InlineData(false), InlineData(true)]
    public void Update_rules_are_taken(bool float64)
        => MustBeTaken(PtxPrinter.Print([UpdateRule.Sgd().Kernel, UpdateRule.SgdWithMomentum(float64).Kernel, UpdateRule.Adam(float64).Kernel], float64));

    private static void MustBeTaken(PtxModule module)
    {
        var programs = PtxParser.Parse(module.Text);
        Assert.Equal(module.Kernels.SelectMany(k => k.Variants).SelectMany(v => v.Entries).Select(e => e.Name), programs.Keys);
        if (Ptxas.Path is null) return;
        foreach (string machine in Machines) Assert.Null(Ptxas.Problems(module.Text, machine));
    }
}
