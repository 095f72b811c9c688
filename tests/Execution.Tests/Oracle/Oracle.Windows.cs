using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Tests.Oracles;

internal sealed partial class Oracle
{
    /// <summary>Every element of the result asks for the one it shows.</summary>
    private DualTensor Slice(SliceOp op, DualTensor x)
    {
        int[] extents = [.. x.Extents];
        extents[op.Axis] = op.Length;
        return Gather(extents, x, index => index[op.Axis] = op.Start + (op.Step * index[op.Axis]));
    }

    private DualTensor Pad(PadOp op, DualTensor x)
    {
        int[] extents = [.. x.Extents];
        int pitch = op.Interior + 1;
        extents[op.Axis] = op.Before + op.After + 1 + ((x.Extents[op.Axis] - 1) * pitch);
        var result = new DualTensor(extents, rows, x.PerRow, x.IsActive);
        Array.Fill(result.Values, op.Value);
        int[] strides = result.StridesWithin(extents);
        foreach (var (row, element, index) in Positions(x))
        {
            int target = result.RowStart(row) + (op.Before * strides[op.Axis]);
            for (int axis = 0; axis < index.Length; axis++) target += index[axis] * strides[axis] * (axis == op.Axis ? pitch : 1);
            result.Copy(target, x, element);
        }
        return result;
    }

    private DualTensor Unfold(UnfoldOp op, DualTensor x)
    {
        var windows = op.Windows;
        int[] extents = [.. x.Extents[..op.Axis], windows.Positions, windows.Taps, .. x.Extents[(op.Axis + 1)..]];
        var result = new DualTensor(extents, rows, x.PerRow, x.IsActive);
        int[] own = x.StridesWithin(x.Extents);
        foreach (var (row, element, index) in Positions(result))
        {
            int[] source = [.. index[..op.Axis], windows.Start + (index[op.Axis] * windows.Stride) + (index[op.Axis + 1] * windows.Step), .. index[(op.Axis + 2)..]];
            if (source[op.Axis] < 0 || source[op.Axis] >= x.Extents[op.Axis]) throw new OracleException("a window leaves its axis");
            result.Copy(element, x, x.RowStart(row) + Dot(source, own));
        }
        return result;
    }

    /// <summary>Scatters: every element of a window goes where the window has it from.</summary>
    private DualTensor Fold(FoldOp op, DualTensor x)
    {
        var windows = op.Windows;
        if (x.Extents[op.Axis] != windows.Positions || x.Extents[op.Axis + 1] != windows.Taps) throw new OracleException("the axes are not those of the windows");
        int[] extents = [.. x.Extents[..op.Axis], op.Extent, .. x.Extents[(op.Axis + 2)..]];
        var result = new DualTensor(extents, rows, x.PerRow, x.IsActive);
        int[] own = result.StridesWithin(extents);
        foreach (var (row, element, index) in Positions(x))
        {
            int[] target = [.. index[..op.Axis], windows.Start + (index[op.Axis] * windows.Stride) + (index[op.Axis + 1] * windows.Step), .. index[(op.Axis + 2)..]];
            if (target[op.Axis] < 0 || target[op.Axis] >= op.Extent) throw new OracleException("a window leaves its axis");
            int at = result.RowStart(row) + Dot(target, own);
            result.Values[at] += x.Values[element];
            result.AddTangents(at, x, element, 1);
        }
        return result;
    }

    /// <summary>The row-major number, among the axes, of the largest value: a number counts as less than what is none, and the first of equal ones wins.</summary>
    private DualTensor Place(ReduceOp op, DualTensor x)
    {
        int[] extents = [.. x.Extents];
        foreach (int axis in op.Axes) extents[axis] = 1;
        var result = new DualTensor(extents, rows, x.PerRow, active: false);
        int[] strides = result.StridesWithin(x.Extents);
        double[] largest = new double[result.Values.Length];
        bool[] seen = new bool[largest.Length];
        foreach (var (row, element, index) in Positions(x))
        {
            int target = result.RowStart(row) + Dot(index, strides);
            double value = x.Values[element];
            if (seen[target] && !(value > largest[target]) && (!double.IsNaN(value) || double.IsNaN(largest[target]))) continue;
            seen[target] = true;
            largest[target] = value;
            result.Values[target] = 0;
            foreach (int axis in op.Axes) result.Values[target] = (result.Values[target] * x.Extents[axis]) + index[axis];
        }
        return result;
    }

    /// <summary>The result's elements from where <paramref name="move"/>, given a copy of the element's index to change, sends them.</summary>
    private DualTensor Gather(int[] extents, DualTensor x, Action<int[]> move)
    {
        var result = new DualTensor(extents, rows, x.PerRow, x.IsActive);
        int[] own = x.StridesWithin(x.Extents);
        foreach (var (row, element, index) in Positions(result))
        {
            int[] source = [.. index];
            move(source);
            result.Copy(element, x, x.RowStart(row) + Dot(source, own));
        }
        return result;
    }
}
