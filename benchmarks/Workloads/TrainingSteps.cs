namespace DlGen.Benchmarks;

/// <summary>How a training step is compared and timed.</summary>
internal static class TrainingSteps
{
    /// <summary>Where losses are compared.</summary>
    public const double ComparedRate = 1e-3;

    /// <summary>
    /// Where steps are timed: thousands of steps on one batch at a real rate would learn it by heart, and gradients that vanish into denormal numbers, which
    /// no training on data meets, would be timed instead.
    /// </summary>
    public const double TimedRate = 1e-6;

    public const int ComparedSteps = 10;

    /// <summary>Our contestant: losses with a new optimizer at <see cref="ComparedRate"/>, then timed with a new one at <see cref="TimedRate"/>.</summary>
    public static Contestant Ours(Func<double, Optimizer> create, Func<Optimizer, float> step)
    {
        var optimizer = create(ComparedRate);
        return Contestant.Here(Who.Ours, Numbers, Repeat);

        float[] Numbers()
        {
            var losses = Losses(() => step(optimizer));
            optimizer = create(TimedRate);
            return losses;
        }

        void Repeat(int times)
        {
            for (int i = 0; i < times; i++) step(optimizer);
        }
    }

    public static float[] Losses(Func<float> step)
    {
        var losses = new float[ComparedSteps];
        foreach (ref float loss in losses.AsSpan()) loss = step();
        return losses;
    }

    /// <summary>PyTorch's contestant with what it took last, at the same rates.</summary>
    public static Contestant Theirs(Contest contest, PyTorchPeer pyTorch, string optimizer) => pyTorch.Trains(contest, optimizer, ComparedRate, TimedRate);
}
