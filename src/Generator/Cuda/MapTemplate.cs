using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// Maps: a thread takes neighbours along the innermost axis (<see cref="MapShape"/>), loads and stores them at once, and computes what they share once. Formal
/// buffers promise no alignment: where an address is no multiple of 16 bytes, and for the last elements of a batch, it loads and stores one by one.
/// Indices have 32 bits but for that of the outermost axis, which counts rows.
/// </summary>
internal sealed class MapTemplate
{
    private readonly PtxPrinter printer;
    private readonly PtxWriter writer;
    private readonly PtxMath math;
    private readonly MapKernel map;
    private readonly MapShape shape;
    private readonly string end;
    private readonly string[] still;
    private readonly PtxElements elements;

    /// <summary>The thread's first index along the innermost axis.</summary>
    private readonly string index = "0";

    /// <summary>Of a flat map whose last thread may have fewer elements: the last index.</summary>
    private readonly string? last;

    /// <summary>Whether the thread takes its elements one by one; null where all take one.</summary>
    private readonly string? isSingly;

    private MapTemplate(PtxPrinter printer, MapKernel map, MapShape shape, bool isGuarded = false)
    {
        (this.printer, this.map, this.shape) = (printer, map, shape);
        (writer, math) = (printer.Writer, printer.Math);
        end = writer.Label("end");
        still = [.. map.Axes.Select(_ => "0")];
        if (shape.IsLinear) still = printer.ThreadIndices([.. map.Axes], end);
        else if (shape.IsFlat) (index, last) = BeginFlat();
        else index = BeginRows();
        if (isGuarded) PtxGuard.Write(writer, end);
        if (shape.Width > 1) isSingly = IsSingly();
        int[] walked = shape.Axis < 0 || shape.IsLinear ? [] : [shape.Axis];
        elements = new PtxElements(printer, map.Body, still, walked, [.. walked.Select(axis => map.Axes[axis])]);
    }

    public static PtxPlan Plan(MapKernel map, bool float64)
    {
        var shape = new MapShape(map, float64);
        return new PtxPlan(0, [new PtxEntryPlan("", shape.Threads, shape.Grid, printer => new MapTemplate(printer, map, shape).Print())]);
    }

    /// <summary>A map of one axis that does nothing where a step failed: see <see cref="PtxPrinter.PrintGuarded"/>.</summary>
    public static void PrintGuarded(PtxPrinter printer, MapKernel map, bool float64)
    {
        var shape = new MapShape(map, float64);
        if (!shape.IsFlat || shape.Width * printer.Math.Bytes != MapShape.WidestBytes) throw new ArgumentException("who launches a guarded map counts on 16 bytes of elements for each thread", nameof(map));
        new MapTemplate(printer, map, shape, isGuarded: true).Print();
    }

    /// <summary>All elements are computed before any is stored, which may overwrite what another reads.</summary>
    private void Print()
    {
        int[] roots = [.. map.Body.Stores.Select(store => store.Value)];
        var loads = Loads();
        var invariants = elements.Invariants(roots);
        var results = new string[shape.Width][];
        for (int i = 0; i < shape.Width; i++)
        {
            string at = AtOrLast(i, out int further);
            var element = elements.At(at, further, invariants);
            foreach (var load in loads) element.Define(load.Key, new PtxValue(load.Value[i]));
            element.Compute(roots);
            results[i] = [.. roots.Select(element.Number)];
        }
        Store([.. Enumerable.Range(0, roots.Length).Select(store => results.Select(result => result[store]).ToArray())]);
        writer.Place(end);
    }

    /// <summary>What is loaded at once, by the instruction, as numbers.</summary>
    private Dictionary<int, string[]> Loads()
    {
        var loads = Enumerable.Range(0, map.Body.Code.Count)
            .Where(i => map.Body.Code[i].Op == BodyOp.Load && shape.IsVector(map.Body.Accesses[map.Body.Code[i].A]))
            .ToDictionary(i => i, i => (Access: map.Body.Code[i].A, Registers: Enumerable.Range(0, shape.Width).Select(_ => writer.Register(RegisterOf(map.Body.Code[i].A))).ToArray()));
        if (loads.Count == 0) return [];
        Choose(
            () =>
            {
                foreach (var (access, registers) in loads.Values) writer.Do($"ld.global.{Vector}.{TypeOf(access)}", Braced(registers), elements.Address(access, index, 0));
            },
            () =>
            {
                foreach (int i in Enumerable.Range(0, shape.Width))
                {
                    string at = AtOrLast(i, out int further);
                    foreach (var (access, registers) in loads.Values) writer.Do("ld.global." + TypeOf(access), registers[i], elements.Address(access, at, further));
                }
            });
        return loads.ToDictionary(load => load.Key, load => map.Buffers[map.Body.Accesses[load.Value.Access].Buffer].IsNumbers
            ? load.Value.Registers
            : load.Value.Registers.Select(register => writer.Emit(math.Kind, $"cvt.rn.{math.Type}.s32", register)).ToArray());
    }

    private void Store(string[][] results)
    {
        var stores = map.Body.Stores.Select((store, i) => (store.Access, Registers: map.Buffers[map.Body.Accesses[store.Access].Buffer].IsInteger
            ? results[i].Select(value => writer.Emit(Integer32, $"cvt.rzi.s32.{math.Type}", value)).ToArray()
            : results[i])).ToList();
        var together = stores.Where(store => shape.IsVector(map.Body.Accesses[store.Access])).ToList();
        if (together.Count > 0)
        {
            Choose(
                () =>
                {
                    foreach (var (access, registers) in together) writer.Do($"st.global.{Vector}.{TypeOf(access)}", elements.Address(access, index, 0), Braced(registers));
                },
                () => StoreSingly(together));
        }
        StoreSingly([.. stores.Except(together)]);
    }

    private void StoreSingly(List<(int Access, string[] Registers)> stores)
    {
        if (stores.Count == 0) return;
        string stored = writer.Label("stored");
        for (int i = 0; i < shape.Width; i++)
        {
            if (i > 0 && last is not null) writer.BranchIf(Compare("gt", Beyond(i), last), stored);
            foreach (var (access, registers) in stores) writer.Do("st.global." + TypeOf(access), elements.Address(access, index, i), registers[i]);
        }
        writer.Place(stored);
    }

    private void Choose(Action together, Action singly)
    {
        string one = writer.Label("singly"), next = writer.Label("next");
        writer.BranchIf(isSingly!, one);
        together();
        writer.Do("bra", next);
        writer.Place(one);
        singly();
        writer.Place(next);
    }

    /// <summary>The index of a thread's element, or of the last one where it has none: that is one of the thread's own.</summary>
    private string AtOrLast(int i, out int further)
    {
        further = last is null ? i : 0;
        if (last is null || i == 0) return index;
        return PtxWriter.IsNarrow(index) ? writer.Emit(Integer32, "min.s32", Beyond(i), last) : writer.Emit(Integer64, "min.s64", Beyond(i), last);
    }

    private string Beyond(int i)
        => PtxWriter.IsNarrow(index) ? writer.Emit(Integer32, "add.s32", index, PtxWriter.Number(i)) : writer.Emit(Integer64, "add.s64", index, PtxWriter.Number(i));

    private (string Index, string? Last) BeginFlat()
    {
        var extent = shape.Axis < 0 ? Extent.Of(1) : map.Axes[shape.Axis];
        string block = writer.Emit(Integer32, "mov.u32", "%ctaid.x"), thread = writer.Emit(Integer32, "mov.u32", "%tid.x");
        if (shape.Width > 1) thread = writer.Emit(Integer32, "mul.lo.s32", thread, PtxWriter.Number(shape.Width));
        string ofBlock = PtxWriter.Number(MapShape.BlockThreads * shape.Width), count = printer.Count(extent);
        string first = extent.TimesRows
            ? writer.Emit(Integer64, "add.s64", writer.Emit(Integer64, "mul.wide.u32", block, ofBlock), writer.Emit(Integer64, "cvt.u64.u32", thread))
            : writer.Emit(Integer32, "mad.lo.s32", block, ofBlock, thread);
        writer.BranchIf(writer.Emit(Predicate, extent.TimesRows ? "setp.ge.s64" : "setp.ge.s32", first, count), end);
        if (extent.Constant % shape.Width == 0) return (first, null);
        return (first, extent.TimesRows ? writer.Emit(Integer64, "sub.s64", count, "1") : PtxWriter.Number(extent.Constant - 1));
    }

    /// <summary>Sets the indices along the outer axes.</summary>
    private string BeginRows()
    {
        string block = writer.Emit(Integer32, "mov.u32", "%ctaid.x"), thread = writer.Emit(Integer32, "mov.u32", "%tid.x");
        string number = thread, outer = block;
        if (shape.BlocksOfOuter > 1)
        {
            string blocks = PtxWriter.Number(shape.BlocksOfOuter);
            number = writer.Emit(Integer32, "mad.lo.s32", writer.Remainder(block, blocks), PtxWriter.Number(shape.Threads), thread);
            outer = writer.Quotient(block, blocks);
            writer.BranchIf(writer.Emit(Predicate, "setp.ge.s32", number, PtxWriter.Number(shape.PerOuter)), end);
        }
        else if (shape.OutersOfBlock > 1)
        {
            string perOuter = PtxWriter.Number(shape.PerOuter), ofBlock = PtxWriter.Number(shape.OutersOfBlock);
            writer.BranchIf(writer.Emit(Predicate, "setp.ge.s32", thread, PtxWriter.Number(shape.OutersOfBlock * shape.PerOuter)), end);
            string within = writer.Quotient(thread, perOuter);
            number = writer.Remainder(thread, perOuter);
            outer = IsNarrow(map.Axes[shape.Outer])
                ? writer.Emit(Integer32, "mad.lo.s32", block, ofBlock, within)
                : writer.Emit(Integer64, "add.s64", writer.Emit(Integer64, "mul.wide.u32", block, ofBlock), writer.Emit(Integer64, "cvt.u64.u32", within));
        }
        else if (shape.Threads > shape.PerOuter)
        {
            writer.BranchIf(writer.Emit(Predicate, "setp.ge.s32", thread, PtxWriter.Number(shape.PerOuter)), end);
        }
        string wide = PtxWriter.IsNarrow(outer) ? writer.Emit(Integer64, "cvt.u64.u32", outer) : outer;
        writer.BranchIf(writer.Emit(Predicate, "setp.ge.s64", wide, printer.Count(map.Axes[shape.Outer])), end);

        still[shape.Outer] = outer;
        int[] inner = shape.Inner;
        string[] along = printer.Indices(number, [.. inner.Select(axis => axis == shape.Axis ? Extent.Of(map.Axes[axis].Constant / shape.Width) : map.Axes[axis])]);
        for (int i = 0; i < inner.Length - 1; i++) still[inner[i]] = along[i];
        string first = along[along.Length - 1];
        return shape.Width == 1 || first == "0" ? first : writer.Emit(Integer32, "mul.lo.s32", first, PtxWriter.Number(shape.Width));
    }

    /// <summary>Whether its index and those of a block beyond the last have 32 bits, whatever the rows.</summary>
    private static bool IsNarrow(Extent extent) => !extent.TimesRows;

    /// <summary>Whether a buffer does not begin where so many of its elements may be taken at once, or there are not so many left.</summary>
    private string IsSingly()
    {
        string odd = "";
        var buffers = map.Body.Accesses.Where(shape.IsVector).Select(access => access.Buffer).Distinct();
        foreach (var group in buffers.GroupBy(buffer => shape.Width * printer.BytesPerElement(buffer)))
        {
            string any = group.Select(buffer => printer.Buffers[buffer]).Aggregate((x, y) => writer.Emit(Integer64, "or.b64", x, y));
            string rest = writer.Emit(Integer64, "and.b64", any, PtxWriter.Number(group.Key - 1));
            odd = odd.Length == 0 ? rest : writer.Emit(Integer64, "or.b64", odd, rest);
        }
        string isOdd = writer.Emit(Predicate, "setp.ne.s64", odd, "0");
        return last is null ? isOdd : math.Or(isOdd, Compare("gt", Beyond(shape.Width - 1), last));
    }

    private string Compare(string relation, string x, string y) => writer.Emit(Predicate, $"setp.{relation}.{(PtxWriter.IsNarrow(x) ? "s32" : "s64")}", x, y);

    private string Vector => "v" + PtxWriter.Number(shape.Width);

    private static string Braced(string[] registers) => $"{{{string.Join(", ", registers)}}}";

    private RegisterKind RegisterOf(int access) => map.Buffers[map.Body.Accesses[access].Buffer].IsNumbers ? math.Kind : Integer32;

    private string TypeOf(int access)
    {
        var buffer = map.Buffers[map.Body.Accesses[access].Buffer];
        return buffer.IsInteger ? "s32" : buffer.IsBytes ? "u8" : math.Type;
    }
}
