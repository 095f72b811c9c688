using DlGen.Kernels;
using DlGen.Lowering;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Which networks can run step by step, how far, what stands in the way of the others, and which tell their own next id.</summary>
public class SteppingTests
{
    [Theory]
    [InlineData("return x.Linear(5).Tanh().LayerNorm();", 0)]
    [InlineData("return x.PositionEmbedding();", 7)]
    [InlineData("return x.Attention(1, causal: true);", 7)]
    [InlineData("return x[..5].PositionEmbedding();", 5)]
    [InlineData("return x.Lstm(4);", 0)]
    [InlineData("return x.Lstm(4, returnSequence: true).Linear(2)[^1];", 0)]
    [InlineData("return Tensor.Scan(x, Tensor.Ones(3), (state, step) => state + step);", 0)]
    [InlineData("return x.Transpose().Linear(7, bias: false)[..1] + 0 * x.Transpose();", -1)]
    [InlineData("return x.Transpose().Tanh().Transpose().Linear(3);", 0)]
    [InlineData("return x.Conv1d(4, kernel: 3, padding: 2)[..^2];", 0)]
    [InlineData("return x.Conv1d(4, kernel: 3, padding: 1);", -1)]
    [InlineData("return x.Pad([2, 0]).Conv1d(4, kernel: 3);", 0)]
    [InlineData("return x.Pad([1, 0]).Conv1d(4, kernel: 3);", -1)]
    [InlineData("return x.Pad([2, 0])[..7];", 0)]
    [InlineData("return x.Pad([2, 0], value: 1)[..7];", -1)]
    [InlineData("return x.Conv1d(4, kernel: 1);", 0)]
    [InlineData("return Tensor.Concat([x, x * 2], axis: 1).Linear(3);", 0)]
    [InlineData("return x * Tensor.Parameter([7, 1], name: \"scale\");", 7)]
    [InlineData("return x.MatMul(Tensor.Parameter([3, 2], name: \"matrix\"));", 0)]
    [InlineData("return x.Attention(1, causal: true, attentionBias: Tensor.Parameter([7, 7], name: \"relative\"));", 7)]
    [InlineData("var steps = Tensor.Constant(0, 1, 2, 3, 4, 5, 6); return Tensor.Where(steps.Reshape(7, 1) < steps, double.NegativeInfinity, x.MatMul(x.Transpose())).Softmax().MatMul(x);", 7)]
    public void How_many_steps_there_are(string body, int positions)
    {
        var program = Model.Forward(body, input: "7, 3").Lowered.Find(EntryProgram.Step);
        Assert.Equal(positions, program?.Positions ?? -1);
    }

    [Theory]
    [InlineData("7, 3", "return x.Attention(1);", "attention_1 is not causal")]
    [InlineData("7, 3", "return x.Lstm(4, bidirectional: true);", "lstm_1 runs backwards in time")]
    [InlineData("7, 3", "return x.Mean(0);", "Forward takes the sum over time")]
    [InlineData("7, 3", "return x - x.Max(0, keep: true);", "Forward takes the max over time")]
    [InlineData("7, 3", "return x.Flatten().Linear(2);", "flatten_1 makes one axis of time and others")]
    [InlineData("7, 3", "return x[0];", "Forward takes some of the steps")]
    [InlineData("7, 3", "return x[1..];", "Forward takes some of the steps")]
    [InlineData("7, 3", "return x + x[^1];", "Forward needs the last step at every one")]
    [InlineData("7, 3", "return x.MatMul(x.Transpose());", "Forward gives what each step has with each other one")]
    [InlineData("7, 3", "return x.Attention(1, attentionBias: Tensor.Parameter([7, 7], name: \"relative\"));", "attention_1 takes the max over steps that are yet to come, which nothing hides")]
    [InlineData("7, 3", "return x.MatMul(x.Transpose()).MatMul(x);", "Forward sums over steps that are yet to come, which nothing hides")]
    [InlineData("7, 3", "return (x.Sum(1) + x.Sum(1).Reshape(7, 1)).Sum(1);", "Forward takes the sum over steps that are yet to come, which nothing hides")]
    [InlineData("7, 3", "return x.Attention(1, causal: true, mask: x.MatMul(x.Transpose()) > 0);", "attention_1 computes Attention of what each step has with each other one")]
    [InlineData("7, 3", "return (x.MatMul(x.Transpose()).Reshape(7, 1, 7) * Tensor.Constant(1, 2).Reshape(2, 1)).ArgMax(1).MatMul(x);", "Forward looks for places among what each step has with each other one")]
    [InlineData("7, 3", "return x.MatMul(x.Transpose()).Flatten().Linear(2);", "flatten_1 makes one axis of time and others")]
    [InlineData("7, 3", "return x.Transpose().MatMul(x);", "Forward sums over time")]
    [InlineData("7, 3", "return Tensor.Concat(x, x, 0);", "Forward puts sequences one after the other")]
    [InlineData("7, 3", "return x.Conv1d(4, kernel: 3);", "conv1d_1 has windows over later steps; pad the time before the first step instead")]
    [InlineData("7, 3", "return x.Conv1d(4, kernel: 2, padding: 1, stride: 2);", "conv1d_1 has windows that skip steps")]
    [InlineData("7, 3", "return Tensor.Scan(x, x[^1], (state, step) => state + step);", "Forward begins with what depends on the sequence")]
    [InlineData("7, 3", "return Tensor.Scan(x, Tensor.Zeros(3), (state, step) => state + step * x[^1]);", "Forward uses the whole sequence at every step")]
    [InlineData("7, 3", "return Tensor.Scan(x.Transpose(), Tensor.Zeros(7), (state, step) => state + step);", "Forward runs along another axis than time")]
    [InlineData("7, 3", "return Tensor.Ones(7);", "its output does not depend on the sequence")]
    [InlineData("21", "return x.Linear(3);", "its input (21) is no sequence")]
    [InlineData("1, 3", "return x.Linear(3);", "its input (1, 3) is no sequence")]
    [InlineData("3, 8, 8", "return x.Relu();", "its input (3, 8, 8) is no sequence")]
    public void What_stands_in_the_way(string input, string body, string obstacle)
    {
        var model = Model.Forward(body, input);
        Assert.Equal(obstacle, OneStep.Of(model.Prediction).Obstacle);
        string text = TestCompilation.GeneratedText(TestCompilation.Compile(model.Text));
        Assert.Contains($"//   no Step: {obstacle}\n", text.Replace("\r\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("CreateSteps", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Tokens(8, 20), Embedding(6), PositionEmbedding, Attention(2, Causal = true), Linear(20), SoftmaxCrossEntropy", true)]
    [InlineData("Tokens(8, 20), Embedding(6), Lstm(6), Linear(20), SoftmaxCrossEntropy", true)]
    [InlineData("Tokens(8, 20), Embedding(6), Lstm(6), Linear(20)", true)]
    [InlineData("Tokens(8, 20), Embedding(6), Lstm(6), Linear(19)", true)]
    [InlineData("Tokens(8, 20), Embedding(6), Lstm(6), Linear(21), SoftmaxCrossEntropy", false)]
    [InlineData("Tokens(8, 20), Embedding(6), Lstm(6), Linear(20), MeanSquaredError", false)]
    [InlineData("Tokens(8, 20), Embedding(6), Lstm(6), Linear(1), SigmoidCrossEntropy", false)]
    [InlineData("Input(8, 20), Lstm(6), Linear(20), SoftmaxCrossEntropy", false)]
    public void Which_networks_tell_the_next_of_their_own_ids(string network, bool generates)
    {
        string text = TestCompilation.GeneratedText(TestCompilation.Compile(Model.Sequential(network).Text));
        Assert.Contains("public Stepping CreateSteps()", text, StringComparison.Ordinal);
        Assert.Equal(generates, text.Contains("IEnumerable<int> Generate(", StringComparison.Ordinal));
    }

    /// <summary>A product, an attention or a norm in plain loops would be right, and late.</summary>
    [Fact]
    public void All_that_costs_something_in_a_step_is_printed_with_vectors()
    {
        var module = Model.Sequential("Tokens(64, 65), Embedding(32), PositionEmbedding, LayerNorm, Attention(2, Causal = true), Linear(64), Gelu, Linear(65), SoftmaxCrossEntropy").Lowered;
        var plain = module.Find(EntryProgram.Step)!.Phases.SelectMany(p => p.Launches).Select(l => module.Kernels[l.Kernel]).Where(k => !DlGen.Cpu.KernelPrinter.HasTemplate(k, new DlGen.Cpu.CpuOptions(false, false))).ToList();
        // Keys are written feature by feature.
        Assert.All(plain, kernel => Assert.IsType<MapKernel>(kernel));
        Assert.True(plain.Count <= 1, string.Join("\n", plain));
    }
}
