using DlGen.Ptx;
using DlGen.Emission;
using DlGen.Kernels;
using DlGen.Lowering;
using DlGen.Tests.Compiling;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Kernels;

/// <summary>Every kernel of whole models, printed as PTX and emulated, against the records' definition.</summary>
public class ModelKernelTests
{
    private static readonly string[] Models =
    [
        "ResidualMlp", "HandWrittenAttention", "Gates", "Functions", "Statistics", "CustomLoss", "DerivedWeights", "LargeContraction", "BatchNorms", "Pools", "PartsOfIds",
        "MaskedAttention", "TransformerBlocks",
    ];

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (string model in Models)
            {
                cases.Add(model, false);
                cases.Add(model, true);
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Kernels_compute_what_they_are_defined_to(string model, bool float64)
    {
        var kernels = ModuleOf(model, float64).Kernels;
        KernelChecks.Definition(kernels, float64, Bound(float64), PtxPrinter.Print);
    }

    [Fact]
    public void Hand_made_kernels_compute_what_they_are_defined_to() => KernelChecks.HandMade(PtxPrinter.Print);

    [Fact]
    public void Without_templates_they_do_too() => KernelChecks.HandMade(PtxPrinter.PrintPlain);

    [Theory, InlineData(false), InlineData(true)]
    public void Kernels_at_the_borders_of_templates_compute_what_they_are_defined_to(bool float64) => KernelChecks.Borders(float64, PtxPrinter.Print);

    [Fact]
    public void Sums_are_added_in_the_order_of_the_record() => KernelChecks.Order(PtxPrinter.Print, PtxPrinter.PrintPlain);

    internal static double Bound(bool float64) => float64 ? 1e-11 : 2e-5;

    internal static Module ModuleOf(string model, bool float64)
    {
        var declaration = CompiledModels.Read(ForwardModels.Source(model, float64)).Single();
        return Lower.Run(declaration.Training!, declaration.Prediction!, [.. ModelSignature.Of(declaration).Variables.Select(v => v.Name)], float64, LoweringOptions.Device);
    }
}
