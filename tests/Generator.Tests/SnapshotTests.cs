using System.Runtime.CompilerServices;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>
/// Whole generated files, as they are read and stepped through. A difference is shown, not judged: look at it, and if it is meant, run the tests once
/// with DLGEN_ACCEPT=1, which writes the files.
/// </summary>
public class SnapshotTests
{
    [Fact]
    public void Xor() => Same("Xor", """
        namespace Demo;

        /// <summary>Two bits in, their exclusive or out.</summary>
        [DlGen.Model, DlGen.Input(2)]
        [DlGen.Linear(4), DlGen.Tanh, DlGen.Linear(1)]
        [DlGen.SigmoidCrossEntropy]
        public partial class Xor;
        """);

    [Fact]
    public void Nested_with_an_error() => Same("NestedWithAnError", """
        using DlGen;

        namespace Demo;

        public partial class Outer<T>
        {
            [Model, Input(1, 28, 28), Linear(10), SoftmaxCrossEntropy]
            internal partial class Net;
        }
        """);

    /// <summary>With the plan of a device and its kernels.</summary>
    [Fact]
    public void On_a_device() => Same("OnDevice", """
        namespace Demo;

        [DlGen.Model(Targets = DlGen.Targets.Cpu | DlGen.Targets.Cuda), DlGen.Input(3)]
        [DlGen.Linear(2), DlGen.MeanSquaredError]
        public partial class OnDevice;
        """, withCuda: true);

    private static void Same(string name, string source, bool withCuda = false, [CallerFilePath] string here = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(here)!, "Snapshots", name + ".txt");
        string actual = TestCompilation.GeneratedText(withCuda ? TestCompilation.CompileWithCuda(source) : TestCompilation.Compile(source)).Replace("\r\n", "\n", StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("DLGEN_ACCEPT") == "1") File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing; run the tests once with DLGEN_ACCEPT=1");
        string[] expectedLines = File.ReadAllText(path).Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n'), actualLines = actual.Split('\n');
        for (int line = 0; line < Math.Max(expectedLines.Length, actualLines.Length); line++)
        {
            Assert.True(line < expectedLines.Length && line < actualLines.Length && expectedLines[line] == actualLines[line],
                $"{name}, line {line + 1}:\n  was {expectedLines.ElementAtOrDefault(line)}\n  is  {actualLines.ElementAtOrDefault(line)}\nRun with DLGEN_ACCEPT=1 if that is meant.");
        }
    }
}
