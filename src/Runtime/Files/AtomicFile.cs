namespace DlGen.Files;

/// <summary>Replaces a file whole: whoever reads the path sees the old file or the new one, also when the machine stops in between.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a temporary file beside the target (a rename is atomic within one file system only), flushes it to the disk (or the rename could
    /// arrive there before the bytes) and renames it.</summary>
    /// <param name="path">The target.</param>
    /// <param name="write">Writes the content. If it throws, or anything after it, the target is as it was and the temporary file is gone.</param>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    /// <summary>Removes what a process that was killed while it wrote has left beside the target. For files that one process at a time writes.</summary>
    public static void RemoveLeftovers(string path)
    {
        string full = Path.GetFullPath(path);
        foreach (string temporary in Directory.EnumerateFiles(Path.GetDirectoryName(full)!, Path.GetFileName(full) + ".*.tmp"))
        {
            if (Guid.TryParseExact(Path.GetFileName(temporary)[(Path.GetFileName(full).Length + 1)..^4], "N", out _))
                Remove(temporary);
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What the caller should hear of is why the file could not be written.
        }
    }
}
