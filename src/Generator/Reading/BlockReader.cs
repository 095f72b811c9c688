using System.Globalization;
using System.Threading;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>[Block(nameof(Stage), 64, 2, Repeat = 2)] and [Block&lt;Features&gt;] among the layers of the sequential form.</summary>
internal sealed class BlockReader(INamedTypeSymbol model, ModelCalls calls, NetworkReading reading, CancellationToken cancellation)
{
    public Value Apply(AttributeData attribute, Location place, Value x)
    {
        if (attribute.AttributeClass is { TypeArguments: { Length: 1 } other }) return calls.Call(other[0], Named(attribute, "Frozen") is true, x, reading, place, cancellation);
        if (attribute.ConstructorArguments.Length != 2 || attribute.ConstructorArguments[0].Value is not string name || attribute.ConstructorArguments[1].Kind == TypedConstantKind.Error) throw ReadException.DoesNotCompile;
        int repeat = Named(attribute, "Repeat") as int? ?? 1;
        if (repeat < 1) throw new ReadException(Descriptors.InvalidArgument, place, $"Block({name}): Repeat must be at least 1");
        if (attribute.ConstructorArguments[1] is not { Kind: TypedConstantKind.Array, IsNull: false, Values: var constants })
            throw new ReadException(Descriptors.InvalidArgument, place, $"Block({name}): null has no meaning here; give the arguments of {name} after the tensor");

        var method = Find(name, place);
        var arguments = Arguments(method, constants, place);
        for (int i = 0; i < repeat; i++) x = new SymbolicReader(method, calls, reading, cancellation).Read(x, arguments, place);
        return x;
    }

    private static object? Named(AttributeData attribute, string name) => attribute.NamedArguments.Where(a => a.Key == name).Select(a => a.Value.Value).FirstOrDefault();

    private IMethodSymbol Find(string name, Location place)
    {
        var methods = model.GetMembers(name).OfType<IMethodSymbol>().Where(m => m.MethodKind == MethodKind.Ordinary).ToList();
        if (methods.Any(m => m.IsBroken())) throw ReadException.DoesNotCompile;
        string? reason =
            methods.Count == 0 ? $"{model.Name} has no method {name}; write 'private static Tensor {name}(Tensor x)', or name another one"
            : methods.Count > 1 ? $"{name} has several overloads; give them names of their own"
            : !methods[0].IsStatic ? $"{name} is not static, but it never runs on an instance; make it static"
            : methods[0].IsGenericMethod ? $"{name} is generic; name a method without type parameters"
            : !methods[0].ReturnType.IsTensor() || methods[0].Parameters.Length == 0 || !methods[0].Parameters[0].Type.IsTensor() || methods[0].Parameters[0].RefKind != RefKind.None
                ? $"{name} must take a Tensor first and give one; write 'private static Tensor {name}(Tensor x, …)'"
            : null;
        return reason is null ? methods[0] : throw new ReadException(Descriptors.BlockMethod, place, reason);
    }

    /// <summary>The constants for the parameters after the tensor, converted as a call would.</summary>
    private static IReadOnlyDictionary<int, object?> Arguments(IMethodSymbol method, IReadOnlyList<TypedConstant> constants, Location place)
    {
        var arguments = new Dictionary<int, object?>();
        int given = 0;
        foreach (var parameter in method.Parameters.Skip(1))
        {
            if (parameter.IsParams && parameter.Type is IArrayTypeSymbol { ElementType: var element } && !(given == constants.Count - 1 && constants[given].Kind == TypedConstantKind.Array))
            {
                var rest = constants.Skip(given).Select(c => Converted(c, element)).ToList();
                arguments[parameter.Ordinal] = new Collection(rest, isList: false, inCell: false);
                given = constants.Count;
            }
            else if (given < constants.Count) arguments[parameter.Ordinal] = Converted(constants[given++], parameter.Type);
            else if (parameter.HasExplicitDefaultValue) arguments[parameter.Ordinal] = parameter.ExplicitDefaultValue;
            else throw Unfit();
        }
        return given == constants.Count ? arguments : throw Unfit();

        object? Converted(TypedConstant constant, ITypeSymbol type) => Convert(constant, type, out object? value) ? value : throw Unfit();

        ReadException Unfit() => new(Descriptors.BlockMethod, place,
            $"{method.Name} takes ({string.Join(", ", method.Parameters.Skip(1).Select(p => $"{p.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} {p.Name}"))}) after the tensor, but is given ({string.Join(", ", constants.Select(Text))})");
    }

    /// <summary>The implicit conversions of constants: the same type, and int to long, float and double.</summary>
    private static bool Convert(TypedConstant constant, ITypeSymbol type, out object? value)
    {
        value = null;
        if (constant.Kind == TypedConstantKind.Error) throw ReadException.DoesNotCompile;
        if (constant.Kind == TypedConstantKind.Array)
        {
            if (constant.IsNull || type is not IArrayTypeSymbol array) return false;
            var items = new List<object?>();
            foreach (var item in constant.Values)
            {
                if (!Convert(item, array.ElementType, out object? converted)) return false;
                items.Add(converted);
            }
            value = new Collection(items, isList: false, inCell: false);
            return true;
        }
        if (constant.Kind is not (TypedConstantKind.Primitive or TypedConstantKind.Enum) || constant.Value is null) return false;
        bool isSame = SymbolEqualityComparer.Default.Equals(constant.Type, type);
        bool isWider = constant.Kind == TypedConstantKind.Primitive && (constant.Value, type.SpecialType) is
            (int, SpecialType.System_Int64 or SpecialType.System_Single or SpecialType.System_Double) or (long or float, SpecialType.System_Double) or (long, SpecialType.System_Single);
        value = Constants.Fit(constant.Value, type);
        return isSame || isWider;
    }

    private static string Text(TypedConstant constant) => constant.Kind == TypedConstantKind.Array ? "an array"
        : constant.Value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        var number => System.Convert.ToString(number, CultureInfo.InvariantCulture),
    };
}
