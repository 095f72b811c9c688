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

    /// <summary>A contestant of ours: losses with a new optimizer at <see cref="ComparedRate"/>, then timed with a new one at <see cref="TimedRate"/>.</summary>
    /// <param name="who">Ours, or ours on one thread.</param>
    /// <param name="create">Makes the optimizer by its learning rate.</param>
    /// <param name="start">Begins a training loop; what it gives is one step, which returns its loss.</param>
    public static Contestant Ours(Who who, Func<double, Optimizer> create, Func<Optimizer, Func<float>> start)
    {
        var step = start(create(ComparedRate));
        return Contestant.Here(who, Numbers, Repeat);

        float[] Numbers()
        {
            var losses = Losses(step);
            step = start(create(TimedRate));
            return losses;
        }

        void Repeat(int times)
        {
            for (int i = 0; i < times; i++) step();
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
