namespace DlGen.Tests.Programs;

internal static partial class ForwardModels
{
    private static Dictionary<string, string> Recurrent => new()
    {
        ["Elman"] = """
            [Model{P}, MeanSquaredError]
            public partial class Elman
            {
                private static Tensor Forward([Input(7, 5)] Tensor x)
                    => Tensor.Scan(x, Tensor.Zeros(6), (state, step) => (state.Linear(6) + step.Linear(6, bias: false)).Tanh())[^1].Linear(3);
            }
            """,
        ["GatedCell"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class GatedCell
            {
                private static Tensor Forward([Input(2, 5)] Tensor x)
                {
                    var states = Tensor.Scan(x, Tensor.Zeros(6), Cell);
                    return Tensor.Scan(states.LayerNorm(), x.Mean(0).Linear(4), Cell).Flatten().Linear(5);
                }

                private static Tensor Cell(Tensor state, Tensor step)
                {
                    var both = Tensor.Concat(state, step);
                    var gate = both.Linear(state.Shape[0]).Sigmoid();
                    return gate * state + (1 - gate) * both.Linear(state.Shape[0]).LayerNorm().Tanh();
                }
            }
            """,
        ["TupleStates"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class TupleStates
            {
                private static Tensor Forward([Input(29)] Tensor input)
                {
                    var (x, context) = (input[..24].Reshape(4, 6), input[24..].Linear(5));
                    var weight = Tensor.Parameter([5, 5], Initializer.Normal(0.4), name: "mixing");
                    var start = (h: context.Tanh(), memory: (Tensor)0.1 * context);
                    var (outputs, (last, memory)) = Tensor.Scan(x, start, (state, step) =>
                    {
                        var kept = (state.h.MatMul(weight) + Tensor.Concat(step, context).Linear(5)).Sigmoid();
                        var next = kept * state.memory + context * step.Sum();
                        return (kept.Linear(3), (next.Sin() + 0.2 * next.MatMul(weight), next));
                    });
                    return outputs.Sum(0) + Tensor.Concat(memory, last)[6..9].Linear(3) + memory.Tanh().Linear(3);
                }
            }
            """,
        ["LastLstm"] = """
            [Model{P}, MeanSquaredError]
            public partial class LastLstm
            {
                private static Tensor Forward([Input(7, 3)] Tensor x) => x.Lstm(5).Linear(3);
            }
            """,
        ["StackedLstm"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class StackedLstm
            {
                private static Tensor Forward([Input(5, 3)] Tensor x)
                {
                    var states = x.Lstm(4, layers: 2, bidirectional: true, returnSequence: true);
                    return states.Linear(3) + x.Lstm(2, bidirectional: true).Linear(3);
                }
            }
            """,
        ["MaskedGru"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class MaskedGru
            {
                private static Tensor Forward([Tokens(5, 4)] Tensor words)
                {
                    var there = words != 0;
                    var (left, right) = words.Embedding(8).Split(2, axis: -1);
                    var states = left.Gru(3, out var state, layers: 2, bidirectional: true, returnSequence: true, mask: there);
                    right.Lstm(4, out var memory, bias: false, initial: (state.Mean(0).Linear(4), Tensor.Parameter([1, 4], Initializer.Normal(0.5))), mask: there);
                    return Tensor.Concat(states.LastStep(mask: there), memory.Cell[0]).Linear(3) + states.Rnn(3, bidirectional: true, returnSequence: true, initial: state[2..], mask: there)[1..].Mean(0)[1..4];
                }
            }
            """,
        ["SharedInCell"] = """
            [Model{P}, MeanSquaredError]
            public partial class SharedInCell
            {
                private static Tensor Forward([Input(4, 2)] Tensor x)
                {
                    var states = Tensor.Scan(x.Transpose(), Tensor.Zeros(4), (state, step) =>
                    {
                        var constants = Tensor.Constant(0.3, -0.2, 0.5, 0.1);
                        for (int i = 0; i < 2; i++) state = (state + Mixed(step * step.Sum())).Relu() * constants * step + step.Softmax() * Tensor.Parameter([4], Initializer.Normal(0.5));
                        return state;
                    });
                    return states.Flatten().Linear(2);
                }

                [Shared]
                private static Tensor Mixed(Tensor x) => x.Linear(4);
            }
            """,
        ["ConvolvingCell"] = """
            [Model{P}, MeanSquaredError]
            public partial class ConvolvingCell
            {
                private static Tensor Forward([Input(3, 2, 4, 3)] Tensor frames)
                    => Tensor.Scan(frames, Tensor.Zeros(2, 4, 3), (state, frame) => Tensor.Concat(state, frame).Conv2d(2, kernel: 3, padding: 1).Tanh() + 0.5 * state)[^1].Flatten().Linear(2);
            }
            """,
        ["SlicedCell"] = """
            [Model{P}, MeanSquaredError]
            public partial class SlicedCell
            {
                private static Tensor Forward([Input(5, 4)] Tensor x)
                {
                    var (seen, _) = Tensor.Scan(x, Tensor.Zeros(4), (state, step) =>
                    {
                        var product = state.Linear(9) * 0.5 + step.Linear(9).Tanh();
                        var (gate, old) = (product[..4].Sigmoid(), state[..2]);
                        return (Tensor.Concat(product[3..6], old * product[4..6]), gate * state * product[5..] + Tensor.Concat(old, step[2..]));
                    });
                    return seen.Flatten().Linear(2);
                }
            }
            """,
        ["Discounted"] = """
            [Model{P}, MeanSquaredError]
            public partial class Discounted
            {
                private static Tensor Forward([Input(6, 5)] Tensor x)
                {
                    var weight = Tensor.Parameter([5], Initializer.Normal(0.5), name: "weight");
                    var moved = Tensor.Scan(x, weight, (state, step) => (state * step + weight).Tanh());
                    return Tensor.Scan(moved.Linear(1).Flatten(), 0.5, (sum, step) => 0.9 * sum + step.Tanh());
                }
            }
            """,
        ["OneStep"] = """
            [Model{P}, MeanSquaredError]
            public partial class OneStep
            {
                private static Tensor Forward([Input(1, 4)] Tensor x)
                {
                    var start = Tensor.Parameter([3], Initializer.Normal(0.5), name: "start");
                    return Tensor.Scan(x, start, (state, step) => state * step.Linear(3).Softmax() + state.Linear(3))[0].Linear(2);
                }
            }
            """,
        ["DelayLine"] = """
            [Model{P}, MeanSquaredError]
            public partial class DelayLine
            {
                private static Tensor Forward([Input(6, 3)] Tensor x)
                {
                    var (delayed, final) = Tensor.Scan(x.Linear(4), (Tensor.Zeros(4), Tensor.Parameter([4], Initializer.Normal(0.5), name: "start"), Tensor.Zeros(2, 2)),
                        (state, step) => (state.Item2 * step, (step.Sin(), state.Item1, state.Item3.Transpose() + step.Reshape(2, 2))));
                    return delayed.Linear(2).Max(0) + delayed[0][..2] + final.Item3.Flatten().Linear(2);
                }
            }
            """,
    };
}
