using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using DlGen.Ops;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>Attributes → argument values: constructor parameters and properties alike become arguments by camelCase name.</summary>
internal static class AttributeReader
{
    /// <summary>The arguments of a layer or loss attribute; one that its definition does not know is refused at the attribute.</summary>
    public static LayerArguments Arguments(AttributeData attribute, string layer, IReadOnlyList<LayerArgument> definitions, Location place)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        var constructor = attribute.AttributeConstructor ?? throw ReadException.DoesNotCompile;
        for (int i = 0; i < attribute.ConstructorArguments.Length; i++) values[constructor.Parameters[i].Name] = Value(attribute.ConstructorArguments[i]);
        foreach (var named in attribute.NamedArguments) values[char.ToLowerInvariant(named.Key[0]) + named.Key.Substring(1)] = Value(named.Value);
        foreach (string name in values.Keys)
            if (definitions.All(d => d.Name != name))
                throw new ReadException(Descriptors.InvalidArgument, place, $"{layer}: the argument {name} is not supported; leave it out");
        return new LayerArguments(values);
    }

    /// <summary>The shape, the number of classes and the ignored label of [Label(classes, Length = …, Ignore = …)].</summary>
    public static (Shape Shape, int Classes, int? Ignored) Label(AttributeData attribute)
    {
        if (attribute.ConstructorArguments.Length != 1 || Value(attribute.ConstructorArguments[0]) is not int classes) throw ReadException.DoesNotCompile;
        if (classes < 2) throw new LayerException($"Label({classes}): classes must be at least 2; use [Target] for a number");
        object? Named(string name) => attribute.NamedArguments.Where(a => a.Key == name).Select(a => Value(a.Value)).FirstOrDefault();
        object? length = Named("Length");
        if (length is < 1) throw new LayerException($"Label({classes}): Length must be at least 1; leave it out for one label a row");
        return (length is int steps ? Graphs.Shape.Of(steps) : Graphs.Shape.Scalar, classes, Named("Ignore") as int?);
    }

    /// <summary>What [Input(…)], [Tokens(…)] or [Lengths(…)] declares.</summary>
    public static InputOp Input(string variable, AttributeData attribute)
    {
        if (attribute.AttributeClass is { Name: "LengthsAttribute" })
        {
            if (attribute.ConstructorArguments.Length != 1 || Value(attribute.ConstructorArguments[0]) is not int time) throw ReadException.DoesNotCompile;
            if (time is < 1 or int.MaxValue) throw new LayerException($"Lengths({time}): time must be at least 1, the steps of a padded sequence, and below 2^31 - 1");
            return new InputOp(variable, Graphs.Shape.Scalar, IsTarget: false, time + 1, AreLengths: true);
        }
        if (attribute.AttributeClass is not { Name: "TokensAttribute" }) return new InputOp(variable, Shape(attribute), IsTarget: false, Classes: 0, IsBytes: IsBytes(attribute));
        if (attribute.ConstructorArguments.Length != 2 || Value(attribute.ConstructorArguments[0]) is not int length || Value(attribute.ConstructorArguments[1]) is not int vocabulary)
            throw ReadException.DoesNotCompile;
        if (vocabulary < 1) throw new LayerException($"Tokens({length}, {vocabulary}): vocabulary must be at least 1");
        return new InputOp(variable, Graphs.Shape.Of(length), IsTarget: false, vocabulary);
    }

    /// <summary>Whether [Input(…)] declares numbers that are given as bytes.</summary>
    public static bool IsBytes(AttributeData attribute) => attribute.NamedArguments.Any(a => a is { Key: "Bytes", Value.Value: true });

    /// <summary>The shape of [Input(…)] and [Target(…)].</summary>
    public static Shape Shape(AttributeData attribute)
        => attribute.ConstructorArguments.Length == 1 && Value(attribute.ConstructorArguments[0]) is int[] extents
            ? new Shape(extents)
            : throw ReadException.DoesNotCompile;

    /// <summary>What [Initialize(…)] on a class or method says; null without one.</summary>
    public static Initializer? Initializer(ISymbol symbol)
    {
        if (symbol.FindAttribute("InitializeAttribute") is not { ConstructorArguments.Length: 1 } attribute) return null;
        double scale = attribute.NamedArguments.Where(a => a.Key == "Scale").Select(a => a.Value.Value as double?).FirstOrDefault() ?? 1;
        return Initializer(attribute.ConstructorArguments[0].Type, attribute.ConstructorArguments[0].Value, scale);
    }

    /// <summary>A value of the enum Init, by its name.</summary>
    public static Initializer? Initializer(ITypeSymbol? type, object? value, double scale)
    {
        string? name = type?.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => f.HasConstantValue && Equals(f.ConstantValue, value))?.Name;
        return Enum.TryParse(name, out InitializerChoice choice) && choice != InitializerChoice.Default ? new Initializer(choice, scale) : null;
    }

    private static object? Value(TypedConstant constant) => constant switch
    {
        { Kind: TypedConstantKind.Error } => throw ReadException.DoesNotCompile,
        { IsNull: true } => throw new LayerException("null has no meaning here; leave the argument out"),
        { Kind: TypedConstantKind.Array } => constant.Values.Select(v => v.Value is int i ? i : throw ReadException.DoesNotCompile).ToArray(),
        _ => constant.Value,
    };
}
