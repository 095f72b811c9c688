using System.Threading;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>The method Forward is the network: its parameters are the inputs, its body and those of the helpers it calls are evaluated.</summary>
internal sealed class ForwardForm(IMethodSymbol forward, ModelCalls calls) : NetworkForm
{
    public override IReadOnlyList<DeclaredInput> Inputs
        => forward.IsBroken() ? throw ReadException.DoesNotCompile : forward.Parameters.Select(p => new DeclaredInput(p.Identifier(), p.FindInput()!)).ToList();

    public override IReadOnlyList<NamedOutput> Apply(NetworkReading reading, IReadOnlyList<Value> inputs, CancellationToken cancellation)
    {
        var arguments = new Dictionary<IParameterSymbol, object>(SymbolEqualityComparer.Default);
        for (int i = 0; i < inputs.Count; i++) arguments[forward.Parameters[i]] = inputs[i];
        var values = new SymbolicReader(forward, calls, reading, cancellation).Read(arguments)
            .Select(value => Problems.At(forward.Place(), () => value.AsNumbers("The output"))).ToList();
        return forward.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple
            ? values.Select((value, i) => new NamedOutput(tuple.TupleElements[i].Name, value)).ToList()
            : [new NamedOutput("", values.Single())];
    }
}
