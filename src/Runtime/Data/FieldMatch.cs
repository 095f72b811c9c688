using DlGen.Compiled;

namespace DlGen;

/// <summary>Whether what a dataset has under a name is what the model reads under it.</summary>
internal static class FieldMatch
{
    /// <param name="field">What the model reads.</param>
    /// <param name="perRow">How many values a row has in the dataset.</param>
    /// <param name="kind">Their number type.</param>
    /// <param name="ints">What this kind of dataset makes labels and ids of.</param>
    /// <param name="bytes">What it makes bytes of.</param>
    /// <exception cref="BatchShapeException">The lengths or number types differ.</exception>
    public static void Check(BatchField field, int perRow, FieldKind kind, string ints = "an int[]", string bytes = "a byte[]")
    {
        if (perRow != field.PerRow)
            throw new BatchShapeException($"{field.Name} has {perRow} values per row in the dataset, but the model takes {field.PerRow}.");
        if (kind == field.Kind)
            return;
        string found = kind switch { FieldKind.Int => ints, FieldKind.Byte => bytes, _ => "floating-point numbers" };
        throw new BatchShapeException(field.Kind switch
        {
            FieldKind.Int => $"{field.Name} holds labels or ids and takes {ints}; the dataset has {found}.",
            FieldKind.Byte => $"{field.Name} is declared with Bytes = true and takes {bytes}; the dataset has {found}.",
            _ when kind == FieldKind.Byte => $"{field.Name} takes floating-point numbers; the dataset has {found}. Declare the input with Bytes = true, or make numbers of the bytes.",
            _ => $"{field.Name} takes floating-point numbers; the dataset has {found}.",
        });
    }

    public static BatchShapeException Unknown(BatchField field, IEnumerable<string> known) =>
        new($"The model reads '{field.Name}', but the dataset has {string.Join(", ", known)}.");
}
