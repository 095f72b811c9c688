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

    private static Dataset Read(string folder, string part) => FashionClassifier.Data(
        IdxFile.Read(Find(folder, part + "-images-idx3-ubyte")).Floats(1 / 255.0), IdxFile.Read(Find(folder, part + "-labels-idx1-ubyte")).Ints());

    private static string Find(string folder, string name)
    {
        foreach (string path in new[] { Path.Combine(folder, name + ".gz"), Path.Combine(folder, name) })
        {
            if (File.Exists(path))
                return path;
        }

        throw new FileNotFoundException(
            $"There is no {name} and no {name}.gz in '{folder}'. Debian's package dataset-fashion-mnist installs the files to /usr/share/datasets/fashion-mnist; "
            + "their home is https://github.com/zalandoresearch/fashion-mnist.");
    }
}
