#pragma warning disable IDE0051, CA1823 // what is declared here is read, not called

using System.Runtime.CompilerServices;

namespace DlGen.Tests;

/// <summary>Declarations as users write them: that they compile is the test, and that running one says what to do instead.</summary>
public sealed class LanguageTests
{
    [Fact]
    public void Running_a_description_throws() =>
        Assert.Throws<SymbolicOnlyException>(() => Declarations.Forward((Tensor)RuntimeHelpers.GetUninitializedObject(typeof(Tensor))));

    [Input(1, 28, 28)]
    [Normalize(0.5, 0.5), Flatten, Linear(120), Relu, Dropout(0.5), Linear(84, Bias = false), LeakyRelu, LeakyRelu(0.2), LayerNorm(Epsilon = 1e-6), Linear(10)]
    [SoftmaxCrossEntropy(LabelSmoothing = 0.1), Initialize(Init.KaimingNormal)]
    private static class Declarations
    {
        public static Tensor Forward([Input(2, 6)] Tensor x)
        {
            var (steps, width) = x.Shape;
            var y = x[.., 0..5].Linear(width, init: Initializer.Normal(0.02), name: "stem") + x[^1, 1..];
            Tensor[] heads = [y.Tanh(), -y, 1 - y * 2 / 0.5];
            var (first, second) = heads[0].Split(2, axis: -1);
            x.Lstm(4, out var state, bias: false, mask: Tensor.Ones(2));
            y += first.ArgMax(-1) * second.Gru(4, out _, initial: state.Hidden) + x.Lstm(4, layers: 2, dropout: 0.5, initial: (state.Cell, state.Hidden)).LastStep();
            var parameter = Tensor.Parameter([steps, width], Init.XavierUniform);
            y = Tensor.Stack(heads).Mean(0).Reshape(-1).MatMul(parameter.Transpose()) + Tensor.Concat([y, y], axis: -1);
            y = Tensor.Where(y > 0 & !(y < 1), y.Pow(2), Tensor.Zeros(3)) + Tensor.Constant(1, 2, 3);
            return Tensor.Training ? y + Tensor.RandomNormal(3) : Branch(y);
        }

        private static Tensor Loss(Tensor output, [Target(3)] Tensor target, [Label(10)] Tensor label) =>
            output.SigmoidCrossEntropy(target, reduction: Reduction.Sum) + 0.1 * output.SoftmaxCrossEntropy(label, labelSmoothing: 0.1);

        [Shared, Frozen]
        private static Tensor Branch(Tensor x) => x.Softmax(axis: 0).Clamp(0, 1);
    }
}
