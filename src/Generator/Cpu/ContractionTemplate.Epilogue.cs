using DlGen.Kernels;

namespace DlGen.Cpu;

internal sealed partial class ContractionTemplate
{
    private IEnumerable<string> EpilogueParameters()
    {
        for (int i = 0; i < epilogueAccesses.Length; i++)
        {
            yield return $"ref {kernel.Buffers[epilogueAccesses[i].Buffer].ElementType(form.Element)} e{Literal.Of(i)}";
        }
        foreach (int axis in indexedAxes) yield return "nint " + AxisName(axis);
    }

    private string AxisName(int axis) => axis == mAxis ? "m" : axis == nAxis ? "n" : LoopNest.Numbered("o", kernel.Outer.Count)[axis];

    /// <summary>The epilogue on every register of the tile. What does not vary with the row is computed once per vector.</summary>
    private void PrintInlineEpilogue(Tile tile)
    {
        for (int v = 0; v < tile.Vectors; v++)
        {
            string? tail = TailOf(tile, v);
            string column = "_" + Literal.Of(v);
            var shared = new BodyPrinter(kernel.Epilogue, new VectorNotation(form), Leaf("", 0, v, tail, ""), column);
            if (tile.Rows > 1) shared.Print(writer, SharedByRows(), asLocals: true);
            for (int r = 0; r < tile.Rows; r++)
            {
                var printer = new BodyPrinter(kernel.Epilogue, new VectorNotation(form), Leaf("", r, v, tail, Sum(r, v)), $"_{Literal.Of(r)}{column}");
                foreach (int instruction in SharedByRows()) if (shared.IsDefined(instruction)) printer.Define(instruction, shared.Value(instruction));
                PrintStores(printer, "", r, v, tail);
            }
        }
    }

    /// <summary>An expensive epilogue sees the sums of the tile one vector of columns after the other.</summary>
    private void PrintEpilogueCalls(Tile tile)
    {
        int stride = tile.Vectors * form.Lanes;
        for (int r = 0; r < tile.Rows; r++)
        {
            for (int v = 0; v < tile.Vectors; v++) writer.Line(form.Store(Sum(r, v), Addressing.Element("tile", Literal.Of((r * stride) + (v * form.Lanes))), null));
        }
        for (int v = 0; v < tile.Vectors; v++)
        {
            var arguments = new List<string> { "ref " + Addressing.Element("tile", Literal.Of(v * form.Lanes)), Literal.Of(stride) };
            arguments.AddRange(epilogueAccesses.Select((access, i) => "ref " + Addressing.Element("e" + Literal.Of(i), Literal.Of(ColumnOffset(access, v * form.Lanes)))));
            arguments.AddRange(indexedAxes.Select(axis => axis == nAxis && v > 0 ? $"n + {Literal.Of(v * form.Lanes)}" : AxisName(axis)));
            arguments.Add(Literal.Of(tile.Rows));
            writer.Line($"{name}_epilogue{(TailOf(tile, v) is null ? "" : "_t")}({string.Join(", ", arguments)});");
        }
    }

    private void PrintEpilogue(string? tail)
    {
        writer.Line();
        writer.Line($"// The epilogue on {(tail is null ? "a vector" : tail + " lanes")} of columns, row by row.");
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        string[] parameters = [$"ref {form.Element} tile", "nint tileStride", .. EpilogueParameters(), "nint count"];
        using var method = writer.Block($"private static void {name}_epilogue{(tail is null ? "" : "_t")}({string.Join(", ", parameters)})");
        var shared = new BodyPrinter(kernel.Epilogue, new VectorNotation(form), Leaf("", 0, 0, tail, ""), "_shared");
        shared.Print(writer, SharedByRows(), asLocals: true);
        using var loop = writer.Block("for (nint r = 0; r < count; r++)");
        var printer = new BodyPrinter(kernel.Epilogue, new VectorNotation(form), Leaf("r", 0, 0, tail, form.Load(default, "Unsafe.Add(ref tile, r * tileStride)", null)));
        foreach (int instruction in SharedByRows()) if (shared.IsDefined(instruction)) printer.Define(instruction, shared.Value(instruction));
        PrintStores(printer, "r", 0, 0, tail);
    }

    private void PrintStores(BodyPrinter printer, string rowIndex, int row, int vector, string? tail)
    {
        printer.Print(writer, [.. kernel.Epilogue.Stores.Select(s => s.Value)]);
        foreach (var store in kernel.Epilogue.Stores)
        {
            var access = kernel.Epilogue.Accesses[store.Access];
            writer.Line(form.Store(printer.Value(store.Value), Element(access, rowIndex, row, vector), tail, padded: !access.IsAffine));
        }
    }

    /// <summary>Leaves of the epilogue at a row (an index, or known within the tile) and a vector of the tile.</summary>
    private Func<BodyInstruction, string> Leaf(string rowIndex, int row, int vector, string? tail, string sum) => code =>
    {
        if (code.Op == BodyOp.Accumulator) return sum;
        if (code.Op == BodyOp.Load)
        {
            var access = kernel.Epilogue.Accesses[code.A];
            string element = Element(access, rowIndex, row, vector);
            return access.IsAffine && access.Strides[nAxis] == 0
                ? form.LoadBroadcast(kernel.Buffers[access.Buffer], element)
                : form.Load(kernel.Buffers[access.Buffer], element, tail);
        }
        if (code.A == mAxis) return form.Broadcast($"({form.Element})(m + {(rowIndex.Length > 0 ? rowIndex : Literal.Of(row))})");
        if (code.A == nAxis) return form.Indices($"(n + {Literal.Of(vector * form.Lanes)})");
        return form.Broadcast($"({form.Element}){AxisName(code.A)}");
    };

    private string Element(Access access, string rowIndex, int row, int vector)
    {
        int known = (row * access.Strides[mAxis]) + ColumnOffset(access, vector * form.Lanes);
        string[] terms = [.. new[] { rowIndex.Length > 0 ? Addressing.Scaled(rowIndex, access.Strides[mAxis]) : "", known > 0 ? Literal.Of(known) : "" }.Where(t => t.Length > 0)];
        return Addressing.Element("e" + Literal.Of(Array.IndexOf(epilogueAccesses, access)), string.Join(" + ", terms));
    }

    /// <summary>What all rows of a tile share: loads of a bias, constants, their arithmetic.</summary>
    private int[] SharedByRows() => Invariants.Of(kernel.Epilogue, access => access.Strides[mAxis] != 0, axis => axis == mAxis);
}
