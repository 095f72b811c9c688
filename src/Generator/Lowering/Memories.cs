using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>Where the memory of steps has what, for all of their programs: what they hand on to each other, then what is given to all of them, one after the other by number.</summary>
/// <param name="HandedOn">Elements that steps hand on.</param>
/// <param name="Given">Elements that are given to all of them.</param>
internal sealed record Memories(IReadOnlyDictionary<int, int> Offsets, int HandedOn, int Given)
{
    public static Memories None { get; } = new(new Dictionary<int, int>(), 0, 0);

    public int this[int number] => Offsets[number];

    /// <summary>What one of the graphs reads or writes; a memory that no node reads any more is written all the same.</summary>
    public static Memories Of(IReadOnlyList<Graph> graphs, int firstGiven)
    {
        var read = graphs.SelectMany(g => g.Nodes).Where(n => n.Op is MemoryOp).Select(n => (((MemoryOp)n.Op).Number, n.Shape.Count));
        var written = graphs.SelectMany(g => g.All(OutputRole.Memory).Select(o => (int.Parse(o.Name, CultureInfo.InvariantCulture), g[o.Node].Shape.Count)));
        var offsets = new Dictionary<int, int>();
        int length = 0, handedOn = 0;
        foreach (var (number, count) in read.Concat(written).Distinct().OrderBy(m => m))
        {
            offsets[number] = length;
            length += ParameterLayout.RoundUp(count, ParameterLayout.Alignment);
            if (number < firstGiven) handedOn = length;
        }
        return new Memories(offsets, handedOn, length - handedOn);
    }
}
