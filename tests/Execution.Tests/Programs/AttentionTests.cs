using DlGen.Tests.Compiling;

namespace DlGen.Tests.Programs;

/// <summary>Attention written from products and a softmax, which keeps the whole matrix of probabilities, is the layer.</summary>
public class AttentionTests
{
    private static readonly Lazy<CompiledModels> Models = new(() => CompiledModels.From(
        [.. from causal in new[] { false, true } from float64 in new[] { false, true } from source in new[] { Layer(causal, float64), ByHand(causal, float64) } select source]));

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Written_by_hand_it_is_the_layer(bool causal, bool float64)
    {
        CompiledModel layer = Models.Value[Name("Layer", causal, float64)], byHand = Models.Value[Name("ByHand", causal, float64)];
        var values = ModelValues.Draw(layer, rows: 7, seed: 4);
        var actual = ModelResult.Of(layer.Create(), values);
        var expected = ModelResult.Of(byHand.Create(), values with { Parameters = values.Parameters.ToDictionary(p => p.Key["attention_1.".Length..], p => p.Value) });

        double tolerance = float64 ? 1e-13 : Comparison.Float32(36);
        Comparison.Close("prediction", expected.Predictions, actual.Predictions, tolerance);
        Comparison.Close("loss", [expected.Loss], [actual.Loss], tolerance);
        Assert.Equal(4, actual.Gradients.Count);
        foreach (var (name, gradient) in actual.Gradients) Comparison.CloseGradient(name, expected.Gradients[name["attention_1.".Length..]], gradient, tolerance);
    }

    private static string Name(string model, bool causal, bool float64) => $"{(causal ? "Causal" : "Full")}{(float64 ? "64" : "32")}.{model}";

    private static string Source(string model, bool causal, bool float64, string members) => $$"""
        namespace {{Name(model, causal, float64).Split('.')[0]}}
        {
            [Model(Precision = Precision.{{(float64 ? "Float64" : "Float32")}}), MeanSquaredError]
            public partial class {{model}}
            {
                {{members}}
            }
        }
        """;

    private static string Layer(bool causal, bool float64) => Source("Layer", causal, float64, $"private static Tensor Forward([Input(5, 6)] Tensor x) => x.Attention(2, causal: {(causal ? "true" : "false")});");

    private static string ByHand(bool causal, bool float64) => Source("ByHand", causal, float64, $$"""
        private static Tensor Forward([Input(5, 6)] Tensor x)
        {
            var projected = x.MatMul(Tensor.Parameter([18, 6], name: "in_proj_weight").Transpose()) + Tensor.Parameter([18], name: "in_proj_bias");
            var scores = Heads(projected[.., ..6]).MatMul(Heads(projected[.., 6..12]).Transpose(0, 2, 1)) / System.Math.Sqrt(3);
            var steps = Tensor.Constant(0, 1, 2, 3, 4);
            if ({{(causal ? "true" : "false")}}) scores = Tensor.Where(steps <= steps.Reshape(5, 1), scores, -1e30);
            return scores.Softmax().MatMul(Heads(projected[.., 12..])).Transpose(1, 0, 2).Reshape(5, 6).Linear(6, name: "out_proj");
        }

        private static Tensor Heads(Tensor x) => x.Reshape(5, 2, 3).Transpose(1, 0, 2);
        """);
}
