using System.Threading;
using DlGen.Graphs;
using DlGen.Layers;
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
            var input = parameter.FindInput()!;
            inputs[parameter] = Problems.At(input.Place(cancellation), () =>
            {
                var (shape, vocabulary) = AttributeReader.Input(input);
                return reading.Network.Input(parameter.Identifier(), shape, isTarget: false, vocabulary);
            });
        }
        var values = new SymbolicReader(forward, bodies, reading, cancellation).Read(inputs)
            .Select(value => Problems.At(forward.Place(), () => value.AsNumbers("The output"))).ToList();
        return forward.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple
            ? values.Select((value, i) => new NamedOutput(tuple.TupleElements[i].Name, value)).ToList()
            : [new NamedOutput("", values.Single())];
    }
}
