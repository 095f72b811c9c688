namespace DlGen.Benchmarks;

/// <summary>RESULTS.md beside the project: a section each command, replaced alone when it is measured anew, so each names its own versions and machine.</summary>
internal static class ResultsFile
{
    /// <summary>Sections in the order in which they stand in the file.</summary>
    private static readonly string[] Titles = [Section.OneThread.Title, Section.SeveralThreads(2).Title, Section.Avx2.Title, StartupBenchmark.Title];

    private const string Introduction =
        """
        # Beside hand-written kernels, PyTorch and ONNX Runtime

        Written by `dotnet run -c Release --project benchmarks -- peers`, `-- peers --avx2` and `-- startup`. Times are medians of 7 rounds in turns, after outputs,
        gradients or the losses of ten steps agreed; ratios are a peer's time over ours: lower quartile (median). The bars ask for the lower quartile. A bar "peak" is
        a share of the FMA peak measured between the rounds.
        """;

    /// <summary>Writes the file anew with this text as the section's, and all others as they were.</summary>
    public static void Replace(string title, string text)
    {
        string path = Path.Combine(Sources.Folder, "RESULTS.md");
        var sections = File.Exists(path) ? Read(File.ReadAllText(path)) : [];
        sections[title] = text.ReplaceLineEndings("\n").Trim();
        var parts = Titles.Where(sections.ContainsKey).Select(t => $"## {t}\n\n{sections[t]}");
        File.WriteAllText(path, string.Join("\n\n", parts.Prepend(Introduction.ReplaceLineEndings("\n"))) + "\n");
    }

    private static Dictionary<string, string> Read(string file)
    {
        // What stands before the first section is written anew.
        var parts = file.ReplaceLineEndings("\n").Split("\n## ").Skip(1).Select(part => part.Split('\n', 2));
        return parts.ToDictionary(part => part[0], part => part[1].Trim(), StringComparer.Ordinal);
    }
}
