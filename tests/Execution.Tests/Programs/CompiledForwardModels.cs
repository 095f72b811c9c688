using DlGen.Emission;
using DlGen.Lowering;
using DlGen.Tests.Compiling;

namespace DlGen.Tests.Programs;

/// <summary>The networks of <see cref="ForwardModels"/> in both precisions, as they ship: compiled once for all tests that run them.</summary>
internal static class CompiledForwardModels
{
    public static string[] Sources { get; } = [.. ForwardModels.All.Keys.SelectMany(n => new[] { ForwardModels.Source(n, true), ForwardModels.Source(n, false) })];

    /// <summary>Each in one precision, in turn.</summary>
    public static IEnumerable<string> SampleNames => Precisions.Sample(ForwardModels.All.Keys);

    private static readonly Lazy<CompiledModels> Models = new(() => CompiledModels.ForThisMachine(Sources));

    /// <summary>For all widths of vectors: here every network's kernels are seen to compile.</summary>
    private static readonly Lazy<CompiledModels> Others = new(() => CompiledModels.From(new EmitOptions(Lowering: new LoweringOptions(SeparateBuffers: true, TeamRows: 1)),
        [.. SampleNames.Select(n => ForwardModels.Source(n.Split('.')[1], n.StartsWith("Float64", StringComparison.Ordinal)))]));

    public static CompiledModels Value => Models.Value;

    /// <summary>Of <see cref="SampleNames"/> the same with buffers that share no memory, and steps that run on several threads however small they are.</summary>
    public static CompiledModels Separate => Others.Value;
}
