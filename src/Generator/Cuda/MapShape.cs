using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>How the elements of a map are divided over threads: a thread takes as many neighbours along the innermost axis as 16 bytes hold, where they can be loaded at once.</summary>
internal sealed class MapShape
{
    public const int BlockThreads = 256;

    private const int WarpThreads = 32;

    /// <summary>Of an access, as wide as the machine's.</summary>
    public const int WidestBytes = 16;

    /// <summary>Instructions that a thread's elements may take: more of them is text that has to be compiled where it runs, and not memory is what such a map waits for.</summary>
    private const int LongestText = 512;

    private readonly MapKernel map;
    private readonly int[] live;

    public MapShape(MapKernel map, bool float64)
    {
        this.map = map;
        live = [.. Enumerable.Range(0, map.Axes.Count).Where(axis => !PtxPrinter.IsSingle(map.Axes[axis]))];
        if (live.Length == 0 && map.Axes.Count > 0) live = [map.Axes.Count - 1];
        IsLinear = live.Length > 1 && live.Skip(1).Any(axis => map.Axes[axis].TimesRows);
        int bytes = float64 ? 8 : 4;
        int text = map.Body.Code.Sum(code => code.IsExpensive ? 4 * bytes : 1);
        Width = 1;
        for (int width = WidestBytes / bytes; width > 1 && Width == 1; width /= 2)
            if (!IsLinear && live.Length > 0 && width * text <= LongestText && Fits(width)) Width = width;
    }

    /// <summary>Elements that a thread takes, neighbours along the innermost axis.</summary>
    public int Width { get; }

    /// <summary>The axis along which they lie; -1 where the map has none.</summary>
    public int Axis => live.Length == 0 ? -1 : live[live.Length - 1];

    /// <summary>Whether rows are not the outermost axis: elements are counted by one number, of 64 bits.</summary>
    public bool IsLinear { get; }

    /// <summary>Whether one axis is all there is: the elements of all rows follow each other, and the last thread may have fewer of them.</summary>
    public bool IsFlat => !IsLinear && live.Length <= 1;

    /// <summary>The outermost axis, whose elements blocks are made for; not of a flat map.</summary>
    public int Outer => live[0];

    /// <summary>The axes within it, the innermost last.</summary>
    public int[] Inner => [.. live.Skip(1)];

    /// <summary>Threads that an element of the outermost axis takes.</summary>
    public long PerOuter => Inner.Aggregate(1L, (product, axis) => product * map.Axes[axis].Constant) / Width;

    /// <summary>Elements of the outermost axis that a block takes.</summary>
    public int OutersOfBlock => (int)Math.Max(1, BlockThreads / PerOuter);

    /// <summary>Blocks that one of them takes.</summary>
    public long BlocksOfOuter => (PerOuter + BlockThreads - 1) / BlockThreads;

    /// <summary>Whole warps, and no more of them than there are threads with something to do.</summary>
    public int Threads
    {
        get
        {
            if (IsFlat || IsLinear) return BlockThreads;
            long busy = BlocksOfOuter > 1 ? (PerOuter + BlocksOfOuter - 1) / BlocksOfOuter : OutersOfBlock * PerOuter;
            return (int)((busy + WarpThreads - 1) / WarpThreads * WarpThreads);
        }
    }

    public PtxGridAxis[] Grid => IsFlat || IsLinear
        ? [new PtxGridAxis(map.Axes, BlockThreads * Width)]
        : BlocksOfOuter > 1
            ? [new PtxGridAxis(new[] { map.Axes[Outer] }, 1), new PtxGridAxis(Inner.Select(axis => map.Axes[axis]).ToEquatableArray(), Threads * Width)]
            : [new PtxGridAxis(new[] { map.Axes[Outer] }, OutersOfBlock)];

    /// <summary>Whether a thread's elements of an access lie side by side, where its address is a multiple of their length if the buffer's is.</summary>
    public bool IsVector(Access access) => IsVector(access, Width);

    private bool Fits(int width)
        => (IsFlat || map.Axes[Axis].Constant % width == 0) && map.Body.Accesses.Any(access => IsVector(access, width))
        && map.Body.Accesses.All(access => IsVector(access, width) || !access.IsAffineAlong(Axis) || access.Strides[Axis] != 1);

    private bool IsVector(Access access, int width)
        => width > 1 && access.IsAffineAlong(Axis) && access.Strides[Axis] == 1 && (access.Id is null || access.Id.Stride % width == 0)
        && live.Take(live.Length - 1).All(axis => access.Strides[axis] % width == 0);
}
