using System.Text.RegularExpressions;
using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Layers;
using DlGen.Lowering;
using DlGen.Ptx;
using DlGen.Tests.Compiling;

namespace DlGen.Tests.Support;

/// <summary>Everything of the catalogue trains and predicts on a device as on the processor.</summary>
public class DeviceCoverageTests
{
    private const int FewRows = 3, ManyRows = 300;

    /// <summary>Small models whose kernels take other ways with many rows.</summary>
    private static readonly string[] OfManyRows = ["Float64.RowWeights", "Float32.Norms", "Float32.Vgg"];

    public static TheoryData<string> Names => [.. DeviceSelection.Sources.Keys];

    public static TheoryData<string> NamesOfManyRows => [.. OfManyRows];

    /// <summary>Of chosen models nothing is asked but that they run.</summary>
    private static bool IsPart => Environment.GetEnvironmentVariable("DLGEN_MODELS") is not null;

    [Theory, MemberData(nameof(Names))]
    public void A_model_trains_on_a_device_as_on_the_processor(string name) => DeviceTrial.Run(DeviceSelection.Models[name], FewRows, seed: 4);

    [Theory, MemberData(nameof(NamesOfManyRows))]
    public void So_it_does_with_many_rows(string name)
    {
        if (!IsPart || DeviceSelection.Sources.ContainsKey(name)) DeviceTrial.Run(DeviceSelection.Models[name], ManyRows, seed: 4);
    }

    /// <summary>What no model uses is not known to run.</summary>
    [Fact]
    public void Every_name_of_the_catalogue_is_in_a_model()
        => Assert.DoesNotContain(Catalogue.Layers.Keys.Concat(Catalogue.Losses.Keys).Concat(TensorFunctions.All.Keys).Concat(["Scan", "Call", "Split"]), name => DeviceSelection.DefaultModelWith(name) is null);

    [Fact]
    public void Every_record_is_in_a_model_of_each_precision()
    {
        if (IsPart) return;
        var records = typeof(Kernel).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Kernel))).ToList();
        foreach (var models in DeviceSelection.Models.All.GroupBy(m => m.Declaration.Float64))
        {
            var kernels = models.SelectMany(KernelsOf).ToList();
            Assert.Empty(records.Except(kernels.Select(k => k.GetType())));
            Assert.Empty(Enum.GetValues<ReduceKind>().Except(kernels.OfType<ReductionKernel>().Select(k => k.Kind)));
            Assert.Equal([false, true], kernels.OfType<AttentionKernel>().Select(k => k.Backward is not null).Distinct().Order());
        }
    }

    /// <summary>How a kernel is launched may depend on the rows: the ways that a batch of many takes in any of the models are taken by those that are run with many.</summary>
    [Fact]
    public void Every_way_of_a_kernel_that_some_batch_takes_is_launched()
    {
        if (IsPart) return;
        var all = DeviceSelection.Models.All.Select(m => (m.Name, Module: PtxPrinter.Print([.. KernelsOf(m)], m.Declaration.Float64))).ToList();
        var launched = all.SelectMany(m => Ways(m.Module, FewRows)).Concat(all.Where(m => OfManyRows.Contains(m.Name)).SelectMany(m => Ways(m.Module, ManyRows))).ToHashSet();
        Assert.Empty(all.SelectMany(m => Ways(m.Module, ManyRows).Where(way => !launched.Contains(way)).Select(way => $"{way} of {m.Name}")));
    }

    /// <summary>The names of the entries without the kernels' numbers.</summary>
    private static IEnumerable<string> Ways(PtxModule module, int rows)
        => module.Kernels.SelectMany(k => k.Variants.Last(v => v.FromRows <= rows).Entries).Select(entry => Regex.Replace(entry.Name, "_[0-9]+", ""));

    private static IEnumerable<Kernel> KernelsOf(CompiledModel model)
        => JoinLoops.Run(Lower.Run(model.Declaration.Training!, model.Declaration.Prediction!, [.. ModelSignature.Of(model.Declaration).Variables.Select(v => v.Name)], model.Declaration.Float64, LoweringOptions.Device)).Kernels;
}
