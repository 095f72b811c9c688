using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>Texts for where an element lies. Index arithmetic is in nint, so that no batch overflows it.</summary>
internal static class Addressing
{
    /// <summary>The trip count of a loop, as nint.</summary>
    public static string Count(Extent extent, string rows = "rows") => !extent.TimesRows ? Literal.Of(extent.Constant)
        : extent.Constant == 1 ? rows : $"(nint){rows} * {Literal.Of(extent.Constant)}";

    /// <summary>
    /// Σ index·stride + known, from the start of the shard s if asked; axes without an index (null) count as 0. Empty for 0.
    /// </summary>
    /// <param name="shard">The name of the shard's number.</param>
    public static string Offset(Access access, IReadOnlyList<string?> indices, bool sharded = false, int known = 0, string shard = "s")
    {
        var terms = new List<string>();
        if (sharded) terms.Add($"{shard} * s{Literal.Of(access.Buffer)}");
        if (access.Id is { } indirection) terms.AddRange(Indirect(access, indirection, indices, sharded));
        for (int axis = 0; axis < indices.Count; axis++)
        {
            if (indices[axis] is not { } index) continue;
            if (axis == access.PanelAxis) terms.AddRange(Panelled(access, index));
            else if (Scaled(index, access.Strides[axis]) is { Length: > 0 } term) terms.Add(term);
        }
        if (known > 0) terms.Add(Literal.Of(known));
        return string.Join(" + ", terms);
    }

    private static string[] Panelled(Access access, string index)
        => [$"{index} / {Literal.Of(access.PanelWidth)} * {Literal.Of(access.PanelStride)}", $"{index} % {Literal.Of(access.PanelWidth)}"];

    /// <summary>The place of the id that memory holds.</summary>
    private static string[] Indirect(Access access, Indirection indirection, IReadOnlyList<string?> indices, bool sharded)
    {
        string id = "(nint)" + Element("b" + Literal.Of(indirection.Ids.Buffer), Offset(indirection.Ids, indices, sharded));
        return indirection.IsPanelled ? Panelled(access, id) : indirection.Stride == 0 ? [] : [Scaled(id, indirection.Stride)];
    }

    public static string Scaled(string index, int stride) => stride == 0 ? "" : stride == 1 ? index : $"{index} * {Literal.Of(stride)}";

    /// <summary>The element at an offset: a variable of C#, to be read, written or passed by ref.</summary>
    public static string Element(string buffer, string offset) => offset.Length == 0 || offset == "0" ? buffer : $"Unsafe.Add(ref {buffer}, {offset})";
}
