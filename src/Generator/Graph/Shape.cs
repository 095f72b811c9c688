using System.Globalization;

namespace DlGen.Graphs;

/// <summary>The extents of a value, without the batch: (channels, height, width), (time, features), (features) or () for one number.</summary>
internal readonly record struct Shape(EquatableArray<int> Extents)
{
    public static Shape Scalar => new(EquatableArray<int>.Empty);

    public static Shape Of(params int[] extents) => new(extents);

    public int Rank => Extents.Count;

    public int this[int axis] => Extents[axis];

    public int Last => Extents[Rank - 1];

    /// <summary>Number of elements of one row.</summary>
    public int Count
    {
        get
        {
            int count = 1;
            foreach (int extent in Extents) count *= extent;
            return count;
        }
    }

    /// <summary>Row-major strides in elements.</summary>
    public int[] Strides()
    {
        int[] strides = new int[Rank];
        for (int axis = Rank - 1, stride = 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Extents[axis];
        }
        return strides;
    }

    /// <summary>Counts a negative axis from the end; throws when it is outside the rank.</summary>
    public int Axis(int axis)
    {
        int resolved = axis < 0 ? axis + Rank : axis;
        if (resolved < 0 || resolved >= Rank)
            throw new ShapeException($"axis {axis.ToString(CultureInfo.InvariantCulture)} is outside the shape {this}, which has {(Rank == 1 ? "one axis" : Rank.ToString(CultureInfo.InvariantCulture) + " axes")}");
        return resolved;
    }

    public Shape With(int axis, int extent)
    {
        int[] extents = [.. Extents];
        extents[axis] = extent;
        return new Shape(extents);
    }

    public Shape WithLeading(int extent) => new(Extents.Prepend(extent).ToEquatableArray());

    public Shape Without(int axis) => new(Extents.Where((_, i) => i != axis).ToEquatableArray());

    /// <summary>The common shape of two operands, aligned at the last axis, where an extent of 1 stretches.</summary>
    public static Shape Broadcast(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        int[] extents = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            int x = i < rank - a.Rank ? 1 : a[i - (rank - a.Rank)];
            int y = i < rank - b.Rank ? 1 : b[i - (rank - b.Rank)];
            if (x != y && x != 1 && y != 1)
                throw new ShapeException($"shapes {a} and {b} don't fit together: aligned at the last axis, extents must be equal or 1");
            extents[i] = x == 1 ? y : x;
        }
        return new Shape(extents);
    }

    public override string ToString() => "(" + string.Join(", ", Extents.Select(e => e.ToString(CultureInfo.InvariantCulture))) + ")";
}

/// <summary>A shape rule was broken; the message speaks of the network and ends in the diagnostic at the offending expression.</summary>
internal sealed class ShapeException(string message) : Exception(message);
