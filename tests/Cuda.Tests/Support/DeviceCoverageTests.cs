using System.Reflection;
using DlGen.Emission;
using DlGen.Kernels;
using DlGen.Layers;
using DlGen.Lowering;
using DlGen.Ptx;

namespace DlGen.Tests.Support;

/// <summary>Everything of the catalogue trains and predicts on a device as on the processor.</summary>
public class DeviceCoverageTests
{
    public static TheoryData<string> Names => [.. DeviceSelection.Sources.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_model_trains_on_a_device_as_on_the_processor(string name) => DeviceTrial.Run(DeviceSelection.Models[name], rows: 3, seed: 4);

    /// <summary>What no model uses is not known to run.</summary>
    [Fact]
    public void Every_name_of_the_catalogue_is_in_a_model()
        => Assert.Empty(Catalogue.Layers.Keys.Concat(Catalogue.Losses.Keys).Concat(TensorFunctions.All.Keys).Concat(["Scan", "Call", "Split"]).Where(name => DeviceSelection.DefaultModelWith(name) is null));

    /// <summary>Records and templates: those that fit none of the models would be untried.</summary>
    [Fact]
    public void Every_record_and_every_template_is_in_a_model()
    {
        var kernels = DeviceSelection.Models.All.SelectMany(m => KernelsOf(m.Declaration).Select(kernel => (Kernel: kernel, m.Declaration.Float64))).ToList();
        var records = typeof(Kernel).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Kernel))).ToList();
        foreach (bool float64 in new[] { false, true })
        {
            var used = kernels.Where(k => k.Float64 == float64).Select(k => k.Kernel).ToList();
            Assert.Empty(records.Except(used.Select(k => k.GetType())));
            Assert.Empty(Enum.GetValues<ReduceKind>().Except(used.OfType<ReductionKernel>().Select(k => k.Kind)));
            Assert.Equal([false, true], used.OfType<AttentionKernel>().Select(k => k.Backward is not null).Distinct().Order());
        }
        Assert.Empty(Fits().Where(fits => !kernels.Exists(k => Takes(fits, k.Kernel, k.Float64))).Select(fits => fits.DeclaringType!.Name));
    }

    private static IEnumerable<Kernel> KernelsOf(Reading.Declaration declaration)
        => Lower.Run(declaration.Training!, declaration.Prediction!, [.. ModelSignature.Of(declaration).Variables.Select(v => v.Name)], declaration.Float64, LoweringOptions.Device).Kernels;

    /// <summary>What each template says of a kernel.</summary>
    private static IEnumerable<MethodInfo> Fits()
        => typeof(PtxModule).Assembly.GetTypes().Where(t => t.Namespace == typeof(PtxModule).Namespace && t.Name.EndsWith("Template", StringComparison.Ordinal))
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(m => m.Name == "Fits" && m.GetParameters().Length is 1 or 2));

    private static bool Takes(MethodInfo fits, Kernel kernel, bool float64)
        => fits.GetParameters()[0].ParameterType.IsInstanceOfType(kernel) && (bool)fits.Invoke(null, fits.GetParameters().Length == 1 ? [kernel] : [kernel, float64])!;
}
