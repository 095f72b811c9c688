using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

internal sealed partial class ContractionTemplate
{
    /// <summary>Bytes for a row of the batch from which an operand of the epilogue is fetched while terms are added, and how many terms give it the time.</summary>
    private const int LeastFetchedBytes = 16 * 1024, LeastFetchingTerms = 64;

    private void PrintTile(Tile tile)
    {
        string columns = imageRows >= 0 ? $", {Literal.Of(VectorsOfRow(kernel, form))} for each {Literal.Of(kernel.N.Constant)} columns of a row of the image" : tile.Tail > 0 ? $", {Literal.Of(tile.Tail)} lanes in the last" : "";
        writer.Line();
        writer.Line($"// {Literal.Of(tile.Rows)} rows × {Literal.Of(tile.Vectors)} vectors{columns}");
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"private static void {name}_{tile.Suffix}({string.Join(", ", TileParameters(tile))})");
        foreach (string sum in Sums(tile)) writer.Line($"{form.Type} {sum} = {form.Zero};");
        if (tile.Packed) PrintResume(tile);
        else PrintFetches(tile);
        if (SharesImageRows) PrintSharedRows(tile);
        else PrintSums(tile);
        if (inlineEpilogue) PrintInlineEpilogue(tile);
        else PrintEpilogueCalls(tile);
    }

    /// <summary>
    /// What the epilogue reads at every row and column begins to arrive while the sums are added up: where a row of the batch has so much of it, another kernel wrote it long before, and a tile's few
    /// elements of rows far apart are not what processors fetch by themselves.
    /// </summary>
    private void PrintFetches(Tile tile)
    {
        if (!kernel.M.TimesRows || (long)kernel.M.Constant * kernel.N.Constant * ElementBytes < LeastFetchedBytes || kernel.K.Aggregate(1L, (terms, k) => terms * k.Constant) < LeastFetchingTerms) return;
        var loaded = epilogueAccesses.Where(access => access.IsAffine && access.Strides[mAxis] != 0 && access.Strides[nAxis] == 1
            && kernel.Buffers[access.Buffer].IsNumbers && !kernel.Epilogue.Stores.Any(s => kernel.Epilogue.Accesses[s.Access] == access));
        foreach (var access in loaded)
        {
            for (int r = 0; r < tile.Rows; r++)
            {
                for (int column = 0; column < tile.Vectors * form.Lanes; column += LineBytes / ElementBytes)
                    writer.Line($"global::DlGen.Compiled.Cache.Prefetch(ref {Element(access, "", r, column / form.Lanes)});");
            }
        }
    }

    /// <summary>The sums of the terms before these, which stand in the result.</summary>
    private void PrintResume(Tile tile)
    {
        using var resumes = writer.Block("if (resumes)");
        var result = kernel.Epilogue.Accesses[kernel.Epilogue.Stores[0].Access];
        for (int r = 0; r < tile.Rows; r++)
        {
            for (int v = 0; v < tile.Vectors; v++) writer.Line($"{Sum(r, v)} = {form.Load(kernel.Buffers[result.Buffer], Element(result, "", r, v), null)};");
        }
    }

    private IEnumerable<string> TileParameters(Tile tile)
    {
        yield return $"ref {form.Element} left";
        yield return $"ref {form.Element} right";
        if (!inlineEpilogue) yield return $"ref {form.Element} tile";
        foreach (string parameter in EpilogueParameters()) yield return parameter;
        if (tile.Packed)
        {
            yield return "nint terms";
            yield return "bool resumes";
            yield break;
        }
        if (kernel.Sharded)
        {
            yield return "nint leftShard";
            yield return "nint rightShard";
        }
        if (UsesRows) yield return "int rows";
        if (kernel.Sharded) yield return "int shardRows";
        foreach (string parameter in BorderParameters) yield return parameter;
    }

    private static IEnumerable<string> Sums(Tile tile)
        => Enumerable.Range(0, tile.Rows).SelectMany(r => Enumerable.Range(0, tile.Vectors).Select(v => Sum(r, v)));

    private static string Sum(int row, int vector) => $"c{Literal.Of(row)}_{Literal.Of(vector)}";

    /// <summary>The loops over shards and K. The innermost moves two refs by literal strides, so that the rows of the tile are displacements.</summary>
    private void PrintSums(Tile tile)
    {
        int last = kernel.K.Count - 1;
        using var shards = new ShardLoop(writer, kernel.Sharded && !tile.Packed);
        string rows = kernel.Sharded ? "shard" : "rows";
        using var nest = new LoopNest(writer, [.. kernel.K.Take(last)], LoopNest.Numbered("k", kernel.K.Count).Take(last).ToArray(), rows, BoundsOf);
        Access leftAccess = LeftOf(tile), rightAccess = RightOf(tile);
        string left = tile.Packed ? "left" : InnerRef("left", "a", leftAccess, nest.Indices);
        string right = tile.Packed ? "right" : InnerRef("right", "b", rightAccess, nest.Indices);
        using var loop = writer.Block($"for (nint k = {(tile.Packed ? "terms" : Addressing.Count(kernel.K[last], rows))}; k > 0; k--)");
        for (int v = 0; v < tile.Vectors; v++)
        {
            string element = Addressing.Element(right, Literal.Of(ColumnOffset(rightAccess, v * form.Lanes)));
            writer.Line($"{form.Type} r{Literal.Of(v)} = {form.Load(kernel.Buffers[kernel.Right.Buffer], element, TailOf(tile, v))};");
        }
        for (int r = 0; r < tile.Rows; r++)
        {
            string row = form.Broadcast(Addressing.Element(left, Literal.Of(r * leftAccess.Strides[mAxis])));
            writer.Line(r == 0 ? $"{form.Type} l = {row};" : $"l = {row};");
            for (int v = 0; v < tile.Vectors; v++) writer.Line($"{Sum(r, v)} = {form.MultiplyAdd("l", "r" + Literal.Of(v), Sum(r, v))};");
        }
        int kAxis = nAxis + 1 + last;
        if (leftAccess.Strides[kAxis] != 0) writer.Line($"{left} = ref Unsafe.Add(ref {left}, {Literal.Of(leftAccess.Strides[kAxis])});");
        if (rightAccess.Strides[kAxis] != 0) writer.Line($"{right} = ref Unsafe.Add(ref {right}, {Literal.Of(rightAccess.Strides[kAxis])});");
    }

    /// <summary>The ref that the innermost loop moves: the parameter itself, or a copy that starts at the shard and the outer axes of K.</summary>
    private string InnerRef(string parameter, string copy, Access access, string?[] indices)
    {
        if (!kernel.Sharded && indices.Length == 0) return parameter;
        var terms = new List<string>();
        if (kernel.Sharded) terms.Add($"s * {parameter}Shard");
        for (int i = 0; i < indices.Length; i++)
        {
            if (indices[i] is { } index && Addressing.Scaled(index, access.Strides[nAxis + 1 + i]) is { Length: > 0 } term) terms.Add(term);
        }
        writer.Line($"ref {form.Element} {copy} = ref {Addressing.Element(parameter, string.Join(" + ", terms))};");
        return copy;
    }
}
