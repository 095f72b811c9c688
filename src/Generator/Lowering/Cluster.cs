using DlGen.Graphs;

namespace DlGen.Lowering;

internal enum ClusterKind
{
    /// <summary>Elementwise.</summary>
    Map,

    /// <summary>Maps and reductions along the trailing axes.</summary>
    Row,

    /// <summary>A contraction and what is computed from its results element by element.</summary>
    Contraction,

    /// <summary>A reduction along other axes or over the batch, what it sums computed on the way, and its epilogue.</summary>
    Reduction,

    /// <summary>Count, mean and variance over the batch, and what they are taken of, computed on the way.</summary>
    Moments,

    /// <summary>Attention or one of its gradients.</summary>
    Attention,

    /// <summary>Attention of one query per head.</summary>
    OneQueryAttention,

    /// <summary>What is written to a memory in place.</summary>
    Remember,

    /// <summary>Sums by id over the batch, what they add computed on the way, and its epilogue.</summary>
    Scatter,

    /// <summary>Windows summed where they overlap, what they hold computed on the way, and the epilogue.</summary>
    Window,

    /// <summary>Random numbers.</summary>
    Random,

    /// <summary>Concat and Pad: copies into parts of a buffer.</summary>
    Assemble,

    /// <summary>A loop: its launches are those of its body.</summary>
    Scan,
}

/// <summary>
/// Nodes that become one kernel. Its space is that of its elements: the rows of the batch if per row, then <see cref="Extents"/>, the extents
/// other than 1. In a Row cluster the last <see cref="Inner"/> extents are the row; values without them are one scalar per row.
/// </summary>
internal sealed class Cluster(ClusterKind kind, int root, bool perRow, int[] extents, int number)
{
    public ClusterKind Kind { get; set; } = kind;

    /// <summary>The node it began with: the contraction, reduction or sum of windows.</summary>
    public int Root => root;

    public int Number => number;

    public bool PerRow => perRow;

    public int[] Extents => extents;

    public int Inner { get; set; }

    /// <summary>The nodes it computes, in the graph's order.</summary>
    public List<int> Members { get; } = [root];

    /// <summary>Clusters whose results it reads.</summary>
    public HashSet<int> Sources { get; } = [];

    /// <summary>The extents other than 1: what tells spaces apart.</summary>
    public static int[] ExtentsOf(Shape shape) => shape.Extents.Where(e => e != 1).ToArray();

    /// <summary>Whether a value of these extents is one of the cluster's elements.</summary>
    public bool HoldsElements(int[] other, bool rows) => rows == PerRow && other.SequenceEqual(Extents);

    /// <summary>Whether it is one of a Row cluster's scalars per row.</summary>
    public bool HoldsScalars(int[] other, bool rows) => Kind == ClusterKind.Row && rows == PerRow && other.SequenceEqual(Extents.Take(Extents.Length - Inner));
}
