using System.Threading;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>One of the two ways to declare a loss, for either form of a network.</summary>
internal abstract class LossForm
{
    /// <summary>The loss of each row, and what Predict gives.</summary>
    public abstract (Value Rows, Value Prediction) Read(NetworkReading reading, Value output, CancellationToken cancellation);
}

/// <summary>A loss of the catalogue, stated on the class: it declares the target itself and gives Predict its link.</summary>
internal sealed class AttributeLoss(AttributeData attribute) : LossForm
{
    public override (Value Rows, Value Prediction) Read(NetworkReading reading, Value output, CancellationToken cancellation)
    {
        var place = attribute.Place(cancellation);
        string name = SequentialForm.LayerName(attribute);
        if (!attribute.AttributeClass.IsLibrary(name + "Attribute") || !Catalogue.Losses.TryGetValue(name, out var loss))
            throw new ReadException(Descriptors.UnknownLayer, place, name);
        var network = reading.Network;
        return Problems.At(place, () =>
        {
            var arguments = AttributeReader.Arguments(attribute, name, loss.Arguments, place);
            var rows = network.Close(() => network.Apply(loss, arguments, output));
            network.Graph.Layer = "prediction";
            return (rows, loss.Link(output));
        });
    }
}

/// <summary>The method Loss, read as Forward is. Predict gives Forward's output itself.</summary>
internal sealed class MethodLoss(LossMethod method, MethodBodies bodies) : LossForm
{
    public override (Value Rows, Value Prediction) Read(NetworkReading reading, Value output, CancellationToken cancellation)
    {
        if (method.Parameters.Count == 0) throw ReadException.DoesNotCompile;
        var network = reading.Network;
        var rows = network.Close(() =>
        {
            var arguments = new Dictionary<IParameterSymbol, Value>(SymbolEqualityComparer.Default);
            foreach (var parameter in method.Parameters) arguments[parameter.Symbol] = Argument(network, parameter, output, cancellation);
            var loss = new SymbolicReader(method.Symbol, bodies, reading, cancellation).Read(arguments);
            return Problems.At(method.Symbol.Place(), () => loss.AsNumbers("The loss"));
        });
        return (rows, output);
    }

    private static Value Argument(Network network, LossParameter parameter, Value output, CancellationToken cancellation)
    {
        string name = parameter.Symbol.Identifier();
        if (parameter.Attribute is not { } attribute) return parameter.IsOutput ? output : network.FindInput(name)!;
        return Problems.At(attribute.Place(cancellation), () =>
        {
            if (!parameter.IsLabel) return network.Input(name, AttributeReader.Shape(attribute), isTarget: true);
            var (shape, classes) = AttributeReader.Label(attribute);
            return network.Input(name, shape, isTarget: true, classes);
        });
    }
}
