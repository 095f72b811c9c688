namespace DlGen.Tests;

/// <summary>What follows each of eight characters.</summary>
[Model, SoftmaxCrossEntropy]
public partial class Letters
{
    public const int Context = 8, Vocabulary = 32;

    private static Tensor Forward([Tokens(Context, Vocabulary)] Tensor tokens)
    {
        var x = tokens.Embedding(24, init: Initializer.Normal(0.1)).PositionEmbedding();
        x += x.LayerNorm().Attention(2, causal: true);
        return (x + x.LayerNorm().Linear(48).Gelu().Linear(24)).Linear(Vocabulary);
    }
}

/// <summary>A text, its ids, windows over them, and the tokenizer that stays with the model.</summary>
public class TextTests
{
    private const string Verse = "to be, or not to be, that is the question: ";

    private static readonly string Text = string.Concat(Enumerable.Repeat(Verse, 60));

    [Fact]
    public void A_model_learns_a_text_and_is_saved_with_its_tokenizer()
    {
        string path = Path.GetTempFileName();
        try
        {
            Tokenizer tokenizer = CharacterTokenizer.Train(Text);
            int[] ids = tokenizer.Encode(Text);
            var (training, test) = Dataset.FromTokens(ids, Letters.Context, stride: 1, inputs: "tokens").TimeSplit(0.8);
            var model = new Letters(seed: 1);
            model.Train(training, new TrainingOptions { Optimizer = Optimizer.AdamW(0.01), RowsPerEpoch = 400, Epochs = 15, BatchSize = 20, Threads = 2, ClipNorm = 1 });
            double loss = model.Evaluate(test).Loss;
            Assert.InRange(loss, 0, 0.6); // the first characters of a window follow from little

            model.Save(path, tokenizer);
            var (loaded, itsTokenizer) = (Letters.Load(path), Tokenizer.Load(path));
            Assert.Equal(loss, loaded.Evaluate(test).Loss);
            Assert.Equal("not to be, that", "not to b" + WriteOn(loaded, itsTokenizer, "not to b", 7));

            ((IModel)model).Save(path);
            Assert.Contains("holds no tokenizer", Assert.Throws<ModelFileException>(() => Tokenizer.Load(path)).Message);
            Assert.Equal(loss, Letters.Load(path).Evaluate(test).Loss);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Pairs_of_bytes_make_a_text_shorter()
    {
        var tokenizer = BytePairTokenizer.Train(Text, vocabulary: 290);
        using var stream = new MemoryStream();
        new Letters(seed: 1).Save(stream, tokenizer);
        stream.Position = 0;
        Tokenizer loaded = Tokenizer.Load(stream);
        Assert.Equal(tokenizer.Encode(Text), loaded.Encode(Text));
        Assert.InRange(loaded.Encode(Text).Length, 1, Text.Length / 2);
        Assert.Equal("être ou ne pas être 🙂", loaded.Decode(loaded.Encode("être ou ne pas être 🙂")));
    }

    [Fact]
    public void Ids_beyond_the_models_vocabulary_are_refused_by_the_model()
    {
        Dataset data = Dataset.FromTokens(BytePairTokenizer.Train(Text, 256).Encode(Text), Letters.Context, inputs: "tokens");
        Assert.Equal("tokens holds the id 116 in row 0 at position 0; a vocabulary of 32 has the ids 0 to 31.", Assert.Throws<TokenRangeException>(() => new Letters().Evaluate(data)).Message);
    }

    [Fact]
    public void Epochs_of_some_rows_go_on_from_a_checkpoint()
    {
        string path = Path.GetTempFileName();
        try
        {
            Dataset windows = Dataset.FromTokens(CharacterTokenizer.Train(Text).Encode(Text), Letters.Context, inputs: "tokens");
            TrainingOptions Options(int epochs, int? rows, string? file) => new()
            {
                Optimizer = Optimizer.AdamW(0.01), RowsPerEpoch = rows, Epochs = epochs, BatchSize = 20, Checkpoint = file is null ? null : new Checkpoint(file),
            };
            var (whole, resumed) = (new Letters(seed: 3), new Letters(seed: 3));
            whole.Train(windows, Options(4, rows: 50, file: null));
            File.Delete(path);
            new Letters(seed: 3).Train(windows, Options(2, rows: 50, path));
            Assert.Contains("50 rows an epoch", Assert.Throws<ModelFileException>(() => new Letters(seed: 3).Train(windows, Options(4, rows: 60, path))).Message);
            Assert.Equal(4, resumed.Train(windows, Options(4, rows: 50, path)).Epochs.Count);
            foreach (var (expected, parameter) in whole.Parameters.Zip(resumed.Parameters))
                for (int i = 0; i < parameter.Length; i++) Assert.Equal(expected[i], parameter[i]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The most probable characters.</summary>
    private static string WriteOn(Letters model, Tokenizer tokenizer, string prompt, int count)
    {
        List<int> ids = [.. tokenizer.Encode(prompt)];
        TokenDecoder decoder = tokenizer.GetDecoder();
        string written = "";
        for (int i = 0; i < count; i++)
        {
            float[] probabilities = model.Predict([.. ids[^Letters.Context..]]);
            float[] next = probabilities[^Letters.Vocabulary..];
            ids.Add(Array.IndexOf(next, next.Max()));
            written += decoder.Decode(ids[^1]);
        }
        return written + decoder.Flush();
    }
}
