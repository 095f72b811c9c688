using System.Globalization;
using DlGen.Cuda;
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
    /// <summary>Elements between the blocks of two shards: nobody's.</summary>
    public const int Gap = 3;

    private readonly Kernel kernel;
    private readonly bool float64;
    private readonly int rows;
    private readonly int shardRows;
    private readonly double[][] initial;
    private readonly long[] shardStrides;
    private readonly Lazy<double[][]> expected;

    public KernelTrial(Kernel kernel, bool float64, int rows, int shardRows, int seed)
    {
        (this.kernel, this.float64, this.rows, this.shardRows) = (kernel, float64, rows, shardRows);
        var footprint = Footprint.Of(kernel, rows, shardRows);
        var random = new Random(seed);
        int shards = (rows + shardRows - 1) / shardRows;
        initial = new double[kernel.Buffers.Count][];
        shardStrides = new long[initial.Length];
        for (int b = 0; b < initial.Length; b++)
        {
            int length = footprint.Length(b);
            if (footprint.IsSharded(b)) shardStrides[b] = length + Gap;
            int total = footprint.IsSharded(b) && shards > 0 ? checked((int)((shards - 1) * shardStrides[b]) + length) : length;
            bool isRead = footprint.IsRead(b);
            initial[b] = [.. Enumerable.Range(0, total).Select(_ => isRead ? Draw(random, kernel.Buffers[b]) : DeviceBuffer.Unwritten)];
        }
        expected = new(Expected);
    }

    private double[][] Expected()
    {
        double[][] buffers = [.. initial.Select(b => (double[])b.Clone())];
        new KernelInterpreter(kernel, buffers, shardStrides, rows, shardRows).Run();
        return buffers;
    }

    /// <summary>The buffers before the launch.</summary>
    public double[][] Initial => initial;

    /// <summary>What differs, or null.</summary>
    /// <param name="bound">Of the error, relative to the element or to 1.</param>
    public string? Difference(PtxProgram program, PtxEntry entry, double bound)
    {
        double[][] actual;
        try
        {
            actual = Run(program, entry);
        }
        catch (PtxException fault)
        {
            return fault.Message;
        }
        for (int b = 0; b < entry.Buffers; b++)
        {
            for (int e = 0; e < expected.Value[b].Length; e++)
            {
                double error = Math.Abs(expected.Value[b][e] - actual[b][e]);
                if (error <= bound * Math.Max(1, Math.Abs(expected.Value[b][e])) || expected.Value[b][e].Equals(actual[b][e])) continue;
                return string.Create(CultureInfo.InvariantCulture, $"{entry.Name}, {rows} rows, buffer {b}, element {e}: {actual[b][e]} instead of {expected.Value[b][e]}");
            }
        }
        return null;
    }

    /// <summary>The buffers as the printed kernel leaves them.</summary>
    public double[][] Run(PtxProgram program, PtxEntry entry)
    {
        var memory = new DeviceMemory();
        var buffers = Enumerable.Range(0, entry.Buffers).Select(b => new DeviceBuffer(memory, "buffer " + b, initial[b], float64, kernel.Buffers[b])).ToList();
        var arguments = new List<long>();
        for (int b = 0; b < buffers.Count; b++)
        {
            arguments.Add((long)buffers[b].Address);
            if (entry.Sharded) arguments.Add(shardStrides[b]);
        }
        arguments.Add(rows);
        if (entry.Sharded) arguments.Add(shardRows);

        // A block too many at times, and threads beyond the last element in every block that is not full: they must do nothing.
        const int blockThreads = 8;
        int blocks = checked((int)((entry.ThreadCount(rows) / blockThreads) + 1));
        new PtxMachine(program, memory).Launch(blocks, blockThreads, [.. arguments]);
        return [.. buffers.Select(b => b.Read())];
    }

    private double Draw(Random random, KernelBuffer buffer)
    {
        double value = buffer.IsInteger ? random.Next(0, Footprint.LargestInteger + 1) : buffer.IsBytes ? random.Next(byte.MaxValue + 1) : (random.NextDouble() * 2) - 1;
        return float64 || !buffer.IsNumbers ? value : (float)value;
    }
}
