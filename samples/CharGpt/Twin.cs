using DlGen;

namespace CharGpt;

/// <summary>Writes what twin.py needs to train the same network on the same windows: <c>text.txt</c>, <c>initial.safetensors</c> with the tokenizer, and <c>windows.txt</c>, a line for each step with
/// the positions where its windows begin.</summary>
internal sealed class Twin : IDisposable
{
    private readonly StreamWriter lines;

    public Twin(string folder, Gpt model, Tokenizer tokenizer, string text, Dataset training)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "text.txt"), text);
        model.Save(Path.Combine(folder, "initial.safetensors"), tokenizer);
        lines = new StreamWriter(Path.Combine(folder, "windows.txt"));
        Windows = new Recorded(training, lines);
    }

    /// <summary>The windows to train on, which note when they are read.</summary>
    public Dataset Windows { get; }

    public void Dispose() => lines.Dispose();

    private sealed class Recorded(Dataset windows, TextWriter lines) : Dataset
    {
        public override int Count => windows.Count;

        public override void Read(ReadOnlySpan<int> rows, Batch batch)
        {
            lines.WriteLine(string.Join(' ', rows.ToArray()));
            windows.Read(rows, batch);
        }
    }
}
