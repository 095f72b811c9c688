using System.Threading;
using DlGen.Graphs;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>The method Forward is the network: its parameters are the inputs, its body and those of the helpers it calls are evaluated.</summary>
internal sealed class ForwardForm(IMethodSymbol forward, MethodBodies bodies) : NetworkForm
{
    public override Value Read(NetworkReading reading, CancellationToken cancellation)
    {
        if (forward.IsBroken()) throw ReadException.DoesNotCompile;
        var inputs = new Dictionary<IParameterSymbol, Value>(SymbolEqualityComparer.Default);
        foreach (var parameter in forward.Parameters)
        {
            var input = parameter.FindAttribute("InputAttribute")!;
            inputs[parameter] = Problems.At(input.Place(cancellation), () => reading.Network.Input(parameter.Identifier(), AttributeReader.Shape(input)));
        }
        return new SymbolicReader(forward, bodies, reading, cancellation).Read(inputs);
    }
}
