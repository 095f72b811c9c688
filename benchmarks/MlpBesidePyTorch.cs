using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace DlGen.Benchmarks;

/// <summary>
/// 784-128-10 with ReLU, softmax cross-entropy and Adam beside its PyTorch twin: first the losses of ten steps from the same parameters must agree, then
/// both are timed in turns, so that a busy machine slows both.
/// </summary>
internal static class MlpBesidePyTorch
{
    private const int Rounds = 7;

    public static int Run()
    {
        using var peer = PeerProcess.Start("mlp.py");
        if (peer is null) return 1;
        double peak = FmaPeak.Measure();
        double sgemm = peer.AskNumber("sgemm 1024");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"this core: {peak:F0} GFLOP/s of FMA at most; the peer's sgemm 1024 runs at {sgemm:F0} ({sgemm / peak:P0})"));

        Console.WriteLine();
        Console.WriteLine("784-128-10, float, one thread, microseconds (median of " + Rounds + " rounds in turns)");
        Console.WriteLine("workload        rows      ours   PyTorch   ratio, lower quartile   ratio, median");
        foreach (int rows in new[] { 1, 32, 128 })
            if (!Compare(peer, rows)) return 1;
        return 0;
    }

    private static bool Compare(PeerProcess peer, int rows)
    {
        var model = new Mlp(seed: 1);
        var (inputs, labels) = Batch(rows);
        string folder = Directory.CreateTempSubdirectory("dlgen-peers").FullName;
        try
        {
            Share(peer, model, inputs, labels, folder);
            if (!LossesAgree(peer, model, inputs, labels)) return false;
            var optimizer = Optimizer.Adam(1e-3);
            var probabilities = new float[rows * 10];
            int repetitions = 20_000 / (rows + 30);
            Measure(peer, "training step", rows, $"step {repetitions}", repetitions, () => model.TrainBatch(inputs, labels, optimizer));
            Measure(peer, "predict", rows, $"predict {repetitions}", repetitions, () => model.Predict(inputs, probabilities));
            return true;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (float[] Inputs, int[] Labels) Batch(int rows)
    {
        var random = new Random(7);
        var inputs = new float[rows * 784];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = random.NextSingle();
        var labels = new int[rows];
        for (int i = 0; i < rows; i++) labels[i] = random.Next(10);
        return (inputs, labels);
    }

    private static void Share(PeerProcess peer, Mlp model, float[] inputs, int[] labels, string folder)
    {
        string parameters = Path.Combine(folder, "parameters.safetensors"), batch = Path.Combine(folder, "batch.bin");
        model.Save(parameters);
        File.WriteAllBytes(batch, [.. MemoryMarshal.AsBytes(inputs.AsSpan()), .. MemoryMarshal.AsBytes(labels.AsSpan())]);
        peer.Ask("load " + parameters);
        peer.Ask($"batch {batch} {labels.Length}");
    }

    private static bool LossesAgree(PeerProcess peer, Mlp model, float[] inputs, int[] labels)
    {
        const int Steps = 10;
        double[] theirs = [.. peer.Ask($"losses {Steps}").Split(' ').Select(l => double.Parse(l, CultureInfo.InvariantCulture))];
        var optimizer = Optimizer.Adam(1e-3);
        for (int step = 0; step < Steps; step++)
        {
            double ours = model.TrainBatch(inputs, labels, optimizer);
            if (Math.Abs(ours - theirs[step]) <= 1e-4 * Math.Max(1, Math.Abs(theirs[step]))) continue;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the losses differ at step {step + 1}: {ours} here, {theirs[step]} there; nothing was timed"));
            return false;
        }
        return true;
    }

    private static void Measure(PeerProcess peer, string workload, int rows, string command, int repetitions, Action work)
    {
        for (int i = 0; i < repetitions; i++) work();
        peer.AskNumber(command);
        var ours = new double[Rounds];
        var theirs = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repetitions; i++) work();
            ours[round] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / repetitions;
            theirs[round] = peer.AskNumber(command);
        }
        double[] ratios = [.. ours.Zip(theirs, (o, t) => t / o).Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{workload,-14} {rows,5} {Median(ours),9:F1} {Median(theirs),9:F1} {ratios[Rounds / 4],23:F2} {ratios[Rounds / 2],15:F2}"));
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
