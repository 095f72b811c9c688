using DlGen;

namespace Vision;

/// <summary>Trains the denoiser on pictures with noise that is drawn anew in every epoch, and draws some of the test part: as they are, with noise, and without it again.</summary>
internal static class Denoising
{
    private const double Noise = 0.3;
    private const int Pixels = 28 * 28, Drawn = 16;

    public static void Run(FashionData data, int seed, int epochs, string picture)
    {
        float[] clean = data.Training.Floats("inputs", Pixels), test = data.Test.Floats("inputs", Pixels);
        var model = new Denoiser(seed);
        Console.WriteLine(Denoiser.Info);
        model.Train(Denoiser.Data(clean, clean), new TrainingOptions
        {
            Optimizer = Optimizer.Adam(2e-3),
            Schedule = LearningRateSchedule.Cosine(minimum: 0.01),
            Epochs = epochs,
            BatchSize = 64,
            Threads = Environment.ProcessorCount,
            Seed = seed,
            Augmentation = new ImageAugmentation { Noise = Noise },
            Progress = new ConsoleProgress(),
        });

        float[] noisy = WithNoise(test, seed), cleaned = model.Predict(noisy, Environment.ProcessorCount);
        double before = Metrics.RootMeanSquaredError(noisy, test), after = Metrics.RootMeanSquaredError(cleaned, test);
        Console.WriteLine($"\ntest: the noise is {before:F4} a pixel, what is left of it {after:F4}: {after / before:P1}");
        Picture.Save(picture, [test, noisy, cleaned], 28, 28, Drawn);
        Console.WriteLine($"{picture}: {Drawn} pictures of the test part, with noise, and without it again");
    }

    /// <summary>The same pictures with normally distributed noise, by Box and Muller.</summary>
    private static float[] WithNoise(float[] pictures, int seed)
    {
        var random = new Random(seed);
        return [.. pictures.Select(value => value + (float)(Noise * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
