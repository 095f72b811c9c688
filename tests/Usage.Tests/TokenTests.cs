namespace DlGen.Tests;

/// <summary>Kinds of short texts: a mean of embeddings, with running statistics and an optimizer that remembers.</summary>
[Model(Precision = Precision.Float64), SoftmaxCrossEntropy]
public partial class Texts
{
    public const int Length = 4, Vocabulary = 20;

    private static Tensor Forward([Tokens(Length, Vocabulary)] Tensor words)
        => words.Embedding(6).Mean(0).Linear(5, bias: false).BatchNorm().Tanh().Linear(3);
}

/// <summary>A table that is read by ids and multiplied with: what comes next in a text.</summary>
[Model]
public partial class NextToken
{
    private static Tensor Forward([Tokens(6, 10)] Tensor tokens)
    {
        var table = Tensor.Parameter([10, 8], Initializer.Normal(0.3), name: "tokens");
        var x = tokens[..^1].Embedding(table).PositionEmbedding();
        return (x + x.Linear(16).Gelu().Linear(8)).MatMul(table.Transpose());
    }

    private static Tensor Loss(Tensor logits, Tensor tokens) => logits.SoftmaxCrossEntropy(tokens[1..]);
}

/// <summary>Int ids as a user gives them: what is refused and what that leaves behind, and what a table learns.</summary>
public class TokenTests
{
    private const int Rows = 70;

    public static TheoryData<int> NoIds => [-1, Texts.Vocabulary, int.MinValue, int.MaxValue];

    [Theory]
    [MemberData(nameof(NoIds))]
    public void An_id_outside_of_the_vocabulary_changes_nothing_whatever_is_called(int id)
    {
        var (words, kinds) = Batch(Rows);
        var (model, twin) = (new Texts(seed: 4), new Texts(seed: 4));
        Optimizer optimizer = Optimizer.Adam(0.01), twinsOptimizer = Optimizer.Adam(0.01);
        model.TrainBatch(words, kinds, optimizer);
        twin.TrainBatch(words, kinds, twinsOptimizer);
        double[] before = Everything(model);

        int[] wrong = [.. words];
        wrong[(67 * Texts.Length) + 2] = id;
        var pass = model.CreatePass(Rows);
        var data = Texts.Data(wrong, kinds);
        double[] destination = new double[Rows * 3];
        void Refuses(Action call) => Assert.Equal($"words holds the id {id} in row 67 at position 2; a vocabulary of 20 has the ids 0 to 19.", Assert.Throws<TokenRangeException>(call).Message);
        Refuses(() => model.Predict(wrong));
        Refuses(() => model.Predict(wrong, destination));
        Refuses(() => model.Classify(wrong));
        Refuses(() => model.TrainBatch(wrong, kinds, optimizer));
        Refuses(() => model.ComputeGradients(wrong, kinds));
        Refuses(() => model.ComputeGradients(wrong, kinds, accumulate: true));
        Refuses(() => model.Evaluate(data));
        Refuses(() => pass.Forward(wrong));
        Assert.Throws<TokenRangeException>(() => model.Train(data, new TrainingOptions { Optimizer = optimizer, Epochs = 1, BatchSize = Rows }));
        Assert.Equal(before, Everything(model));
        Assert.All(destination, value => Assert.Equal(0, value));
        Assert.Throws<InvalidOperationException>(() => { _ = pass.Output.Length; });

        // What the optimizer remembers shows in the steps to come.
        for (int step = 0; step < 3; step++) Assert.Equal(twin.TrainBatch(words, kinds, twinsOptimizer), model.TrainBatch(words, kinds, optimizer));
        Assert.Equal(Everything(twin), Everything(model));
    }

    [Fact]
    public void Entries_that_no_id_names_have_no_gradient_at_all()
    {
        // Ids 3 and 7 only, and 11 in a single row: the last of the second shard or later.
        var model = new Texts(seed: 4);
        int[] words = [.. Enumerable.Range(0, Rows * Texts.Length).Select(i => i == (Rows * Texts.Length) - 1 ? 11 : i % 3 == 0 ? 3 : 7)];
        int[] kinds = [.. Enumerable.Range(0, Rows).Select(row => row * row % 3)];
        model.ComputeGradients(words, kinds);
        double[] gradient = new double[Texts.Vocabulary * 6];
        model.Parameters["embedding_1.weight"].CopyGradientTo(gradient);
        for (int id = 0; id < Texts.Vocabulary; id++)
        {
            double[] row = gradient[(id * 6)..((id + 1) * 6)];
            if (id is 3 or 7 or 11) Assert.All(row, value => Assert.NotEqual(0, value));
            else Assert.All(row, value => Assert.Equal(0, BitConverter.DoubleToInt64Bits(value)));
        }
    }

    /// <summary>One id everywhere: its entry gets what a bias in its place would.</summary>
    [Fact]
    public void Equal_ids_add_up_in_one_entry()
    {
        var model = new NextToken(seed: 2);
        int[] tokens = [.. Enumerable.Repeat(9, Rows * 6)];
        model.ComputeGradients(tokens);
        float[] all = Gradient(model);
        model.ComputeGradients(tokens.AsSpan(0, 6));
        float[] one = Gradient(model);
        // The mean over equal rows is that of one row.
        for (int i = 0; i < all.Length; i++) Assert.Equal(one[i], all[i], 2e-6f);
    }

    [Fact]
    public void A_gradient_depends_on_the_rows_and_their_order_alone()
    {
        var model = new Texts(seed: 4);
        var (words, kinds) = Batch(Rows);
        model.ComputeGradients(words, kinds);
        double[] first = Everything(model);
        new Texts(seed: 5).ComputeGradients(words, kinds);
        var again = new Texts(seed: 4);
        again.ComputeGradients(words, kinds);
        Assert.Equal(first, Everything(again));
    }

    [Fact]
    public void A_dataset_of_ids_trains_a_tied_model()
    {
        // Each token is followed by its triple plus one.
        int[] tokens = [.. Enumerable.Range(0, 200).SelectMany(row =>
        {
            int[] text = new int[6];
            text[0] = row % 10;
            for (int i = 1; i < 6; i++) text[i] = ((3 * text[i - 1]) + 1) % 10;
            return text;
        })];
        var (training, test) = NextToken.Data(tokens).Split(0.8, seed: 1);
        var model = new NextToken(seed: 2);
        model.Train(training, new TrainingOptions { Optimizer = Optimizer.AdamW(0.01), Epochs = 20, BatchSize = 32 });
        Assert.InRange(model.Evaluate(test).Loss, 0, 0.05);

        float[] logits = model.Predict([4, 3, 0, 1, 4, 3]);
        int Best(int position) => Enumerable.Range(0, 10).MaxBy(token => logits[(position * 10) + token]);
        Assert.Equal([3, 0, 1, 4, 3], Enumerable.Range(0, 5).Select(Best));
    }

    [Fact]
    public void Floats_in_place_of_ids_are_refused_by_name()
    {
        var data = Dataset.FromArrays([("words", new float[Texts.Length], Texts.Length), ("targets", new int[1], 1)]);
        Assert.Equal("words holds labels or ids and takes an int[]; the dataset has floating-point numbers.", Assert.Throws<BatchShapeException>(() => new Texts().Evaluate(data)).Message);
    }

    [Fact]
    public void A_pass_copies_its_ids()
    {
        var model = new NextToken(seed: 2);
        int[] tokens = [.. Enumerable.Range(0, 5 * 6).Select(i => i * 7 % 10)];
        model.ComputeGradients(tokens);
        float[] expected = Gradient(model);
        model.Parameters.ZeroGradients();
        var pass = model.CreatePass(5);
        pass.Forward(tokens);
        Array.Fill(tokens, int.MaxValue);
        pass.BackwardLoss();
        Assert.Equal(expected, Gradient(model));
    }

    private static (int[] Words, int[] Kinds) Batch(int rows)
    {
        var random = new Random(5);
        return ([.. Enumerable.Range(0, rows * Texts.Length).Select(_ => random.Next(Texts.Vocabulary))], [.. Enumerable.Range(0, rows).Select(_ => random.Next(3))]);
    }

    private static float[] Gradient(NextToken model)
    {
        float[] gradient = new float[10 * 8];
        model.Parameters["tokens"].CopyGradientTo(gradient);
        return gradient;
    }

    /// <summary>Parameters, running statistics and gradients.</summary>
    private static double[] Everything(Texts model) => [.. model.Parameters.SelectMany(p =>
    {
        double[] values = new double[p.Length], gradient = new double[p.IsState ? 0 : p.Length];
        p.CopyTo(values);
        if (!p.IsState) p.CopyGradientTo(gradient);
        return values.Concat(gradient);
    })];
}
