using System.Globalization;
using System.Threading;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace DlGen.Reading;

/// <summary>
/// Evaluates Forward or Loss (<paramref name="root"/>) and what it calls: tensors are nodes of the graph, everything else is a constant. This part
/// begins and ends a reading; Statements, Loops and Switches run bodies, Expressions evaluates, Invocations knows what a call can be, Functions enters methods and lambdas.
/// </summary>
internal sealed partial class SymbolicReader(IMethodSymbol root, ModelCalls calls, NetworkReading reading, CancellationToken cancellation)
{
    private Network Network => reading.Network;

    private GraphBuilder Graph => reading.Network.Graph;

    /// <summary>What the method returns for these arguments: one tensor, or those of a tuple.</summary>
    public IReadOnlyList<Value> Read(IReadOnlyDictionary<IParameterSymbol, object> arguments)
    {
        return Guarded(() =>
        {
            foreach (var argument in arguments) variables[argument.Key] = new Variable(argument.Value, inCell: false);
            var body = calls.Bodies.Find(root, cancellation) ?? throw ReadException.DoesNotCompile;
            return Execute(body) switch
            {
                { Flow: Flow.Return, Value: null } => throw new ReadException(Descriptors.Unread, root.Place(), root.Name, "null as its result", "return a tensor"),
                { Value: null } => throw ReadException.DoesNotCompile,
                { Value: TupleValue tuple } => tuple.Elements.Select(element => Tensor(body, element)).ToList(),
                var completion => (IReadOnlyList<Value>)[Tensor(body, completion.Value)],
            };
        });
    }

    /// <summary>A call of the method, [Block(nameof(Stage), 64)], with these arguments after the tensor; its layers get a scope of its name.</summary>
    public Value Read(Value x, IReadOnlyDictionary<int, object?> arguments, Location place)
        => Guarded(() => Call(root, place, around: null, new Dictionary<int, object?>(arguments.ToDictionary(a => a.Key, a => a.Value)) { [0] = x }) switch
        {
            Value tensor => tensor,
            var number when Constants.IsConvertible(number) => Graph.Scalar(Convert.ToDouble(number, CultureInfo.InvariantCulture)),
            _ => throw ReadException.DoesNotCompile,
        });

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InsufficientExecutionStackException)
        {
            throw new ReadException(Descriptors.TooLarge, root.Place(), "an expression is nested too deeply; divide it with local variables");
        }
    }

    private void CountStep(Location place, string what) => reading.Bounds.CountStep(place, what, cancellation);

    /// <summary>Does what makes nodes: its problems get their place, and the graph its bound.</summary>
    private T Build<T>(Location place, Func<T> action)
    {
        var result = Problems.At(place, () =>
        {
            var made = action();
            Network.CheckCell();
            return made;
        });
        reading.Bounds.CheckNodes(place, Graph.Count);
        return result;
    }

    /// <summary>"Linear(10)" of x.Flatten().Linear(10): the method's name and its arguments.</summary>
    private static Location CallPlace(IOperation call)
        => call.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } invocation
            ? Location.Create(invocation.SyntaxTree, TextSpan.FromBounds(member.Name.SpanStart, invocation.Span.End))
            : call.Syntax.GetLocation();

    private ReadException Unread(IOperation operation, string what, string instead) => Unread(operation.Syntax.GetLocation(), what, instead);

    private ReadException Unread(Location place, string what, string instead) => new(Descriptors.Unread, place, root.Name, what, instead);
}
