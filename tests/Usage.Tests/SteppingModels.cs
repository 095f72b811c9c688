namespace DlGen.Tests;

/// <summary>What comes next in a text: positions, a table that is read and multiplied with, two layers of two heads.</summary>
[Model, SoftmaxCrossEntropy]
public partial class SmallGpt
{
    public const int Length = 12, Vocabulary = 11;

    private static Tensor Forward([Tokens(Length, Vocabulary)] Tensor tokens)
    {
        var table = Tensor.Parameter([Vocabulary, 10], Initializer.Normal(0.5), name: "tokens");
        var x = tokens.Embedding(table).PositionEmbedding();
        for (int i = 0; i < 2; i++)
        {
            x += x.LayerNorm().Attention(heads: 2, causal: true);
            x += x.LayerNorm().Linear(20).Gelu().Linear(10);
        }

        return x.LayerNorm().MatMul(table.Transpose());
    }
}

/// <summary>A text that is its own target, in double; heads of a width that no vector divides.</summary>
[Model(Precision = Precision.Float64)]
public partial class ShiftedGpt
{
    public const int Length = 21, Vocabulary = 13;

    private static Tensor Forward([Tokens(Length, Vocabulary)] Tensor tokens)
    {
        var x = tokens[..^1].Embedding(15).PositionEmbedding();
        for (int i = 0; i < 3; i++)
        {
            x += x.RmsNorm().Attention(heads: 3, causal: true, bias: false);
            x += x.RmsNorm().Linear(24).Silu().Linear(15);
        }

        return x.Linear(Vocabulary);
    }

    private static Tensor Loss(Tensor logits, Tensor tokens) => logits.SoftmaxCrossEntropy(tokens[1..]);
}

/// <summary>A probability of the next id from the last state alone: no position is told apart.</summary>
[Model, SoftmaxCrossEntropy]
public partial class LastLetter
{
    private static Tensor Forward([Tokens(9, 7)] Tensor letters) => letters.Embedding(6).Lstm(8, layers: 2).Linear(7);
}

[Model, MeanSquaredError]
public partial class Forecaster
{
    public const int Length = 9, Features = 3;

    private static Tensor Forward([Input(Length, Features)] Tensor history) => history.Lstm(5, layers: 2, returnSequence: true).LayerNorm().Linear(2);
}

/// <summary>The last step of <see cref="Forecaster"/>, in double.</summary>
[Model(Precision = Precision.Float64), MeanSquaredError]
public partial class LastForecast
{
    private static Tensor Forward([Input(9, 3)] Tensor history) => history.Lstm(5, layers: 2).LayerNorm().Linear(2);
}

[Model(Precision = Precision.Float64), MeanSquaredError]
public partial class EveryForecast
{
    private static Tensor Forward([Input(9, 3)] Tensor history) => history.Lstm(5, layers: 2, returnSequence: true).LayerNorm().Linear(2);
}

/// <summary>
/// What stepping has to get right beside the layers: a recurrence that begins with what is trained and gives more than its state, windows over the past, a delay, a table along
/// time, positions as numbers, several outputs.
/// </summary>
[Model(Precision = Precision.Float64)]
public partial class ManyKinds
{
    public const int Length = 8, Features = 4;

    private static (Tensor Position, Tensor Last) Forward([Input(Length, Features)] Tensor x)
    {
        var start = Tensor.Parameter([3], Initializer.Normal(1), name: "start");
        var season = Tensor.Parameter([Length, 1], Initializer.Normal(1), name: "season");
        var windows = x.Conv1d(6, kernel: 3, dilation: 2, padding: 4)[..^4].Tanh();
        var (outputs, last) = Tensor.Scan(windows * season, (start, Tensor.Zeros(2)), (state, step) =>
        {
            var (h, c) = state;
            var next = (Tensor.Concat(h, step).Linear(3) + start).Tanh();
            return (next.Linear(4) + c.Sum(), (next, c + h[..2]));
        });
        var grouped = outputs.Pad([3, 0])[..Length].Pad([1, 0]).Conv1d(4, kernel: 2, groups: 2);
        return (Tensor.Concat([grouped, x.Max(-1, keep: true), Tensor.Constant([0.5, 1, 2, 3, 5, 8, 13, 21]).Reshape(Length, 1) * x[.., ..1]], 1), Tensor.Concat(last.Item1, grouped[^1]));
    }
}
