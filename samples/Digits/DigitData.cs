using System.IO.Compression;
using DlGen;

namespace Digits;

/// <summary>The digits in three parts, every class in the same proportion in each: training (64 %), validation (16 %) and test (20 %).
/// Settings are chosen by the validation part; the test part says once, at the end, what the result is worth.</summary>
internal sealed record DigitData(Dataset Training, Dataset Validation, Dataset Test)
{
    public const int Pixels = 64;

    /// <summary>The parts are the same in every run, whatever the seed of the model.</summary>
    private const long SplitSeed = 0;

    /// <summary>Reads the table inside the program: 1,797 rows of 64 pixels and a label.</summary>
    /// <param name="shuffleLabels">The seed by which labels change places, so that nothing is left to learn; or null.</param>
    public static DigitData Load(long? shuffleLabels)
    {
        using Stream packed = typeof(DigitData).Assembly.GetManifestResourceStream("digits.csv.gz")
            ?? throw new InvalidOperationException("The program was built without its resource digits.csv.gz.");
        using var text = new GZipStream(packed, CompressionMode.Decompress);
        var table = CsvTable.Read(text, header: false);
        int[] labels = table.Ints(^1);
        if (shuffleLabels is long seed)
            new Random(seed.GetHashCode()).Shuffle(labels);

        Dataset all = DigitClassifier.Data(table.Floats(..Pixels), labels);
        (Dataset rest, Dataset test) = all.StratifiedSplit(0.8, SplitSeed);
        (Dataset training, Dataset validation) = rest.StratifiedSplit(0.8, SplitSeed);
        return new DigitData(training, validation, test);
    }
}
