using DlGen.Diagnostics;
using DlGen.Layers;
using DlGen.Ops;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>What compiles but trains badly, found in the graphs and reported at the layer.</summary>
internal static class TrainingMistakes
{
    public static IEnumerable<Diagnostic> Find(FinishedReading training, FinishedReading prediction, LossMethod? lossMethod, INamedTypeSymbol model)
    {
        foreach (var (one, other) in new[] { (training, prediction), (prediction, training) })
            if (ParameterOnlyIn(one, other, model) is { } error) return [error];
        bool[] judged = training.ReachedFrom(training.Rows);
        if (lossMethod is not null && !training.Outputs.Any(o => judged[o.Value.Index]))
        {
            var output = lossMethod.Parameters[0].Symbol;
            return [Diagnostic.Create(Descriptors.LossSignature, output.Place(), $"does not use '{output.Name}', so it would train nothing")];
        }
        return RightBefore(training).Concat(CancelledBiases(training)).Concat(DroppedBorders.Find(training)).Concat(UnusedLayers(training, prediction)).Concat(lossMethod is null ? [] : UnusedTargets(training, prediction, lossMethod));
    }

    /// <summary>What must not stand right before a loss, or before the output.</summary>
    private static IEnumerable<Diagnostic> RightBefore(FinishedReading training)
    {
        var network = training.Reading.Network;
        foreach (var use in network.LossApplications)
        {
            int last = LastIndex(network.Applications, a => a.Result == use.Output && a.Kind == use.Loss.Redundant);
            if (last >= 0)
                yield return Diagnostic.Create(use.Loss.Redundant == "Softmax" ? Descriptors.SoftmaxBeforeLoss : Descriptors.SigmoidBeforeLoss,
                    training.Reading.Place(last), use.HasLink ? " (Predict still gives probabilities)" : "");
        }
        foreach (int result in training.Outputs.Select(o => o.Value.Index).Distinct())
        {
            int output = LastIndex(network.Applications, a => a.Result == result);
            if (output >= 0 && !training.Reading.IsOthers(output) && network.Applications[output].Kind == "Dropout") yield return Diagnostic.Create(Descriptors.DropoutBeforeOutput, training.Reading.Place(output));
        }
    }

    /// <summary>A bias that the next layer subtracts again with the mean: it is computed, saved and updated for nothing.</summary>
    private static IEnumerable<Diagnostic> CancelledBiases(FinishedReading training)
    {
        var network = training.Reading.Network;
        var reported = new HashSet<Location>();
        foreach (var norm in network.Applications.Where(a => Catalogue.Layers.TryGetValue(a.Kind, out var layer) && layer.CancelsBias))
        {
            int biased = LastIndex(network.Applications, a => a.Result == norm.Input && network.Parameters.ContainsKey(a.Path + ".bias"));
            if (biased >= 0 && !training.Reading.IsOthers(biased) && network.Graph[norm.Input].Op is MapOp && reported.Add(training.Reading.Place(biased)))
                yield return Diagnostic.Create(Descriptors.CancelledBias, training.Reading.Place(biased), network.Applications[biased].Kind, norm.Kind);
        }
    }

    private static IEnumerable<Diagnostic> UnusedLayers(FinishedReading training, FinishedReading prediction)
    {
        var used = new HashSet<string>(UsedLayers(training).Concat(UsedLayers(prediction)), StringComparer.Ordinal);
        var applications = training.Reading.Network.Applications;
        var reported = new HashSet<Location>();
        for (int i = 0; i < applications.Count; i++)
            if (!used.Contains(applications[i].Path) && !training.Reading.IsOthers(i) && reported.Add(training.Reading.Place(i)))
                yield return Diagnostic.Create(Descriptors.UnusedLayer, training.Reading.Place(i), applications[i].Path);
    }

    private static IEnumerable<Diagnostic> UnusedTargets(FinishedReading training, FinishedReading prediction, LossMethod lossMethod)
    {
        var readings = new[] { training, prediction }.Select(r => (r.Reading.Network, Reached: r.ReachedFrom(r.Rows))).ToList();
        return lossMethod.Targets.Where(t => readings.All(r => !r.Reached[r.Network.FindInput(t.Symbol.Identifier())!.Index]))
            .Select(t => Diagnostic.Create(Descriptors.UnusedTarget, t.Symbol.Place(), t.Symbol.Name));
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
        bool[] used = reading.ReachedFrom([.. reading.Outputs.Select(o => o.Value), reading.Rows]);
        return reading.Reading.Network.Applications.Where(a => a.IsUsed(used)).Select(a => a.Path);
    }

    private static int LastIndex(IReadOnlyList<LayerApplication> applications, Func<LayerApplication, bool> condition)
    {
        for (int i = applications.Count - 1; i >= 0; i--)
            if (condition(applications[i])) return i;
        return -1;
    }
}
