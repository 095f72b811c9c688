using System.Globalization;
using System.Text;
using System.Threading;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace DlGen.Reading;

/// <summary>
/// Evaluates Forward or Loss (<paramref name="root"/>) and what it calls: tensors are nodes of the graph, everything else is a constant. This part
/// calls methods, names the scopes of their layers and keeps the bounds; Statements and Expressions evaluate bodies; Invocations knows what a call can be.
/// </summary>
internal sealed partial class SymbolicReader(IMethodSymbol root, MethodBodies bodies, NetworkReading reading, CancellationToken cancellation)
{
    private const int MostSteps = 10_000, MostDepth = 64, MostNodes = 20_000;

    private Dictionary<ISymbol, object?> variables = new(SymbolEqualityComparer.Default);
    private int steps;
    private int depth;

    private Network Network => reading.Network;

    private GraphBuilder Graph => reading.Network.Graph;

    /// <summary>What the method returns for these arguments: one tensor, or those of a tuple.</summary>
    public IReadOnlyList<Value> Read(IReadOnlyDictionary<IParameterSymbol, object> arguments)
    {
        try
        {
            foreach (var argument in arguments) variables[argument.Key] = argument.Value;
            var body = bodies.Find(root, cancellation) ?? throw ReadException.DoesNotCompile;
            var completion = Execute(body);
            return completion.Value switch
            {
                null => throw ReadException.DoesNotCompile,
                TupleValue tuple => tuple.Elements.Select(element => Tensor(body, element)).ToList(),
                var value => [Tensor(body, value)],
            };
        }
        catch (InsufficientExecutionStackException)
        {
            throw new ReadException(Descriptors.TooLarge, root.Place(), "an expression is nested too deeply; divide it with local variables");
        }
    }

    /// <summary>Runs a helper method: its layers get a scope of its name, counted per call; those of a [Shared] one find the same parameters again.</summary>
    private object? Call(IMethodSymbol method, IInvocationOperation call, IReadOnlyDictionary<int, object?> arguments)
    {
        CountStep(CallPlace(call), "calls");
        if (depth >= MostDepth)
            throw new ReadException(Descriptors.TooLarge, CallPlace(call), $"calls are nested more than {MostDepth} deep; does the recursion end?");
        var body = bodies.Find(method, cancellation) ?? throw Unread(call, $"a call of '{method.Name}', which has no body here", "write it as a static method of this class");

        var outer = variables;
        variables = new Dictionary<ISymbol, object?>(SymbolEqualityComparer.Default);
        foreach (var parameter in method.Parameters) variables[parameter] = arguments[parameter.Ordinal];
        depth++;
        var scope = Problems.At(CallPlace(call), () => ScopeOf(method, arguments));
        var completion = Network.Within(scope, () => Execute(body));
        depth--;
        variables = outer;
        return completion.Value;
    }

    private Scope ScopeOf(IMethodSymbol method, IReadOnlyDictionary<int, object?> arguments)
    {
        bool frozen = method.FindAttribute("FrozenAttribute") is not null;
        var init = AttributeReader.Initializer(method);
        string stem = SnakeCase(method.Name);
        if (method.FindAttribute("SharedAttribute") is null) return Network.Scope.Enter(Network.Scope.Prefix + Network.Scope.Claim(stem, null), frozen, init);

        // Constant arguments make a family: block_0, block_1.
        var constants = method.Parameters.Select(p => arguments[p.Ordinal]).Where(a => a is int or long or bool or float or double)
            .Select(a => "_" + Convert.ToString(a, CultureInfo.InvariantCulture)!.ToLowerInvariant().Replace('-', 'm').Replace('.', '_').Replace('+', 'p'));
        string path = stem + string.Concat(constants);
        return Network.Scope.Enter(Network.SharedPath(method.ToDisplayString() + path, stem, path), frozen, init);
    }

    private void CountStep(Location place, string what)
    {
        cancellation.ThrowIfCancellationRequested();
        if (++steps > MostSteps)
            throw new ReadException(Descriptors.TooLarge, place, $"more than {MostSteps.ToString("N0", CultureInfo.InvariantCulture)} loop turns and calls in all; do the {what} end?");
    }

    /// <summary>Does what makes nodes: its problems get their place, and the graph its bound.</summary>
    private T Build<T>(Location place, Func<T> action)
    {
        var result = Problems.At(place, action);
        if (Graph.Count > MostNodes)
            throw new ReadException(Descriptors.TooLarge, place, $"the network has more than {MostNodes.ToString("N0", CultureInfo.InvariantCulture)} operations; make it smaller");
        return result;
    }

    /// <summary>"Linear(10)" of x.Flatten().Linear(10): the method's name and its arguments.</summary>
    private static Location CallPlace(IOperation call)
        => call.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } invocation
            ? Location.Create(invocation.SyntaxTree, TextSpan.FromBounds(member.Name.SpanStart, invocation.Span.End))
            : call.Syntax.GetLocation();

    private ReadException Unread(IOperation operation, string what, string instead)
        => new(Descriptors.Unread, operation.Syntax.GetLocation(), root.Name, what, instead);

    /// <summary>FeedForward → feed_forward, MLP → mlp, UNetLevel → u_net_level.</summary>
    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool startsWord = i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord && name[i - 1] != '_') text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
