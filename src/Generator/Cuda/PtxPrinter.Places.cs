using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// Where threads, loops and elements stand. Indices and offsets have 64 bits, so that no batch overflows them; an index that a template knows to be small
/// has 32, and becomes an offset by a multiplication that widens it.
/// </summary>
internal sealed partial class PtxPrinter
{
    /// <summary>The thread's index along each axis, the last axis innermost; threads beyond the last element go to the end.</summary>
    public string[] ThreadIndices(Extent[] axes, string done)
    {
        string rest = ThreadNumber(), count = Product(axes);
        writer.BranchIf(writer.Emit(Predicate, "setp.ge.s64", rest, count), done);

        return Indices(rest, axes);
    }

    /// <summary>The index along each axis of the element of this number, the last axis innermost. Of a narrow number the axes are constant, but for the outermost one.</summary>
    public string[] Indices(string number, IReadOnlyList<Extent> axes)
    {
        string[] indices = [.. axes.Select(_ => "0")];
        int outermost = axes.ToList().FindIndex(axis => !IsSingle(axis));
        string rest = number;
        for (int axis = axes.Count - 1; axis > outermost; axis--)
        {
            if (IsSingle(axes[axis])) continue;
            string extent = Count(axes[axis]);
            indices[axis] = writer.Remainder(rest, extent);
            rest = writer.Quotient(rest, extent);
        }
        if (outermost >= 0) indices[outermost] = rest;
        return indices;
    }

    /// <summary>The thread's number in the launch.</summary>
    private string ThreadNumber()
    {
        string block = writer.Emit(Integer32, "mov.u32", "%ctaid.x"), size = writer.Emit(Integer32, "mov.u32", "%ntid.x");
        string before = writer.Emit(Integer64, "mul.wide.u32", block, size);
        string thread = writer.Emit(Integer64, "cvt.u64.u32", writer.Emit(Integer32, "mov.u32", "%tid.x"));
        return writer.Emit(Integer64, "add.s64", before, thread);
    }

    public string Product(IEnumerable<Extent> axes)
    {
        string count = "1";
        foreach (var axis in axes) count = Times(count, Count(axis));
        return count;
    }

    /// <summary>A loop of one axis.</summary>
    public void Loop(int count, Action<string> body) => Nest([Extent.Of(count)], [], indices => body(indices[0]));

    public void Nest(IReadOnlyList<Extent> axes, string[] outer, Action<string[]> body)
    {
        if (outer.Length == axes.Count)
        {
            body(outer);
            return;
        }
        var axis = axes[outer.Length];
        if (IsSingle(axis))
        {
            Nest(axes, [.. outer, "0"], body);
            return;
        }
        using var loop = new PtxLoop(writer, Count(axis));
        Nest(axes, [.. outer, loop.Index], body);
    }

    public static bool IsSingle(Extent extent) => extent is { TimesRows: false, Constant: 1 };

    public string Count(Extent extent) => extent.TimesRows ? Times(rows, PtxWriter.Number(extent.Constant)) : PtxWriter.Number(extent.Constant);

    public string Times(string x, string y) => x == "1" ? y : y == "1" ? x : writer.Emit(Integer64, "mul.lo.s64", x, y);

    public string Load(Access access, string[] indices) => Load(access.Buffer, Address(access, indices));

    /// <summary>The element at an address, as a number.</summary>
    public string Load(int buffer, string address)
    {
        if (kernel.Buffers[buffer].IsNumbers) return writer.Emit(math.Kind, $"ld.{SpaceOf(buffer)}.{math.Type}", address);
        // A byte is widened by its load.
        return writer.Emit(math.Kind, $"cvt.rn.{math.Type}.s32", writer.Emit(Integer32, kernel.Buffers[buffer].IsBytes ? "ld.global.u8" : "ld.global.s32", address));
    }

    public void Store(Access access, string[] indices, string value) => Store(access.Buffer, Address(access, indices), value);

    public void Store(int buffer, string address, string value)
    {
        if (kernel.Buffers[buffer].IsInteger) writer.Do("st.global.s32", address, writer.Emit(Integer32, $"cvt.rzi.s32.{math.Type}", value));
        else writer.Do($"st.{SpaceOf(buffer)}.{math.Type}", address, value);
    }

    /// <summary>Numbers may lie in shared memory.</summary>
    public bool IsShared(int buffer) => shared.Contains(buffer);

    private string SpaceOf(int buffer) => IsShared(buffer) ? "shared" : "global";

    public string Address(Access access, string[] indices) => ElementAddress(access.Buffer, Offset(access, indices));

    /// <summary>Where in its buffer an element lies: at the place that an id names, and Σ index·stride.</summary>
    private string Offset(Access access, string[] indices)
    {
        string offset = "0";
        if (access.Id is { } indirection)
        {
            string id = LoadInteger(indirection.Ids, indices);
            offset = indirection.IsPanelled ? Panelled(access, offset, id) : Plus(offset, id, indirection.Stride);
        }
        for (int axis = 0; axis < indices.Length; axis++)
        {
            if (indices[axis] == "0") continue;
            offset = axis == access.PanelAxis ? Panelled(access, offset, indices[axis]) : Plus(offset, indices[axis], access.Strides[axis]);
        }
        return offset;
    }

    private string ElementAddress(int buffer, string element)
        => $"[{(element == "0" ? buffers[buffer] : writer.Emit(Integer64, "mad.lo.s64", element, PtxWriter.Number(BytesPerElement(buffer)), buffers[buffer]))}]";

    public int BytesPerElement(int buffer) => kernel.Buffers[buffer].IsBytes ? 1 : kernel.Buffers[buffer].IsInteger || math.Kind == Float32 ? 4 : 8;

    private string Panelled(Access access, string offset, string index)
    {
        string width = PtxWriter.Number(access.PanelWidth);
        offset = Plus(offset, writer.Quotient(index, width), access.PanelStride);
        return Plus(offset, writer.Remainder(index, width), 1);
    }

    /// <summary>An element of ints, as an index.</summary>
    private string LoadInteger(Access access, string[] indices)
        => writer.Emit(Integer64, "cvt.s64.s32", writer.Emit(Integer32, "ld.global.s32", Address(access, indices)));

    private string Plus(string offset, int distance) => distance == 0 ? offset
        : offset == "0" ? PtxWriter.Number(distance)
        : writer.Emit(Integer64, "add.s64", offset, PtxWriter.Number(distance));

    public string Plus(string offset, string index, int stride)
    {
        if (stride == 0) return offset;
        string factor = PtxWriter.Number(stride);
        if (PtxWriter.IsNarrow(index)) return offset == "0" ? writer.Emit(Integer64, "mul.wide.s32", index, factor) : writer.Emit(Integer64, "mad.wide.s32", index, factor, offset);
        return offset == "0" ? Times(index, factor) : writer.Emit(Integer64, "mad.lo.s64", index, factor, offset);
    }
}
