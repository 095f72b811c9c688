using System.Runtime.InteropServices;

namespace DlGen.Compiled;

/// <summary>A number that tells a dataset from another one: of how many rows it has and of what the first of them hold.</summary>
internal static class DataFingerprint
{
    private const int Rows = 16;
    private const ulong Offset = 14695981039346656037, Prime = 1099511628211;

    /// <summary>FNV-1a over the bytes (Fowler, Noll and Vo), little-endian as on every machine that .NET runs models on.</summary>
    public static long Of(Dataset data, BatchDefinition definition)
    {
        int rows = Math.Min(Rows, data.Count);
        var batch = new Batch(definition, rows) { Rows = rows };
        data.Read(Shuffling.Identity(rows), batch);
        ulong hash = Add(Offset, MemoryMarshal.AsBytes([data.Count]));
        foreach (BatchField field in definition.Fields)
        {
            hash = field.Kind == FieldKind.Int ? Add(hash, MemoryMarshal.AsBytes(batch.Ints(field.Name)))
                : field.Kind == FieldKind.Byte ? Add(hash, batch.Bytes(field.Name))
                : definition.Float64 ? Add(hash, MemoryMarshal.AsBytes(batch.Doubles(field.Name)))
                : Add(hash, MemoryMarshal.AsBytes(batch.Floats(field.Name)));
        }

        return unchecked((long)hash);
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
            hash = unchecked((hash ^ value) * Prime);
        return hash;
    }
}
