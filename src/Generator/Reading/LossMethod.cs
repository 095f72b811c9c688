using DlGen.Diagnostics;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>A parameter of Loss: the output (the first), an input of the network by its name, or with an attribute a target or label.</summary>
internal sealed record LossParameter(IParameterSymbol Symbol, AttributeData? Attribute)
{
    public bool IsOutput => Symbol.Ordinal == 0;

    public bool IsLabel => Attribute is { AttributeClass.Name: "LabelAttribute" };
}

/// <summary>The method Loss of a model and what its parameters stand for. Without parameters where the compiler already reports the signature.</summary>
internal sealed class LossMethod
{
    private LossMethod(IMethodSymbol symbol, IReadOnlyList<LossParameter> parameters)
    {
        Symbol = symbol;
        Parameters = parameters;
    }

    public IMethodSymbol Symbol { get; }

    public IReadOnlyList<LossParameter> Parameters { get; }

    /// <summary>Targets and labels: what training needs beside the inputs.</summary>
    public IEnumerable<LossParameter> Targets => Parameters.Where(p => p.Attribute is not null);

    /// <summary>Reads the signature for a network with these inputs and so many outputs; null where it is wrong.</summary>
    public static LossMethod? Read(IReadOnlyList<IMethodSymbol> methods, IReadOnlyCollection<string> inputs, IReadOnlyList<IFieldSymbol> outputs, List<Diagnostic> problems)
    {
        var method = methods[0];
        if (method.IsBroken()) return new LossMethod(method, []);

        string? reason =
            methods.Count > 1 ? "has several overloads"
            : !method.IsStatic ? "is not static, but it never runs on an instance"
            : method.IsGenericMethod ? "is generic"
            : !method.ReturnType.IsTensor() && method.ReturnType.TensorElements().Count != 2 ? $"returns {Display(method.ReturnType)}, neither one Tensor nor (Tensor Loss, Tensor Weight)"
            : IsSwapped(method.ReturnType.TensorElements()) ? $"returns {Display(method.ReturnType)}, but the loss comes first and its weight second"
            : method.Parameters.Length == 0 ? "does not take what Forward returns"
            : null;
        if (reason is not null)
        {
            problems.Add(Diagnostic.Create(Descriptors.LossSignature, method.Place(), reason));
            return null;
        }

        var parameters = method.Parameters.Select(p => new LossParameter(p, p.FindAttribute("TargetAttribute") ?? p.FindAttribute("LabelAttribute"))).ToList();
        int before = problems.Count;
        problems.AddRange(parameters.Select(p => Check(p, inputs, outputs)).OfType<Diagnostic>());
        return problems.Count > before ? null : new LossMethod(method, parameters);
    }

    private static Diagnostic? Check(LossParameter parameter, IReadOnlyCollection<string> inputs, IReadOnlyList<IFieldSymbol> outputs)
    {
        var symbol = parameter.Symbol;
        bool isInput = inputs.Contains(symbol.Name);
        string? reason =
            parameter.IsOutput && outputs.Count > 0 && parameter.Attribute is null
                ? symbol.Type.TensorElements().Count == outputs.Count ? null
                    : $"takes {Display(symbol)}, but Forward returns several outputs; take them as one tuple, ({string.Join(", ", outputs.Select(o => "Tensor " + o.Name))}) output"
            : !symbol.Type.IsTensor() || symbol.RefKind != RefKind.None ? $"takes {Display(symbol)}, not a Tensor"
            : parameter.IsOutput ? parameter.Attribute is null ? null : $"begins with the target '{symbol.Name}', but its first parameter is what Forward returns"
            : symbol.FindInput() is not null ? $"declares the input '{symbol.Name}', but inputs are declared for Forward; in Loss the name alone is enough"
            : parameter.Attribute is null ? isInput ? null
                : $"takes '{symbol.Name}', which is no input of the network ({string.Join(", ", inputs.Select(i => $"'{i}'"))}) and has neither [Target(…)] nor [Label(…)]"
            : isInput ? $"has the target '{symbol.Name}', but an input has that name; choose another name"
            : symbol.FindAttribute("TargetAttribute") is not null && symbol.FindAttribute("LabelAttribute") is not null ? $"has '{symbol.Name}' as float target and int label at once"
            : null;
        if (reason is not null) return Diagnostic.Create(Descriptors.LossSignature, symbol.Place(), reason);
        return parameter.Attribute is not null && ModelStructure.IsReserved(symbol.Name) && symbol.Name != "targets"
            ? Diagnostic.Create(Descriptors.ReservedName, symbol.Place(), symbol.Name)
            : null;
    }

    private static bool IsSwapped(IReadOnlyList<IFieldSymbol> elements)
        => elements.Count == 2 && (string.Equals(elements[0].Name, "Weight", StringComparison.OrdinalIgnoreCase) || string.Equals(elements[1].Name, "Loss", StringComparison.OrdinalIgnoreCase));

    private static string Display(ISymbol symbol) => symbol.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
}
