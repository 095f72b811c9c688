using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

/// <summary>
/// Buffers for one kernel: random numbers where it reads, canaries before and behind. Behind memory that may be over-read stands NaN as slack; exact
/// buffers end where the array ends.
/// </summary>
internal sealed class KernelRun
{
    private const int Guard = 64;
    private const double Canary = 7777;

    /// <summary>Where a byte stands.</summary>
    private const double ByteCanary = 77;

    private readonly Kernel kernel;
    private readonly int rows;
    private readonly int shardRows;
    private readonly bool float64;
    private readonly int[] lengths;
    private readonly long[] shardStrides;
    private readonly double[][] initial;

    /// <param name="lengths">Elements per buffer (per shard where the kernel is sharded and the buffer holds operands).</param>
    /// <param name="shards">Per buffer whether it has one block per shard; blocks are a little apart.</param>
    public KernelRun(Kernel kernel, bool float64, int rows, int shardRows, int[] lengths, bool[]? shards = null, int seed = 1)
    {
        this.kernel = kernel;
        this.rows = rows;
        this.shardRows = shardRows;
        this.float64 = float64;
        int count = shards is null ? 1 : (rows + shardRows - 1) / shardRows;
        shardStrides = [.. lengths.Select((length, i) => shards is not null && shards[i] ? length + 5L : 0)];
        this.lengths = [.. lengths.Select((length, i) => checked((int)(length + ((count - 1) * shardStrides[i]))))];
        var random = new Random(seed);
        initial = [.. this.lengths.Select((length, i) => Enumerable.Range(0, length).Select(_ => Draw(random, kernel.Buffers[i])).ToArray())];
    }

    /// <summary>Sets elements before the run, e.g. the padding of panels.</summary>
    public KernelRun With(int buffer, Func<int, double, double> value)
    {
        for (int i = 0; i < initial[buffer].Length; i++) initial[buffer][i] = value(i, initial[buffer][i]);
        return this;
    }

    /// <summary>The buffers as the definition leaves them.</summary>
    public double[][] Expected()
    {
        double[][] buffers = [.. initial.Select(b => (double[])b.Clone())];
        new KernelInterpreter(kernel, buffers, shardStrides, rows, shardRows).Run();
        return buffers;
    }

    /// <summary>The buffers as the printed kernel leaves them; fails where it wrote beside a buffer.</summary>
    public double[][] Actual(KernelCall call, int parts = 1)
    {
        Array[] arrays = [.. initial.Select((values, i) => Guarded(values, kernel.Buffers[i]))];
        call(arrays, [.. Enumerable.Repeat(Guard, arrays.Length)], [.. shardStrides.Select(s => (nint)s)], rows, shardRows, parts);
        return [.. arrays.Select((array, i) => Unguarded(array, i))];
    }

    private double Draw(Random random, KernelBuffer buffer)
    {
        double value = buffer.IsInteger ? random.Next(0, 5) : buffer.IsBytes ? random.Next(byte.MaxValue + 1) : (random.NextDouble() * 2) - 1;
        return float64 || !buffer.IsNumbers ? value : (float)value;
    }

    private Array Guarded(double[] values, KernelBuffer buffer)
    {
        double[] all = [.. Enumerable.Repeat(Before(buffer), Guard), .. values, .. Enumerable.Repeat(Behind(buffer), Guard)];
        return buffer.IsInteger ? all.Select(v => (int)v).ToArray() : buffer.IsBytes ? all.Select(v => (byte)v).ToArray() : float64 ? all : all.Select(v => (float)v).ToArray();
    }

    private static double Before(KernelBuffer buffer) => buffer.IsBytes ? ByteCanary : Canary;

    /// <summary>What may be over-read is no number.</summary>
    private static double Behind(KernelBuffer buffer) => buffer.IsExact || !buffer.IsNumbers ? Before(buffer) : double.NaN;

    private double[] Unguarded(Array array, int buffer)
    {
        double[] all = array switch { int[] ints => [.. ints.Select(i => (double)i)], byte[] bytes => [.. bytes.Select(b => (double)b)], float[] floats => [.. floats.Select(f => (double)f)], _ => (double[])array };
        double behind = Behind(kernel.Buffers[buffer]);
        Assert.Equal(Enumerable.Repeat(Before(kernel.Buffers[buffer]), Guard).ToArray(), all[..Guard]);
        Assert.Equal(Enumerable.Repeat(behind, Guard).ToArray(), all[(Guard + lengths[buffer])..]);
        return all[Guard..(Guard + lengths[buffer])];
    }
}
