using DlGen.Graphs;

namespace DlGen.Layers;

internal enum ArgumentKind { Int, Ints, Number, Flag, Choice, Tensors }

/// <summary>One argument of a layer. The name is camelCase, as the method of Tensor has it; the attribute's property is the same in PascalCase.</summary>
internal sealed record LayerArgument(string Name, ArgumentKind Kind, object? Default)
{
    public bool Required => Default is null && !IsTensors;

    public bool IsTensors => Kind == ArgumentKind.Tensors;

    public static LayerArgument Int(string name, int? value = null) => new(name, ArgumentKind.Int, value);

    public static LayerArgument Ints(string name) => new(name, ArgumentKind.Ints, null);

    public static LayerArgument Number(string name, double? value = null) => new(name, ArgumentKind.Number, value);

    public static LayerArgument Flag(string name, bool value) => new(name, ArgumentKind.Flag, value);

    /// <summary>One of the names of an enum, which the runtime library has with the same names; the first unless stated.</summary>
    public static LayerArgument Choice<T>(string name)
        where T : struct, Enum => new(name, ArgumentKind.Choice, 0) { Choices = Enum.GetNames(typeof(T)).ToEquatableArray() };

    /// <summary>A tensor beside the layer's input, or a tuple of several; optional, and of the method alone: an attribute has no tensors.</summary>
    public static LayerArgument Tensors(string name, int count = 1) => new(name, ArgumentKind.Tensors, null) { Count = count };

    public EquatableArray<string> Choices { get; init; }

    /// <summary>How many tensors it is.</summary>
    public int Count { get; init; }
}

/// <summary>
/// What the compiler knows of one kind of layer: this one definition serves the attribute and the method of Tensor. A layer is a composition of
/// ops and nothing else in the compiler knows it.
/// </summary>
/// <param name="Name">As the user writes it: "LayerNorm".</param>
/// <param name="Summary">One line for the docs table, with PyTorch's counterpart.</param>
/// <param name="HasParameters">Then its method takes name, frozen and init as well.</param>
/// <param name="CancelsBias">Whether it subtracts what a bias right before it added.</param>
/// <param name="MeetsRows">Whether in training a row's result depends on the other rows of the batch.</param>
/// <param name="TakesIds">Whether it may be given ids: it looks them up or renames their axes, and computes nothing of them.</param>
/// <param name="State">What it gives beside its result, if anything: the name of an out parameter that a second method has after the required arguments.</param>
internal sealed record Layer(
    string Name, string Summary, bool HasParameters, IReadOnlyList<LayerArgument> Arguments, Func<LayerCall, Value, Value> Compose, bool CancelsBias = false,
    bool MeetsRows = false, bool TakesIds = false, string? State = null);

/// <summary>An argument has a value that the layer does not allow; the message names the layer, the argument and what is allowed.</summary>
internal sealed class LayerException(string message) : Exception(message);
