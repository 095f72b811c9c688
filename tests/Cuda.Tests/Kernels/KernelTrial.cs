using System.Globalization;
using DlGen.Graphs;
using DlGen.Ptx;
using DlGen.Kernels;
using DlGen.Numerics;
using DlGen.Ops;
using DlGen.Gpu.Cases;
using DlGen.Tests.Cases;
using DlGen.Tests.Cpu;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Kernels;

/// <summary>
/// Runs a printed kernel in the emulator, on random numbers in buffers that end where the kernel does, against the record's definition. Every element
/// is compared by itself, and what the definition leaves unwritten must be unwritten.
/// </summary>
internal sealed class KernelTrial
{
    /// <summary>Both with bits in either half.</summary>
    private const long Seed = -0x1234_5678_9abc;
    private const ulong Step = 0x3_0000_0007;

    private readonly Kernel kernel;
    private readonly bool float64;
    private readonly int rows;
    private readonly MatrixNumbers operands;
    private readonly double[][] initial;
    private readonly long[] origins;
    private readonly Lazy<double[][]> expected;

    /// <param name="hasTies">Whether numbers are drawn from few values, of which one is NaN.</param>
    /// <param name="operands">What a contraction's operands are rounded to where it is defined.</param>
    public KernelTrial(Kernel kernel, bool float64, int rows, int seed, bool hasTies = false, MatrixNumbers operands = MatrixNumbers.None)
    {
        (this.kernel, this.float64, this.rows, this.operands) = (kernel, float64, rows, operands);
        var footprint = Footprint.Of(kernel, rows);
        var random = new Random(seed);
        origins = [.. Enumerable.Range(0, kernel.Buffers.Count).Select(b => (long)footprint.Origin(b))];
        initial = new double[kernel.Buffers.Count][];
        for (int b = 0; b < initial.Length; b++)
        {
            int length = footprint.Length(b);
            bool isRead = footprint.IsRead(b);
            initial[b] = [.. Enumerable.Range(0, length).Select(_ => isRead ? Draw(random, b, hasTies) : DeviceBuffer.Unwritten)];
        }
        expected = new(Expected);
    }

    private double[][] Expected()
    {
        if (kernel is RandomKernel drawing) return [DrawnByProcessor(drawing)];
        double[][] buffers = [.. initial.Select(b => (double[])b.Clone())];
        var (defined, all, from) = operands == MatrixNumbers.None ? (kernel, buffers, origins) : WithRoundedOperands((ContractionKernel)kernel, buffers);
        new KernelInterpreter(defined, all, new long[all.Length], rows, Math.Max(1, rows), from).Run();
        return buffers;
    }

    /// <summary>The same kernel on operands in buffers of their own, so that what else reads them, as a residual, has all of their digits.</summary>
    private (Kernel Kernel, double[][] Buffers, long[] Origins) WithRoundedOperands(ContractionKernel contraction, double[][] buffers)
    {
        int own = buffers.Length;
        int[] sources = [contraction.Left.Buffer, contraction.Right.Buffer];
        double[][] rounded = [.. sources.Select(b => Array.ConvertAll(buffers[b], x => x == DeviceBuffer.Unwritten ? x : MatrixRounding.Of(operands, (float)x)))];
        var renamed = contraction with
        {
            Buffers = contraction.Buffers.Concat(sources.Select(b => contraction.Buffers[b])).ToEquatableArray(),
            Left = contraction.Left with { Buffer = own },
            Right = contraction.Right with { Buffer = own + 1 },
        };
        return (renamed, [.. buffers, .. rounded], [.. origins, .. sources.Select(b => origins[b])]);
    }

    /// <summary>What the runtime draws, whose bits are those of every backend.</summary>
    private double[] DrawnByProcessor(RandomKernel drawing)
    {
        double[] drawn = new double[rows * drawing.RowLength];
        float[] single = new float[drawn.Length];
        ulong key = Philox.Key(Seed, drawing.Stream);
        switch (drawing.Kind, float64)
        {
            case (RandomKind.Uniform, true): Philox.Uniform(drawn, 0, key, Step); break;
            case (RandomKind.Uniform, false): Philox.Uniform(single, 0, key, Step); break;
            case (_, true): Philox.Normal(drawn, 0, key, Step); break;
            default: Philox.Normal(single, 0, key, Step); break;
        }
        return float64 ? drawn : Array.ConvertAll(single, x => (double)x);
    }

    /// <summary>The buffers before the launch.</summary>
    public double[][] Initial => initial;

    /// <summary>Elements before the first one of a buffer: with one it begins where no 16 bytes do. Maps are tried with both, others with one where rows are odd.</summary>
    private int[] Leads => kernel is MapKernel ? [0, 1] : [rows % 2];

    /// <summary>What differs, or null, whichever variant is launched: all of them fit these few rows. Of contractions the one for the rows, as each way has trials of its own.</summary>
    /// <param name="bound">Of the error, relative to the element or to 1.</param>
    public string? Difference(IReadOnlyDictionary<string, PtxProgram> programs, PtxKernel printed, double bound)
        => VariantsOf(printed).SelectMany(_ => Leads, (variant, lead) => Difference(programs, printed, variant, lead, bound)).FirstOrDefault(difference => difference is not null);

    private IEnumerable<PtxVariant> VariantsOf(PtxKernel printed) => kernel is ContractionKernel ? [printed.For(rows)] : printed.Variants;

    private string? Difference(IReadOnlyDictionary<string, PtxProgram> programs, PtxKernel printed, PtxVariant variant, int lead, double bound)
    {
        if (kernel is RandomKernel) bound = 0;
        double[][] actual;
        try
        {
            actual = Run(programs, printed, variant, lead);
        }
        catch (PtxException fault)
        {
            return fault.Message;
        }
        for (int b = 0; b < printed.Buffers; b++)
        {
            for (int e = 0; e < expected.Value[b].Length; e++)
            {
                double error = Math.Abs(expected.Value[b][e] - actual[b][e]);
                if (error <= bound * Math.Max(1, Math.Abs(expected.Value[b][e])) || expected.Value[b][e].Equals(actual[b][e])) continue;
                return string.Create(CultureInfo.InvariantCulture, $"{variant.Entries[0].Name}, {rows} rows, buffer {b} from element {lead} on, element {e}: {actual[b][e]} instead of {expected.Value[b][e]}");
            }
        }
        return null;
    }

    /// <summary>The largest difference of what the kernel leaves, over the largest magnitude in the buffer.</summary>
    public double LargestError(IReadOnlyDictionary<string, PtxProgram> programs, PtxKernel printed)
    {
        double[][] actual = Run(programs, printed, printed.For(rows));
        return Enumerable.Range(0, printed.Buffers).Where(b => expected.Value[b].Length > 0)
            .Max(b => expected.Value[b].Zip(actual[b], (e, a) => e.Equals(a) ? 0 : Math.Abs(e - a)).Max() / expected.Value[b].Max(e => e == DeviceBuffer.Unwritten ? double.Epsilon : Math.Abs(e)));
    }

    /// <summary>The buffers as the printed kernel leaves them.</summary>
    public double[][] Run(IReadOnlyDictionary<string, PtxProgram> programs, PtxKernel printed, PtxVariant variant, int lead = 0)
    {
        var memory = new DeviceMemory();
        var buffers = Enumerable.Range(0, printed.Buffers).Select(b => new DeviceBuffer(memory, "buffer " + b, initial[b], float64, kernel.Buffers[b], lead)).ToList();
        List<long> arguments = [.. buffers.Select((buffer, b) => (long)buffer.AddressOf(origins[b]))];
        if (printed.Draws) arguments.Add(Draws(memory));
        if (variant.HasWorkspace) arguments.Add((long)memory.Allocate("workspace", checked((int)variant.WorkspaceFor(rows))));
        arguments.Add(rows);

        // Threads beyond the last element in the last block must do nothing, and so must a block too many.
        foreach (var entry in variant.Entries)
            new PtxMachine(programs[entry.Name], memory).Launch(checked((int)entry.Blocks(rows)) + 1, entry.Threads, entry.SharedBytes, [.. arguments]);
        return [.. buffers.Select(b => b.Read())];
    }

    /// <summary>What <see cref="Difference(IReadOnlyDictionary{string, PtxProgram}, PtxKernel, double)"/> launches, with what it must leave behind, to be tried elsewhere.</summary>
    public IEnumerable<KernelCase> Cases(PtxKernel printed, double bound) => VariantsOf(printed).SelectMany(_ => Leads, (variant, lead) => Case(printed, variant, lead, bound));

    private KernelCase Case(PtxKernel printed, PtxVariant variant, int lead, double bound)
    {
        double[] before = [.. Enumerable.Repeat(DeviceBuffer.Unwritten, lead)];
        var elements = Enumerable.Range(0, printed.Buffers).Select(b => ElementOf(kernel.Buffers[b])).ToList();
        List<CaseBuffer> buffers = [.. elements.Select((element, b) => CaseExport.Buffer(element, [.. before, .. initial[b]], [.. before, .. expected.Value[b]]))];
        List<CaseArgument> arguments = [.. elements.Select((element, b) => new CaseArgument(b, (lead + origins[b]) * CaseExport.BytesOf(element)))];
        if (printed.Draws) Add(CaseExport.Buffer(CaseElement.Int32, CaseExport.Words(Seed, unchecked((long)Step))));
        if (variant.HasWorkspace) Add(CaseExport.Unwritten(checked((int)variant.WorkspaceFor(rows))));
        return new KernelCase(
            $"{variant.Entries[0].Name}, {rows} rows, from element {lead} on", $"{kernel.GetType().Name}, {(float64 ? "double" : "float")}", kernel is RandomKernel ? 0 : bound, [.. buffers],
            [.. arguments, CaseArgument.Number(rows)], [.. variant.Entries.Select(entry => new CaseLaunch(entry.Name, checked((int)entry.Blocks(rows)) + 1, entry.Threads, entry.SharedBytes))]);

        void Add(CaseBuffer added)
        {
            arguments.Add(new CaseArgument(buffers.Count, 0));
            buffers.Add(added);
        }
    }

    private CaseElement ElementOf(KernelBuffer type) => type.IsBytes ? CaseElement.Byte : type.IsInteger ? CaseElement.Int32 : float64 ? CaseElement.Float64 : CaseElement.Float32;

    private static long Draws(DeviceMemory memory)
    {
        ulong address = memory.Allocate("seed and step", 16);
        memory.CopyIn<ulong>(address, [unchecked((ulong)Seed), Step]);
        return (long)address;
    }

    private double Draw(Random random, int buffer, bool hasTies)
    {
        var type = kernel.Buffers[buffer];
        if (hasTies && type.IsNumbers) return random.Next(40) is var choice && choice == 0 ? double.NaN : choice % 3;
        // Of what is seen, a third is hidden; ids name what there is.
        if (((kernel as AttentionKernel)?.Mask?.Buffer == buffer || (kernel as OneQueryAttentionKernel)?.Mask?.Buffer == buffer) && random.Next(3) == 0) return 0;
        int ids = kernel switch
        {
            ScatterKernel scatter when scatter.Ids.Buffer == buffer => scatter.Count,
            OneQueryAttentionKernel attention when attention.Position?.Buffer == buffer => attention.Keys,
            _ => int.MaxValue,
        };
        double value = type.IsInteger ? random.Next(0, Math.Min(ids, Footprint.LargestInteger + 1)) : type.IsBytes ? random.Next(byte.MaxValue + 1) : (random.NextDouble() * 2) - 1;
        return float64 || !type.IsNumbers ? value : (float)value;
    }
}
