namespace DlGen.Layers;

/// <summary>All layers and losses by the name that the user writes: [Linear(10)] and x.Linear(10). A new layer is a file beside this one and a line here.</summary>
internal static class Catalogue
{
    public static IReadOnlyDictionary<string, Layer> Layers { get; } = new[]
    {
        [Linear.Definition, Normalize.Definition, GaussianNoise.Definition],
        Dropout.All,
        [LayerNorm.Definition, RmsNorm.Definition, BatchNorm.Definition, GroupNorm.Definition, InstanceNorm.Definition],
        Scaling.All,
        [Rnn.Definition, Lstm.Definition, Gru.Definition, LastStep.Definition],
        [Attention.Definition, CrossAttention.Definition],
        [Embedding.Definition, PositionEmbedding.Definition, SinusoidalPosition.Definition, Rotary.Definition],
        Convolution.All,
        [ConvTranspose2d.Definition, Upsample2d.Definition, Padding.Definition],
        Pooling.All,
        Reshaping.All,
        Activations.All,
    }.SelectMany(group => group).ToDictionary(layer => layer.Name, StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, Loss> Losses { get; } =
        RegressionLosses.All.Concat(ClassLosses.All).ToDictionary(loss => loss.Name, StringComparer.Ordinal);
}
