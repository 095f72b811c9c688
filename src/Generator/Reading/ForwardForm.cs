using System.Threading;
using DlGen.Graphs;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>The method Forward is the network: its parameters are the inputs, its body and those of the helpers it calls are evaluated.</summary>
internal sealed class ForwardForm(IMethodSymbol forward, MethodBodies bodies) : NetworkForm
{
    public override IReadOnlyList<NamedOutput> Read(NetworkReading reading, CancellationToken cancellation)
    {
        if (forward.IsBroken()) throw ReadException.DoesNotCompile;
        var inputs = new Dictionary<IParameterSymbol, object>(SymbolEqualityComparer.Default);
        foreach (var parameter in forward.Parameters)
        {
            var input = parameter.FindAttribute("InputAttribute")!;
            inputs[parameter] = Problems.At(input.Place(cancellation), () => reading.Network.Input(parameter.Identifier(), AttributeReader.Shape(input)));
        }
        var values = new SymbolicReader(forward, bodies, reading, cancellation).Read(inputs);
        return forward.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple
            ? values.Select((value, i) => new NamedOutput(tuple.TupleElements[i].Name, value)).ToList()
            : [new NamedOutput("", values.Single())];
    }
}
