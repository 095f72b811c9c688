using DlGen.Graphs;
using DlGen.Layers;
using DlGen.Ops;

namespace DlGen.Reading;

/// <summary>
/// The labels that the network's only output is judged by, one for each of its places: what accuracy counts. They are an int target as it is given, or numbers made of inputs and targets, -1 where a label does not count;
/// where it can't be told which count there are none, and the classes alone are known.
/// </summary>
internal sealed record JudgedLabels(Classification Classification, Value? Numbers)
{
    /// <summary>Ids as numbers of a Float32 model are exact up to here.</summary>
    private const int MostClasses = 1 << 24;

    /// <param name="returned">What Loss returned; null where the loss is an attribute.</param>
    public static JudgedLabels? Find(Network network, IReadOnlyList<NamedOutput> outputs, WeightedLoss? returned)
    {
        if (outputs.Count != 1) return null;
        var output = outputs[0].Value;
        var uses = network.LossApplications.Where(a => a.Loss.IsOfLabels).Select(a => (a.Output, a.Target)).Distinct().ToList();
        if (uses.Count != 1 || Cuts(network.Graph.At(uses[0].Output), output) is not { } cuts) return null;

        int axis = ClassLosses.ClassAxis(output.Shape), classes = output.Shape[axis];
        int positions = axis == output.Shape.Rank - 1 ? 1 : output.Shape.Count / classes;
        var target = network.Graph.At(uses[0].Target);
        if (cuts.Count == 0 && returned?.Weight is null && target.Node.Op is InputOp { IsTarget: true } given)
            return new JudgedLabels(new Classification(classes, positions, given.Variable), null);

        network.Graph.Layer = "labels";
        var labels = classes > MostClasses || network.DependsOnNetwork(target) ? null : Counted(target.Shape.Equals(LabelsOf(network.Graph.At(uses[0].Output))) ? target : null, returned);
        // What the loss leaves out of the output has no labels.
        if (labels is not null)
            foreach (var (cut, extent) in cuts)
                labels = labels.Pad(cut.Axis > axis ? cut.Axis - 1 : cut.Axis, cut.Start, extent - cut.Start - cut.Length, value: -1);
        return new JudgedLabels(new Classification(classes, positions, null), labels is null ? null : network.Graph.Broadcast(labels, labels.Shape, perRow: true));
    }

    private static Shape LabelsOf(Value judged) => judged.Shape.Without(ClassLosses.ClassAxis(judged.Shape));

    /// <summary>The slices along places that lead from the output to what is judged, the last one first, each with the extent that it cuts; null where something else does.</summary>
    private static List<(SliceOp Cut, int Extent)>? Cuts(Value judged, Value output)
    {
        var cuts = new List<(SliceOp, int)>();
        while (judged.Index != output.Index)
        {
            if (judged.Node.Op is not SliceOp { Step: 1 } cut || cut.Axis == ClassLosses.ClassAxis(judged.Shape)) return null;
            judged = judged.Graph.At(judged.Node.Operands[0]);
            cuts.Add((cut, judged.Shape[cut.Axis]));
        }
        return cuts;
    }

    /// <summary>-1 for labels that are ignored or whose weight is 0; null where the weights are not those of the labels.</summary>
    private static Value? Counted(Value? labels, WeightedLoss? returned)
    {
        if (labels is null) return null;
        var none = labels.Graph.Scalar(-1);
        if (labels.Source() is { Ignored: { } ignored }) labels = labels.Where(labels.Counts(ignored), none);
        if (returned?.Weight is not { } weight) return labels;
        if (weight.Shape.Count == 1) return labels.Where(weight.Reshape(Shape.Scalar), none);
        bool isOfLabels = returned.Loss.Shape.Equals(labels.Shape) && weight.Shape.Rank == labels.Shape.Rank && Enumerable.Range(0, labels.Shape.Rank).All(a => weight.Shape[a] == 1 || weight.Shape[a] == labels.Shape[a]);
        return isOfLabels ? labels.Where(weight, none) : null;
    }
}
