using System.Threading;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using DlGen.Ops;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>One of the two ways to declare a loss, for either form of a network.</summary>
internal abstract class LossForm
{
    public abstract LossReading Read(NetworkReading reading, IReadOnlyList<NamedOutput> outputs, CancellationToken cancellation);
}

/// <summary>The loss of each row with its weight (null without a loss), and what Predict gives.</summary>
internal sealed record LossReading(WeightedLoss? Rows, IReadOnlyList<NamedOutput> Predictions)
{
    /// <summary>The labels that the only output is judged by, if the loss is of labels.</summary>
    public JudgedLabels? Labels { get; init; }
}

/// <summary>A loss of the catalogue, stated on the class: it declares the target itself and gives Predict its link.</summary>
internal sealed class AttributeLoss(AttributeData attribute) : LossForm
{
    public override LossReading Read(NetworkReading reading, IReadOnlyList<NamedOutput> outputs, CancellationToken cancellation)
    {
        var place = attribute.Place(cancellation);
        var output = outputs.Single().Value;
        string name = SequentialForm.LayerName(attribute);
        if (!attribute.AttributeClass.IsLibrary(name + "Attribute") || !Catalogue.Losses.TryGetValue(name, out var loss))
            throw new ReadException(Descriptors.UnknownLayer, place, name);
        var network = reading.Network;
        return Problems.At(place, () =>
        {
            var arguments = AttributeReader.Arguments(attribute, name, loss.Arguments, place);
            var rows = network.Close(() => network.Apply(loss, arguments, output));
            network.Graph.Layer = "prediction";
            return new LossReading(rows, [new NamedOutput("", loss.Link(output))]) { Labels = JudgedLabels.Find(network, outputs, null) };
        });
    }
}

/// <summary>The method Loss, read as Forward is. Predict gives Forward's outputs themselves.</summary>
internal sealed class MethodLoss(LossMethod method, ModelCalls calls) : LossForm
{
    public override LossReading Read(NetworkReading reading, IReadOnlyList<NamedOutput> outputs, CancellationToken cancellation)
    {
        if (method.Parameters.Count == 0) throw ReadException.DoesNotCompile;
        var network = reading.Network;
        WeightedLoss? returned = null;
        var rows = Problems.At(method.Symbol.Place(), () => network.Close(() =>
        {
            var arguments = new Dictionary<IParameterSymbol, object>(SymbolEqualityComparer.Default);
            foreach (var parameter in method.Parameters) arguments[parameter.Symbol] = parameter.IsOutput ? Argument(outputs) : Argument(network, parameter, cancellation);
            var given = new SymbolicReader(method.Symbol, calls, reading, cancellation).Read(arguments);
            return returned = new WeightedLoss(given[0].AsNumbers("The loss"), given.Count > 1 ? given[1].AsNumbers("The weight") : null);
        }));
        if (rows.Weight is { } weight && network.DependsOnNetwork(weight)) throw new ReadException(Descriptors.WeightOfNetwork, method.Symbol.Place(), "what the network gives or on random numbers");
        return new LossReading(rows, outputs) { Labels = JudgedLabels.Find(network, outputs, returned) };
    }

    /// <summary>What Forward returned: a tensor, or a tuple of them as one argument.</summary>
    private static object Argument(IReadOnlyList<NamedOutput> outputs)
        => outputs.Count == 1 ? outputs[0].Value : new TupleValue(outputs.Select(o => (object?)o.Value).ToArray());

    private static Value Argument(Network network, LossParameter parameter, CancellationToken cancellation)
    {
        string name = parameter.Symbol.Identifier();
        if (parameter.Attribute is not { } attribute) return network.FindInput(name)!;
        return Problems.At(attribute.Place(cancellation), () =>
        {
            if (!parameter.IsLabel) return network.Input(new InputOp(name, AttributeReader.Shape(attribute), IsTarget: true, Classes: 0));
            var (shape, classes, ignored) = AttributeReader.Label(attribute);
            return network.Input(new InputOp(name, shape, IsTarget: true, classes, ignored));
        });
    }
}
