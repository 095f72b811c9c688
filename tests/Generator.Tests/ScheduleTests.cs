using DlGen.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DlGen.Tests;

/// <summary>The schedule is data: it stands in the header of the generated file, follows from sizes alone, and can be replaced for experiments.</summary>
public class ScheduleTests
{
    private const string Large = "using DlGen; [Model, Input(1024), Linear(1024), Gelu, Linear(1024), MeanSquaredError] public partial class Large;";
    private const string Images = "using DlGen; [Model, Input(8, 64, 64), Conv2d(8, Kernel = 3, Padding = 1), Relu, Flatten, Linear(2), SoftmaxCrossEntropy] public partial class Images;";
    private const string Steps = "using DlGen; [Model, Input(98, 8), Gru(128), Linear(10), SoftmaxCrossEntropy] public partial class Steps;";
    private const string Frames = """
        using DlGen;
        [Model, MeanSquaredError]
        public partial class Frames
        {
            private static Tensor Forward([Input(9, 2, 48, 48)] Tensor frames)
                => Tensor.Scan(frames, Tensor.Zeros(4, 48, 48), (state, frame) => Tensor.Concat(state, frame).Conv2d(4, kernel: 3, padding: 1).Tanh())[^1].GlobalAvgPool2d().Linear(2);
        }
        """;
    private const string Small = "using DlGen; [Model, Input(2), Linear(8), Tanh, Linear(1), MeanSquaredError] public partial class Small;";

    [Theory]
    [InlineData(Large, 64)] // 12 MB of weights: read as rarely as possible, though the values of 64 rows leave the cache
    [InlineData(Small, 64)] // all stays in the cache
    [InlineData(Images, 1)] // few weights, and layers that hand 139 KB a row to each other
    [InlineData(Steps, 4)] // 253 KB a row, but each step multiplies by the rows of a shard alone
    [InlineData(Frames, 1)] // steps too, but each weight meets all positions of a row
    public void The_rows_of_a_shard_follow_from_weights_and_values(string source, int rows)
        => Assert.Contains($"// Schedule: shards of {rows} rows", TestCompilation.GeneratedText(TestCompilation.Compile(source)));

    [Fact]
    public void Rows_that_steps_ask_for_are_told()
    {
        const string Told = "; no fewer than 4, which steps multiply together";
        Assert.Contains(Told, TestCompilation.GeneratedText(TestCompilation.Compile(Steps)));
        Assert.DoesNotContain(Told, TestCompilation.GeneratedText(TestCompilation.Compile(Steps.Replace("98", "7"))));
    }

    [Fact]
    public void Small_work_stays_on_one_thread()
    {
        string small = TestCompilation.GeneratedText(TestCompilation.Compile(Small)), large = TestCompilation.GeneratedText(TestCompilation.Compile(Large));
        Assert.Contains("rows >= 2 ? team : null", large);
        Assert.Contains("atLeast: 2)", large);
        Assert.DoesNotContain("rows >= 2 ", small);
        Assert.DoesNotContain("atLeast: 2)", small);
        Assert.Contains("several threads from so many rows on: Predict 2, Evaluate 2, Gradients 2.", large);
    }

    [Fact]
    public Task Programs_of_many_launches_before_and_after_statistics_of_the_batch_compile() => Model.Source("""
        [Model, MeanSquaredError]
        public partial class Net
        {
            private static Tensor Forward([Input(3)] Tensor x)
            {
                for (int section = 0; section < 3; section++)
                {
                    for (int i = 0; i < 100; i++) x = x.Linear(3).Tanh();
                    if (section < 2) x = x.BatchNorm();
                }
                return x;
            }
        }
        """).ReportsNothing();

    [Fact]
    public void A_build_property_replaces_choices()
    {
        string text = Generate("shardRows=16 teamRows=3 tiles512=12x2+4x4+1x8 residentBytes=1024");
        Assert.Contains("shards of 16 rows", text);
        Assert.Contains("12x2, 4x4, 1x8 at 512 bit", text);
        Assert.Contains("operands up to 1 KiB", text);
        Assert.Contains("Predict 3, Evaluate 3, Gradients 3", text);
        Assert.Contains("// 12 rows × 2 vectors", text);
        Assert.Equal(Generate(""), TestCompilation.GeneratedText(TestCompilation.Compile(Large)));
    }

    [Theory]
    [InlineData("rows=3", "DlGenSchedule has no 'rows'; there are shardRows")]
    [InlineData("shardRows=0", "shardRows=0 is no number above 0")]
    [InlineData("winograd=maybe", "winograd=maybe is neither yes nor no")]
    [InlineData("tiles256=6x2", "lack one of a single row")]
    [InlineData("tiles256=6by2+1x8", "'6by2' is no tile; write rows x vectors")]
    [InlineData("tiles512=4x4+4x2+1x8", "have two of 4 rows")]
    public void A_mistake_in_it_is_an_error_that_says_so(string schedule, string message)
    {
        string text = Generate(schedule);
        Assert.Contains("#error", text);
        Assert.Contains(message, text);
    }

    private static string Generate(string schedule)
    {
        var driver = CSharpGeneratorDriver.Create([new ModelGenerator().AsSourceGenerator()], parseOptions: TestCompilation.Parsing, optionsProvider: new EditorConfig([("build_property.DlGenSchedule", schedule)]));
        var result = driver.RunGenerators(TestCompilation.Compile(Large)).GetRunResult();
        return string.Join("\n", result.Results.SelectMany(r => r.GeneratedSources).OrderBy(s => s.HintName, StringComparer.Ordinal).Select(s => $"// {s.HintName}\n{s.SourceText}"));
    }
}
