using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

internal sealed partial class Network
{
    private readonly List<LossApplication> lossApplications = [];

    /// <summary>By the elements of a loss over labels of which some are ignored: 1 for those that count.</summary>
    private readonly Dictionary<int, Value> counted = [];

    /// <summary>Every loss of the catalogue that was used, in that order.</summary>
    public IReadOnlyList<LossApplication> LossApplications => lossApplications;

    /// <summary>
    /// The loss of each row, shape (): what <paramref name="body"/> gives, averaged over its axes. With weights it is Σ weight·loss, and the row's
    /// weight Σ weight. The elements of a loss whose labels are ignored have the weight 0.
    /// </summary>
    public WeightedLoss Close(Func<WeightedLoss> body)
    {
        (readsLoss, layersBeforeLoss) = (true, layers.Count);
        return Within(Root.Enter(LossScope, frozen: false, init: null), () =>
        {
            var (loss, weight) = body();
            Value Row(Value value) => Graph.Broadcast(value.Reshape(Shape.Scalar), Shape.Scalar, perRow: true);
            // One number for everything is no weight at all.
            if (weight is not null && GraphBuilder.IsScalarConstant(weight.Node, out double everywhere))
                weight = everywhere > 0 ? null : throw new LayerException($"the weight that Loss returns is {everywhere} everywhere, so there is no mean; give a number above 0, or a tensor");
            if (counted.TryGetValue(loss.Index, out var counts)) weight = weight is null ? counts : Weighted(counts, weight);
            if (weight is null && loss.Shape.Count > 1 && counted.Count > 0)
                throw new LayerException($"Loss returns {loss.Shape} numbers that are composed of the losses of labels, of which some are ignored; return a weight of each beside them, as label != -1, or the loss of the labels alone");
            if (weight is null) return new WeightedLoss(Row(loss.Mean(loss.AllAxes())), null);
            var weighted = Weighted(loss, weight);
            return new WeightedLoss(Row(weighted.Sum(weighted.AllAxes())), Row(weight.Broadcast(weighted.Shape, perRow: true).Sum(weighted.AllAxes())));
        });
    }

    /// <summary>The elements of a loss times their weights, one for each or for several.</summary>
    private static Value Weighted(Value loss, Value weight)
    {
        Value weighted;
        try
        {
            weighted = loss * weight;
        }
        catch (ShapeException)
        {
            throw new ShapeException($"the loss that Loss returns has the shape {loss.Shape} and its weight {weight.Shape}, which do not broadcast; give the weight the loss's axes, with extent 1 where one number counts for all (weight.Reshape(…))");
        }

        if (weighted.Shape.Count > loss.Shape.Count)
            throw new ShapeException($"the loss that Loss returns has the shape {loss.Shape}, too few numbers for its weights {weight.Shape}; return the loss of each element (reduction: Reduction.None), or one weight for what it sums (weight.Sum())");
        return weighted;
    }

    /// <summary>The catalogue's loss with a target of its own: what the attribute says. Labels that it ignores have the weight 0, all others 1.</summary>
    public WeightedLoss Apply(Loss loss, LayerArguments arguments, Value output)
    {
        var call = Call(loss, arguments, output);
        var (shape, classes) = loss.Target(call, output.Shape);
        int? ignored = arguments.Stated("ignore") as int?;
        var target = Input(new InputOp("targets", shape, IsTarget: true, classes, ignored));
        lossApplications.Add(new LossApplication(loss, output.Index, target.Index, HasLink: true));
        return ignored is { } id
            ? new WeightedLoss(loss.Compose(call, output, target, Reduction.None), target.Counts(id))
            : new WeightedLoss(loss.Compose(call, output, target, Reduction.Mean), null);
    }

    /// <summary>The catalogue's loss against a target of the user's: what the method of Tensor says. The target must be what the attribute would ask for.</summary>
    public Value Apply(Loss loss, LayerArguments arguments, Value output, Value target, string targetName, Reduction reduction)
    {
        var call = Call(loss, arguments, output);
        var (shape, classes) = loss.Target(call, output.Shape);
        string rule = $"{call} expects a {targetName} of the shape {shape}";
        output.AsNumbers(call.ToString());
        if (classes > 0 && target.Node.Op is InputOp { IsLabel: false } floats)
            throw new LayerException($"{call} expects int labels, but {floats.Variable} holds floats; declare it as a parameter of Loss with [Label({classes})]");
        if (target.Source() is { } labels && (classes == 0 || labels.Classes > classes))
            throw new LayerException(classes == 0
                ? $"{rule} with floats, but {labels.Variable} holds {(labels.IsTarget ? "labels; declare it with [Target], or" : "ids;")} use {labels.Variable}.OneHot({labels.Classes})"
                : $"{call} gets {classes} classes, but {labels.Variable} has labels of {labels.Classes}; give [Label] and the output the same classes");
        // One number for all elements needs no shape: logits.SigmoidCrossEntropy(1).
        bool isNumber = classes == 0 && GraphBuilder.IsScalarConstant(target.Node, out _);
        if (!isNumber && !target.Shape.Equals(shape)) throw new ShapeException($"{rule}, since {call.Given}, but it has the shape {target.Shape}{LabelsOfSteps(shape, target.Shape, classes)}");
        if (reduction == Reduction.Mean && target.Source() is { Ignored: not null })
            throw new LayerException($"{call}: the mean is over the labels that count, which are known in the whole batch only; let Loss return the loss of each, with reduction: Reduction.None, and those of ignored labels have the weight 0");
        lossApplications.Add(new LossApplication(loss, output.Index, target.Index, HasLink: false));
        var result = loss.Compose(call, output, target, reduction);
        if (reduction == Reduction.None && target.Source() is { Ignored: { } ignored }) counted[result.Index] = target.Counts(ignored);
        return result;
    }

    /// <summary>Advice where there is a label for each step of a sequence and one output, or the other way around.</summary>
    private static string LabelsOfSteps(Shape expected, Shape given, int classes)
        => classes > 0 && expected.Rank == 1 && given.Rank < 2 ? $"; declare it with [Label({classes}, Length = {expected[0]})]" : classes > 0 && expected.Rank == 0 && given.Rank == 1 ? $"; for a label at each of {given[0]} steps, the output has to be ({given[0]}, {classes}), as of a recurrent layer with returnSequence: true" : "";
}
