using DlGen;

namespace FashionMnist;

/// <summary>The four files of Fashion-MNIST, packed or not: 60,000 pictures to train on and 10,000 to test. 5,000 of the first are set aside to watch the training.</summary>
internal sealed record FashionData(Dataset Training, Dataset Validation, Dataset Test)
{
    public static IReadOnlyList<string> Classes { get; } =
        ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    /// <summary>Reads the files of a folder.</summary>
    /// <exception cref="FileNotFoundException">One is not there; the message says where they come from.</exception>
    public static FashionData Load(string folder)
    {
        Dataset all = Read(folder, "train"), test = Read(folder, "t10k");
        (Dataset training, Dataset validation) = all.StratifiedSplit(55_000 / 60_000.0);
        return new FashionData(training, validation, test);
    }

    private static Dataset Read(string folder, string part)
    {
        (float[] pictures, int[] labels) = FashionFiles.Read(folder, part);
        return FashionClassifier.Data(pictures, labels);
    }
}
