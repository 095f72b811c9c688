using System.Numerics;
using DlGen.Compiled;
using DlGen.Devices;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Updates;

/// <summary>What is checked of the update module's sums, for the generator as it is and for faults planted in it.</summary>
internal static class StepKernelChecks
{
    public static void Losses(bool float64, IReadOnlyDictionary<string, PtxProgram>? programs)
    {
        foreach (int rows in new[] { 0, 1, 255, 256, 257, 1000 })
        {
            var random = new Random(rows);
            double[] losses = [.. Enumerable.Range(0, rows).Select(_ => Number(random.NextDouble() * 1e3, float64))];
            var run = new UpdateModuleRun(status: 0, programs);
            Assert.Equal(Sum(Parts(losses, UpdateKernels.Parts)), SumLosses(run, losses, float64));
            Assert.Equal(0, run.Status);
        }
    }

    public static void Failure(bool float64, IReadOnlyDictionary<string, PtxProgram>? programs)
    {
        foreach (double bad in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            var run = new UpdateModuleRun(status: 0, programs);
            double[] losses = [.. Enumerable.Range(0, 300).Select(row => row == 270 ? bad : 1.0)];
            Assert.Equal(bad, SumLosses(run, losses, float64));
            Assert.Equal(UpdateKernels.LossNotFinite, run.Status);

            // A good batch behind it does not make the step before good.
            Assert.Equal(DeviceBuffer.Unwritten, SumLosses(run, [1, 2], float64));
            Assert.Equal(UpdateKernels.LossNotFinite, run.Status);
        }
    }

    /// <summary>Two runs of gradients: above the limit, below it, and exactly 0.</summary>
    public static void Norm(bool float64, IReadOnlyDictionary<string, PtxProgram>? programs)
    {
        if (float64) Norm<double>(programs);
        else Norm<float>(programs);
    }

    private static void Norm<T>(IReadOnlyDictionary<string, PtxProgram>? programs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int first = (UpdateKernels.SquareBlocks * UpdateKernels.Threads) + 77, second = 300;
        bool float64 = typeof(T) == typeof(double);
        foreach (double size in new[] { 1, 1e-4, 0 })
        {
            var core = Core<T>(first + second);
            var random = new Random(4);
            for (int i = 0; i < first + second; i++) core.Gradients[i] = T.CreateTruncating((random.NextDouble() - 0.5) * size);
            var run = new UpdateModuleRun(status: 0, programs);
            double[] gradients = Array.ConvertAll(core.Gradients.ToArray(), double.CreateTruncating);
            DeviceBuffer[] runs = [run.Numbers("first", gradients[..first], float64), run.Numbers("second", gradients[first..], float64)];
            double norm = ClipNorm(run, runs, [first, second], limit: 2.5, float64);

            double expected = core.Parameters.ClipGradients(2.5);
            Assert.True(Math.Abs(norm - expected) <= 1e-14 * expected, $"the norm is {norm} instead of {expected}");
            double[] squares = [.. Parts([.. gradients[..first]], UpdateKernels.SquareBlocks * UpdateKernels.Threads, squares: true), .. Parts(gradients[first..], UpdateKernels.SquareBlocks * UpdateKernels.Threads, squares: true)];
            Assert.Equal(Math.Sqrt(Sum(Parts(squares, UpdateKernels.Parts))), norm);

            // The norms may differ in their last bits, and the factor by so much.
            double[] clipped = Array.ConvertAll(core.Gradients.ToArray(), double.CreateTruncating), actual = [.. runs[0].Read(), .. runs[1].Read()];
            double bound = float64 ? 1e-14 : 1e-7;
            for (int i = 0; i < clipped.Length; i++) Assert.True(Math.Abs(clipped[i] - actual[i]) <= bound * Math.Abs(clipped[i]), $"gradient {i} is {actual[i]} instead of {clipped[i]}");
            if (size < 1) Assert.Equal(gradients, actual);
        }
    }

    /// <summary>The launches of a clipping; gives the norm.</summary>
    public static double ClipNorm(UpdateModuleRun run, DeviceBuffer[] gradients, int[] counts, double limit, bool float64)
    {
        const int ofRun = UpdateKernels.BytesOfSquares / sizeof(double);
        DeviceBuffer squares = run.Unwritten("squares", ofRun * gradients.Length, float64: true), parts = run.Unwritten("parts", UpdateKernels.Parts, float64: true);
        DeviceBuffer most = run.Numbers("limit", [limit], float64: true), norm = run.Unwritten("norm", 1, float64: true), scale = run.Unwritten("scale", 1, float64);
        for (int i = 0; i < gradients.Length; i++)
        {
            long at = (long)squares.Address + (i * UpdateKernels.BytesOfSquares);
            run.Launch(UpdateKernels.Squares(float64), UpdateKernels.SquareBlocks, [(long)gradients[i].Address, at, run.StatusAddress, counts[i]]);
        }
        run.Launch(UpdateKernels.FewerParts, 1, [squares, parts], ofRun * gradients.Length);
        run.Launch(UpdateKernels.Norm(float64), 1, [parts, most, norm, scale]);
        for (int i = 0; i < gradients.Length; i++) run.Launch(UpdateKernels.Scale(float64), UpdateKernels.BlocksFor(counts[i], float64), [gradients[i], scale], counts[i]);
        return norm.Read()[0];
    }

    public static ModelCore<T> Core<T>(int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var parameter = new ParameterDefinition("p", [count], 0, 0, 0, new(InitializerKind.Uniform, 0.5), Frozen: false);
        return new(new NetworkDefinition<T>(new ModelInfo("Flat", [], 0, 1, 1, 0, 0, 0, 8), [parameter], count, 0, null, ShardRows: 8, PredictArenaLength: 100, 10, 20, 30), 1);
    }

    private static double SumLosses(UpdateModuleRun run, double[] losses, bool float64)
    {
        DeviceBuffer given = run.Numbers("losses", losses, float64), parts = run.Unwritten("parts", UpdateKernels.Parts, float64: true), sum = run.Unwritten("sum", 1, float64: true);
        run.Launch(UpdateKernels.LossParts(float64), 1, [given, parts], losses.Length);
        run.Launch(UpdateKernels.Loss, 1, [parts, sum]);
        return sum.Read()[0];
    }

    /// <summary>Each part adds every so manieth term, in order.</summary>
    private static double[] Parts(double[] terms, int count, bool squares = false)
    {
        double[] parts = new double[count];
        for (int i = 0; i < terms.Length; i++) parts[i % count] = squares ? Math.FusedMultiplyAdd(terms[i], terms[i], parts[i % count]) : parts[i % count] + terms[i];
        return parts;
    }

    /// <summary>Of each lane of a warp every 32nd, then of lanes in pairs that lie ever closer.</summary>
    private static double Sum(double[] parts)
    {
        double[] sums = parts[..32];
        for (int i = 32; i < parts.Length; i++) sums[i % 32] += parts[i];
        for (int distance = 16; distance > 0; distance /= 2)
            for (int lane = 0; lane < distance; lane++) sums[lane] += sums[lane + distance];
        return sums[0];
    }

    private static double Number(double value, bool float64) => float64 ? value : (float)value;
}
