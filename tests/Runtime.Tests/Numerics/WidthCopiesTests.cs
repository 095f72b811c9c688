using System.Runtime.CompilerServices;

namespace DlGen.Tests.Numerics;

/// <summary>
/// C# has no type over which one text serves three vector widths, so the text is written once, for 512 bits, and copied.
/// To copy after an edit: DLGEN_COPY_WIDTHS=1 and run this test.
/// </summary>
public class WidthCopiesTests
{
    private const string CopyHeader = "// The Vector512 file with its name and its Avx512F replaced: change that one.";

    [Theory]
    [InlineData("256")]
    [InlineData("128")]
    public void NarrowFilesAreTheWideOnesWithTheNameReplaced(string width)
    {
        string[] wideFiles = Directory.GetFiles(NumericsFolder(), "*.Vector512.cs", SearchOption.AllDirectories);
        Assert.True(wideFiles.Length >= 8, "The 512-bit files were not found.");
        foreach (string wideFile in wideFiles)
        {
            string narrowFile = wideFile.Replace("Vector512.cs", $"Vector{width}.cs", StringComparison.Ordinal);
            string text = File.ReadAllText(wideFile);
            string expected = CopyHeader + text[text.IndexOf('\n', StringComparison.Ordinal)..]
                .Replace("Vector512", "Vector" + width, StringComparison.Ordinal)
                .Replace("Group512", "Group" + width, StringComparison.Ordinal)
                .Replace("Avx512F;", "Avx512F.VL;", StringComparison.Ordinal);
            if (Environment.GetEnvironmentVariable("DLGEN_COPY_WIDTHS") == "1") File.WriteAllText(narrowFile, expected);
            Assert.Equal(expected, File.ReadAllText(narrowFile));
        }
    }

    private static string NumericsFolder([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "src", "Runtime", "Numerics"));
}
