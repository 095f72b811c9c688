using System.Text.RegularExpressions;
using DlGen.Tests.Compiling;
using DlGen.Tests.Parity;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Support;

/// <summary>
/// The models that are tried on an emulated device: by default such that every name of the catalogue, every kernel record and every template is in one of them; with the environment
/// variable DLGEN_CUDA_MODELS=all those of the tests of the processor too, and all in both precisions. DLGEN_MODELS limits both to some names.
/// </summary>
internal static partial class DeviceSelection
{
    /// <summary>Networks whose ways from value to value differ.</summary>
    private static readonly string[] Structures =
    [
        "AllStructures", "Functions", "Statistics", "SumsOfViews", "DerivedWeights", "GradientsInParts", "SummedOverRows", "FrozenFeatures", "CustomLoss",
        "MaskedAttention", "Positions", "AttentionOfOne", "PartsOfIds", "ComputedTables", "TableAsWeight", "PickedClass",
        "OtherAxes", "UpAndAround", "Pools", "TransposedConvolutionOptions", "Depthwise", "UNet",
        "MaskedGru", "TupleStates", "ConvolvingCell", "Discounted", "HeadsOfRecurrence",
        "NestedOutputs", "SeveralInputs", "WithoutTargets", "WeightedLoss", "RowWeights", "IgnoredLabels", "OutputsWithoutLoss",
        "Vgg", "Student", "Siamese", "Bytes", "ByteSequences",
    ];

    public static bool IsComplete { get; } = Environment.GetEnvironmentVariable("DLGEN_CUDA_MODELS") == "all";

    /// <summary>Full names of the classes and their sources.</summary>
    public static IReadOnlyDictionary<string, string> Sources { get; } = Find().Where(model => ChosenModels.Include(model.Name)).ToDictionary(model => model.Name, model => ForCuda().Replace(model.Source, Targets));

    private static readonly Lazy<CompiledModels> Compiled = new(() => CompiledModels.From(new Emission.EmitOptions(Plain: true), [.. Sources.Values]));

    /// <summary>All of them, with plain loops on the processor: those compile faster, and other tests hold them against what ships.</summary>
    public static CompiledModels Models => Compiled.Value;

    /// <summary>A model that is always tried and has a name of the catalogue in it: one of the catalogue's own where there is one. Null for none.</summary>
    public static string? DefaultModelWith(string name)
        => CatalogueModels.All.Select(model => (Name: model.Key, Source: model.Value)).Concat(Structures.Select(structure => (Name: structure, Source: ForwardModels.Source(structure, float64: false))))
            .Where(model => Regex.IsMatch(model.Source, $@"\b{name}\b")).Select(model => model.Name).FirstOrDefault();

    private static IEnumerable<(string Name, string Source)> Find()
    {
        // One precision each unless all are asked for: every second in double, in which smaller faults show.
        string[] own = [.. CatalogueModels.All.Keys], structures = IsComplete ? [.. ForwardModels.All.Keys] : Structures;
        foreach (bool float64 in new[] { false, true })
        {
            string precision = float64 ? "Float64." : "Float32.";
            foreach (string name in own) yield return (precision + name, CatalogueModels.Source(name, float64));
            for (int i = 0; i < structures.Length; i++)
                if (IsComplete || i % 2 == (float64 ? 1 : 0)) yield return (precision + structures[i], ForwardModels.Source(structures[i], float64));
            foreach (var model in IsComplete ? ParityModels.All : []) yield return (ParityModels.ClassName(model, float64), ParityModels.Source(model, float64));
        }
    }

    private static string Targets(Match match)
        => "[Model(" + (match.Groups[1].Success ? match.Groups[1].Value + ", " : "") + "Targets = Targets.Cpu | Targets.Cuda)";

    [GeneratedRegex(@"\[Model(?:\(([^)]*)\))?")]
    private static partial Regex ForCuda();
}
