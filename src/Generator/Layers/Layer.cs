using DlGen.Graphs;

namespace DlGen.Layers;

internal enum ArgumentKind { Int, Ints, Number, Flag, Choice }

/// <summary>One argument of a layer. The name is camelCase, as the method of Tensor has it; the attribute's property is the same in PascalCase.</summary>
internal sealed record LayerArgument(string Name, ArgumentKind Kind, object? Default)
{
    public bool Required => Default is null;

    public static LayerArgument Int(string name, int? value = null) => new(name, ArgumentKind.Int, value);

    public static LayerArgument Ints(string name) => new(name, ArgumentKind.Ints, null);

    public static LayerArgument Number(string name, double? value = null) => new(name, ArgumentKind.Number, value);

    public static LayerArgument Flag(string name, bool value) => new(name, ArgumentKind.Flag, value);

    /// <summary>One of the names of an enum, which the runtime library has with the same names; the first unless stated.</summary>
    public static LayerArgument Choice<T>(string name)
        where T : struct, Enum => new(name, ArgumentKind.Choice, 0) { Choices = Enum.GetNames(typeof(T)).ToEquatableArray() };

    public EquatableArray<string> Choices { get; init; }
}

/// <summary>
/// A tensor that a layer takes beside the one it is applied to: mask; or a tuple of <paramref name="Count"/> tensors. A parameter of its method, before the
/// arguments if required and behind them if not. An attribute can't name a tensor, so a layer that requires one has none.
/// </summary>
internal sealed record LayerOperand(string Name, bool Required, int Count = 1);

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
internal sealed record Layer(
    string Name, string Summary, bool HasParameters, IReadOnlyList<LayerArgument> Arguments, Func<LayerCall, Value, Value> Compose, bool CancelsBias = false,
    bool MeetsRows = false, bool TakesIds = false)
{
    /// <summary>Tensors that it takes beside the one it is applied to.</summary>
    public IReadOnlyList<LayerOperand> Operands { get; init; } = [];

    /// <summary>What it gives beside its result, if anything: the name of the out parameter that a second method of it has behind the required arguments.</summary>
    public string? State { get; init; }

    public bool HasAttribute => Operands.All(o => !o.Required);
}

/// <summary>An argument has a value that the layer does not allow; the message names the layer, the argument and what is allowed.</summary>
internal sealed class LayerException(string message) : Exception(message);
