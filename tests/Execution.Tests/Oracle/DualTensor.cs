using System.Numerics;
using System.Runtime.InteropServices;

namespace DlGen.Tests.Oracles;

/// <summary>
/// Values and, where they depend on what is being differentiated by, their tangents along <see cref="Directions"/> directions at once: forward
/// mode, so nothing here resembles the compiler's reverse mode. Row-major; rows of the batch outermost, one "row" when shared by all.
/// </summary>
internal sealed class DualTensor
{
    /// <summary>Directions a pass carries: one per element of a parameter; 32 spares most of the interpreter's own cost.</summary>
    public const int Directions = 32;

    public DualTensor(int[] extents, int rows, bool perRow, bool active)
    {
        Extents = extents;
        PerRow = perRow;
        Count = 1;
        foreach (int extent in extents) Count *= extent;
        Rows = perRow ? rows : 1;
        Values = new double[Rows * Count];
        Tangents = active ? new double[Values.Length * Directions] : null;
    }

    public int[] Extents { get; }

    public bool PerRow { get; }

    public int Rows { get; }

    /// <summary>Elements of one row.</summary>
    public int Count { get; }

    public double[] Values { get; }

    /// <summary>Directions numbers per element, or null where all are zero.</summary>
    public double[]? Tangents { get; }

    public int Rank => Extents.Length;

    /// <summary>Where a row begins; a shared tensor gives every row the same.</summary>
    public int RowStart(int row) => PerRow ? row * Count : 0;

    public Span<double> TangentsOf(int element) => Tangents.AsSpan(element * Directions, Directions);

    /// <summary>Adds the tangents of another tensor's element, times a slope.</summary>
    public void AddTangents(int element, DualTensor source, int sourceElement, double slope)
    {
        if (source.Tangents is null || slope == 0) return;
        // The oracle's only hot loop; the vectors are the language's, whatever the machine.
        var target = MemoryMarshal.Cast<double, Vector<double>>(TangentsOf(element));
        var tangents = MemoryMarshal.Cast<double, Vector<double>>(source.TangentsOf(sourceElement));
        for (int d = 0; d < target.Length; d++) target[d] += slope * tangents[d];
    }

    public void Copy(int element, DualTensor source, int sourceElement)
    {
        Values[element] = source.Values[sourceElement];
        if (source.Tangents is not null) source.TangentsOf(sourceElement).CopyTo(TangentsOf(element));
    }

    /// <summary>Row-major strides seen from a larger shape: 0 along the axes that broadcasting repeats.</summary>
    public int[] StridesWithin(int[] shape)
    {
        int lead = shape.Length - Rank;
        if (lead < 0) throw new OracleException($"({string.Join(", ", Extents)}) does not broadcast to ({string.Join(", ", shape)})");
        int[] strides = new int[shape.Length];
        for (int axis = Rank - 1, stride = 1; axis >= 0; axis--)
        {
            if (Extents[axis] != shape[axis + lead] && Extents[axis] != 1)
                throw new OracleException($"({string.Join(", ", Extents)}) does not broadcast to ({string.Join(", ", shape)})");
            strides[axis + lead] = Extents[axis] == 1 ? 0 : stride;
            stride *= Extents[axis];
        }
        return strides;
    }
}

/// <summary>The graph is not one that the oracle can run: an op with a wrong shape, a missing value.</summary>
internal sealed class OracleException(string message) : Exception(message);
