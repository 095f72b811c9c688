using System.Globalization;
using DlGen.Graphs;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>Layers that only rename axes: the same numbers in the same row-major order, never a copy.</summary>
internal static class Reshaping
{
    public static IReadOnlyList<Layer> All { get; } =
    [
        new Layer("Flatten", "all axes of a row in one; nn.Flatten", false, [], (_, x) => x.Reshape(Shape.Of(x.Shape.Count)), TakesIds: true),
        new Layer("Reshape", "the same numbers in another shape, one extent may be -1; view", false, [Ints("shape")], Reshape, TakesIds: true),
    ];

    private static Value Reshape(LayerCall call, Value x)
    {
        int[] extents = [.. call.Ints("shape")];
        int unknown = Array.IndexOf(extents, -1);
        long stated = 1;
        for (int axis = 0; axis < extents.Length; axis++)
        {
            if (axis == unknown) continue;
            if (extents[axis] < 1) throw call.Invalid("shape", "must consist of extents of at least 1 and at most one -1");
            stated = Math.Min(stated * extents[axis], 1L << 31);
        }
        int count = x.Shape.Count;
        if (unknown >= 0 && count % stated == 0) extents[unknown] = (int)(count / stated);
        else if (unknown >= 0 || stated != count)
            throw new ShapeException($"{call} does not fit: {call.Given}, which is {count.ToString(CultureInfo.InvariantCulture)} numbers");
        return x.Reshape(new Shape(extents));
    }
}
