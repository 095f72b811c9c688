using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// All rounds of a loop in one launch: a block has some rows, and goes through the rounds with them. Its threads wait for each other where a kernel touches what others of them touched before, and nowhere else does anything wait.
/// What a round hands on, and weights, lie in shared memory as far as they fit (<see cref="LoopLayout"/>); what outlives the loop goes to its buffers in each round.
/// </summary>
internal sealed class LoopTemplate
{
    /// <summary>Shared memory that a block has on every machine, and that it has on those that are asked for it: all but of compute capability 7.5.</summary>
    private const int BytesEverywhere = 48 * 1024, MostBytes = 96 * 1024;

    /// <summary>Of more weights, by estimate, a block takes longer to read them, round by round, than all multiprocessors take for the product together and for one launch more.</summary>
    private const int MostWeightBytes = 256 * 1024;

    /// <summary>As in <see cref="ContractionCost"/>.</summary>
    private const int Multiprocessors = 132;

    /// <summary>Rows of a block: more of them share loads of weights, once every multiprocessor has a block.</summary>
    private static readonly int[] RowsOfBlock = [1, 4, 16];

    private readonly PtxPrinter entry;
    private readonly PtxWriter writer;
    private readonly LoopKernel loop;
    private readonly LoopLayout layout;
    private readonly LoopBlock block;
    private readonly Dictionary<(int Buffer, int StepStride), string> origins = [];
    private readonly Dictionary<int, (string Current, string Previous)> slots = [];

    private LoopTemplate(PtxPrinter printer, LoopKernel loop, LoopLayout layout)
    {
        (entry, writer, this.loop, this.layout) = (printer, printer.Writer, loop, layout);
        block = new LoopBlock(printer, layout);
        foreach (var use in loop.Launches.SelectMany(launch => launch.Buffers).Where(use => !use.IsOwn && !origins.ContainsKey((use.Buffer, use.StepStride))))
        {
            string origin = use.RowStride == 0 ? writer.Emit(Integer64, "mov.b64", entry.Buffers[use.Buffer])
                : writer.Emit(Integer64, "mad.lo.s64", block.FirstRow, PtxWriter.Number((long)use.RowStride * entry.BytesPerElement(use.Buffer)), entry.Buffers[use.Buffer]);
            origins.Add((use.Buffer, use.StepStride), origin);
        }
        foreach (var (buffer, found) in layout.Slots.Select(slot => (slot.Key, slot.Value)))
        {
            string current = writer.Emit(Integer32, "mov.b32", block.Shared(found.At));
            slots.Add(buffer, (current, writer.Emit(Integer32, "add.s32", current, PtxWriter.Number((long)found.Width * layout.Rows * entry.Math.Bytes))));
        }
    }

    public static bool Fits(LoopKernel loop, bool float64)
    {
        int bytes = float64 ? sizeof(double) : sizeof(float);
        var parts = loop.Launches.Select(launch => (launch.Kernel, Nest: RowNest.Of(launch.Kernel))).ToList();
        if (parts.Any(part => part.Nest is null || part.Nest.Results * RowsOfBlock.Max() > int.MaxValue)) return false;
        long weights = parts.Where(part => part.Kernel is ContractionKernel contraction && part.Nest!.RowStride(contraction, contraction.Right.Buffer) == 0)
            .Sum(part => ((ContractionKernel)part.Kernel).N.Constant * ((ContractionKernel)part.Kernel).K.Aggregate(1L, (product, axis) => product * axis.Constant));
        return weights * bytes <= MostWeightBytes && new LoopLayout(loop, rows: 1, float64, BytesEverywhere).SharedBytes <= BytesEverywhere;
    }

    /// <summary>A way with little shared memory comes first, for machines that have no more.</summary>
    public static IReadOnlyList<PtxPlan> Plans(LoopKernel loop, bool float64)
    {
        var plans = new List<PtxPlan>();
        foreach (int rows in RowsOfBlock)
        {
            var layout = new LoopLayout(loop, rows, float64, MostBytes);
            if (layout.SharedBytes > MostBytes) break;
            if (rows == 1 && layout.SharedBytes > BytesEverywhere) plans.Add(Plan(loop, new LoopLayout(loop, rows, float64, BytesEverywhere), 0, "_small"));
            plans.Add(Plan(loop, layout, rows == 1 ? 0 : rows * Multiprocessors, "_" + PtxWriter.Number(rows)));
        }
        return plans;
    }

    private static PtxPlan Plan(LoopKernel loop, LoopLayout layout, int fromRows, string suffix)
        => new(fromRows, [new PtxEntryPlan(suffix, layout.Threads, [new PtxGridAxis(new[] { Extent.Rows }, layout.Rows)], printer => new LoopTemplate(printer, loop, layout).Print(), SharedBytes: (int)layout.SharedBytes)]);

    private void Print()
    {
        CopyWeights();
        CopyFirstSlots();
        block.Wait();
        using (new PtxLoop(writer, PtxWriter.Number(loop.Steps), isNarrow: true))
        {
            var touches = new LoopTouches();
            foreach (var part in layout.Parts)
            {
                if (touches.MustWait(part, layout.ProductOf(part) is { IsDirect: false })) block.Wait();
                Print(part);
            }
            block.Wait();
            Advance();
        }
    }

    private void Advance()
    {
        foreach (var origin in origins.Where(origin => origin.Key.StepStride != 0))
            writer.Do("add.s64", origin.Value, origin.Value, PtxWriter.Number((long)origin.Key.StepStride * entry.BytesPerElement(origin.Key.Buffer)));
        foreach (var (current, previous) in slots.Values)
        {
            string written = writer.Emit(Integer32, "mov.b32", current);
            writer.Do("mov.b32", current, previous);
            writer.Do("mov.b32", previous, written);
        }
    }

    private void Print(LoopPart part)
    {
        var (printer, kernel) = Placed(part, out int leftAlignment);
        switch (kernel)
        {
            case MapKernel map:
                block.Each(part.Nest.Results, number => printer.Finish(map.Body, block.Indices(part.Nest, number), null));
                break;
            case RowKernel row:
                block.EachByWarp(part.Nest.Results, (number, lane) => RowTemplate.PrintByWarp(printer, row, lane, block.Indices(part.Nest, number)));
                break;
            case ReductionKernel reduction:
                block.Each(part.Nest.Results, number => printer.PrintResult(reduction, block.Indices(part.Nest, number)));
                break;
            case WindowKernel window:
                // Positions are found in 64 bits.
                block.Each(part.Nest.Results, number => printer.PrintResult(window, [.. block.Indices(part.Nest, number).Select(index => PtxWriter.IsNarrow(index) ? writer.Emit(Integer64, "cvt.u64.u32", index) : index)]));
                break;
            case ContractionKernel contraction when layout.ProductOf(part) is { } product:
                void Finish(string row, string column, string sum) => printer.Finish(contraction.Epilogue, [.. contraction.Outer.Select(_ => "0"), row, column], sum);
                product.PrintSums(block, printer, contraction, leftAlignment, Finish);
                if (product.IsDirect) break;
                block.Wait();
                product.FinishSums(block, printer, Finish);
                break;
            case ContractionKernel contraction:
                block.Each(part.Nest.Results, number => printer.PrintResult(contraction, block.Indices(part.Nest, number)));
                break;
        }
    }

    /// <summary>The kernel with its buffers where they are in this round: numbers that lie in shared memory are read there, and written there too.</summary>
    /// <param name="leftAlignment">Bytes that the addresses of a product's left operand are multiples of, as far as that is known.</param>
    private (PtxPrinter Printer, Kernel Kernel) Placed(LoopPart part, out int leftAlignment)
    {
        var launch = part.Launch;
        int own = launch.Kernel.Buffers.Count;
        var copied = Enumerable.Range(0, own).Where(i => layout.Slots.ContainsKey(launch.Buffers[i].Buffer)).ToList();
        var kernel = LoopSlots.WithCopies(launch.Kernel, part.Nest, copied.Select((formal, i) => (formal, i)).ToDictionary(copy => copy.formal, copy => (own + copy.i, layout.Slots[launch.Buffers[copy.formal].Buffer].Width)));
        if (kernel is ContractionKernel product && LoopWeight.Of(loop, part) is { } weight && layout.Weights.TryGetValue(weight, out int at))
        {
            int[] strides = [.. part.Nest.Axes.Select(_ => 0), weight.Columns];
            strides[part.Nest.Axis + 1] = 1;
            kernel = product with { Buffers = product.Buffers.Append(default).ToEquatableArray(), Right = new Access(product.Buffers.Count, strides) };
        }
        else
        {
            at = -1;
        }
        var used = new HashSet<int>(RowNest.Accesses(kernel).Select(access => access.Buffer));
        string[] addresses = new string[kernel.Buffers.Count];
        var shared = new HashSet<int>(Enumerable.Range(own, addresses.Length - own));
        for (int i = 0; i < own; i++)
        {
            addresses[i] = "";
            if (launch.Buffers[i].IsOwn) shared.Add(i);
            if (used.Contains(i)) addresses[i] = AddressOf(launch.Buffers[i]);
        }
        for (int i = 0; i < copied.Count; i++) addresses[own + i] = block.Wide(SlotAddressOf(launch.Buffers[copied[i]]));
        if (at >= 0) addresses[addresses.Length - 1] = block.Wide(block.Shared(at));
        leftAlignment = kernel is ContractionKernel { Left: var left } ? Alignment(left, part) : 1;
        return (entry.Part(kernel, addresses, shared), kernel);

        int Alignment(Access access, LoopPart ofPart)
        {
            int number = access.Buffer < own ? access.Buffer : access.Buffer - own < copied.Count ? copied[access.Buffer - own] : -1;
            if (number < 0) return 1;
            var use = ofPart.Launch.Buffers[number];
            long begin = use.IsOwn ? ((long)use.Start * layout.Rows) + use.Offset : layout.Slots.TryGetValue(use.Buffer, out var slot) ? slot.Column(use) : 1;
            return begin * entry.Math.Bytes % 16 == 0 && (long)access.Strides[ofPart.Nest.Axis] * entry.Math.Bytes % 16 == 0 ? 16 : 1;
        }
    }

    private string AddressOf(LoopBuffer use)
    {
        if (use.IsOwn) return block.Wide(block.Shared((((long)use.Start * layout.Rows) + use.Offset) * entry.Math.Bytes));
        string origin = origins[(use.Buffer, use.StepStride)];
        return use.Offset == 0 ? origin : writer.Emit(Integer64, "add.s64", origin, PtxWriter.Number((long)use.Offset * entry.BytesPerElement(use.Buffer)));
    }

    private string SlotAddressOf(LoopBuffer use)
    {
        var slot = layout.Slots[use.Buffer];
        var (current, previous) = slots[use.Buffer];
        string begin = slot.IsPrevious(use) ? previous : current;
        return slot.Column(use) == 0 ? begin : writer.Emit(Integer32, "add.s32", begin, PtxWriter.Number((long)slot.Column(use) * entry.Math.Bytes));
    }

    /// <summary>Term by term, the columns of each side by side.</summary>
    private void CopyWeights()
    {
        foreach (var (weight, at) in layout.Weights.Select(found => (found.Key, found.Value)))
        {
            var source = entry.Part(loop with { Buffers = new[] { loop.Buffers[weight.Buffer.Buffer] } }, [AddressOf(weight.Buffer)], []);
            int axes = weight.Access.Strides.Count;
            block.Each((long)weight.Columns * weight.Terms, number =>
            {
                string[] indices = [.. Enumerable.Repeat("0", axes)], found = entry.Indices(number, [Extent.Of(weight.Terms), Extent.Of(weight.Columns)]);
                (indices[axes - 1], indices[axes - 2]) = (found[0], found[1]);
                writer.Do("st.shared." + entry.Math.Type, $"[{block.SharedElement(at, number)}]", writer.Emit(entry.Math.Kind, "ld.global." + entry.Math.Type, source.Address(weight.Access, indices)));
            }, ofAllRows: true);
        }
    }

    /// <summary>What the first round reads of the slot before it.</summary>
    private void CopyFirstSlots()
    {
        var copied = new HashSet<(int Buffer, int First, int Last)>();
        foreach (var part in layout.Parts)
        {
            for (int i = 0; i < part.Launch.Buffers.Count; i++)
            {
                var use = part.Launch.Buffers[i];
                if (use.IsOwn || !layout.Slots.TryGetValue(use.Buffer, out var slot) || !slot.IsPrevious(use) || part.Nest.OfRow(part.Launch.Kernel, i) is not var (first, last)) continue;
                if (!copied.Add((use.Buffer, use.Offset + first, use.Offset + last))) continue;
                var begin = use with { Offset = use.Offset + first };
                string from = AddressOf(begin), to = block.Wide(SlotAddressOf(begin));
                int width = last - first + 1;
                var copy = new MapKernel(new[] { loop.Buffers[use.Buffer], new KernelBuffer(false, false, true) }, new[] { Extent.Rows, Extent.Of(width) }, new KernelBody(
                    new[] { new Access(0, new[] { use.RowStride, 1 }), new Access(1, new[] { slot.Width, 1 }) }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, new[] { new BodyStore(1, 0) }));
                var printer = entry.Part(copy, [from, to], [1]);
                var nest = RowNest.Of(copy)!;
                block.Each(width, number => printer.Finish(copy.Body, block.Indices(nest, number), null));
            }
        }
    }
}
