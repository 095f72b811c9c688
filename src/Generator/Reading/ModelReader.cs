using System.Collections.Immutable;
using System.Globalization;
using System.Threading;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>
/// Reads a [Model] class: checks the class, chooses the forms of network and loss, and reads both once for training and once for prediction.
/// The generator takes the declaration, the analyzer the diagnostics: both come from this one reading.
/// </summary>
internal static class ModelReader
{
    public static ReadResult Read(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        var problems = ClassRules.Check(model, cancellation);
        if (problems.Count > 0) return new ReadResult(null, problems.ToImmutableArray());

        var structure = ModelStructure.Find(model, cancellation);
        if (structure.Problems.Count > 0) return Failed(model, structure, structure.Problems);
        if (DeclaredTargets.Problem(model, compilation, cancellation) is { } targets) return Failed(model, structure, [targets]);
        try
        {
            var calls = new ModelCalls(compilation, model);
            var form = NetworkForm.Of(model, structure, calls);
            var loss = structure.Loss is { } attribute ? new AttributeLoss(attribute)
                : structure.LossMethod is { } method ? new MethodLoss(method, calls)
                : (LossForm?)null;
            var training = Read(form, loss, model, training: true, cancellation);
            var prediction = Read(form, loss, model, training: false, cancellation);
            if (!training.WeightProgram.Equals(prediction.WeightProgram))
                throw new ReadException(Descriptors.WeightOfNetwork, structure.LossMethod!.Symbol.Place(), "Tensor.Training");
            var mistakes = TrainingMistakes.Find(training, prediction, structure.LossMethod, model).ToImmutableArray();
            if (mistakes.FirstOrDefault(m => m.Severity == DiagnosticSeverity.Error) is { } error) return Failed(model, structure, [error]);
            return new ReadResult(Describe(model, structure, training, prediction), mistakes) { Shapes = LayerShapes(training) };
        }
        catch (ReadException problem)
        {
            return Failed(model, structure, problem.Diagnostic is { } diagnostic ? [diagnostic] : [], problem.Reason);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // A fault of ours stays with the model that shows it, and is an error in its generated file.
            return new ReadResult(Empty(model, structure) with { Error = Faults.Describe(model.Name, fault), IsFault = true }, ImmutableArray<Diagnostic>.Empty);
        }
    }

    private static FinishedReading Read(NetworkForm form, LossForm? loss, INamedTypeSymbol model, bool training, CancellationToken cancellation)
    {
        var network = new Network(training, model.FindAttribute("FrozenAttribute") is not null, AttributeReader.Initializer(model));
        var reading = new NetworkReading(network);
        var outputs = form.Read(reading, cancellation).Select(o => o with { Value = network.Graph.Broadcast(o.Value, o.Value.Shape, perRow: true) }).ToList();
        var judged = loss?.Read(reading, outputs, cancellation) ?? new LossReading(null, outputs);
        var (rows, predictions) = judged;
        var results = Outputs(OutputRole.Prediction, predictions).Concat(Outputs(OutputRole.Output, outputs));
        if (rows is not null) results = results.Append(new Output(OutputRole.Loss, "", rows.Loss.Index));
        if (rows?.Weight is { } weight) results = results.Append(new Output(OutputRole.Weight, "", weight.Index));
        if (judged.Labels?.Numbers is { } labels) results = results.Append(new Output(OutputRole.Labels, "", labels.Index));
        return new FinishedReading(reading, outputs, rows?.Loss, network.Layers.ToEquatableArray(), network.Build(results)) { Classification = judged.Labels?.Classification };
    }

    private static IEnumerable<Output> Outputs(OutputRole role, IEnumerable<NamedOutput> outputs) => outputs.Select(o => new Output(role, o.Name, o.Value.Index));

    private static Declaration Describe(INamedTypeSymbol model, ModelStructure structure, FinishedReading training, FinishedReading prediction)
        => Empty(model, structure) with
        {
            Training = training.Graph,
            Prediction = prediction.Graph,
            Layers = training.Layers,
            Scalings = training.Reading.Network.Scalings.ToEquatableArray(),
            Classification = prediction.Classification,
        };

    /// <summary>A layer in a loop or helper is evaluated several times: its shapes in order, each once.</summary>
    private static IEnumerable<Diagnostic> LayerShapes(FinishedReading training)
    {
        var network = training.Reading.Network;
        return Enumerable.Range(0, network.Applications.Count).Where(i => !training.Reading.IsOthers(i)).GroupBy(training.Reading.Place).Select(group =>
        {
            var shapes = group.Select(i => network.Applications[i].Output.ToString()).Distinct(StringComparer.Ordinal);
            return Diagnostic.Create(Descriptors.LayerShape, group.Key, $"{network.Applications[group.First()].Kind} gives {string.Join(", then ", shapes)}");
        });
    }

    private static ReadResult Failed(INamedTypeSymbol model, ModelStructure structure, IReadOnlyList<Diagnostic> problems, string reason = "")
    {
        string error = problems.Count == 0 ? reason : $"{problems[0].Id}: {problems[0].GetMessage(CultureInfo.InvariantCulture)}";
        return new ReadResult(Empty(model, structure) with { Error = error }, problems.ToImmutableArray());
    }

    private static Declaration Empty(INamedTypeSymbol model, ModelStructure structure)
        => ClassRules.Describe(model) with
        {
            Float64 = DeclaredTargets.IsFloat64(model),
            IsExact = model.FindAttribute("ModelAttribute")!.NamedArguments.Any(a => a.Key == "Winograd" && a.Value.Value is false),
            IsForCuda = DeclaredTargets.IncludeCuda(model),
            Matrices = DeclaredTargets.Matrices(model),
            HasForward = structure.HasForward,
            HasLoss = structure.HasLoss,
            Arguments = structure.Arguments().ToEquatableArray(),
            OutputNames = structure.Outputs.Select(o => o.Identifier()).ToEquatableArray(),
        };
}

/// <summary>
/// One reading with what it gave: the network's own outputs, before the loss's link; the loss of each row, times its weight if it has one; the layers of the network, without those
/// that the loss evaluates; and the graph.
/// </summary>
internal sealed record FinishedReading(NetworkReading Reading, IReadOnlyList<NamedOutput> Outputs, Value? Rows, EquatableArray<LayerSummary> Layers, Graph Graph)
{
    /// <summary>What the loss says of the output's classes, if it is of labels.</summary>
    public Classification? Classification { get; init; }

    /// <summary>The nodes that the weight of the loss is made of, numbered among themselves; none without one.</summary>
    public EquatableArray<Node> WeightProgram
    {
        get
        {
            int weight = Graph.Find(OutputRole.Weight);
            if (weight < 0) return EquatableArray<Node>.Empty;
            int[] numbers = new int[weight + 1];
            bool[] reached = new bool[weight + 1];
            reached[weight] = true;
            for (int i = weight; i >= 0; i--)
                if (reached[i])
                    foreach (int operand in Graph[i].Operands) reached[operand] = true;
            var nodes = new List<Node>();
            for (int i = 0; i <= weight; i++)
            {
                numbers[i] = nodes.Count;
                if (reached[i]) nodes.Add(Graph[i] with { Operands = Graph[i].Operands.Select(o => numbers[o]).ToEquatableArray() });
            }
            return nodes.ToEquatableArray();
        }
    }

    /// <summary>Which nodes a value depends on, itself included.</summary>
    public bool[] ReachedFrom(params Value?[] values)
    {
        var graph = Reading.Network.Graph;
        bool[] reached = new bool[graph.Count];
        foreach (var value in values)
            if (value is not null) reached[value.Index] = true;
        for (int i = reached.Length - 1; i >= 0; i--)
            if (reached[i])
                foreach (int operand in graph[i].Operands) reached[operand] = true;
        return reached;
    }
}
