using DlGen;

/// <summary>The four files of Fashion-MNIST, packed or not: pictures of 28 × 28 pixels and their kinds of clothes, ten of them.</summary>
internal static class FashionFiles
{
    /// <summary>The pictures of a part ("train" or "t10k"), pixels from 0 to 1, and their labels.</summary>
    /// <exception cref="FileNotFoundException">A file is not there; the message says where they come from.</exception>
    public static (float[] Pictures, int[] Labels) Read(string folder, string part) => (
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
