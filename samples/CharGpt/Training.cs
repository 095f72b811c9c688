using DlGen;

namespace CharGpt;

/// <summary>Trains on the first nine tenths of a text, and tells after every epoch of 250 steps how well the model foresees the last tenth, and what it writes.</summary>
internal static class Training
{
    private const int BatchSize = 12, StepsPerEpoch = 250;

    /// <summary>Lines that are written while it learns.</summary>
    private const string Prompt = "\n";

    private const int Glimpse = 160;

    public static void Run(string text, int epochs, int seed, string path, string? twin, int length, bool isOnCuda)
    {
        var tokenizer = CharacterTokenizer.Train(text);
        if (tokenizer.Vocabulary > Gpt.Vocabulary)
            throw new InvalidDataException($"The text has {tokenizer.Vocabulary} different characters, and the network takes {Gpt.Vocabulary}: enlarge Gpt.Vocabulary.");

        // Any window of the first part may be read; of the last one each character is foreseen once.
        int[] ids = tokenizer.Encode(text);
        int cut = ids.Length * 9 / 10;
        Dataset training = Dataset.FromTokens(ids[..cut], Gpt.Context, stride: 1, inputs: "tokens");
        Dataset validation = Dataset.FromTokens(ids[cut..], Gpt.Context, stride: Gpt.Context, inputs: "tokens");
        Console.WriteLine(Gpt.Info);
        Console.WriteLine($"{ids.Length:N0} characters, {tokenizer.Vocabulary} different ones; {training.Count:N0} windows to train on, {validation.Count:N0} to validate; seed {seed}");

        var model = new Gpt(seed);
        using Twin? copy = twin is null ? null : new Twin(twin, model, tokenizer, text, training);
        using var gpu = isOnCuda ? model.OnCuda() : null;
        var options = new TrainingOptions
        {
            Optimizer = Optimizer.AdamW(1e-3, beta2: 0.99, weightDecay: 0.1).Group(parameter => parameter.Shape.Length < 2, weightDecay: 0),
            Schedule = LearningRateSchedule.Cosine(minimum: 0.1).WithWarmUp(epochs: 100.0 / StepsPerEpoch),
            ClipNorm = 1,
            BatchSize = BatchSize,
            RowsPerEpoch = BatchSize * StepsPerEpoch,
            Epochs = epochs,
            Threads = Environment.ProcessorCount,
            Seed = seed,
            Validation = validation,
            Progress = new Glimpses(gpu is null ? model.Generate : gpu.Generate, tokenizer, seed),
        };
        if (gpu is null)
            model.Train(copy?.Windows ?? training, options);
        else
            gpu.Train(copy?.Windows ?? training, options);

        model.Save(path, tokenizer);
        Console.WriteLine($"\nsaved to {path}; it writes:\n");
        Writing.WriteOn(Gpt.Load(path), Tokenizer.Load(path), Prompt, length, seed, Console.Out, isOnCuda);
    }

    /// <summary>The line of an epoch, and behind it some lines by the model.</summary>
    private sealed class Glimpses(Generation generate, Tokenizer tokenizer, int seed) : IProgress<EpochReport>
    {
        private readonly ConsoleProgress line = new();

        public void Report(EpochReport value)
        {
            line.Report(value);
            using var written = new StringWriter();
            Writing.WriteOn(generate, tokenizer, Prompt, Glimpse, seed, written);
            Console.WriteLine("    | " + written.ToString().Trim().ReplaceLineEndings("\n    | ") + "\n");
        }
    }
}
