using DlGen.Compiled;

namespace DlGen;

/// <summary>Which IDX file is a field of an <see cref="IdxDataset"/>: <c>IdxField.Floats("inputs", "train-images-idx3-ubyte", scale: 1 / 255.0)</c>,
/// <c>IdxField.Bytes("inputs", "train-images-idx3-ubyte")</c>, <c>IdxField.Ints("targets", "train-labels-idx1-ubyte")</c>.</summary>
public sealed class IdxField
{
    private IdxField(string name, string path, FieldKind kind, double scale)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(path);
        Name = name;
        Path = path;
        Kind = kind;
        Scale = scale;
    }

    /// <summary>The field's name in the declaration.</summary>
    public string Name { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    internal FieldKind Kind { get; }

    internal double Scale { get; }

    /// <summary>Floating-point numbers, in the model's precision.</summary>
    /// <param name="name">The field's name in the declaration.</param>
    /// <param name="path">A file that is not packed.</param>
    /// <param name="scale">What the numbers are multiplied by, in double: <c>1 / 255.0</c> for bytes that are shades.</param>
    public static IdxField Floats(string name, string path, double scale = 1) => new(name, path, FieldKind.Float, scale);

    /// <summary>Bytes as they stand in the file, for an input that is declared with <see cref="InputAttribute.Bytes"/>.</summary>
    /// <param name="name">The field's name in the declaration.</param>
    /// <param name="path">A file of unsigned bytes that is not packed.</param>
    public static IdxField Bytes(string name, string path) => new(name, path, FieldKind.Byte, scale: 1);

    /// <summary>Labels or ids.</summary>
    /// <param name="name">The field's name in the declaration.</param>
    /// <param name="path">A file of whole numbers that is not packed.</param>
    public static IdxField Ints(string name, string path) => new(name, path, FieldKind.Int, scale: 1);
}
