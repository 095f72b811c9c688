using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// A product of a block's rows with a matrix: a thread has a column and several rows, so that a weight is loaded once for them. Where threads are left over, they share the terms in equal parts; the parts are added in their order, so
/// without parts a sum has the bits of the record's order. A thread that has all of one result goes on with it; else the sums go through shared memory, and each thread goes on with every so manieth result.
/// </summary>
/// <param name="Rows">Of the block.</param>
/// <param name="ThreadRows">Of a thread.</param>
/// <param name="Parts">In which the terms are added.</param>
internal sealed record LoopProduct(ContractionKernel Kernel, int Rows, int ThreadRows, int Parts)
{
    /// <summary>Terms that are loaded at once; of weights in global memory, whose loads take longer, so many bytes, and no more.</summary>
    private const int TermsAtOnce = 4, GlobalBytesAtOnce = 64;

    /// <summary>Fewer terms than this are not worth a part of their own.</summary>
    private const int LeastTermsOfPart = 16;

    private const int VectorBytes = 16;

    /// <summary>Bytes of sums that a thread keeps.</summary>
    private const int MostSumBytes = 32;

    public int Columns => Kernel.N.Constant;

    private int Terms => Kernel.K[0].Constant;

    private int TermsOfPart => Terms / Parts;

    private int Groups => Rows / ThreadRows;

    /// <summary>Whether the thread of a sum goes on with it.</summary>
    public bool IsDirect => Rows == 1 && Parts == 1;

    /// <summary>Sums that go through shared memory.</summary>
    public long SharedSums => IsDirect ? 0 : (long)Parts * Rows * Columns;

    public static bool Fits(LoopPart part)
        => part.Launch.Kernel is ContractionKernel { K.Count: 1 } kernel && kernel.Outer.All(PtxPrinter.IsSingle) && part.Nest.Axis == kernel.Outer.Count && part.Nest.PerRow == 1
        && kernel.Left is { PanelAxis: < 0, Id: null } && !kernel.Left.Varies(part.Nest.Axis + 1)
        && kernel.Right.Id is null && kernel.Right.PanelAxis != part.Nest.Axis + 2 && !kernel.Right.Varies(part.Nest.Axis);

    public static LoopProduct? Of(LoopPart part, int rows, int threads, int bytes)
    {
        if (!Fits(part)) return null;
        var kernel = (ContractionKernel)part.Launch.Kernel;
        int threadRows = Math.Min(rows, MostSumBytes / bytes), terms = kernel.K[0].Constant, parts = 1;
        bool IsWorthIt(int count) => terms % (count * TermsAtOnce) == 0 && terms / count >= LeastTermsOfPart && (long)count * (rows / threadRows) * kernel.N.Constant <= threads;
        while (IsWorthIt(parts * 2)) parts *= 2;
        return new(kernel, rows, threadRows, parts);
    }

    /// <summary>Sums, and where one has not all of a result, what the others need of it in shared memory.</summary>
    /// <param name="block">The block.</param>
    /// <param name="printer">Of the kernel, which may read from elsewhere than the record.</param>
    /// <param name="kernel">The kernel as it is printed.</param>
    /// <param name="left">What is known of the addresses of the left operand: all are multiples of so many bytes.</param>
    /// <param name="finish">What becomes of a sum of the block's row and column.</param>
    public void PrintSums(LoopBlock block, PtxPrinter printer, ContractionKernel kernel, int left, Action<string, string, string> finish)
    {
        var (writer, math) = (printer.Writer, printer.Math);
        block.Each((long)Parts * Groups * Columns, task =>
        {
            string column = writer.Remainder(task, PtxWriter.Number(Columns)), rest = Parts * Groups == 1 ? "0" : writer.Quotient(task, PtxWriter.Number(Columns));
            string group = Groups == 1 ? "0" : Parts == 1 ? rest : writer.Remainder(rest, PtxWriter.Number(Groups));
            string part = Parts == 1 ? "0" : Groups == 1 ? rest : writer.Quotient(rest, PtxWriter.Number(Groups));
            string first = Parts == 1 ? "0" : writer.Emit(Integer32, "mul.lo.s32", part, PtxWriter.Number(TermsOfPart));
            string[] rows = [.. Enumerable.Range(0, ThreadRows).Select(row => block.Existing(group == "0" ? "" : writer.Emit(Integer32, "mad.lo.s32", group, PtxWriter.Number(ThreadRows), PtxWriter.Number(row)), row))];
            string[] sums = [.. rows.Select(_ => math.Variable(0))];
            PrintTerms(printer, kernel, left, rows, column, first, sums);
            if (IsDirect)
            {
                finish("0", column, sums[0]);
                return;
            }
            string place = column;
            if (group != "0") place = writer.Emit(Integer32, "mad.lo.s32", group, PtxWriter.Number((long)ThreadRows * Columns), place);
            if (part != "0") place = writer.Emit(Integer32, "mad.lo.s32", part, PtxWriter.Number((long)Rows * Columns), place);
            string address = block.SharedElement(block.Layout.SumsAt, place);
            for (int row = 0; row < ThreadRows; row++) writer.Do("st.shared." + math.Type, At(address, (long)row * Columns * math.Bytes), sums[row]);
        }, ofAllRows: true);
    }

    /// <summary>Behind a barrier: what becomes of the sums.</summary>
    public void FinishSums(LoopBlock block, PtxPrinter printer, Action<string, string, string> finish)
    {
        var (writer, math) = (printer.Writer, printer.Math);
        block.Each(Columns, number =>
        {
            string column = Rows == 1 ? number : writer.Remainder(number, PtxWriter.Number(Columns)), row = Rows == 1 ? "0" : writer.Quotient(number, PtxWriter.Number(Columns));
            string address = block.SharedElement(block.Layout.SumsAt, number);
            string Part(int part) => writer.Emit(math.Kind, "ld.shared." + math.Type, At(address, (long)part * Rows * Columns * math.Bytes));
            finish(row, column, Enumerable.Range(1, Parts - 1).Aggregate(Part(0), (sum, part) => math.Add(sum, Part(part))));
        });
    }

    private void PrintTerms(PtxPrinter printer, ContractionKernel kernel, int leftAlignment, string[] rows, string column, string first, string[] sums)
    {
        var writer = printer.Writer;
        string[] Indices(string row, string column) => [.. kernel.Outer.Select(_ => "0"), row, column, first];
        var left = new Operand(printer, kernel.Left, [.. rows.Select(row => Indices(row, "0"))], leftAlignment);
        var right = new Operand(printer, kernel.Right, [Indices("0", column)], alignment: 1);
        int atOnce = right.IsShared ? TermsAtOnce : GlobalBytesAtOnce / printer.Math.Bytes, whole = TermsOfPart / atOnce * atOnce;
        if (whole > 0)
        {
            using var loop = new PtxLoop(writer, PtxWriter.Number(whole), PtxWriter.Number(atOnce), isNarrow: true, isRolled: !right.IsShared);
            Add(atOnce);
            left.Advance(atOnce);
            right.Advance(atOnce);
        }
        if (TermsOfPart > whole) Add(TermsOfPart - whole);

        void Add(int count)
        {
            string[] weights = right.Load(0, 0, count);
            for (int first = 0; first < count; first += TermsAtOnce)
            {
                int together = Math.Min(TermsAtOnce, count - first);
                string[][] values = [.. rows.Select((_, row) => left.Load(row, first, together))];
                for (int term = 0; term < together; term++)
                    for (int row = 0; row < rows.Length; row++) printer.Math.Accumulate(sums[row], values[row][term], weights[first + term]);
            }
        }
    }

    private static string At(string address, long bytes) => bytes == 0 ? $"[{address}]" : $"[{address}+{PtxWriter.Number(bytes)}]";

    /// <summary>Pointers that go along the terms: of 32 bits in shared memory.</summary>
    private sealed class Operand
    {
        private readonly PtxPrinter printer;
        private readonly Access access;
        private readonly string[] pointers;
        private readonly int alignment;

        public Operand(PtxPrinter printer, Access access, string[][] places, int alignment)
        {
            (this.printer, this.access, this.alignment) = (printer, access, alignment);
            IsShared = printer.IsShared(access.Buffer);
            string[] wide = [.. places.Select(place => printer.Address(access, place).Trim('[', ']'))];
            pointers = [.. wide.Select(address => IsShared ? printer.Writer.Emit(Integer32, "cvt.u32.u64", address) : printer.Writer.Emit(Integer64, "mov.b64", address))];
        }

        public bool IsShared { get; }

        private long StepBytes => (long)access.Strides[access.Strides.Count - 1] * printer.BytesPerElement(access.Buffer);

        public void Advance(int terms)
        {
            if (StepBytes == 0) return;
            foreach (string pointer in pointers) printer.Writer.Do(IsShared ? "add.s32" : "add.s64", pointer, pointer, PtxWriter.Number(terms * StepBytes));
        }

        /// <summary>So many terms beyond a pointer.</summary>
        public string[] Load(int pointer, int first, int count)
        {
            var (writer, math) = (printer.Writer, printer.Math);
            int together = VectorBytes / math.Bytes;
            if (!IsShared || alignment % VectorBytes != 0 || StepBytes != math.Bytes || count % together != 0)
                return [.. Enumerable.Range(0, count).Select(term => printer.Load(access.Buffer, At(pointers[pointer], (first + term) * StepBytes)))];
            string[] loaded = [.. Enumerable.Range(0, count).Select(_ => writer.Register(math.Kind))];
            for (int i = 0; i < count; i += together)
                writer.Do($"ld.shared.v{PtxWriter.Number(together)}.{math.Type}", $"{{{string.Join(", ", loaded.Skip(i).Take(together))}}}", At(pointers[pointer], (first + i) * StepBytes));
            return loaded;
        }
    }
}
