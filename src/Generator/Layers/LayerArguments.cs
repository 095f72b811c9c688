using System.Globalization;
using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>
/// The argument values of one layer, by camelCase name, as the attribute or the call states them; what is not stated has its default.
/// <paramref name="Name"/>, <paramref name="Frozen"/> and <paramref name="Init"/> are the ones that every layer with parameters takes.
/// </summary>
internal sealed record LayerArguments(IReadOnlyDictionary<string, object?> Values, string? Name = null, bool Frozen = false, Initializer? Init = null)
{
    /// <summary>The tensors among them, by name; several where it is a tuple.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Value>> Operands { get; init; } = new Dictionary<string, IReadOnlyList<Value>>();

    public static LayerArguments None { get; } = new(new Dictionary<string, object?>());

    public object Get(IReadOnlyList<LayerArgument> definitions, string name)
    {
        if (Values.TryGetValue(name, out object? value) && value is not null) return value;
        return definitions.First(d => d.Name == name).Default ?? throw new LayerException($"the argument {name}, which has no default, is missing; write {name}: … in a call, {char.ToUpperInvariant(name[0])}{name.Substring(1)} = … in an attribute");
    }

    /// <summary>The value that was stated, or null: for an argument without which there is none.</summary>
    public object? Stated(string name) => Values.TryGetValue(name, out object? value) ? value : null;

    /// <summary>"Linear(10)", "Reshape(16, 5, 5)", "Relu": the layer as the user reads it, with its required arguments.</summary>
    public string Display(string layer, IReadOnlyList<LayerArgument> definitions)
    {
        var texts = definitions.Where(d => d.Required && Values.ContainsKey(d.Name)).Select(d => Text(Values[d.Name])).ToList();
        return texts.Count == 0 ? layer : $"{layer}({string.Join(", ", texts)})";
    }

    private static string Text(object? value) => value switch
    {
        int[] list => string.Join(", ", list.Select(i => i.ToString(CultureInfo.InvariantCulture))),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "?",
    };
}
