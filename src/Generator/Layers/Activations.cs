using DlGen.Graphs;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>Elementwise layers without parameters, as PyTorch defines them; the shape stays.</summary>
internal static class Activations
{
    private const double SeluAlpha = 1.6732632423543772848170429916717;
    private const double SeluScale = 1.0507009873554804934193349852946;

    public static IReadOnlyList<Layer> All { get; } =
    [
        Define("Relu", "max(x, 0); nn.ReLU", x => x.Relu()),
        new Layer("LeakyRelu", "x above 0, slope·x below; nn.LeakyReLU", false, [Number("slope", 0.01)],
            (call, x) => x.Where(x.Greater(0), x * call.Number("slope"))),
        new Layer("Elu", "x above 0, alpha·(eˣ - 1) below; nn.ELU", false, [Number("alpha", 1)], (call, x) => Elu(x, call.Number("alpha"))),
        Define("Selu", "scaled Elu with the self-normalising constants; nn.SELU", x => Elu(x, SeluAlpha) * SeluScale),
        Define("Gelu", "x·Φ(x), exact; nn.GELU", x => x * 0.5 * ((x * Math.Sqrt(0.5)).Map(ScalarOp.Erf) + 1)),
        Define("Silu", "x·sigmoid(x); nn.SiLU", x => x * x.Sigmoid()),
        Define("Mish", "x·tanh(softplus(x)); nn.Mish", x => x * x.Softplus().Tanh()),
        Define("Sigmoid", "1 / (1 + e⁻ˣ); nn.Sigmoid", x => x.Sigmoid()),
        Define("Tanh", "the hyperbolic tangent; nn.Tanh", x => x.Tanh()),
        Define("Softplus", "log(1 + eˣ); nn.Softplus", x => x.Softplus()),
        Define("HardSwish", "x·min(max(x + 3, 0), 6) / 6; nn.Hardswish", x => x * (x + 3).Clamp(0, 6) / 6),
        Define("Step", "1 above 0, else 0; its gradient passes as if it were x", Step),
        new Layer("Softmax", "eˣ / Σeˣ along an axis; nn.Softmax", false, [Int("axis", -1)], (call, x) => x.Softmax(call.Int("axis"))),
        new Layer("LogSoftmax", "x - log Σeˣ along an axis; nn.LogSoftmax", false, [Int("axis", -1)], (call, x) => x.LogSoftmax(call.Int("axis"))),
    ];

    private static Layer Define(string name, string summary, Func<Value, Value> function) => new(name, summary, false, [], (_, x) => function(x));

    /// <summary>
    /// The true gradient is 0 everywhere and would train nothing. The straight-through gradient is the perceptron's own rule: with a squared error
    /// a weight moves by (target - output) · input. x - x is exactly 0.
    /// </summary>
    private static Value Step(Value x) => x.Greater(0) + (x - x.StopGradient());

    /// <summary>The exponential sees min(x, 0): of a large x it would be infinite, and 0 · ∞ in the gradient is NaN.</summary>
    private static Value Elu(Value x, double alpha)
    {
        var positive = x.Greater(0);
        return x.Where(positive, x.Graph.Scalar(0).Where(positive, x).Map(ScalarOp.Expm1) * alpha);
    }
}
