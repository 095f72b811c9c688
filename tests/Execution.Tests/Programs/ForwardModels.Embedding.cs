namespace DlGen.Tests.Programs;

internal static partial class ForwardModels
{
    /// <summary>Ids, and the tables that they name entries of. Vocabularies end beside the edges of panels, 8 doubles and 16 floats.</summary>
    private static Dictionary<string, string> Embeddings => new()
    {
        ["BagOfWords"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class BagOfWords
            {
                private static Tensor Forward([Tokens(6, 11)] Tensor words) => words.Embedding(5).Mean(0).Tanh().Linear(4);
            }
            """,
        ["TokenClassifier"] = """
            [Model{P}, Tokens(4, 7), Embedding(6), PositionEmbedding, LayerNorm, Linear(8), Silu, Flatten, Linear(3), SoftmaxCrossEntropy]
            public partial class TokenClassifier;
            """,
        ["OneToken"] = """
            [Model{P}, Tokens(1, 3), Embedding(5), Tanh, Flatten, Linear(2), MeanSquaredError]
            public partial class OneToken;
            """,
        ["TiedLanguageModel"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class TiedLanguageModel
            {
                private static Tensor Forward([Tokens(5, 35)] Tensor tokens)
                {
                    var table = Tensor.Parameter([35, 6], Initializer.Normal(0.5), name: "tokens");
                    var x = tokens.Embedding(table).PositionEmbedding();
                    x += x.LayerNorm().Linear(9).Gelu().Linear(6);
                    return x.LayerNorm().MatMul(table.Transpose());
                }
            }
            """,
        ["TableAsWeight"] = """
            [Model{P}, MeanSquaredError]
            public partial class TableAsWeight
            {
                private static Tensor Forward([Tokens(3, 5)] Tensor tokens)
                {
                    var table = Tensor.Parameter([5, 34], Initializer.Normal(0.5), name: "table");
                    var counted = tokens.OneHot(5).Sum(0).MatMul(table).Tanh();
                    return (tokens.Embedding(table).Max(0) * counted).Linear(3);
                }
            }
            """,
        ["SeveralVocabularies"] = """
            [Model{P}, MeanSquaredError]
            public partial class SeveralVocabularies
            {
                private static Tensor Forward([Tokens(4, 9)] Tensor words, [Input(4, 3)] Tensor numbers, [Tokens(4, 2)] Tensor kinds)
                {
                    var x = words.Embedding(6) + kinds.Embedding(6) * numbers.Linear(6);
                    return x.Softmax().Flatten().Linear(3) + words.Embedding(3).Mean();
                }
            }
            """,
        ["PartsOfIds"] = """
            [Model{P}]
            public partial class PartsOfIds
            {
                private static Tensor Forward([Tokens(6, 8)] Tensor tokens)
                {
                    var table = Tensor.Parameter([8, 4], Initializer.Normal(0.5), name: "table");
                    var words = 1 - (tokens[..^1] <= 0);
                    var x = tokens[..^1].Embedding(table) * words.Reshape(5, 1);
                    var pairs = tokens.Reshape(3, 2);
                    var firsts = pairs[.., 0].Embedding(table).Sum(0) - pairs.Transpose().Embedding(table).Sin()[1].Max(0);
                    return (x + firsts).Linear(8);
                }

                private static Tensor Loss(Tensor logits, Tensor tokens) => logits.SoftmaxCrossEntropy(tokens[1..]);
            }
            """,
        ["ComputedTables"] = """
            [Model{P}, MeanSquaredError]
            public partial class ComputedTables
            {
                private static Tensor Forward([Tokens(2, 7)] Tensor tokens)
                {
                    var table = Tensor.Parameter([3, 7], Initializer.Normal(0.5), name: "table");
                    var bias = Tensor.Parameter([9], Initializer.Normal(0.5), name: "bias");
                    return (0.5 - table.Transpose()).Gather(tokens).Linear(4).Sum(0) + tokens.Embedding(bias).Exp().Sum() + bias.Gather(tokens[0]);
                }
            }
            """,
        ["FrozenTable"] = """
            [Model{P}, MeanSquaredError]
            public partial class FrozenTable
            {
                private static Tensor Forward([Tokens(3, 4)] Tensor tokens) => tokens.Embedding(5, frozen: true).Linear(6).Tanh().Flatten().Linear(2);
            }
            """,
        ["PickedClass"] = """
            [Model{P}]
            public partial class PickedClass
            {
                private static Tensor Forward([Input(5)] Tensor x) => x.Linear(8).Tanh().Linear(6).LogSoftmax();

                private static Tensor Loss(Tensor logarithms, [Label(6)] Tensor kind, [Label(6, Length = 2)] Tensor others)
                    => 0.1 * logarithms.Gather(others).Mean() - logarithms.Gather(kind);
            }
            """,
    };
}
