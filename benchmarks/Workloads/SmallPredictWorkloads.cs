namespace DlGen.Benchmarks;

/// <summary>Networks so small that a call is what costs: one row through the public method.</summary>
internal static class SmallPredictWorkloads
{
    public static IReadOnlyList<Workload> All { get; } = [Classifier(), Regression()];

    private static Workload Classifier() => new("small-predict", "64-32-10", new Bars(Nanoseconds: 150), setting =>
    {
        var model = new SmallClassifier(seed: 1);
        float[] inputs = Samples.Uniform(64), outputs = new float[10];
        return Beside(setting, model, "linear:64:32,relu,linear:32:10,softmax", inputs, outputs.Length, () => model.Predict(inputs), times =>
        {
            for (int i = 0; i < times; i++) model.Predict(inputs, outputs);
        });
    });

    private static Workload Regression() => new("small-predict", "2-8-1", new Bars(Nanoseconds: 50), setting =>
    {
        var model = new TinyRegression(seed: 1);
        float[] inputs = Samples.Uniform(2), outputs = new float[1];
        return Beside(setting, model, "linear:2:8,relu,linear:8:1", inputs, outputs.Length, () => model.Predict(inputs), times =>
        {
            for (int i = 0; i < times; i++) model.Predict(inputs, outputs);
        });
    });

    private static Contest Beside(Setting setting, IModel model, string network, float[] inputs, int outputs, Func<float[]> numbers, Action<int> repeat)
        => Predicting.Beside(new Contest("outputs").Add(Contestant.Here(Who.Ours, numbers, repeat)), setting, network, model, rows: 1, inputs, outputs);
}
