namespace DlGen;

/// <summary>max(x, 0); PyTorch's <c>nn.ReLU</c>. The shape stays.</summary>
public sealed class ReluAttribute : LayerAttribute;

/// <summary>x above 0, slope·x below; PyTorch's <c>nn.LeakyReLU</c>. The shape stays.</summary>
/// <param name="slope">The slope below 0.</param>
public sealed class LeakyReluAttribute(double slope = 0.01) : LayerAttribute
{
    /// <summary>The slope below 0.</summary>
    public double Slope => slope;
}

/// <summary>x above 0, alpha·(eˣ - 1) below; PyTorch's <c>nn.ELU</c>. The shape stays.</summary>
/// <param name="alpha">The negative of the limit at -∞.</param>
public sealed class EluAttribute(double alpha = 1) : LayerAttribute
{
    /// <summary>The negative of the limit at -∞.</summary>
    public double Alpha => alpha;
}

/// <summary>1.0507·x above 0, 1.0507·1.67326·(eˣ - 1) below; PyTorch's <c>nn.SELU</c> (Klambauer et al. 2017). The shape stays.</summary>
public sealed class SeluAttribute : LayerAttribute;

/// <summary>x·Φ(x) with the exact normal distribution function (erf); PyTorch's <c>nn.GELU</c>. The shape stays.</summary>
public sealed class GeluAttribute : LayerAttribute;

/// <summary>x·sigmoid(x), also called swish; PyTorch's <c>nn.SiLU</c>. The shape stays.</summary>
public sealed class SiluAttribute : LayerAttribute;

/// <summary>x·tanh(softplus(x)); PyTorch's <c>nn.Mish</c>. The shape stays.</summary>
public sealed class MishAttribute : LayerAttribute;

/// <summary>1 / (1 + e⁻ˣ); PyTorch's <c>nn.Sigmoid</c>. The shape stays.</summary>
public sealed class SigmoidAttribute : LayerAttribute;

/// <summary>The hyperbolic tangent; PyTorch's <c>nn.Tanh</c>. The shape stays.</summary>
public sealed class TanhAttribute : LayerAttribute;

/// <summary>log(1 + eˣ); PyTorch's <c>nn.Softplus</c> with its defaults. The shape stays.</summary>
public sealed class SoftplusAttribute : LayerAttribute;

/// <summary>x·min(max(x + 3, 0), 6) / 6; PyTorch's <c>nn.Hardswish</c>. The shape stays.</summary>
public sealed class HardSwishAttribute : LayerAttribute;

/// <summary>1 above 0, else 0: Rosenblatt's threshold. Its gradient is the straight-through one, as if it gave x; with MeanSquaredError that is the perceptron's own
/// rule, weights moving by (target - output)·input. The shape stays.</summary>
public sealed class StepAttribute : LayerAttribute;

/// <summary>eˣ / Σeˣ along an axis; PyTorch's <c>nn.Softmax</c>. The shape stays. Not before <see cref="SoftmaxCrossEntropyAttribute"/>, which starts from logits.</summary>
public sealed class SoftmaxAttribute : LayerAttribute
{
    /// <summary>The axis, 0 being the first after the batch; negative counts from the end. The last unless stated.</summary>
    public int Axis { get; set; } = -1;
}

/// <summary>x - log Σeˣ along an axis; PyTorch's <c>nn.LogSoftmax</c>. The shape stays.</summary>
public sealed class LogSoftmaxAttribute : LayerAttribute
{
    /// <summary>The axis, 0 being the first after the batch; negative counts from the end. The last unless stated.</summary>
    public int Axis { get; set; } = -1;
}
