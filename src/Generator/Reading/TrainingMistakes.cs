using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>What compiles but trains badly, found in the graphs and reported at the layer.</summary>
internal static class TrainingMistakes
{
    public static IEnumerable<Diagnostic> Find(FinishedReading training, FinishedReading prediction, AttributeData? lossAttribute, INamedTypeSymbol model)
    {
        foreach (var (one, other) in new[] { (training, prediction), (prediction, training) })
            if (ParameterOnlyIn(one, other, model) is { } error) return [error];

        var found = new List<Diagnostic>();
        var applications = training.Reading.Network.Applications;
        int last = LastIndex(applications, a => a.Result == training.Output.Index);
        if (last >= 0)
        {
            var place = training.Reading.Place(last);
            string? redundant = lossAttribute is null ? null : Catalogue.Losses[SequentialForm.LayerName(lossAttribute)].Redundant;
            if (applications[last].Kind == redundant)
                found.Add(Diagnostic.Create(redundant == "Softmax" ? Descriptors.SoftmaxBeforeLoss : Descriptors.SigmoidBeforeLoss, place));
            if (applications[last].Kind == "Dropout") found.Add(Diagnostic.Create(Descriptors.DropoutBeforeOutput, place));
        }

        var used = new HashSet<string>(UsedLayers(training).Concat(UsedLayers(prediction)), StringComparer.Ordinal);
        var reported = new HashSet<Location>();
        for (int i = 0; i < applications.Count; i++)
            if (!used.Contains(applications[i].Path) && reported.Add(training.Reading.Place(i)))
                found.Add(Diagnostic.Create(Descriptors.UnusedLayer, training.Reading.Place(i), applications[i].Path));
        return found;
    }

    /// <summary>Both programs work on one set of parameters, so neither may have one of its own.</summary>
    private static Diagnostic? ParameterOnlyIn(FinishedReading one, FinishedReading other, INamedTypeSymbol model)
    {
        var network = one.Reading.Network;
        foreach (var pair in network.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (other.Reading.Network.Parameters.TryGetValue(pair.Key, out var same) && same.Equals(pair.Value)) continue;
            int owner = LastIndex(network.Applications, a => pair.Key == a.Path || pair.Key.StartsWith(a.Path + ".", StringComparison.Ordinal));
            return Diagnostic.Create(Descriptors.ParametersDependOnTraining, owner < 0 ? model.Place() : one.Reading.Place(owner),
                pair.Key, network.Training ? "true" : "false");
        }
        return null;
    }

    private static IEnumerable<string> UsedLayers(FinishedReading reading)
    {
        var graph = reading.Reading.Network.Graph;
        bool[] used = new bool[graph.Count];
        used[reading.Output.Index] = true;
        for (int i = reading.Output.Index; i >= 0; i--)
            if (used[i])
                foreach (int operand in graph[i].Operands) used[operand] = true;
        return reading.Reading.Network.Applications.Where(a => used[a.Result]).Select(a => a.Path);
    }

    private static int LastIndex(IReadOnlyList<LayerApplication> applications, Func<LayerApplication, bool> condition)
    {
        for (int i = applications.Count - 1; i >= 0; i--)
            if (condition(applications[i])) return i;
        return -1;
    }
}
