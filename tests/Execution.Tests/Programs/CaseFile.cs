namespace DlGen.Tests.Programs;

/// <summary>The files through which a test and its child process exchange models, values and results: tensors bit for bit.</summary>
internal static class CaseFile
{
    public static void WriteValues(string path, IReadOnlyList<(string Model, ModelValues Values)> cases)
    {
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write(cases.Count);
        foreach (var (model, values) in cases)
        {
            writer.Write(model);
            writer.Write(values.Rows);
            Write(writer, values.Variables);
            Write(writer, values.Parameters);
        }
    }

    public static List<(string Model, ModelValues Values)> ReadValues(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        return [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => (reader.ReadString(), new ModelValues(reader.ReadInt32(), Named(reader), Named(reader))))];
    }

    public static void WriteResults(string path, IReadOnlyList<ModelResult> results)
    {
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write(results.Count);
        foreach (var result in results)
        {
            Write(writer, result.Predictions);
            writer.Write(result.Loss);
            Write(writer, result.Gradients);
        }
    }

    public static List<ModelResult> ReadResults(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        return [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => new ModelResult(Named(reader), reader.ReadDouble(), Named(reader)))];
    }

    private static void Write(BinaryWriter writer, double[] values)
    {
        writer.Write(values.Length);
        foreach (double value in values) writer.Write(value);
    }

    private static void Write(BinaryWriter writer, IReadOnlyDictionary<string, double[]> named)
    {
        writer.Write(named.Count);
        foreach (var (name, values) in named)
        {
            writer.Write(name);
            Write(writer, values);
        }
    }

    private static double[] Array(BinaryReader reader) => [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadDouble())];

    private static Dictionary<string, double[]> Named(BinaryReader reader) => Enumerable.Range(0, reader.ReadInt32()).Select(_ => (reader.ReadString(), Array(reader))).ToDictionary();
}
