using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

internal sealed partial class ContractionBuilder
{
    /// <summary>An axis of an operand: its label; of one that windows are over, the label of their positions, and that of their taps.</summary>
    private readonly record struct Walked(int Label, int Tap, Windows? Windows);

    /// <summary>The borders of zeros of both operands along axes that loops walk by themselves.</summary>
    private EquatableArray<Border> Borders(List<int[]> outer, List<int[]> sums, List<int> loops)
    {
        int Alone(List<int[]> groups, int label) => groups.FindIndex(group => group.Length == 1 && loops[group[0]] == label);
        var borders = new List<Border>();
        foreach (var (axis, windows, lines, before) in Padded(node.Operands[0], contract.Left).Concat(Padded(node.Operands[1], contract.Right)))
        {
            int start = windows.Start - before, position = Alone(outer, axis.Label), tap = Alone(outer, axis.Tap);
            if (position >= 0 && Alone(sums, axis.Tap) is >= 0 and var taps) borders.Add(new Border(position, taps, windows.Stride, windows.Step, start, lines));
            else if (tap >= 0 && Alone(sums, axis.Label) is >= 0 and var positions) borders.Add(new Border(tap, positions, windows.Step, windows.Stride, start, lines));
        }
        return borders.Where(border => border.Step is 1 or -1).ToEquatableArray();
    }

    /// <summary>Whether a loop walks the axis itself: neither windows over it nor what was around it before a border.</summary>
    private static bool IsPlain(Walked axis) => axis is { Windows: null, Label: not -1 };

    /// <summary>The axes of an operand that are windows over an axis with zeros around it.</summary>
    private IEnumerable<(Walked Axis, Windows Windows, int Lines, int Before)> Padded(int operand, EquatableArray<int> labels)
    {
        List<Walked> axes = [.. labels.Select(label => new Walked(label, -1, null))];
        for (var value = fused.Graph[operand]; value.Operands.Count > 0; value = fused.Graph[value.Operands[0]])
        {
            switch (value.Op)
            {
                case UnfoldOp unfold when IsPlain(axes[unfold.Axis]) && IsPlain(axes[unfold.Axis + 1]):
                    axes[unfold.Axis] = new Walked(axes[unfold.Axis].Label, axes[unfold.Axis + 1].Label, unfold.Windows);
                    axes.RemoveAt(unfold.Axis + 1);
                    break;
                case PadOp { Value: 0 } pad:
                    if (axes[pad.Axis] is { Windows: { } windows } axis && pad.Before + pad.After > 0) yield return (axis, windows, value.Shape[pad.Axis] - pad.Before - pad.After, pad.Before);
                    axes[pad.Axis] = new Walked(-1, -1, null);
                    break;
                default:
                    yield break;
            }
        }
    }
}
