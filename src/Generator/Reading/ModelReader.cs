using System.Collections.Immutable;
using System.Globalization;
using System.Threading;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>
/// Reads a [Model] class: checks the class, chooses the form, reads the network once for training and once for prediction, and adds the loss.
/// The generator takes the declaration, the analyzer the diagnostics: both come from this one reading.
/// </summary>
internal static class ModelReader
{
    public static ReadResult Read(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        var problems = ClassRules.Check(model, cancellation);
        if (problems.Count > 0) return new ReadResult(null, problems.ToImmutableArray());

        var structure = ModelStructure.Find(model, cancellation);
        if (structure.Problems.Count > 0) return Failed(model, structure.HasForward, structure.Problems);
        try
        {
            var form = structure.Layers.Count > 0
                ? new SequentialForm(structure.Input!, structure.Layers)
                : (NetworkForm)new ForwardForm(structure.Forward!, compilation);
            var training = Read(form, model, structure.Loss, training: true, cancellation);
            var prediction = Read(form, model, structure.Loss, training: false, cancellation);
            var mistakes = TrainingMistakes.Find(training, prediction, structure.Loss, model).ToImmutableArray();
            if (mistakes.FirstOrDefault(m => m.Severity == DiagnosticSeverity.Error) is { } error) return Failed(model, structure.HasForward, [error]);
            return new ReadResult(Describe(model, structure, training, prediction), mistakes) { Shapes = LayerShapes(training) };
        }
        catch (ReadException problem)
        {
            return Failed(model, structure.HasForward, problem.Diagnostic is { } diagnostic ? [diagnostic] : []);
        }
    }

    private static FinishedReading Read(NetworkForm form, INamedTypeSymbol model, AttributeData? lossAttribute, bool training, CancellationToken cancellation)
    {
        var network = new Network(training, model.FindAttribute("FrozenAttribute") is not null, AttributeReader.Initializer(model));
        var reading = new NetworkReading(network);
        var output = form.Read(reading, cancellation);
        output = network.Graph.Broadcast(output, output.Shape, perRow: true);
        if (lossAttribute is null) return new FinishedReading(reading, output, network.Build(new Output(OutputRole.Prediction, "", output.Index), new Output(OutputRole.Output, "", output.Index)));

        var place = lossAttribute.Place(cancellation);
        string name = SequentialForm.LayerName(lossAttribute);
        if (!lossAttribute.AttributeClass.IsLibrary(name + "Attribute") || !Catalogue.Losses.TryGetValue(name, out var loss))
            throw new ReadException(Descriptors.UnknownLayer, place, name);
        var (rows, prediction) = Problems.At(place, () => network.Close(loss, AttributeReader.Arguments(lossAttribute, name, loss.Arguments, place), output));
        return new FinishedReading(reading, output,
            network.Build(new Output(OutputRole.Prediction, "", prediction.Index), new Output(OutputRole.Output, "", output.Index), new Output(OutputRole.Loss, "", rows.Index)));
    }

    private static Declaration Describe(INamedTypeSymbol model, ModelStructure structure, FinishedReading training, FinishedReading prediction)
        => Empty(model, structure.HasForward) with
        {
            Float64 = model.FindAttribute("ModelAttribute")!.NamedArguments.Any(a => a.Key == "Precision" && a.Value.Value is 1),
            Training = training.Graph,
            Prediction = prediction.Graph,
            Layers = training.Reading.Network.Layers.ToEquatableArray(),
            Classifies = structure.Loss?.AttributeClass is { Name: "SoftmaxCrossEntropyAttribute" } && training.Output.Shape.Rank == 1,
        };

    /// <summary>A layer in a loop or helper is evaluated several times: its shapes in order, each once.</summary>
    private static IEnumerable<Diagnostic> LayerShapes(FinishedReading training)
    {
        var network = training.Reading.Network;
        return Enumerable.Range(0, network.Applications.Count).GroupBy(training.Reading.Place).Select(group =>
        {
            var shapes = group.Select(i => network.Graph[network.Applications[i].Result].Shape.ToString()).Distinct(StringComparer.Ordinal);
            return Diagnostic.Create(Descriptors.LayerShape, group.Key, $"{network.Applications[group.First()].Kind} gives {string.Join(", then ", shapes)}");
        });
    }

    private static ReadResult Failed(INamedTypeSymbol model, bool hasForward, IReadOnlyList<Diagnostic> problems)
    {
        string error = problems.Count == 0 ? "the declaration does not compile" : $"{problems[0].Id}: {problems[0].GetMessage(CultureInfo.InvariantCulture)}";
        return new ReadResult(Empty(model, hasForward) with { Error = error }, problems.ToImmutableArray());
    }

    private static Declaration Empty(INamedTypeSymbol model, bool hasForward)
        => ClassRules.Describe(model) with { HasForward = hasForward };
}

/// <summary>One reading with what it gave: the network's own output, before the loss's link, and the graph.</summary>
internal sealed record FinishedReading(NetworkReading Reading, Value Output, Graph Graph);
