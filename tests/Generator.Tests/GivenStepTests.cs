using DlGen.Kernels;
using DlGen.Lowering;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Networks of several inputs: the last one steps, those before it are given, and what depends on them alone is computed once.</summary>
public class GivenStepTests
{
    private const string Translator = """
        [Model]
        public partial class Net
        {
            private static Tensor Forward([Tokens(9, 7)] Tensor source, [Input(4)] Tensor condition, [Tokens(6, 5)] Tensor target)
            {
                var there = source != 0;
                var read = source.Embedding(8, name: "words");
                read += read.Attention(2, mask: there, name: "reader").Tanh();
                var x = target.Embedding(8, name: "answers") + condition.Linear(8, name: "style").Tanh();
                x += x.Attention(2, causal: true, name: "writer");
                x += x.CrossAttention(read, 2, mask: there, name: "looker");
                return x.Gru(8, initial: read.Mean(0).Linear(8, name: "start").Tanh(), returnSequence: true, name: "state").Linear(5, name: "logits");
            }
        }
        """;

    private static Model Net(string inputs, string body, string input = "[Input(7, 3)] Tensor x")
        => Model.Source($"[Model] public partial class Net {{ private static Tensor Forward({inputs}, {input}) {{ {body} }} }}");

    [Theory]
    [InlineData("[Input(5)] Tensor y", "return x.Linear(4) + y.Linear(4);", 0)]
    [InlineData("[Input(5)] Tensor y", "return Tensor.Concat([x, y + Tensor.Zeros(7, 1)], axis: 1);", 0)]
    [InlineData("[Input(7, 3)] Tensor y", "return x * y;", 7)]
    [InlineData("[Input(7, 3)] Tensor y", "return x + y.Mean(0);", 0)]
    [InlineData("[Input(5, 4)] Tensor y", "return x.CrossAttention(y, 1);", 0)]
    [InlineData("[Input(5, 4)] Tensor y, [Lengths(5)] Tensor length", "return x.CrossAttention(y, 3, mask: length.Mask());", 0)]
    [InlineData("[Input(5, 4)] Tensor y, [Input(7, 5)] Tensor seen", "return x.CrossAttention(y, 3, mask: seen);", 7)]
    [InlineData("[Input(5, 4)] Tensor y, [Input(3, 1, 5)] Tensor seen", "return x.CrossAttention(y, 3, mask: seen);", 0)]
    [InlineData("[Input(5, 4)] Tensor y", "return x.CrossAttention(y, 3, mask: x[.., ..1] > y[.., 0]);", 0)]
    [InlineData("[Input(5, 4)] Tensor y", "return x.CrossAttention(y, 3, attentionBias: x[.., ..1] - y[.., 0]);", 0)]
    [InlineData("[Input(5, 4)] Tensor y", "return x.Lstm(4, initial: (y[0], y.Lstm(4, bidirectional: true)[..4]));", 0)]
    [InlineData("[Input(5, 4)] Tensor y", "return Tensor.Scan(x, y[^1], (state, step) => state + y.Linear(4).Mean(0) * step.Sum());", 0)]
    [InlineData("[Lengths(7)] Tensor length", "return x.Gru(4, returnSequence: true, mask: length.Mask());", 7)]
    [InlineData("[Lengths(7)] Tensor length", "return x.Attention(1, causal: true, mask: length.Mask());", 7)]
    [InlineData("[Input(7, 7)] Tensor seen", "return x.Attention(1, causal: true, mask: seen);", 7)]
    [InlineData("[Input(7)] Tensor seen", "return x.Attention(3, causal: true, mask: x.Transpose().Reshape(3, 1, 7) > seen);", 7)]
    [InlineData("[Input(7)] Tensor seen", "return x.Attention(1, causal: true, mask: x[.., ..1] > seen);", 7)]
    [InlineData("[Lengths(7)] Tensor length", "return Tensor.Stack([x[^1]]).CrossAttention(x, 1, mask: length.Mask());", 7)]
    [InlineData("[Input(7, 3)] Tensor y", "return x.CrossAttention(y, 1) + y.CrossAttention(x, 1);", -1)]
    public void How_many_steps_there_are(string inputs, string body, int positions)
    {
        var program = Net(inputs, body).Lowered.Find(EntryProgram.Step);
        Assert.Equal(positions, program?.Positions ?? -1);
    }

    [Theory]
    [InlineData("[Input(7, 3)] Tensor y", "[Input(3)] Tensor x", "return y + x;", "its last input x (3) is no sequence")]
    [InlineData("[Input(7, 3)] Tensor y", "[Lengths(7)] Tensor x", "return y * x.Mask().Reshape(7, 1);", "its last input x () is no sequence")]
    [InlineData("[Input(7, 3)] Tensor y", "[Input(7, 3)] Tensor x", "return y.Linear(2);", "its output does not depend on the sequence")]
    [InlineData("[Input(7, 7)] Tensor y", "[Input(7, 3)] Tensor x", "return x.Attention(1, causal: true, mask: y * x.Sum(1));", "attention_1 has a mask in which each step is told apart from each other one")]
    [InlineData("[Input(7, 3)] Tensor y", "[Input(7, 3)] Tensor x", "return x.CrossAttention(y, 1, mask: x.Sum(1));", "crossattention_1 attends along another axis than time")]
    [InlineData("[Input(7, 3)] Tensor y", "[Input(7, 3)] Tensor x", "return x.CrossAttention(y, 1, mask: x[^1].Sum() > y[.., 0]);", "crossattention_1 needs the last step at every one")]
    [InlineData("[Input(7, 3)] Tensor y", "[Input(7, 3)] Tensor x", "return x.CrossAttention(x.Linear(3) + y, 1);", "crossattention_1 is not causal")]
    [InlineData("[Input(7, 3)] Tensor y", "[Input(7, 3)] Tensor x", "return Tensor.Concat([y, x], axis: 0);", "Forward puts sequences one after the other")]
    [InlineData("[Input(7, 3)] Tensor y", "[Input(7, 3)] Tensor x", "return y.Gru(3, initial: x[^1], returnSequence: true) + x;", "gru_1 begins with what depends on the sequence")]
    public void What_stands_in_the_way(string inputs, string input, string body, string obstacle)
    {
        var model = Net(inputs, body, input);
        Assert.Equal(obstacle, OneStep.Of(model.Prediction).Obstacle);
        Assert.DoesNotContain("CreateSteps", TestCompilation.GeneratedText(TestCompilation.Compile(model.Text)), StringComparison.Ordinal);
    }

    /// <summary>Layer by layer: a step launches nothing of the encoder, of the projections of what it looks at, of the mask or of the beginning of the state.</summary>
    [Fact]
    public void What_depends_on_given_inputs_alone_is_launched_by_the_beginning_alone()
    {
        var module = Model.Source(Translator).Lowered;
        var (begin, step) = (module.Find(EntryProgram.Begin)!, module.Find(EntryProgram.Step)!);
        static string Launched(EntryProgram program) => string.Join("\n", program.Phases.Where(p => p.Kind != PhaseKind.Prepare).SelectMany(p => p.Launches).Select(l => l.Comment));
        string once = Launched(begin), everyTime = Launched(step);
        foreach (string layer in new[] { "words", "reader", "style", "start" })
        {
            Assert.Contains(layer, once, StringComparison.Ordinal);
            Assert.DoesNotContain(layer, everyTime, StringComparison.Ordinal);
        }
        foreach (string layer in new[] { "answers", "writer", "state", "logits" })
        {
            Assert.Contains(layer, everyTime, StringComparison.Ordinal);
            Assert.DoesNotContain(layer, once, StringComparison.Ordinal);
        }

        // Keys and values, projected together; of the query and the output the step has its own.
        Assert.Contains("looker → (9, 16)", once, StringComparison.Ordinal);
        Assert.DoesNotContain("(9, ", everyTime, StringComparison.Ordinal);
        Assert.DoesNotContain(step.Phases.SelectMany(p => p.Launches).SelectMany(l => l.Arguments), a => a.Region == Region.Input && a.Index < 2);
    }

    /// <summary>What a step's own Map would take in is computed before it is kept.</summary>
    [Fact]
    public void No_step_computes_anew_what_is_the_same_for_all()
    {
        var module = Net("[Input(5)] Tensor y", "return x.Linear(4) * y.Linear(4).Reshape(1, 4).Tanh();").Lowered;
        bool HasTanh(string program) => module.Find(program)!.Phases.SelectMany(p => p.Launches).Any(l => module.Kernels[l.Kernel].ToString()!.Contains("Function = Tanh", StringComparison.Ordinal));
        Assert.True(HasTanh(EntryProgram.Begin));
        Assert.False(HasTanh(EntryProgram.Step));
    }

    [Fact]
    public void The_beginning_is_computed_with_the_first_step_of_a_sequence_alone()
    {
        string text = TestCompilation.GeneratedText(TestCompilation.Compile(Model.Source(Translator).Text)).Replace("\r\n", "\n", StringComparison.Ordinal);
        string call = text[..text.IndexOf("Network.Begin(", StringComparison.Ordinal)];
        Assert.Equal("if (_memory.BeginsSequence)", call.TrimEnd().Split('\n')[^3].Trim());
    }

    [Fact]
    public void Both_programs_have_what_is_given_in_one_place_behind_what_steps_hand_on()
    {
        var module = Model.Source(Translator).Lowered;
        var (begin, step) = (module.Find(EntryProgram.Begin)!, module.Find(EntryProgram.Step)!);
        var read = step.Phases.SelectMany(p => p.Launches).SelectMany(l => l.Arguments).Where(a => a.Region == Region.Memory).Select(a => a.Offset).Distinct().ToList();
        Assert.All(begin.Updates, update => Assert.InRange(update.Offset, step.MemoryLength, step.MemoryLength + step.GivenLength - update.Length));
        Assert.All(begin.Updates, update => Assert.Contains(read, offset => offset >= update.Offset && offset < update.Offset + update.Length));
        Assert.All(step.Updates, update => Assert.InRange(update.Offset, 0, step.MemoryLength - update.Length));
        // The mask, the values with the keys that are projected beside them, these turned, the condition, the beginning of the state.
        Assert.Equal(5, begin.Updates.Count);
        Assert.Equal(0, begin.MemoryLength);
    }

    [Fact]
    public void A_network_that_computes_nothing_of_what_is_given_has_no_beginning()
    {
        var module = Net("[Input(7, 3)] Tensor y", "return x * y;").Lowered;
        Assert.Null(module.Find(EntryProgram.Begin));
        Assert.Equal((0, 0), (module.Find(EntryProgram.Step)!.MemoryLength, module.Find(EntryProgram.Step)!.GivenLength));
    }

    /// <summary>Names that the members have beside those of the inputs, or that C# wants an @ before.</summary>
    [Theory]
    [InlineData("prompt", "sampling")]
    [InlineData("model", "other")]
    [InlineData("steps", "given")]
    [InlineData("@class", "id")]
    [InlineData("_memory_", "memory")]
    public async Task Any_names_of_given_inputs_compile(string first, string second)
    {
        string text = $"[Model] public partial class Net {{ private static Tensor Forward([Tokens(4, 5)] Tensor {first}, [Input(3, Bytes = true)] Tensor {second}, [Tokens(6, 5)] Tensor ids)"
            + $" => (ids.Embedding(8) + {second}.Linear(8)).CrossAttention({first}.Embedding(4), 2).Linear(5); }}";
        await Model.Source(text).ReportsNothing();
        string generated = TestCompilation.GeneratedText(TestCompilation.Compile(Model.Source(text).Text));
        Assert.Contains("IEnumerable<int> Generate(", generated, StringComparison.Ordinal);
    }

    [Fact]
    public void The_members_take_what_is_given_in_the_order_of_Forward()
    {
        string text = TestCompilation.GeneratedText(TestCompilation.Compile(Model.Source(Translator).Text)).Replace("\r\n", "\n", StringComparison.Ordinal);
        Assert.Contains("public Stepping CreateSteps(ReadOnlySpan<int> source, ReadOnlySpan<float> condition)\n", text, StringComparison.Ordinal);
        Assert.Contains("public void Reset(ReadOnlySpan<int> source, ReadOnlySpan<float> condition)\n", text, StringComparison.Ordinal);
        Assert.Contains("public ReadOnlySpan<float> Step(int target)\n", text, StringComparison.Ordinal);
        Assert.Contains("Generate(ReadOnlySpan<int> source, ReadOnlySpan<float> condition, ReadOnlySpan<int> prompt, int count, global::DlGen.Sampling? sampling = null)\n", text, StringComparison.Ordinal);
    }
}
