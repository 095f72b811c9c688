namespace DlGen.Benchmarks;

/// <summary>Data of a workload: the same at every run.</summary>
internal static class Samples
{
    /// <summary>Numbers evenly spread from 0 to 1.</summary>
    public static float[] Uniform(int count, int seed = 7)
    {
        var random = new Random(seed);
        var values = new float[count];
        foreach (ref float value in values.AsSpan()) value = random.NextSingle();
        return values;
    }

    /// <summary>Numbers evenly spread around 0, as gradients are.</summary>
    public static float[] Centred(int count, int seed = 11) => [.. Uniform(count, seed).Select(value => value - 0.5f)];

    public static int[] Labels(int count, int classes)
    {
        var random = new Random(13);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))];
    }

    /// <summary>A parameter's values in PyTorch's order.</summary>
    public static float[] Values(this IModel model, string parameter)
    {
        var values = new float[model.Parameters[parameter].Length];
        model.Parameters[parameter].CopyTo(values);
        return values;
    }
}
