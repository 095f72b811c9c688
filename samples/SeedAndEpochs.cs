using System.Globalization;

/// <summary>What several samples are told: the seed of everything that is random, and how often the data is seen.</summary>
internal sealed record SeedAndEpochs(int Seed, int Epochs)
{
    /// <summary>Reads --seed and --epochs; null where something else stands there, after saying so with the help.</summary>
    public static SeedAndEpochs? Read(string[] args, int epochs, string help)
    {
        int seed = 1;
        for (int i = 0; i < args.Length; i += 2)
        {
            bool isRight = i + 1 < args.Length && args[i] switch
            {
                "--seed" => int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seed),
                "--epochs" => int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out epochs) && epochs > 0,
                _ => false,
            };
            if (isRight)
                continue;

            Console.Error.WriteLine($"'{string.Join(' ', args[i..Math.Min(i + 2, args.Length)])}' is no option with its value.\n\n{help}");
            return null;
        }

        return new SeedAndEpochs(seed, epochs);
    }
}
