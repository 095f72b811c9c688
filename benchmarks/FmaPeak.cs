using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <summary>What cores can do at most: fused multiply-adds on registers, enough chains to hide their latency.</summary>
internal static class FmaPeak
{
    private const int Chains = 12;

    /// <summary>
    /// GFLOP/s of single precision at the widest vectors that this process uses, the best of several runs of half a millisecond; of several threads what they do
    /// together, at once, since a core's clock may fall when its neighbours work. More threads than cores can do no more.
    /// </summary>
    public static double Widest(int runs, int threads) => Math.Max(At512(runs, threads), At256(runs, threads));

    /// <summary>GFLOP/s with vectors of 512 bit, 0 where this process has none.</summary>
    public static double At512(int runs, int threads) => Vector512.IsHardwareAccelerated ? Best(runs, threads, Run512, lanes: 16) : 0;

    /// <summary>GFLOP/s with vectors of 256 bit.</summary>
    public static double At256(int runs, int threads) => Best(runs, threads, Run256, lanes: 8);

    private static double Best(int runs, int threads, Func<int, float> run, int lanes)
    {
        const int Trips = 100_000;
        threads = Math.Min(threads, Machine.Cores);
        var seconds = new double[runs, threads];
        using var start = new Barrier(threads);
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(thread => new Thread(() => Measure(thread)))];
        foreach (var other in others) other.Start();
        Measure(thread: 0);
        foreach (var other in others) other.Join();
        return Enumerable.Range(0, runs).Max(i => 2.0 * lanes * Chains * Trips * threads / Enumerable.Range(0, threads).Max(thread => seconds[i, thread]) / 1e9);

        void Measure(int thread)
        {
            for (int i = 0; i < runs; i++)
            {
                start.SignalAndWait();
                long begin = Stopwatch.GetTimestamp();
                run(Trips);
                seconds[i, thread] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run512(int trips)
    {
        var x = Vector512.Create(0.999f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int trip = 0; trip < trips; trip++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, x);
            b = Vector512.FusedMultiplyAdd(b, x, x);
            c = Vector512.FusedMultiplyAdd(c, x, x);
            d = Vector512.FusedMultiplyAdd(d, x, x);
            e = Vector512.FusedMultiplyAdd(e, x, x);
            f = Vector512.FusedMultiplyAdd(f, x, x);
            g = Vector512.FusedMultiplyAdd(g, x, x);
            h = Vector512.FusedMultiplyAdd(h, x, x);
            i = Vector512.FusedMultiplyAdd(i, x, x);
            j = Vector512.FusedMultiplyAdd(j, x, x);
            k = Vector512.FusedMultiplyAdd(k, x, x);
            l = Vector512.FusedMultiplyAdd(l, x, x);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run256(int trips)
    {
        var x = Vector256.Create(0.999f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int trip = 0; trip < trips; trip++)
        {
            a = Vector256.MultiplyAddEstimate(a, x, x);
            b = Vector256.MultiplyAddEstimate(b, x, x);
            c = Vector256.MultiplyAddEstimate(c, x, x);
            d = Vector256.MultiplyAddEstimate(d, x, x);
            e = Vector256.MultiplyAddEstimate(e, x, x);
            f = Vector256.MultiplyAddEstimate(f, x, x);
            g = Vector256.MultiplyAddEstimate(g, x, x);
            h = Vector256.MultiplyAddEstimate(h, x, x);
            i = Vector256.MultiplyAddEstimate(i, x, x);
            j = Vector256.MultiplyAddEstimate(j, x, x);
            k = Vector256.MultiplyAddEstimate(k, x, x);
            l = Vector256.MultiplyAddEstimate(l, x, x);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
