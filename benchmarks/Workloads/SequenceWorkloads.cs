namespace DlGen.Benchmarks;

/// <summary>Recurrences over 28 steps, a small GPT, attention over a long sequence.</summary>
internal static class SequenceWorkloads
{
    private const int Rows = 32, Steps = 28, Features = 28, Classes = 10, GptRows = 12, Long = 2048, Width = 128;

    private const string Attention = "sequence:2048:128,attention:128:4", Gpt = "tokens:64:65,gpt:65:64:128:4:4";

    /// <summary>Multiply-adds of the GPT's step count twice: products of 3.62 GFLOP, logits and causal attention.</summary>
    private const double GptFlops = 3.82e9;

    public static IReadOnlyList<Workload> All { get; } =
    [
        RecurrentStep("rnn", () => new RnnClassifier(seed: 1), (optimizer, threads, inputs, labels) => { var loop = new RnnClassifier(seed: 1).StartTraining(optimizer, threads); return () => loop.TrainBatch(inputs, labels); }),
        RecurrentStep("lstm", () => new LstmClassifier(seed: 1), (optimizer, threads, inputs, labels) => { var loop = new LstmClassifier(seed: 1).StartTraining(optimizer, threads); return () => loop.TrainBatch(inputs, labels); }),
        RecurrentStep("gru", () => new GruClassifier(seed: 1), (optimizer, threads, inputs, labels) => { var loop = new GruClassifier(seed: 1).StartTraining(optimizer, threads); return () => loop.TrainBatch(inputs, labels); }),
        GptStep(), GptTokens(), LongPrediction(), LongPass(),
    ];

    private static Workload RecurrentStep(string kind, Func<IModel> create, Func<Optimizer, int, float[], int[], Func<float>> start) => new("recurrent-step", kind, new Bars(PyTorch: 5, ByHand: null), setting =>
    {
        float[] inputs = Samples.Uniform(Rows * Steps * Features);
        int[] labels = Samples.Labels(Rows, Classes);
        var contest = new Contest($"losses of {TrainingSteps.ComparedSteps} steps")
            .Add(TrainingSteps.Ours(Who.Ours, rate => Optimizer.Adam(rate), optimizer => start(optimizer, setting.Threads, inputs, labels)));
        if (setting.PyTorch is not { } pyTorch) return contest;

        pyTorch.Take($"sequence:{Steps}:{Features},{kind}:{Features}:64,linear:64:{Classes},softmax", create(), Rows, inputs, labels);
        return contest.Add(TrainingSteps.Theirs(contest, pyTorch, "adam"));
    })
    {
        Tables = Tables.OneThread | Tables.SeveralThreads,
    };

    private static Workload GptStep() => new("gpt-step", $"{GptRows}", new Bars(PyTorch: 1.8, Peak: 0.85, ByHand: null), setting =>
    {
        int[] tokens = Samples.Labels(GptRows * SmallGpt.Context, SmallGpt.Vocabulary), labels = [.. tokens.Skip(1), tokens[0]];
        var contest = new Contest($"losses of {TrainingSteps.ComparedSteps} steps").Add(TrainingSteps.Ours(Who.Ours, rate => Optimizer.AdamW(rate), optimizer =>
        {
            var loop = new SmallGpt(seed: 1).StartTraining(optimizer, setting.Threads);
            return () => loop.TrainBatch(tokens, labels);
        }));
        if (setting.PyTorch is not { } pyTorch) return contest;

        pyTorch.Take(Gpt, new SmallGpt(seed: 1), GptRows, [.. tokens.Select(id => (float)id)], labels);
        return contest.Add(TrainingSteps.Theirs(contest, pyTorch, "adamw"));
    })
    {
        Tables = Tables.OneThread | Tables.SeveralThreads,
        Flops = GptFlops,
    };

    /// <summary>64 ids one after the other, with a cache of keys and values.</summary>
    private static Workload GptTokens() => new("gpt-tokens", $"{SmallGpt.Context}", new Bars(PyTorch: 6, Nanoseconds: 45_000.0 * SmallGpt.Context, ByHand: null), setting =>
    {
        var model = new SmallGpt(seed: 1);
        int[] tokens = Samples.Labels(SmallGpt.Context, SmallGpt.Vocabulary);
        var steps = model.CreateSteps();
        var contest = new Contest("logits").Add(Contestant.Here(Who.Ours, Numbers, Repeat));
        if (setting.PyTorch is not { } pyTorch) return contest;

        pyTorch.Take(Gpt, model, rows: 1, [.. tokens.Select(id => (float)id)]);
        return contest.Add(pyTorch.Does(contest, "continue"));

        float[] Numbers()
        {
            steps.Reset();
            var logits = new List<float>();
            foreach (int id in tokens)
            {
                steps.Step(id);
                logits.AddRange(steps.Output);
            }
            return [.. logits];
        }

        void Repeat(int times)
        {
            for (int i = 0; i < times; i++)
            {
                steps.Reset();
                foreach (int id in tokens) steps.Step(id);
            }
        }
    });

    private static Workload LongPrediction() => new("attention", $"{Long}", new Bars(PyTorch: 5, ByHand: null), setting =>
    {
        var model = new LongAttention(seed: 1);
        float[] inputs = Samples.Centred(Long * Width), outputs = new float[Long * Width];
        var contest = new Contest("outputs").Add(Predicting.Ours(model.Predict, inputs, outputs, setting.Threads));
        if (setting.PyTorch is not { } pyTorch) return contest;

        pyTorch.Take(Attention, model, rows: 1, inputs);
        return contest.Add(pyTorch.Does(contest, "predict"));
    });

    private static Workload LongPass() => new("attention-pass", $"{Long}", new Bars(PyTorch: 4, ByHand: null), setting =>
    {
        var model = new LongAttention(seed: 1);
        float[] inputs = Samples.Centred(Long * Width), gradient = Samples.Centred(Long * Width, seed: 5);
        var pass = model.CreatePass(1);
        var contest = new Contest("gradients by the input").Add(Contestant.Here(Who.Ours, Numbers, Repeat));
        if (setting.PyTorch is not { } pyTorch) return contest;

        pyTorch.Take(Attention, model, rows: 1, inputs, gradient);
        return contest.Add(pyTorch.Does(contest, "pass"));

        float[] Numbers()
        {
            Repeat(1);
            return pass.InputGradient.ToArray();
        }

        void Repeat(int times)
        {
            for (int i = 0; i < times; i++)
            {
                pass.Forward(inputs);
                pass.Backward(gradient);
            }
        }
    });
}
