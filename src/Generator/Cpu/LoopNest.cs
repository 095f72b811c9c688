using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>Nested loops over axes. Axes of one element get no loop and no index (null).</summary>
internal sealed class LoopNest : IDisposable
{
    private readonly Stack<SourceWriter.BlockScope> blocks = new();

    /// <param name="names">The index names of the axes, outermost first; they stay in scope until the nest is disposed.</param>
    /// <param name="bounds">The first index and the one behind the last of an axis that is not walked in full; null for all others.</param>
    public LoopNest(SourceWriter writer, IReadOnlyList<Extent> axes, IReadOnlyList<string> names, string rows = "rows", Func<int, (string First, string End)?>? bounds = null)
    {
        Indices = Names(axes, names);
        for (int axis = 0; axis < axes.Count; axis++)
        {
            if (Indices[axis] is not { } index) continue;
            var (first, end) = bounds?.Invoke(axis) ?? ("0", Addressing.Count(axes[axis], rows));
            blocks.Push(writer.Block($"for (nint {index} = {first}; {index} < {end}; {index}++)"));
        }
    }

    public string?[] Indices { get; }

    public static string?[] Names(IReadOnlyList<Extent> axes, IReadOnlyList<string> names)
        => axes.Select((extent, axis) => extent is { TimesRows: false, Constant: 1 } ? null : names[axis]).ToArray();

    /// <summary>i, j, k … would shadow the k of contractions, so axes are numbered unless there is one.</summary>
    public static string[] Numbered(string name, int count) => count == 1 ? [name] : Enumerable.Range(0, count).Select(i => name + Literal.Of(i)).ToArray();

    public void Dispose()
    {
        while (blocks.Count > 0) blocks.Pop().Dispose();
    }
}
