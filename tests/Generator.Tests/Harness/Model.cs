using System.Text;
using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Lowering;
using DlGen.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DlGen.Tests.Harness;

/// <summary>
/// A model in a test's words: <c>Model.Sequential("Input(784), [|Linear(0)|]").Reports("DLG0109")</c>. Between [| and |] is where the diagnostic must
/// stand, exactly; the compiler itself must have nothing to say.
/// </summary>
internal sealed class Model
{
    private readonly List<TextSpan> marks = [];

    private Model(string marked)
    {
        var plain = new StringBuilder();
        int open = -1;
        for (int i = 0; i < marked.Length; i++)
        {
            bool pair = i + 1 < marked.Length;
            if (pair && marked[i] == '[' && marked[i + 1] == '|') (open, i) = (plain.Length, i + 1);
            else if (pair && marked[i] == '|' && marked[i + 1] == ']' && open >= 0)
            {
                marks.Add(TextSpan.FromBounds(open, plain.Length));
                (open, i) = (-1, i + 1);
            }
            else plain.Append(marked[i]);
        }
        Text = plain.ToString();
    }

    public string Text { get; }

    /// <summary>Whether the project refers to the package DlGen.Cuda.</summary>
    private bool HasCuda { get; init; }

    /// <summary>The model in a project that refers to DlGen.Cuda.</summary>
    public static Model SourceWithCuda(string text) => new("using DlGen;\n" + text) { HasCuda = true };

    public static Model Source(string text) => new("using DlGen;\n" + text);

    /// <summary>A class Net whose attributes are the network.</summary>
    public static Model Sequential(string attributes) => Source($"[Model, {attributes}]\npublic partial class Net;\n");

    /// <summary>A class Net with a method Forward of that body over the input x, and further members.</summary>
    public static Model Forward(string body, string input = "8", string attributes = "", string members = "") => Source($$"""
        [Model{{(attributes.Length == 0 ? "" : ", " + attributes)}}]
        public partial class Net
        {
            private static Tensor Forward([Input({{input}})] Tensor x)
            {
                {{body}}
            }
            {{members}}
        }
        """);

    /// <summary>The declaration of Net, which must have no error.</summary>
    public Declaration Read()
    {
        var result = TestCompilation.Read(Text);
        Assert.Empty(result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        Assert.Null(result.Declaration!.Error);
        return result.Declaration;
    }

    public Graph Training => Read().Training!;

    public Graph Prediction => Read().Prediction!;

    /// <summary>The kernels and programs that come of it.</summary>
    public DlGen.Kernels.Module Lowered
    {
        get
        {
            var declaration = Read();
            return Lower.Run(declaration.Training!, declaration.Prediction!, [.. ModelSignature.Of(declaration).Variables.Select(v => v.Name)], declaration.Float64);
        }
    }

    /// <summary>The shape of what Predict gives.</summary>
    public string Output
    {
        get
        {
            var graph = Prediction;
            return graph[graph.Find(OutputRole.Prediction)].Shape.ToString();
        }
    }

    /// <summary>That id, once per mark and nowhere else, nothing but it, and no compiler error beside it; the message holds <paramref name="words"/>.</summary>
    public async Task Reports(string id, string words = "")
    {
        var after = Compile();
        var found = await TestCompilation.AnalyzeGenerated(after);
        Assert.NotEmpty(marks);
        Assert.Equal(marks.Select(m => (id, Text.Substring(m.Start, m.Length), m.Start)),
            found.Select(d => (d.Id, Text.Substring(d.Location.SourceSpan.Start, d.Location.SourceSpan.Length), d.Location.SourceSpan.Start)));
        Assert.All(found, d => Assert.Contains(words, d.GetMessage(), StringComparison.Ordinal));
    }

    /// <summary>Neither analyzers nor compiler have anything to say.</summary>
    public async Task ReportsNothing()
    {
        var after = Compile();
        Assert.Empty((await TestCompilation.AnalyzeGenerated(after)).Select(d => d.ToString()));
    }

    /// <summary>With the generated file; neither the generator nor the compiler has an error.</summary>
    private Compilation Compile()
    {
        var (after, run) = TestCompilation.Generate(HasCuda ? TestCompilation.CompileWithCuda(Text) : TestCompilation.Compile(Text));
        Assert.All(run.Results, r => Assert.Null(r.Exception));
        Assert.Empty(run.Diagnostics);
        var errors = after.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()).ToList();
        Assert.True(errors.Count == 0, string.Join("\n", errors));
        return after;
    }
}
