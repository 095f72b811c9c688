using System.Globalization;

namespace Digits;

/// <summary>What the command line asks for.</summary>
internal sealed record Options(long Seed, bool ShuffleLabels, bool Cuda, bool Help)
{
    public const string HelpText = """
        Trains a small network on 1,797 handwritten digits, tests it, saves it and loads it again.

          dotnet run -c Release --project samples/Digits [-- options]

          --seed N           seed of the initial weights, the dropout and the order of the rows (default 1)
          --shuffle-labels   trains on labels that changed places: accuracy must fall to chance, about 10 %
          --cuda             trains on an NVIDIA GPU
          --help             prints this text
        """;

    /// <summary>Reads the arguments; an error says which one is wrong and what is possible.</summary>
    public static Options? Parse(string[] arguments, out string error)
    {
        var options = new Options(Seed: 1, ShuffleLabels: false, Cuda: false, Help: false);
        error = "";
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--help" or "-h":
                    options = options with { Help = true };
                    break;
                case "--shuffle-labels":
                    options = options with { ShuffleLabels = true };
                    break;
                case "--cuda":
                    options = options with { Cuda = true };
                    break;
                case "--seed" when i + 1 == arguments.Length:
                    error = "--seed needs a whole number behind it: --seed 7";
                    return null;
                case "--seed":
                    i++;
                    if (!long.TryParse(arguments[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seed))
                    {
                        error = $"--seed needs a whole number behind it, and '{arguments[i]}' is none: --seed 7";
                        return null;
                    }

                    options = options with { Seed = seed };
                    break;
                default:
                    error = $"There is no option '{arguments[i]}'. The options are --seed N, --shuffle-labels, --cuda and --help.";
                    return null;
            }
        }

        return options;
    }
}
