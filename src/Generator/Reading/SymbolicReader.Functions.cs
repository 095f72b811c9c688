using System.Globalization;
using DlGen.Layers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>
/// Methods, local functions and lambdas: a method's or local function's layers get a scope of its name, counted per call; those of a [Shared] one find the same
/// parameters again. A lambda has no name, so its layers belong to whoever calls it.
/// </summary>
internal sealed partial class SymbolicReader
{
    /// <summary>A method, local function or lambda as a value: its body and the variables around it, which it shares with them.</summary>
    private sealed record Closure(IMethodSymbol Method, IBlockOperation? Body, Dictionary<ISymbol, Variable>? Around);

    private object? Call(IMethodSymbol method, Location place, Dictionary<ISymbol, Variable>? around, IReadOnlyDictionary<int, object?> arguments)
    {
        method = method.PartialImplementationPart ?? method;
        var body = calls.Bodies.Find(method, cancellation) ?? throw Unread(place, $"a call of '{method.Name}', which has no body here", "write it as a static method of this class");
        return Run(method, body, place, around, arguments, Problems.At(place, () => ScopeOf(method, arguments)));
    }

    private object? Call(Closure closure, Location place, IReadOnlyDictionary<int, object?> arguments)
        => closure.Body is { } body ? Run(closure.Method, body, place, closure.Around, arguments, Network.Scope) : Call(closure.Method, place, closure.Around, arguments);

    private object? Run(
        IMethodSymbol method, IBlockOperation body, Location place, Dictionary<ISymbol, Variable>? around, IReadOnlyDictionary<int, object?> arguments, Scope scope)
    {
        reading.Bounds.Enter(place, cancellation);
        var outer = variables;
        variables = around is null ? new(SymbolEqualityComparer.Default) : new(around, SymbolEqualityComparer.Default);
        foreach (var parameter in method.Parameters)
            variables[parameter] = new Variable(arguments.TryGetValue(parameter.Ordinal, out object? value) ? value : throw ReadException.DoesNotCompile, inCell);
        var completion = Network.Within(scope, () => Execute(body));
        variables = outer;
        reading.Bounds.Leave();
        // A path without return is the compiler's error.
        return completion.Flow == Flow.Return || method.ReturnsVoid ? completion.Value : throw ReadException.DoesNotCompile;
    }

    private Scope ScopeOf(IMethodSymbol method, IReadOnlyDictionary<int, object?> arguments)
    {
        bool frozen = method.FindAttribute("FrozenAttribute") is not null;
        var init = AttributeReader.Initializer(method);
        string stem = ScopeNames.SnakeCase(method.Name);
        if (method.FindAttribute("SharedAttribute") is null) return Network.Scope.Enter(Network.Scope.Prefix + Network.Scope.Claim(stem, null), frozen, init);

        // Constant arguments make a family: block_0, block_1.
        string constants = string.Concat(method.Parameters.Select(p => arguments[p.Ordinal]).Where(a => a is int or long or bool or float or double or string)
            .Select(a => "_" + Convert.ToString(a, CultureInfo.InvariantCulture)));
        string path = stem + constants.ToLowerInvariant().Replace('-', 'm').Replace('.', '_').Replace('+', 'p');
        return Network.Scope.Enter(Network.Root.Shared(Key(method) + constants, stem, path), frozen, init);
    }

    /// <summary>What tells two methods apart, local functions of one name too.</summary>
    private static string Key(IMethodSymbol method) => method.MethodKind == MethodKind.LocalFunction
        ? $"{method.ContainingSymbol.ToDisplayString()}.{method.ToDisplayString()}@{method.Place().SourceSpan.Start.ToString(CultureInfo.InvariantCulture)}"
        : method.ToDisplayString();

    private Closure ToClosure(IDelegateCreationOperation creation)
    {
        switch (creation.Target)
        {
            case IAnonymousFunctionOperation lambda:
                return new Closure(lambda.Symbol, lambda.Body, Around());
            case IMethodReferenceOperation { Instance: null or IInstanceReferenceOperation, Method: var method } when IsReadable(method):
                return new Closure(method.OriginalDefinition, Body: null, method.MethodKind == MethodKind.LocalFunction ? Around() : null);
            case IMethodReferenceOperation { Method: var method }:
                throw Unread(creation, $"'{method.Name}' as a delegate", $"write a lambda that calls it");
            case var target:
                return Evaluate(target) as Closure ?? throw Unread(creation);
        }
    }

    /// <summary>f(x), where f is a lambda, a local function or a method that was stored or passed.</summary>
    private object? Invoke(IInvocationOperation call, IOperation function)
        => Evaluate(function) is Closure closure ? Call(closure, CallPlace(call), ArgumentsByOrdinal(call)) : throw Unread(function, "null in place of a function", "use a lambda or a method");

    private static bool IsReadable(IMethodSymbol method)
        => method.MethodKind is MethodKind.Ordinary or MethodKind.ReducedExtension or MethodKind.LocalFunction && !method.IsAsync && method.DeclaringSyntaxReferences.Length > 0
        && !method.ContainingType.IsTensor();
}
