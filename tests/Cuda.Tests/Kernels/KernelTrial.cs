using System.Globalization;
using DlGen.Ptx;
using DlGen.Kernels;
using DlGen.Tests.Cpu;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Kernels;

/// <summary>
/// Runs a printed kernel in the emulator, on random numbers in buffers that end where the kernel does, against the record's definition. Every element
/// is compared by itself, and what the definition leaves unwritten must be unwritten.
/// </summary>
internal sealed class KernelTrial
{
    private readonly Kernel kernel;
    private readonly bool float64;
    private readonly int rows;
    private readonly double[][] initial;
    private readonly Lazy<double[][]> expected;

    public KernelTrial(Kernel kernel, bool float64, int rows, int seed)
    {
        (this.kernel, this.float64, this.rows) = (kernel, float64, rows);
        var footprint = Footprint.Of(kernel, rows);
        var random = new Random(seed);
        initial = new double[kernel.Buffers.Count][];
        for (int b = 0; b < initial.Length; b++)
        {
            int length = footprint.Length(b);
            bool isRead = footprint.IsRead(b);
            initial[b] = [.. Enumerable.Range(0, length).Select(_ => isRead ? Draw(random, kernel.Buffers[b]) : DeviceBuffer.Unwritten)];
        }
        expected = new(Expected);
    }

    private double[][] Expected()
    {
        double[][] buffers = [.. initial.Select(b => (double[])b.Clone())];
        new KernelInterpreter(kernel, buffers, new long[buffers.Length], rows, Math.Max(1, rows)).Run();
        return buffers;
    }

    /// <summary>The buffers before the launch.</summary>
    public double[][] Initial => initial;

    /// <summary>What differs, or null.</summary>
    /// <param name="bound">Of the error, relative to the element or to 1.</param>
    public string? Difference(IReadOnlyDictionary<string, PtxProgram> programs, PtxKernel printed, double bound)
    {
        double[][] actual;
        try
        {
            actual = Run(programs, printed);
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
                return string.Create(CultureInfo.InvariantCulture, $"{printed.For(rows).Entries[0].Name}, {rows} rows, buffer {b}, element {e}: {actual[b][e]} instead of {expected.Value[b][e]}");
            }
        }
        return null;
    }

    /// <summary>The buffers as the printed kernel leaves them.</summary>
    public double[][] Run(IReadOnlyDictionary<string, PtxProgram> programs, PtxKernel printed)
    {
        var memory = new DeviceMemory();
        var buffers = Enumerable.Range(0, printed.Buffers).Select(b => new DeviceBuffer(memory, "buffer " + b, initial[b], float64, kernel.Buffers[b])).ToList();
        long[] arguments = [.. buffers.Select(b => (long)b.Address), rows];

        // Threads beyond the last element in the last block must do nothing, and so must a block too many.
        foreach (var entry in printed.For(rows).Entries) new PtxMachine(programs[entry.Name], memory).Launch(checked((int)entry.Blocks(rows)) + 1, entry.Threads, entry.SharedBytes, arguments);
        return [.. buffers.Select(b => b.Read())];
    }

    private double Draw(Random random, KernelBuffer buffer)
    {
        double value = buffer.IsInteger ? random.Next(0, Footprint.LargestInteger + 1) : buffer.IsBytes ? random.Next(byte.MaxValue + 1) : (random.NextDouble() * 2) - 1;
        return float64 || !buffer.IsNumbers ? value : (float)value;
    }
}
