namespace DlGen.Tests.Parity;

internal static partial class ParityModels
{
    /// <summary>Recurrence, attention, and what is built of them.</summary>
    private static IEnumerable<ParityModel> Sequences =>
    [
        Model("Lstm", "Input(7, 3), Lstm(5), Linear(2), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2)),
        Model("LstmSequence", "Input(7, 3), Lstm(5, ReturnSequence = true), Linear(2), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2)),
        Model("LstmLayers", "Input(4, 3), Lstm(5, Layers = 3), Linear(2), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2)),
        Model("LstmBidirectional", "Input(6, 3), Lstm(5, Bidirectional = true), Linear(2), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2)),
        Model("LstmOptions", "Input(5, 3), Lstm(5, Layers = 2, Bidirectional = true, ReturnSequence = true), Tanh, Lstm(4), Linear(2), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2), 350),
        Model("Rnn", "Input(6, 3), Rnn(5, Layers = 2, Nonlinearity = Nonlinearity.Relu, Bias = false), Linear(2), MeanSquaredError"),
        Model("Gru", "Input(7, 3), Gru(5, ReturnSequence = true), LastStep, Linear(2), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2)),
        Written("RnnMasked", """
            private static Tensor Forward([Input(6, 3)] Tensor x, [Input(6)] Tensor mask) => x.Rnn(4, bidirectional: true, mask: mask).Linear(2);

            private static Tensor Loss(Tensor output, [Target(2)] Tensor target) => output.MeanSquaredError(target);
            """),
        Written("GruStates", """
            private static Tensor Forward([Input(6, 3)] Tensor x, [Input(6)] Tensor mask, [Input(4)] Tensor context)
            {
                var start = context.Linear(16).Tanh().Reshape(4, 4);
                var y = x.Gru(4, out var state, layers: 2, bidirectional: true, returnSequence: true, initial: start, mask: mask);
                return Tensor.Concat([y.Mean(0), y.LastStep(mask: mask), state.Flatten()]).Linear(2);
            }

            private static Tensor Loss(Tensor output, [Target(2)] Tensor target) => output.MeanSquaredError(target);
            """),
        Written("LstmStates", """
            private static Tensor Forward([Input(5, 3)] Tensor source, [Input(5)] Tensor mask, [Input(4, 2)] Tensor target)
            {
                source.Lstm(5, out var state, layers: 2, bias: false, mask: mask);
                var y = target.Lstm(5, out state, layers: 2, returnSequence: true, initial: state);
                return Tensor.Concat(y, state.Cell).Linear(2);
            }

            private static Tensor Loss(Tensor output, [Target(6, 2)] Tensor wanted) => output.MeanSquaredError(wanted);
            """, () => DlGen.Optimizer.Sgd(0.2)),
        Written("LstmProjected", """
            private static Tensor Forward([Input(5, 3)] Tensor source, [Input(5)] Tensor mask, [Input(4, 2)] Tensor target)
            {
                source.Lstm(5, out var state, layers: 2, bidirectional: true, bias: false, projSize: 3, mask: mask);
                var y = target.Lstm(5, out state, layers: 2, bidirectional: true, returnSequence: true, projSize: 3, initial: state);
                return y.Linear(2) + state.Cell.Linear(2) + state.Hidden.Linear(2);
            }

            private static Tensor Loss(Tensor output, [Target(4, 2)] Tensor wanted) => output.MeanSquaredError(wanted);
            """, () => DlGen.Optimizer.Sgd(0.2)),
        new("Scan", "MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2), 24, """
            private static Tensor Forward([Input(6, 3)] Tensor x) => Tensor.Scan(x, Tensor.Zeros(5), Cell).Linear(2);

            private static Tensor Cell(Tensor state, Tensor step)
            {
                var both = Tensor.Concat(state, step);
                var gate = both.Linear(5).Sigmoid();
                return gate * state + (1 - gate) * both.Linear(5).LayerNorm().Tanh();
            }
            """),
        Model("Attention", "Input(5, 6), Attention(2), MeanSquaredError"),
        Model("AttentionCausal", "Input(7, 4), Linear(8), Attention(4, Causal = true), Tanh, Linear(3), MeanSquaredError"),
        Model("AttentionOneHead", "Input(3, 5), Attention(1, Bias = false), Flatten, Linear(2), MeanSquaredError"),
        new("AttentionBlocks", "SoftmaxCrossEntropy", () => DlGen.Optimizer.AdamW(0.01, epsilon: 1e-3), 24, """
            private static Tensor Forward([Input(6, 3)] Tensor x)
            {
                x = x.Linear(6);
                for (int i = 0; i < 2; i++) x = Block(x);
                return x.LayerNorm().Linear(4);
            }

            private static Tensor Block(Tensor x)
            {
                x += x.LayerNorm().Attention(heads: 3, causal: true);
                return x + x.LayerNorm().Linear(12).Gelu().Linear(6);
            }
            """),
        Attending("MaskedAttention", """
            private static Tensor Forward([Input(5, 6)] Tensor x, [Lengths(5)] Tensor lengths)
            {
                var steps = Tensor.Constant(0, 1, 2, 3, 4);
                var distance = (steps - steps.Reshape(5, 1)).Abs();
                var pattern = distance == 0 | distance == 2 | distance == 4 | steps == 0;
                x += x.Attention(2, mask: lengths.Mask());
                x += x.Attention(3, causal: true, mask: pattern & lengths.Mask());
                return x.Linear(4);
            }

            private static (Tensor Loss, Tensor Weight) Loss(Tensor output, Tensor lengths, [Target(5, 4)] Tensor target)
                => (output.MeanSquaredError(target, reduction: Reduction.None).Mean(-1), lengths.Mask());
            """),
        Attending("AttentionOfHeads", """
            private static Tensor Forward([Input(5, 6)] Tensor x, [Lengths(5)] Tensor lengths)
            {
                var steps = Tensor.Constant(0, 1, 2, 3, 4);
                var distance = (steps - steps.Reshape(5, 1)).Abs();
                x += x.Attention(3, mask: (distance <= Tensor.Constant(1, 2, 4).Reshape(3, 1, 1) | steps == 0) & lengths.Mask());
                x += x.Attention(2, causal: true, mask: lengths.Mask(), attentionBias: Tensor.Parameter([2, 5, 5], Initializer.Normal(1), name: "scores"));
                x += x.CrossAttention(x.Tanh(), 1, attentionBias: -0.3 * distance);
                return x.Linear(4);
            }

            private static (Tensor Loss, Tensor Weight) Loss(Tensor output, Tensor lengths, [Target(5, 4)] Tensor target)
                => (output.MeanSquaredError(target, reduction: Reduction.None).Mean(-1), lengths.Mask());
            """),
        Attending("MaskedCrossAttention", """
            private static Tensor Forward([Input(3, 6)] Tensor x, [Input(5, 4)] Tensor memory, [Lengths(5)] Tensor lengths)
            {
                var pattern = Tensor.Constant(0, 1, 2).Reshape(3, 1) + Tensor.Constant(0, 1, 2, 3, 4) != 2;
                x += x.CrossAttention(memory.Linear(6).Tanh(), 2, mask: lengths.Mask());
                x += x.CrossAttention(memory, 3, mask: pattern);
                return x.CrossAttention(memory, 1, bias: false, mask: lengths.Mask());
            }

            private static Tensor Loss(Tensor output, [Target(3, 6)] Tensor target) => output.MeanSquaredError(target);
            """),
        Attending("Transformer", """
            private static Tensor Forward([Input(5, 3)] Tensor x, [Lengths(5)] Tensor lengths)
            {
                x = x.Linear(6).SinusoidalPosition();
                x = After(x, 2, lengths.Mask());
                return Before(x, 3, lengths.Mask()).Linear(4);
            }

            private static Tensor After(Tensor x, int heads, Tensor mask)
            {
                x = (x + x.Attention(heads, mask: mask, name: "self_attn")).LayerNorm(name: "norm1");
                return (x + x.Linear(8, name: "linear1").Relu().Linear(6, name: "linear2")).LayerNorm(name: "norm2");
            }

            private static Tensor Before(Tensor x, int heads, Tensor mask)
            {
                x += x.LayerNorm(name: "norm1").Attention(heads, mask: mask, name: "self_attn");
                return x + x.LayerNorm(name: "norm2").Linear(8, name: "linear1").Gelu().Linear(6, name: "linear2");
            }

            private static (Tensor Loss, Tensor Weight) Loss(Tensor output, Tensor lengths, [Target(5, 4)] Tensor target)
                => (output.MeanSquaredError(target, reduction: Reduction.None).Mean(-1), lengths.Mask());
            """),
        Attending("NanoGpt", """
            private static Tensor Forward([Tokens(6, 11)] Tensor tokens)
            {
                var table = Tensor.Parameter([11, 8], Initializer.Normal(0.02), name: "wte");
                var x = tokens.Embedding(table).PositionEmbedding(name: "wpe");
                for (int i = 0; i < 2; i++) x = Block(x);
                return x.LayerNorm(name: "ln_f").MatMul(table.Transpose());
            }

            private static Tensor Block(Tensor x)
            {
                x += x.LayerNorm(name: "ln_1").Attention(2, causal: true, name: "attn");
                return x + Mlp(x.LayerNorm(name: "ln_2"));
            }

            private static Tensor Mlp(Tensor x) => x.Linear(4 * x.Shape[1], name: "c_fc").Gelu().Linear(x.Shape[1], name: "c_proj");
            """, "SoftmaxCrossEntropy"),
        Attending("RotaryPositions", """
            private static Tensor Forward([Input(6, 5)] Tensor x)
            {
                x += x.RmsNorm().Attention(2, causal: true, bias: false, rotary: true, headWidth: 4);
                return x.Linear(6).Tanh().Rotary(@base: 50);
            }
            """, "MeanSquaredError"),
    ];
}
