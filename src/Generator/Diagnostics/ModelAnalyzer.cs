using System.Collections.Immutable;
using DlGen.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DlGen.Diagnostics;

/// <summary>
/// Reports what reading a [Model] class finds. The generator reads the same way but reports nothing: only an analyzer's diagnostics follow #pragma and
/// .editorconfig, and a Location in the generator's pipeline would defeat its cache.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModelAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        Descriptors.NotPartial, Descriptors.LayersSplit, Descriptors.NoInput, Descriptors.NoNetwork, Descriptors.TwoForms, Descriptors.ForwardSignature,
        Descriptors.UnsupportedClass, Descriptors.ReservedName, Descriptors.InvalidArgument, Descriptors.UnknownLayer, Descriptors.TwoLosses,
        Descriptors.ParametersDependOnTraining, Descriptors.LossSignature, Descriptors.LossOfSeveralOutputs, Descriptors.ModelCall, Descriptors.BlockMethod, Descriptors.InvalidTargets, Descriptors.Unread, Descriptors.TooLarge, Descriptors.ShapeMismatch, Descriptors.IdsAsNumbers,
        Descriptors.SoftmaxBeforeLoss, Descriptors.SigmoidBeforeLoss, Descriptors.DropoutBeforeOutput, Descriptors.UnusedLayer, Descriptors.UnusedTarget, Descriptors.DroppedBorder, Descriptors.CancelledBias, Descriptors.WeightOfNetwork, Descriptors.LossAcrossRows,
        Descriptors.LayerShape);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!type.IsModel()) return;
        var result = ModelReader.Read(type, context.Compilation, context.CancellationToken);
        foreach (var diagnostic in result.Diagnostics) context.ReportDiagnostic(diagnostic);
        foreach (var shape in result.Shapes)
            if (ShowsShapes(context.Options, shape.Location.SourceTree)) context.ReportDiagnostic(shape);
    }

    /// <summary>dlgen_show_shapes = true in the .editorconfig of that file.</summary>
    private static bool ShowsShapes(AnalyzerOptions options, SyntaxTree? tree)
        => tree is not null
        && options.AnalyzerConfigOptionsProvider.GetOptions(tree).TryGetValue("dlgen_show_shapes", out string? value)
        && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);
}
