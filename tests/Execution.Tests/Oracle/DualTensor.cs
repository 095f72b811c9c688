using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DlGen.Tests.Oracles;

/// <summary>
/// Values and, where they depend on what is being differentiated by, their tangents along <see cref="Directions"/> directions at once: forward
/// mode, so nothing here resembles the compiler's reverse mode. Row-major; rows of the batch outermost, one "row" when shared by all.
/// </summary>
internal sealed class DualTensor
{
    /// <summary>Directions a pass carries: one per element of a parameter; 128 spares most of the interpreter's own cost.</summary>
    public const int Directions = 128;

    private readonly double[] memory = [];
    private readonly int start;

    /// <summary>Per element whether its tangents may be other than 0; null where no element's are.</summary>
    private readonly bool[]? moved;

    public DualTensor(int[] extents, int rows, bool perRow, bool active)
    {
        Extents = extents;
        PerRow = perRow;
        Count = 1;
        foreach (int extent in extents) Count *= extent;
        Rows = perRow ? rows : 1;
        Values = new double[Rows * Count];
        if (!active) return;
        moved = new bool[Values.Length];
        (memory, start) = DualMemory.Take(Values.Length * Directions);
    }

    public int[] Extents { get; }

    public bool PerRow { get; }

    public int Rows { get; }

    /// <summary>Elements of one row.</summary>
    public int Count { get; }

    public double[] Values { get; }

    /// <summary>Whether it has tangents: then it lives until the pass ends.</summary>
    public bool IsActive => moved is not null;

    public int Rank => Extents.Length;

    /// <summary>Where a row begins; a shared tensor gives every row the same.</summary>
    public int RowStart(int row) => PerRow ? row * Count : 0;

    /// <summary>The tangent of an element along a direction.</summary>
    public double Tangent(int element, int direction) => moved is not null && moved[element] ? memory[Place(element) + direction] : 0;

    /// <summary>Makes a direction that of an element.</summary>
    public void Move(int element, int direction)
    {
        if (!moved![element]) Array.Clear(memory, Place(element), Directions);
        moved[element] = true;
        memory[Place(element) + direction] = 1;
    }

    /// <summary>Makes all tangents 0.</summary>
    public void Stop() => Array.Clear(moved!);

    /// <summary>Adds the tangents of another tensor's element, times a slope.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddTangents(int element, DualTensor source, int sourceElement, double slope)
    {
        // Of a parameter no more elements move in a pass than it has directions, and few of what a layer makes of it.
        if (source.moved is { } moves && moves[sourceElement] && slope != 0) Add(element, source, sourceElement, slope);
    }

    private void Add(int element, DualTensor source, int sourceElement, double slope)
    {
        // The oracle's only hot loop; the vectors are the language's, whatever the machine.
        var target = Tangents(element);
        var tangents = source.Tangents(sourceElement);
        if (moved![element])
        {
            for (int d = 0; d < target.Length; d++) target[d] += slope * tangents[d];
        }
        else
        {
            for (int d = 0; d < target.Length; d++) target[d] = slope * tangents[d];
            moved[element] = true;
        }
    }

    public void Copy(int element, DualTensor source, int sourceElement)
    {
        Values[element] = source.Values[sourceElement];
        if (moved is null) return;
        moved[element] = source.moved is not null && source.moved[sourceElement];
        if (moved[element]) source.Tangents(sourceElement).CopyTo(Tangents(element));
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

    private int Place(int element) => start + (element * Directions);

    private Span<Vector<double>> Tangents(int element) => MemoryMarshal.Cast<double, Vector<double>>(memory.AsSpan(Place(element), Directions));
}

/// <summary>The graph is not one that the oracle can run: an op with a wrong shape, a missing value.</summary>
internal sealed class OracleException(string message) : Exception(message);
