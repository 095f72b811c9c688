using DlGen.Graphs;
using DlGen.Lowering;
using DlGen.Ops;

namespace DlGen.Tests.Memory;

using Shape = DlGen.Graphs.Shape;

/// <summary>Where views find their elements: counted out against the elements of the value they are a view of.</summary>
public class ViewTests
{
    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(0, 7, 1)]
    [InlineData(2, 2, 3)]
    public void A_slice_with_a_step(int start, int length, int step)
        => Check(x => x.Slice(1, start, length, step), (i, j) => (i * 7) + start + (j % length * step), 2, length);

    [Theory]
    [InlineData(3, 2, 1, 2, 1)]
    [InlineData(2, 3, 5, 1, -2)]
    public void Windows(int positions, int taps, int start, int stride, int step)
        => Check(x => x.Unfold(1, new Windows(positions, taps, start, stride, step)), (i, j) => (i * 7) + start + (j / taps * stride) + (j % taps * step), 2, positions * taps);

    /// <summary>A view of (2, 7), walked row by row.</summary>
    private static void Check(Func<Value, Value> view, Func<int, int, int> expected, int rows, int columns)
    {
        var builder = new GraphBuilder();
        var x = builder.Add(new InputOp("x", Shape.Of(2, 7), IsTarget: false, Classes: 0));
        var seen = view(x);
        var lies = View.Of(builder.Build([new Output(OutputRole.Output, "", seen.Index)]), seen.Index)!;
        Assert.Equal(x.Index, lies.Root);
        var offsets = new List<int> { lies.Offset };
        for (int axis = 0; axis < seen.Shape.Rank; axis++)
            offsets = [.. offsets.SelectMany(o => Enumerable.Range(0, seen.Shape[axis]).Select(i => o + (i * lies.Strides[axis])))];
        Assert.Equal(Enumerable.Range(0, rows).SelectMany(i => Enumerable.Range(0, columns).Select(j => expected(i, j))), offsets);
    }
}
