namespace DlGen.Benchmarks;

/// <summary>Where this project's sources lie: results are written there, and a fetched ONNX Runtime lies there.</summary>
internal static class Sources
{
    /// <summary>The folder of the project file, above the program; the program's own where it was copied away.</summary>
    public static string Folder { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DlGen.Benchmarks.csproj"))) return folder.FullName;
        return AppContext.BaseDirectory;
    }
}
