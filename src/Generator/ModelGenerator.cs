using System.Collections.Immutable;
using System.Text;
using System.Threading;
using DlGen.Diagnostics;
using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace DlGen;

/// <summary>
/// C# declaration → graph → program → C#. Reading runs for every [Model] after every edit; it yields a Declaration that compares by content, and
/// what follows runs only where that changed. No symbol, syntax or location leaves the first stage, and no diagnostic comes from here.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ModelGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var declarations = context.SyntaxProvider
            .ForAttributeWithMetadataName(Symbols.Model, static (node, _) => node is TypeDeclarationSyntax, Read)
            .Where(static declaration => declaration is not null).Select(static (declaration, _) => declaration!).WithTrackingName("Declaration");
        var names = declarations.Select(static (declaration, _) => HintNames.NameOf(declaration)).Collect().Select(static (all, _) => HintNames.Assign(all));
        var schedule = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => options.GlobalOptions.TryGetValue(ScheduleText.Property, out string? text) ? text : "");
        var sources = declarations.Combine(schedule)
            .Select(static (pair, _) => new Source(HintNames.NameOf(pair.Left), Emit(pair.Left, pair.Right))).WithTrackingName("Source");
        context.RegisterSourceOutput(sources.Combine(names), static (output, pair)
            => output.AddSource(pair.Right.For(pair.Left.Name), SourceText.From(pair.Left.Text, Encoding.UTF8)));
    }

    /// <summary>A fault of the compiler's own stays with the model that shows it, and is an error that says so.</summary>
    private static string Emit(Declaration declaration, string schedule)
    {
        if (!ScheduleText.TryParse(schedule, out var options, out string mistake)) return Fault(declaration, mistake);
        try
        {
            return declaration.IsFault ? Fault(declaration, declaration.Error!) : ModelSource.Emit(declaration, options);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return Fault(declaration, Faults.Describe(declaration.Name, fault));
        }
    }

    private static string Fault(Declaration declaration, string text)
        => "#error " + text + "\n" + ModelSource.Emit(declaration with { Training = null, Prediction = null, Error = text });

    /// <summary>Once per class: a second [Model] on another part is the compiler's error, and must not give a second file of the same name.</summary>
    private static Declaration? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var model = (INamedTypeSymbol)context.TargetSymbol;
        var first = model.FindAttribute("ModelAttribute")?.ApplicationSyntaxReference?.GetSyntax(cancellation);
        return first is not null && context.TargetNode.Contains(first)
            ? ModelReader.Read(model, context.SemanticModel.Compilation, cancellation).Declaration
            : null;
    }

    private sealed record Source(string Name, string Text);
}
