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
    public void Modules_of_models_are_read(string model, bool float64) => MustBeRead(Model(model, float64));

    [AssembledTheory, MemberData(nameof(Cases))]
    public void Modules_of_models_are_taken(string model, bool float64) => MustBeTaken(Model(model, float64));

    [Theory, InlineData(false), InlineData(true)]
    public void Hand_made_kernels_are_read(bool float64) => MustBeRead(PtxPrinter.Print(HandMadeKernels.All, float64));

    [AssembledTheory, InlineData(false), InlineData(true)]
    public void Hand_made_kernels_are_taken(bool float64) => MustBeTaken(PtxPrinter.Print(HandMadeKernels.All, float64));

    [Theory, InlineData(false), InlineData(true)]
    public void Every_scalar_function_is_read(bool float64) => MustBeRead(Functions(float64));

    [AssembledTheory, InlineData(false), InlineData(true)]
    public void Every_scalar_function_is_taken(bool float64) => MustBeTaken(Functions(float64));

    private static PtxModule Model(string model, bool float64) => PtxPrinter.Print(ModelKernelTests.ModuleOf(model, float64).Kernels, float64);

    private static PtxModule Functions(bool float64) => PtxPrinter.Print([.. Enum.GetValues<ScalarOp>().Where(op => op > ScalarOp.Index).Select(FunctionKernel.Record)], float64);

    private static void MustBeRead(PtxModule module)
        => Assert.Equal(module.Kernels.SelectMany(k => k.Variants).SelectMany(v => v.Entries).Select(e => e.Name), PtxParser.Parse(module.Text).Keys);

    private static void MustBeTaken(PtxModule module)
    {
        foreach (string machine in Machines) Assert.Null(Ptxas.Problems(module.Text, machine));
    }
}
