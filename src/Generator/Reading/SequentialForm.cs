using System.Threading;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>The class attributes are the network: [Input(784), Linear(128), Relu, Linear(10)], in source order.</summary>
internal sealed class SequentialForm(INamedTypeSymbol model, AttributeData input, IReadOnlyList<AttributeData> layers, ModelCalls calls) : NetworkForm
{
    public override IReadOnlyList<DeclaredInput> Inputs => [new DeclaredInput("inputs", input)];

    public override IReadOnlyList<NamedOutput> Apply(NetworkReading reading, IReadOnlyList<Value> inputs, CancellationToken cancellation)
    {
        var place = input.Place(cancellation);
        var x = inputs.Single();
        foreach (var attribute in layers)
        {
            cancellation.ThrowIfCancellationRequested();
            place = attribute.Place(cancellation);
            x = attribute.AttributeClass.IsLibrary("BlockAttribute")
                ? new BlockReader(model, calls, reading, cancellation).Apply(attribute, place, x)
                : Problems.At(place, () => Apply(reading.Network, attribute, place, x));
            reading.Locate(place);
        }
        return [new NamedOutput("", Problems.At(place, () => x.AsNumbers("The output")))];
    }

    private static Value Apply(Network network, AttributeData attribute, Location place, Value x)
    {
        string name = LayerName(attribute);
        return attribute.AttributeClass.IsLibrary(name + "Attribute") && Catalogue.Layers.TryGetValue(name, out var layer)
            ? network.Apply(layer, AttributeReader.Arguments(attribute, name, layer.Arguments, place), x)
            : throw new ReadException(Descriptors.UnknownLayer, place, name);
    }

    /// <summary>"Linear" for LinearAttribute.</summary>
    public static string LayerName(AttributeData attribute)
    {
        string name = attribute.AttributeClass!.Name;
        const string Suffix = "Attribute";
        return name.EndsWith(Suffix, StringComparison.Ordinal) ? name.Substring(0, name.Length - Suffix.Length) : name;
    }
}
