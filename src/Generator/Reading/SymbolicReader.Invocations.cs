using System.Globalization;
using System.Runtime.CompilerServices;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>Calls: layers and functions of Tensor, Math on constants, and methods of this compilation, which are read in their turn.</summary>
internal sealed partial class SymbolicReader
{
    /// <summary>The type in which C# 14 declares methods of others, extension(Tensor x) { … }: Roslyn 4.8 has no name for it.</summary>
    private const TypeKind ExtensionBlock = (TypeKind)14;

    private object? Invoke(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.ContainingType.IsTensor()) return InvokeTensor(call);
        if (method.ContainingType.IsLibrary("Initializer"))
        {
            if (method.Parameters.Length != 1) throw Unread(call);
            double scale = Convert.ToDouble(ArgumentsByName(call)[method.Parameters[0].Name], CultureInfo.InvariantCulture);
            return Enum.TryParse(method.Name, out InitializerChoice choice) ? new Initializer(choice, scale) : throw Unread(call);
        }
        if (method.ContainingType is { Name: "Math" or "MathF", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
        {
            object?[] operands = ArgumentsByOrdinal(call).OrderBy(a => a.Key).Select(a => a.Value).ToArray();
            return Constants.Function(method.Name, operands, method.ReturnType)
                ?? throw Unread(call, $"Math.{method.Name} of these arguments", "use another function of Math, or compute the constant yourself");
        }
        if (method.MethodKind == MethodKind.DelegateInvoke && call.Instance is { } function) return Invoke(call, function);
        if (IsReadable(method) && call.Instance is null or IInstanceReferenceOperation)
        {
            var arguments = ArgumentsByOrdinal(call);
            return Call(method.OriginalDefinition, CallPlace(call), method.MethodKind == MethodKind.LocalFunction ? variables : null, arguments);
        }
        if (IsReadable(method) && method.ContainingType.TypeKind == ExtensionBlock && call.Instance is { } receiver)
        {
            var own = new Dictionary<ISymbol, Variable>(SymbolEqualityComparer.Default) { [method.ContainingType.OriginalDefinition] = new(Evaluate(receiver), inCell) };
            return Call(method.OriginalDefinition, CallPlace(call), own, ArgumentsByOrdinal(call));
        }
        if (IsCollectionMethod(method) && call.Instance is { } instance) return InvokeCollection(call, Items(instance));
        throw Unread(call);
    }

    private object? InvokeTensor(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method is { Name: "Scan", IsStatic: true }) return Scan(call);
        if (method is { Name: "Call", TypeArguments: { Length: 1 } model }) return CallModel(call, model[0]);
        object? instance = call.Instance is null ? null : Evaluate(call.Instance);
        if (call.Instance is not null && instance is not Value) instance = Tensor(call.Instance, instance);
        Target? state = null;
        var values = ArgumentsByName(call, given => state = given);
        var place = CallPlace(call);
        bool isLayer = Catalogue.Layers.TryGetValue(method.Name, out var layer) && !IsFunction(layer, method);
        if (Network.IsClosed && isLayer && layer!.MeetsRows) throw new ReadException(Descriptors.LossAcrossRows, place, method.Name);
        if (Network.IsClosed && (method.Name == "Parameter" || (isLayer && layer!.HasParameters)))
            throw new ReadException(Descriptors.Unread, place, root.Name, $"{method.Name}, which has parameters of its own", "make it in Forward");
        if (call.Instance is not null && isLayer)
        {
            var input = Tensor(call.Instance!, instance);
            var arguments = LayerArguments(layer!.Arguments, values) with { Operands = Operands(layer, call, values) };
            IReadOnlyList<Value> further = [];
            var result = Build(place, () => Network.Apply(layer, arguments, input, out further));
            reading.Locate(place);
            state?.Write(further.Count == 1 ? further[0] : new TupleValue(further));
            return result;
        }
        if (method.Name == "Split") return Split(new FunctionCall(Network, method.Name, instance, values), place);
        if (TensorFunctions.All.TryGetValue(method.Name, out var function))
        {
            var result = Build(place, () => function(new FunctionCall(Network, method.Name, instance, values)));
            reading.Locate(place);
            return result;
        }
        if (call.Instance is not null && Catalogue.Losses.TryGetValue(method.Name, out var loss)) return ApplyLoss(loss, call, Tensor(call.Instance, instance), values, place);
        throw Unread(call);
    }

    private Value CallModel(IInvocationOperation call, ITypeSymbol model)
    {
        var x = Tensor(call.Instance!, Evaluate(call.Instance!));
        bool frozen = ArgumentsByOrdinal(call).TryGetValue(0, out object? stated) && stated is true;
        return Build(CallPlace(call), () => calls.Call(model, frozen, x, reading, CallPlace(call), cancellation));
    }

    /// <summary>x.Split(3): the parts as a list, which also may be taken apart.</summary>
    private Collection Split(FunctionCall call, Location place)
    {
        var (x, axis, extents) = Build(place, () => TensorFunctions.Split(call));
        var parts = new List<object?>();
        int start = 0;
        foreach (int extent in extents)
        {
            reading.Bounds.CountElements(place, 1);
            parts.Add(Build(place, () => x.Slice(axis, start, extent)));
            start += extent;
        }
        return new Collection(parts, isList: false, inCell, isParts: true);
    }

    /// <summary>Whether it is a function of the layer's name, Embedding(table): its arguments are not the layer's.</summary>
    private static bool IsFunction(Layer layer, IMethodSymbol method)
        => layer.Arguments.Count > 0 && layer.Arguments.Select(a => a.Name).Concat(layer.Operands.Select(o => o.Name)).All(name => name != method.Parameters[0].Name);

    /// <summary>The tensors that a layer is given beside the one it is applied to; null is none.</summary>
    private Dictionary<string, IReadOnlyList<Value>> Operands(Layer layer, IInvocationOperation call, IReadOnlyDictionary<string, object?> values)
        => layer.Operands.Where(o => o.Required || (values.TryGetValue(o.Name, out object? value) && value is not null))
            .ToDictionary(o => o.Name, o => (IReadOnlyList<Value>)Flatten(call, values.TryGetValue(o.Name, out object? value) ? value : throw ReadException.DoesNotCompile), StringComparer.Ordinal);

    /// <summary>logits.SoftmaxCrossEntropy(label): the target comes first, whatever it is called.</summary>
    private Value ApplyLoss(Loss loss, IInvocationOperation call, Value output, IReadOnlyDictionary<string, object?> values, Location place)
    {
        string targetName = call.TargetMethod.Parameters[0].Name;
        var target = Tensor(call, values.TryGetValue(targetName, out object? given) ? given : throw ReadException.DoesNotCompile);
        var reduction = values.TryGetValue("reduction", out object? choice) && choice is int number ? (Reduction)number : Reduction.Mean;
        return Build(place, () => Network.Apply(loss, LayerArguments(loss.Arguments, values), output, target, targetName, reduction));
    }

    private static LayerArguments LayerArguments(IReadOnlyList<LayerArgument> definitions, IReadOnlyDictionary<string, object?> values)
    {
        var own = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var definition in definitions)
        {
            if (!values.TryGetValue(definition.Name, out object? value)) continue;
            own[definition.Name] = value is object?[] list ? list.OfType<int>().ToArray() : value;
        }
        object? Option(string name) => values.TryGetValue(name, out object? value) ? value : null;
        return new LayerArguments(own, Option("name") as string, Option("frozen") is true, Option("init") as Initializer);
    }

    /// <summary>As the catalogue knows them: arrays and lists as object?[].</summary>
    private Dictionary<string, object?> ArgumentsByName(IInvocationOperation call, Action<Target>? output = null)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var pair in ArgumentsByOrdinal(call, output))
        {
            var parameter = call.TargetMethod.Parameters[pair.Key];
            if (pair.Value is Collection { Count: var count }) reading.Bounds.CountElements(CallPlace(call), count);
            if (!Fits(pair.Value, parameter.Type))
                throw Unread(call.Arguments.First(a => a.Parameter?.Ordinal == pair.Key).Value, $"a value for '{parameter.Name}' of another type than a cast says", "leave out the cast");
            values[parameter.Name] = pair.Value is Collection collection ? collection.Items.ToArray() : pair.Value;
        }
        return values;
    }

    /// <summary>Whether the value is one of that type, which casts from object and type parameters do not ensure.</summary>
    private static bool Fits(object? value, ITypeSymbol? type)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return (value, type) switch
        {
            (null, _) or (_, null) => true,
            _ when type.IsTensor() => value is Value || Constants.IsConvertible(value),
            (_, { TypeKind: TypeKind.Delegate }) => value is Closure,
            _ when type.IsLibrary("TensorList") => value is Collection { IsParts: true },
            (_, IArrayTypeSymbol array) => value is Collection list && list.Items.All(item => Fits(item, array.ElementType)),
            (_, INamedTypeSymbol { Name: "List" or "Span" or "ReadOnlySpan", TypeArguments: { Length: 1 } item }) => value is Collection list && list.Items.All(i => Fits(i, item[0])),
            (_, INamedTypeSymbol { IsTupleType: true } tuple) => value is TupleValue of && of.Elements.Count == tuple.TupleElements.Length
                && of.Elements.Zip(tuple.TupleElements, (element, field) => Fits(element, field.Type)).All(fits => fits),
            (_, INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: { Length: 1 } of }) => Fits(value, of[0]),
            (_, { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Single or SpecialType.System_Double })
                => Constants.IsNumber(value) && value!.Equals(Constants.Convert(value, type)),
            (_, { SpecialType: SpecialType.System_Boolean }) => value is bool,
            (_, { SpecialType: SpecialType.System_String }) => value is string,
            _ => true,
        };
    }

    /// <summary>In the order in which they are written, because layers in them are named in that order.</summary>
    /// <param name="output">Gets the target of an out argument, which methods of Tensor may have.</param>
    private Dictionary<int, object?> ArgumentsByOrdinal(IInvocationOperation call, Action<Target>? output = null)
    {
        var values = new Dictionary<int, object?>();
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is not { } parameter) throw ReadException.DoesNotCompile;
            if (parameter.RefKind == RefKind.Out && output is not null)
            {
                output(TargetOf(argument.Value));
                continue;
            }
            if (parameter.RefKind is RefKind.Ref or RefKind.Out) throw Unread(argument, "a ref or out argument", "return the value instead");
            values[parameter.Ordinal] = Evaluate(argument.Value);
        }
        return values;
    }
}
