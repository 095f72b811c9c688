using DlGen.Compiled;

namespace DlGen;

/// <summary>Whether what a dataset has under a name is what the model reads under it.</summary>
internal static class FieldMatch
{
    /// <param name="field">What the model reads.</param>
    /// <param name="perRow">How many values a row has in the dataset.</param>
    /// <param name="kind">Their number type.</param>
    /// <param name="ints">What this kind of dataset makes labels and ids of.</param>
    /// <exception cref="BatchShapeException">The lengths or number types differ.</exception>
    public static void Check(BatchField field, int perRow, FieldKind kind, string ints = "an int[]")
    {
        if (perRow != field.PerRow)
            throw new BatchShapeException($"{field.Name} has {perRow} values per row in the dataset, but the model takes {field.PerRow}.");
        if (kind != field.Kind)
        {
            throw new BatchShapeException(field.Kind == FieldKind.Int
                ? $"{field.Name} holds labels or ids and takes {ints}; the dataset has floating-point numbers."
                : $"{field.Name} takes floating-point numbers; the dataset has {ints}.");
        }
    }

    public static BatchShapeException Unknown(BatchField field, IEnumerable<string> known) =>
        new($"The model reads '{field.Name}', but the dataset has {string.Join(", ", known)}.");
}
