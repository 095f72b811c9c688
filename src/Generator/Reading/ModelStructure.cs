using System.Threading;
using DlGen.Diagnostics;
using DlGen.Ops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DlGen.Reading;

/// <summary>The parts of a model's declaration: input, layers and loss as attributes, or Forward; and what is wrong with the choice.</summary>
internal sealed class ModelStructure
{
    /// <summary>Parameters of the generated methods, then their locals: an input of that name would give code that does not compile.</summary>
    private static readonly string[] ReservedNames =
    [
        "optimizer", "training", "destination", "targets", "accumulate", "batchRows", "batchWeight", "divisor", "part", "parts", "shown", "update", "seed", "batch", "evaluation",
        "arena", "classes", "count", "derived", "gradients", "layer", "loss", "output", "outputs", "parameters", "row", "rows", "scratch", "shard", "shared", "step",
        "threads", "team", "most",
    ];

    private readonly IReadOnlyList<IMethodSymbol> lossMethods;

    private ModelStructure(INamedTypeSymbol model)
    {
        var attributes = model.GetAttributes();
        Layers = attributes.Where(a => a.AttributeClass.DerivesFrom("LayerAttribute")).ToList();
        Loss = attributes.FirstOrDefault(a => a.AttributeClass.DerivesFrom("LossAttribute"));
        Input = model.FindInput();
        lossMethods = model.GetMembers("Loss").OfType<IMethodSymbol>().Where(m => m.IsSymbolic()).ToList();
    }

    public AttributeData? Input { get; }

    public IReadOnlyList<AttributeData> Layers { get; }

    public AttributeData? Loss { get; }

    public LossMethod? LossMethod { get; private set; }

    public IMethodSymbol? Forward { get; private set; }

    public bool HasForward => Forward is not null;

    /// <summary>Whether there is a symbolic method Loss; one without tensors is the user's own.</summary>
    public bool HasLoss => lossMethods.Count > 0;

    public List<Diagnostic> Problems { get; } = [];

    public static ModelStructure Find(INamedTypeSymbol model, CancellationToken cancellation)
    {
        var structure = new ModelStructure(model);
        structure.FindForward(model);
        structure.CheckForms(model, cancellation);
        if (structure.Problems.Count == 0 && structure.HasLoss) structure.LossMethod = LossMethod.Read(structure.lossMethods, structure.InputNames, structure.Outputs, structure.Problems);
        if (structure.Problems.Count == 0 && structure.Layers.Count > 0) structure.CheckSequential(model, cancellation);
        return structure;
    }

    /// <summary>What begins like the outputs of a pass and their gradients could become one of them.</summary>
    public static bool IsReserved(string name)
        => Array.IndexOf(ReservedNames, name) >= 0 || name.StartsWith(InputOp.PassOutput, StringComparison.Ordinal) || name.StartsWith(InputOp.OutputGradient, StringComparison.Ordinal);

    /// <summary>Inputs, then targets, as the members of a broken declaration take them: with names that can stand in a signature, whatever is wrong.</summary>
    public IEnumerable<NamedArgument> Arguments()
    {
        var taken = new HashSet<string>(ReservedNames.Where(name => name != "targets"), StringComparer.OrdinalIgnoreCase);
        string Free(string name)
        {
            if (name.Length == 0) name = "inputs";
            while (!taken.Add(name)) name += "_";
            return SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
        }
        foreach (var (input, declared) in DeclaredInputs.DefaultIfEmpty(("inputs", null)))
        {
            bool isIds = IsIds(declared);
            yield return new NamedArgument(Free(input), IsTarget: false, MayBeLabel: isIds, MayBeNumbers: !isIds) { IsBytes = declared is not null && AttributeReader.IsBytes(declared) };
        }
        if (HasLoss)
        {
            foreach (var parameter in lossMethods[0].Parameters.Skip(1).Where(p => !InputNames.Contains(p.Name)))
            {
                bool isLabel = parameter.FindAttribute("LabelAttribute") is not null;
                yield return new NamedArgument(Free(parameter.Name), IsTarget: true, isLabel, !isLabel);
            }
            yield break;
        }
        yield return new NamedArgument(Free("targets"), IsTarget: true, MayBeLabel: Loss is null || IsLossOfLabels, MayBeNumbers: !IsLossOfLabels);
    }

    /// <summary>Whether the loss is an attribute whose targets are int labels.</summary>
    public bool IsLossOfLabels => Loss is not null && DlGen.Layers.Catalogue.Losses.TryGetValue(SequentialForm.LayerName(Loss), out var loss) && loss.IsOfLabels;

    /// <summary>The elements of the tuple that Forward returns; empty where there is one output.</summary>
    public IReadOnlyList<IFieldSymbol> Outputs => Forward?.ReturnType.TensorElements() ?? [];

    /// <summary>As the generated members have them.</summary>
    private IReadOnlyCollection<string> InputNames => DeclaredInputs.Select(i => i.Name).ToList();

    private IEnumerable<(string Name, AttributeData? Declared)> DeclaredInputs => Forward is null
        ? [("inputs", Input)]
        : Forward.Parameters.Select(p => (p.Name, p.FindInput()));

    private static bool IsIds(AttributeData? input) => input?.AttributeClass is { Name: "TokensAttribute" or "LengthsAttribute" };

    private void FindForward(INamedTypeSymbol model)
    {
        var methods = model.GetMembers("Forward").OfType<IMethodSymbol>().Where(m => Layers.Count == 0 || m.IsSymbolic()).ToList();
        Forward = methods.FirstOrDefault(m => m.IsSymbolic()) ?? methods.FirstOrDefault();
        if (Forward is null || Layers.Count > 0) return;

        string? reason =
            methods.Count > 1 ? "has several overloads"
            : !Forward.IsStatic ? "is not static, but it never runs on an instance"
            : Forward.IsGenericMethod ? "is generic"
            : !Forward.ReturnType.IsTensor() && Outputs.Count == 0 ? $"returns {Forward.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}, not a Tensor or a tuple of Tensors"
            : Forward.Parameters.Length == 0 ? "takes no input"
            : Forward.Parameters.FirstOrDefault(p => !p.Type.IsTensor() || p.RefKind != RefKind.None) is { } odd ? $"takes {odd.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}, not a Tensor"
            : null;
        if (reason is not null && !Forward.IsBroken()) Problems.Add(Diagnostic.Create(Descriptors.ForwardSignature, Forward.Place(), reason));
        foreach (var parameter in Forward.Parameters)
        {
            if (Problems.Count > 0) return;
            if (parameter.FindInput() is null)
                Problems.Add(Diagnostic.Create(Descriptors.NoInput, parameter.Place(), parameter.Name, $"one, e.g. [Input(784)] Tensor {parameter.Name}, or [Tokens(length, vocabulary)] for ids"));
            else if (DeclaresTwice(parameter))
                Problems.Add(Diagnostic.Create(Descriptors.ForwardSignature, parameter.Place(), $"declares '{parameter.Name}' {DeclaredAs(parameter)} at once"));
            else if (IsReserved(parameter.Name))
                Problems.Add(Diagnostic.Create(Descriptors.ReservedName, parameter.Place(), parameter.Name));
        }
        CheckOutputs(Forward);
    }

    /// <summary>The names of several outputs become names of members of a pass, and with a suffix of parameters beside the inputs.</summary>
    private void CheckOutputs(IMethodSymbol forward)
    {
        var names = new OutputNames(Outputs.Select(o => o.Name));
        var inputs = forward.Parameters.Select(p => p.Name).ToList();
        for (int i = 0; i < Outputs.Count && Problems.Count == 0; i++)
        {
            bool isTaken = OutputNames.IsTaken(names.Property(i)) || inputs.Contains(names.Destination(i)) || inputs.Contains(names.Gradient(i))
                || inputs.Any(input => OutputNames.InputGradient(input, inputs) == names.Property(i));
            if (isTaken) Problems.Add(Diagnostic.Create(Descriptors.ReservedName, Outputs[i].Place(), Outputs[i].Name));
        }
    }

    private void CheckForms(INamedTypeSymbol model, CancellationToken cancellation)
    {
        var name = ClassRules.Declarations(model, cancellation).First().Name();
        if (DeclaresTwice(model)) Problems.Add(Diagnostic.Create(Descriptors.UnsupportedClass, name, model.Name, $"declares its input {DeclaredAs(model)} at once; keep one"));
        if (Layers.Count == 0 && Forward is null) Problems.Add(Diagnostic.Create(Descriptors.NoNetwork, name, model.Name));
        if (Layers.Count > 0 && Forward is not null) Problems.Add(Diagnostic.Create(Descriptors.TwoForms, Forward.Place(), model.Name));
        foreach (var loss in model.GetAttributes().Where(a => a.AttributeClass.DerivesFrom("LossAttribute")).Skip(1))
            Problems.Add(Diagnostic.Create(Descriptors.TwoLosses, loss.Place(cancellation), model.Name));
        if (Loss is not null && Outputs.Count > 0)
            Problems.Add(Diagnostic.Create(Descriptors.LossOfSeveralOutputs, Loss.Place(cancellation), SequentialForm.LayerName(Loss), string.Join(", ", Outputs.Select(o => "Tensor " + o.Name))));
        if (Loss is not null && HasLoss) Problems.Add(Diagnostic.Create(Descriptors.TwoLosses, lossMethods[0].Place(), model.Name));
    }

    private static bool DeclaresTwice(ISymbol symbol) => symbol.FindInputs().Skip(1).Any();

    /// <summary>"as numbers, [Input(…)], and as ids, [Tokens(…)],"</summary>
    private static string DeclaredAs(ISymbol symbol)
        => string.Join(" and ", symbol.FindInputs().Select(a => a.AttributeClass!.Name switch { "InputAttribute" => "as numbers, [Input(…)],", "TokensAttribute" => "as ids, [Tokens(…)],", _ => "as lengths, [Lengths(…)]," }));

    private void CheckSequential(INamedTypeSymbol model, CancellationToken cancellation)
    {
        var declarations = Layers
            .Select(a => a.ApplicationSyntaxReference?.GetSyntax(cancellation).FirstAncestorOrSelf<TypeDeclarationSyntax>())
            .OfType<TypeDeclarationSyntax>().Distinct().ToList();
        if (declarations.Count > 1)
            foreach (var declaration in declarations) Problems.Add(Diagnostic.Create(Descriptors.LayersSplit, declaration.Name(), model.Name));
        else if (Input is null)
            Problems.Add(Diagnostic.Create(Descriptors.NoInput, declarations[0].Name(), model.Name, "one before the layers, e.g. [Input(784)], or [Tokens(length, vocabulary)] for ids"));
    }
}
