namespace DlGen.Benchmarks;

/// <summary>What Predict is, whatever the model.</summary>
internal delegate void Predict(ReadOnlySpan<float> inputs, Span<float> destination, int threads);

/// <summary>How predictions are compared and timed.</summary>
internal static class Predicting
{
    /// <summary>A contestant of ours.</summary>
    /// <param name="predict">The model's.</param>
    /// <param name="inputs">Of all rows.</param>
    /// <param name="outputs">Where they go.</param>
    /// <param name="threads">Threads that share the rows.</param>
    public static Contestant Ours(Predict predict, float[] inputs, float[] outputs, int threads)
    {
        return Contestant.Here(Who.Ours, Numbers, Repeat);

        float[] Numbers()
        {
            Repeat(1);
            return [.. outputs];
        }

        void Repeat(int times)
        {
            for (int i = 0; i < times; i++) predict(inputs, outputs, threads);
        }
    }

    /// <summary>Adds the peers that are there.</summary>
    /// <param name="contest">To which.</param>
    /// <param name="setting">Who is there.</param>
    /// <param name="network">The model's layers, as peer.py reads them.</param>
    /// <param name="model">Whose parameters they take.</param>
    /// <param name="rows">The rows of the batch.</param>
    /// <param name="inputs">The inputs, row by row.</param>
    /// <param name="outputs">Numbers that a row gives.</param>
    /// <param name="work">What PyTorch does: predict, or addmm for a Linear alone.</param>
    /// <param name="shape">Extents of a row's input; a vector where there are none.</param>
    public static Contest Beside(Contest contest, Setting setting, string network, IModel model, int rows, float[] inputs, int outputs, string work = "predict", params int[] shape)
    {
        if (setting.PyTorch is not { } pyTorch) return contest;

        pyTorch.Take(network, model, rows, inputs);
        contest.Add(pyTorch.Does(contest, work));
        if (setting.OnnxRuntime is { } onnxRuntime) contest.Add(onnxRuntime.Predicts(contest, pyTorch, rows, inputs, outputs, shape));
        return contest;
    }
}
