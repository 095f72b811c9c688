using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

internal sealed partial class PlainPrinter
{
    private void Print(RowKernel row)
    {
        int inner = row.Outer.Count;
        var passes = new RowPasses(row);
        using var nest = new LoopNest(writer, row.Outer, LoopNest.Numbered("i", inner));
        string?[] outside = [.. nest.Indices, null];
        string?[] inside = [.. nest.Indices, row.Inner == 1 ? null : "j"];

        var scalars = new BodyPrinter(row.Body, notation, code => code.Op == BodyOp.Reduce ? throw new InvalidOperationException("a reduction is used before its pass") : Leaf(row.Body, outside, null, false)(code));
        for (int pass = 0; pass < passes.Count; pass++)
        {
            scalars.Print(writer, passes.Scalars(pass), asLocals: true);
            foreach (var store in passes.ScalarStores(pass)) Store(row.Body.Accesses[store.Access], outside, scalars.Whole(store.Value));
            PrintPass(row, passes, pass, scalars, inside);
        }
        scalars.Print(writer, passes.Scalars(passes.Count), asLocals: true);
        foreach (var store in passes.ScalarStores(passes.Count)) Store(row.Body.Accesses[store.Access], outside, scalars.Whole(store.Value));
    }

    private void PrintPass(RowKernel row, RowPasses passes, int pass, BodyPrinter scalars, string?[] indices)
    {
        if (passes.IsEmpty(pass)) return;
        string scratch = "b" + Literal.Of(row.Buffers.Count - 1);
        foreach (int reduce in passes.Reductions(pass))
        {
            writer.Line($"{options.Element} v{Literal.Of(reduce)} = {notation.Constant(((ReduceKind)row.Body.Code[reduce].B).Neutral())};");
        }
        using (row.Inner == 1 ? writer.Block("") : writer.Block($"for (nint j = 0; j < {Literal.Of(row.Inner)}; j++)"))
        {
            var elements = new BodyPrinter(row.Body, notation, Leaf(row.Body, indices, null, false));
            foreach (int scalar in passes.ScalarsBefore(pass)) if (scalars.IsDefined(scalar)) elements.Define(scalar, scalars.Value(scalar));
            foreach (int kept in passes.KeptBefore(pass)) elements.Define(kept, Kept(row, kept, scratch, indices));
            elements.Print(writer, passes.Elements(pass));
            foreach (int kept in passes.Keeps(pass)) writer.Line($"{Kept(row, kept, scratch, indices)} = {elements.Whole(kept)};");
            foreach (int reduce in passes.Reductions(pass))
            {
                var code = row.Body.Code[reduce];
                writer.Line(Accumulate((ReduceKind)code.B, "v" + Literal.Of(reduce), elements.Whole(code.A)));
            }
            foreach (var store in passes.ElementStores(pass)) Store(row.Body.Accesses[store.Access], indices, elements.Whole(store.Value));
        }
        foreach (int reduce in passes.Reductions(pass)) scalars.Define(reduce, "v" + Literal.Of(reduce));
    }

    private static string Kept(RowKernel row, int instruction, string scratch, string?[] indices)
    {
        int start = row.Kept.Items.IndexOf(instruction) * row.Inner;
        string[] terms = [.. new[] { start == 0 ? "" : Literal.Of(start), indices[indices.Length - 1] ?? "" }.Where(t => t.Length > 0)];
        return Addressing.Element(scratch, string.Join(" + ", terms));
    }
}
