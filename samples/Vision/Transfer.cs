using DlGen;

namespace Vision;

/// <summary>What pictures of clothes have in common: 64 numbers of each.</summary>
[Model, Input(1, 28, 28)]
[Normalize(0.286, 0.353)]
[Conv2d(16, Kernel = 3, Padding = 1), Relu, Conv2d(16, Kernel = 3, Padding = 1), Relu, MaxPool2d(2)]
[Conv2d(32, Kernel = 3, Padding = 1), Relu, Conv2d(32, Kernel = 3, Padding = 1), Relu, MaxPool2d(2)]
[Flatten, Linear(64), Relu]
public partial class Trunk;

/// <summary>Learns the trunk together with eight kinds of clothes.</summary>
[Model, Input(1, 28, 28), Block<Trunk>, Linear(8), SoftmaxCrossEntropy]
public partial class EightKinds;

/// <summary>Two more kinds on the trunk as it is.</summary>
[Model, Input(1, 28, 28), Block<Trunk>(Frozen = true), Linear(2), SoftmaxCrossEntropy]
public partial class TwoKinds;

/// <summary>Trains on eight kinds of clothes, then teaches two others from 50 pictures each, on a trunk that has seen clothes and on one that has not.</summary>
internal static class Transfer
{
    /// <summary>Pullover and coat, which are hard to tell apart.</summary>
    private static readonly int[] Held = [2, 4];

    private const int Examples = 50;

    public static void Run(FashionData data, int seed, int epochs)
    {
        var eight = new EightKinds(seed);
        Console.WriteLine(EightKinds.Info);
        eight.Train(Some(data.Training, label => !Held.Contains(label)), new TrainingOptions
        {
            Optimizer = Optimizer.Adam(1e-3), Epochs = epochs, BatchSize = 64, Threads = Environment.ProcessorCount, Seed = seed, Progress = new ConsoleProgress(),
        });
        Console.WriteLine($"eight kinds: {eight.Evaluate(Some(data.Test, label => !Held.Contains(label)), Environment.ProcessorCount)}");

        var learned = new TwoKinds(seed);
        foreach (Parameter parameter in eight.Parameters.Where(p => p.Name.StartsWith("trunk.", StringComparison.Ordinal)))
        {
            float[] values = new float[parameter.Length];
            parameter.CopyTo(values);
            learned.Parameters[parameter.Name].CopyFrom(values);
        }

        Console.WriteLine($"two more from {Examples} pictures each, on this trunk:    {Tuned(learned, data, seed)}");
        Console.WriteLine($"the same on a trunk that has seen no clothes: {Tuned(new TwoKinds(seed), data, seed)}");
    }

    private static Evaluation Tuned(TwoKinds model, FashionData data, int seed)
    {
        Dataset few = Some(data.Training, label => Held.Contains(label), Examples), test = Some(data.Test, label => Held.Contains(label));
        model.Train(few, new TrainingOptions { Optimizer = Optimizer.Adam(1e-3), Epochs = 60, BatchSize = 20, Seed = seed });
        return model.Evaluate(test, Environment.ProcessorCount);
    }

    /// <summary>The rows of some kinds, at most so many of each, which are then counted from 0.</summary>
    private static Dataset Some(Dataset data, Func<int, bool> chosen, int most = int.MaxValue)
    {
        const int Pixels = 28 * 28;
        float[] pictures = data.Floats("inputs", Pixels);
        int[] labels = data.Ints("targets"), kinds = [.. labels.Distinct().Where(chosen).Order()];
        int[] rows = [.. kinds.SelectMany(kind => Enumerable.Range(0, labels.Length).Where(row => labels[row] == kind).Take(most)).Order()];
        return TwoKinds.Data([.. rows.SelectMany(row => pictures.AsSpan(row * Pixels, Pixels).ToArray())], [.. rows.Select(row => Array.IndexOf(kinds, labels[row]))]);
    }
}
