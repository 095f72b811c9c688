using System.Text;

namespace DlGen.Gpu.Cases;

/// <summary>A file of cases of one module: its text, then cases up to the end of the file.</summary>
internal sealed record CaseFile(string Text, IReadOnlyList<KernelCase> Cases)
{
    public const string Extension = ".cases";

    private const ulong Magic = 0x3153_4341_4E47_4C44;

    public static CaseFile Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
        if (reader.BaseStream.Length < sizeof(ulong) || reader.ReadUInt64() != Magic) throw new InvalidDataException($"{path} is not a file of cases; DLGEN_EXPORT_CASES makes them, with the tests of the same version as this program.");
        string text = reader.ReadString();
        var cases = new List<KernelCase>();
        while (reader.BaseStream.Position < reader.BaseStream.Length) cases.Add(ReadCase(reader));
        return new CaseFile(text, cases);
    }

    /// <summary>A new file without cases.</summary>
    public static void Begin(string path, string text)
    {
        using var writer = new BinaryWriter(File.Create(path), Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(text);
    }

    public static void Append(string path, KernelCase added)
    {
        using var writer = new BinaryWriter(new FileStream(path, FileMode.Append), Encoding.UTF8);
        writer.Write(added.Name);
        writer.Write(added.Form);
        writer.Write(added.Bound);
        writer.Write(added.Buffers.Length);
        foreach (var (element, before, expected) in added.Buffers)
        {
            writer.Write((byte)element);
            writer.Write(before.Length);
            writer.Write(before);
            writer.Write(expected is not null);
            if (expected is not null) writer.Write(expected);
        }

        writer.Write(added.Arguments.Length);
        foreach (var (buffer, value) in added.Arguments)
        {
            writer.Write(buffer);
            writer.Write(value);
        }

        writer.Write(added.Launches.Length);
        foreach (var (entry, blocks, threads, sharedBytes) in added.Launches)
        {
            writer.Write(entry);
            writer.Write(blocks);
            writer.Write(threads);
            writer.Write(sharedBytes);
        }
    }

    private static KernelCase ReadCase(BinaryReader reader) => new(
        reader.ReadString(), reader.ReadString(), reader.ReadDouble(), ReadMany(reader, ReadBuffer),
        ReadMany(reader, static from => new CaseArgument(from.ReadInt32(), from.ReadInt64())),
        ReadMany(reader, static from => new CaseLaunch(from.ReadString(), from.ReadInt32(), from.ReadInt32(), from.ReadInt32())));

    private static T[] ReadMany<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var values = new T[reader.ReadInt32()];
        for (int i = 0; i < values.Length; i++) values[i] = read(reader);
        return values;
    }

    private static CaseBuffer ReadBuffer(BinaryReader reader)
    {
        var element = (CaseElement)reader.ReadByte();
        int length = reader.ReadInt32();
        byte[] before = reader.ReadBytes(length);
        return new CaseBuffer(element, before, reader.ReadBoolean() ? reader.ReadBytes(length) : null);
    }
}
