using DlGen;

namespace Vision;

/// <summary>The four files of Fashion-MNIST, packed or not: 60,000 pictures of 28 × 28 pixels from 0 to 1 to train on, 10,000 to test, ten kinds of clothes.</summary>
internal sealed record FashionData(Dataset Training, Dataset Test)
{
    /// <summary>Reads the files of a folder.</summary>
    /// <exception cref="FileNotFoundException">One is not there; the message says where they come from.</exception>
    public static FashionData Load(string folder) => new(Read(folder, "train"), Read(folder, "t10k"));

    private static Dataset Read(string folder, string part) => LeNet5.Data(
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
