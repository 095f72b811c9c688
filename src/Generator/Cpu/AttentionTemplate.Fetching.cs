using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// The heads of a short sequence lie in other rows and columns than their neighbours, and each is computed in less time than its operands take to arrive one by one. So while a head is computed,
/// those of the next come into the second-level cache, a part with each block of queries.
/// </summary>
internal sealed partial class AttentionTemplate
{
    /// <summary>Bytes of a head that have room in the cache beside those of the one before. Longer sequences read each key many times anyway.</summary>
    private const int MostFetchedBytes = 128 * 1024;

    private bool FetchesNext => attention.Outer.Any(axis => axis.TimesRows || axis.Constant > 1)
        && Operands.Sum(access => (long)RowsOf(access) * WidthOf(access)) * (form.Float64 ? 8 : 4) <= MostFetchedBytes;

    private IEnumerable<Access> Operands => new[] { attention.Query, attention.Key, attention.Value }.Concat(attention.Backward is { } b ? new[] { b.Upstream, b.ByKey, b.ByValue } : []);

    private int RowsOf(Access access) => access == attention.Query || access == attention.Backward?.Upstream ? attention.Queries : attention.Keys;

    private int WidthOf(Access access) => access == attention.Value || access == attention.Backward?.Upstream || access == attention.Backward?.ByValue ? attention.ValueWidth : attention.Width;

    /// <summary>The indices of the head behind the one at hand.</summary>
    private string?[] PrintNext(string?[] indices)
    {
        if (!FetchesNext) return indices;
        string?[] next = [.. indices.Select(index => index is null ? null : "next" + index)];
        int[] axes = [.. Enumerable.Range(0, indices.Length).Where(axis => indices[axis] is not null).Reverse()];
        writer.Line($"nint {string.Join(", ", axes.Select(axis => $"{next[axis]} = {indices[axis]}{(axis == axes[0] ? " + 1" : "")}"))};");
        for (int i = 0; i + 1 < axes.Length; i++)
            writer.Line($"if ({next[axes[i]]} == {Addressing.Count(attention.Outer[axes[i]])}) ({next[axes[i]]}, {next[axes[i + 1]]}) = (0, {next[axes[i + 1]]} + 1);");
        return next;
    }

    /// <summary>A part of what the next head reads and adds to: as much as each block of queries takes to bring all of it.</summary>
    private void PrintFetches(string?[] next)
    {
        if (!FetchesNext) return;
        foreach (var access in Operands)
        {
            int rows = RowsOf(access), blocks = (attention.Queries + block - 1) / block, part = (rows + blocks - 1) / blocks;
            string first = blocks == 1 ? "0" : part == block ? "i" : $"i / {Block} * {Literal.Of(part)}";
            writer.Line($"global::DlGen.Compiled.Cache.PrefetchRows({Place(access, next, first)}, {Literal.Of(part)}, {Literal.Of(Stride(access))}, {Literal.Of(WidthOf(access))});");
        }
    }
}
