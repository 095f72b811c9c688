using DlGen;

namespace Vision;

/// <summary>The four files of Fashion-MNIST, packed or not: 60,000 pictures of 28 × 28 pixels from 0 to 1 to train on, 10,000 to test, ten kinds of clothes.</summary>
internal sealed record FashionData(Dataset Training, Dataset Test)
{
    /// <summary>Reads the files of a folder.</summary>
    /// <exception cref="FileNotFoundException">One is not there; the message says where they come from.</exception>
    public static FashionData Load(string folder) => new(Read(folder, "train"), Read(folder, "t10k"));

    private static Dataset Read(string folder, string part)
    {
        (float[] pictures, int[] labels) = FashionFiles.Read(folder, part);
        return LeNet5.Data(pictures, labels);
    }
}
