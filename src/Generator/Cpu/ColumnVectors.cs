using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>Some columns side by side: so many vectors from <paramref name="First"/> on, behind the loop index <paramref name="Index"/> if there is one; of the last only <paramref name="Tail"/> lanes (0: all).</summary>
internal readonly record struct Columns(string? Index, int First, int Vectors, int Tail)
{
    /// <summary>The lanes that count in a vector, null for all.</summary>
    public string? TailOf(int vector) => Tail > 0 && vector == Vectors - 1 ? Literal.Of(Tail) : null;
}

/// <summary>
/// Kernels whose every lane is a column of its own, along an axis on which what is read lies side by side or is the same for all: the loop over the columns, which a nest
/// counts as one element, and what an instruction reads for a vector of them.
/// </summary>
internal sealed class ColumnVectors(SourceWriter writer, IReadOnlyList<KernelBuffer> buffers, VectorForm form, int axis)
{
    /// <summary>So many vectors run side by side, because an addition waits four cycles for the one before.</summary>
    public const int Most = 4;

    /// <summary>Axes without the one of the columns, for a nest of loops around them.</summary>
    public static Extent[] Others(EquatableArray<Extent> axes, int axis) => [.. axes.Select((extent, a) => a == axis ? Extent.Of(1) : extent)];

    /// <summary>The vectors that run side by side of so many columns.</summary>
    public int Side(int columns, int most) => Math.Min(most, Math.Max(1, columns / form.Lanes));

    /// <summary>All columns: whole steps in a loop, then the rest.</summary>
    /// <param name="vectors">Vectors of a step.</param>
    /// <param name="isDivided">Whether threads may share the steps; the rest belongs to the first.</param>
    public void Print(int columns, int vectors, bool isDivided, Action<Columns> print)
    {
        int step = vectors * form.Lanes, whole = columns / step * step;
        var share = new KernelShare(whole / step, step, isDivided);
        if (share.IsWhole) writer.Line(KernelShare.FirstAlone);
        if (whole > 0)
        {
            using (whole > step ? writer.Block(share.Loop("n")) : writer.Block("")) print(new Columns(whole > step ? "n" : null, 0, vectors, 0));
        }
        for (int column = whole; column < columns; column += step)
        {
            int left = Math.Min(step, columns - column);
            using (writer.Block(share.IsDivided ? KernelShare.First : "")) print(new Columns(null, column, (left + form.Lanes - 1) / form.Lanes, left % form.Lanes));
        }
    }

    /// <summary>What an instruction without operands is, for a vector of the columns.</summary>
    /// <param name="indices">Of all axes; the one of the columns is not looked at.</param>
    public Func<BodyInstruction, string> Leaf(KernelBody body, string?[] indices, Columns columns, int vector, string? accumulator, bool sharded) => code =>
    {
        if (code.Op == BodyOp.Accumulator) return accumulator ?? throw new ArgumentException("what is summed refers to its sum");
        if (code.Op == BodyOp.Load)
        {
            var access = body.Accesses[code.A];
            string element = Element(access, indices, columns, vector, sharded);
            return access.Strides[axis] switch
            {
                0 => form.LoadBroadcast(buffers[access.Buffer], element),
                2 => form.LoadEverySecond(element, columns.TailOf(vector)),
                _ => form.Load(buffers[access.Buffer], element, columns.TailOf(vector)),
            };
        }
        if (code.A != axis) return Index(indices[code.A]);
        int column = columns.First + (vector * form.Lanes);
        return form.Indices(columns.Index is null ? column == 0 ? null : Literal.Of(column) : column == 0 ? columns.Index : $"({columns.Index} + {Literal.Of(column)})");
    };

    /// <summary>An index that is the same in all lanes; null for 0.</summary>
    public string Index(string? index) => form.Broadcast(index is null ? Literal.Of(0.0, form.Float64) : $"({form.Element}){index}");

    /// <summary>The first element of a vector, so many elements further.</summary>
    public string Element(Access access, string?[] indices, Columns columns, int vector, bool sharded, int further = 0)
    {
        string?[] all = [.. indices];
        all[axis] = columns.Index;
        int column = columns.First + (vector * form.Lanes);
        return Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, all, sharded, further + (column * access.Strides[axis])));
    }

    /// <summary>The epilogue of a finished sum: what it computes, and its stores.</summary>
    public void PrintEpilogue(KernelBody epilogue, string?[] indices, Columns columns, int vector, string sum, string suffix)
    {
        var printer = new BodyPrinter(epilogue, new VectorNotation(form), Leaf(epilogue, indices, columns, vector, sum, sharded: false), suffix);
        printer.Print(writer, [.. epilogue.Stores.Select(s => s.Value)]);
        foreach (var store in epilogue.Stores) writer.Line(form.Store(printer.Value(store.Value), Element(epilogue.Accesses[store.Access], indices, columns, vector, sharded: false), columns.TailOf(vector)));
    }
}
