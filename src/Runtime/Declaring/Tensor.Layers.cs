namespace DlGen;

public sealed partial class Tensor
{
    /// <summary>Fully connected, y = x·Wᵀ + b over the last axis, (…, inputs) → (…, outputs); <c>nn.Linear</c>. Each call is a new layer with its own
    /// <c>weight</c> (outputs, inputs) and <c>bias</c> (outputs).</summary>
    /// <param name="outputs">The extent of the last axis of the result.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weight starts.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Linear(int outputs, bool bias = true, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>All axes of a row in one, (a, b, c) → (a·b·c); <c>nn.Flatten</c>.</summary>
    public Tensor Flatten() => Symbolic;

    /// <summary>The same numbers in another shape; one extent may be -1; <c>view</c>.</summary>
    /// <param name="shape">The new extents of one row.</param>
    public Tensor Reshape(params int[] shape) => Symbolic;

    /// <summary>Fixed scaling inside the model, (x - mean) / std; torchvision's <c>transforms.Normalize</c>. The shape stays.</summary>
    /// <param name="mean">The mean of the raw data.</param>
    /// <param name="std">Its standard deviation, above 0.</param>
    public Tensor Normalize(double mean, double std) => Symbolic;

    /// <summary>(x - mean) / std per channel with mean and deviation of the training data, on an input; scikit-learn's <c>StandardScaler</c>. The shape stays.</summary>
    public Tensor Standardize() => Symbolic;

    /// <summary>(x - min) / (max - min) per channel with the extremes of the training data, on an input; scikit-learn's <c>MinMaxScaler</c>. The shape stays.</summary>
    public Tensor MinMaxScale() => Symbolic;

    /// <summary>In training each value is 0 with probability p, else divided by 1 - p; <c>nn.Dropout</c>. The shape stays.</summary>
    /// <param name="p">The probability of 0, from 0 up to but not including 1.</param>
    public Tensor Dropout(double p) => Symbolic;

    /// <summary>(x - mean) / √(variance + epsilon)·weight + bias over the last axis; <c>nn.LayerNorm</c>. The shape stays.</summary>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weight starts; ones unless stated.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor LayerNorm(double epsilon = 1e-5, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>x / √(mean of x² + epsilon)·weight over the last axis; <c>nn.RMSNorm</c>. The shape stays.</summary>
    /// <param name="epsilon">What is added to the mean square; the machine epsilon of float unless stated.</param>
    /// <param name="frozen">Whether the weight gets no gradient.</param>
    /// <param name="init">How the weight starts; ones unless stated.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor RmsNorm(double epsilon = 1.1920928955078125e-7, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>(x - mean) / √(variance + epsilon) per row and channel over all positions; <c>nn.InstanceNorm1d</c> to <c>3d</c>. The shape stays.</summary>
    /// <param name="affine">Whether ·weight + bias per channel follows.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weight starts; ones unless stated.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor InstanceNorm(bool affine = false, double epsilon = 1e-5, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>In training x + sigma·N(0, 1), else x; Keras' <c>GaussianNoise</c>. The shape stays.</summary>
    /// <param name="sigma">The standard deviation of the noise, at least 0.</param>
    public Tensor GaussianNoise(double sigma) => Symbolic;

    /// <summary>(x - mean) / √(variance + epsilon)·weight + bias per channel, in training with the statistics of the batch, else with running ones;
    /// <c>nn.BatchNorm1d</c> to <c>3d</c>. The shape stays.</summary>
    /// <param name="momentum">The share of a batch in the running statistics.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="frozen">Whether the parameters get no gradient; the running statistics still follow the batches.</param>
    /// <param name="init">How the weight starts; ones unless stated.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor BatchNorm(double momentum = 0.1, double epsilon = 1e-5, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>(x - mean) / √(variance + epsilon) per row and group of neighbouring channels, then ·weight + bias per channel; <c>nn.GroupNorm</c>.
    /// The shape stays.</summary>
    /// <param name="groups">How many groups; they divide the channels.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weight starts; ones unless stated.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor GroupNorm(int groups, double epsilon = 1e-5, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>max(x, 0); <c>nn.ReLU</c>.</summary>
    public Tensor Relu() => Symbolic;

    /// <summary>x above 0, slope·x below; <c>nn.LeakyReLU</c>.</summary><param name="slope">The slope below 0.</param>
    public Tensor LeakyRelu(double slope = 0.01) => Symbolic;

    /// <summary>x above 0, alpha·(eˣ - 1) below; <c>nn.ELU</c>.</summary><param name="alpha">The negative of the limit at -∞.</param>
    public Tensor Elu(double alpha = 1) => Symbolic;

    /// <summary>Scaled ELU with the self-normalising constants; <c>nn.SELU</c>.</summary>
    public Tensor Selu() => Symbolic;

    /// <summary>x·Φ(x), exact (erf); <c>nn.GELU</c>.</summary>
    public Tensor Gelu() => Symbolic;

    /// <summary>x·sigmoid(x); <c>nn.SiLU</c>.</summary>
    public Tensor Silu() => Symbolic;

    /// <summary>x·tanh(softplus(x)); <c>nn.Mish</c>.</summary>
    public Tensor Mish() => Symbolic;

    /// <summary>1 / (1 + e⁻ˣ); <c>nn.Sigmoid</c>.</summary>
    public Tensor Sigmoid() => Symbolic;

    /// <summary>The hyperbolic tangent; <c>nn.Tanh</c>.</summary>
    public Tensor Tanh() => Symbolic;

    /// <summary>log(1 + eˣ); <c>nn.Softplus</c>.</summary>
    public Tensor Softplus() => Symbolic;

    /// <summary>x·min(max(x + 3, 0), 6) / 6; <c>nn.Hardswish</c>.</summary>
    public Tensor HardSwish() => Symbolic;

    /// <summary>1 above 0, else 0. Its gradient is the straight-through one, as if it gave x: with a squared error that is the perceptron's rule. The shape stays.</summary>
    public Tensor Step() => Symbolic;

    /// <summary>eˣ / Σeˣ along an axis; <c>nn.Softmax</c>. The shape stays.</summary><param name="axis">The axis; the last unless stated.</param>
    public Tensor Softmax(int axis = -1) => Symbolic;

    /// <summary>x - log Σeˣ along an axis; <c>nn.LogSoftmax</c>. The shape stays.</summary><param name="axis">The axis; the last unless stated.</param>
    public Tensor LogSoftmax(int axis = -1) => Symbolic;

    /// <summary>-log softmax(this)[label] from logits, one number per row; <c>nn.CrossEntropyLoss</c>. The class axis is the last of (classes) and
    /// (time, classes), the first of (classes, height, width).</summary>
    /// <param name="label">A <see cref="LabelAttribute"/> parameter of <c>Loss</c>, of the shape without the class axis.</param>
    /// <param name="labelSmoothing">The share of the target spread evenly over all classes.</param>
    /// <param name="reduction">How the row's elements, one per label, become one number.</param>
    public Tensor SoftmaxCrossEntropy(Tensor label, double labelSmoothing = 0, Reduction reduction = Reduction.Mean) => Symbolic;

    /// <summary>-t·log σ(x) - (1 - t)·log(1 - σ(x)) from logits; <c>nn.BCEWithLogitsLoss</c>.</summary>
    /// <param name="target">Targets between 0 and 1 of the same shape.</param>
    /// <param name="reduction">How the row's elements become one number.</param>
    public Tensor SigmoidCrossEntropy(Tensor target, Reduction reduction = Reduction.Mean) => Symbolic;

    /// <summary>(x - t)²; <c>nn.MSELoss</c>.</summary>
    /// <param name="target">Targets of the same shape.</param>
    /// <param name="reduction">How the row's elements become one number.</param>
    public Tensor MeanSquaredError(Tensor target, Reduction reduction = Reduction.Mean) => Symbolic;

    /// <summary>|x - t|; <c>nn.L1Loss</c>.</summary>
    /// <param name="target">Targets of the same shape.</param>
    /// <param name="reduction">How the row's elements become one number.</param>
    public Tensor MeanAbsoluteError(Tensor target, Reduction reduction = Reduction.Mean) => Symbolic;

    /// <summary>½·d² of d = x - t where |d| is at most delta, else delta·(|d| - ½·delta); <c>nn.HuberLoss</c>.</summary>
    /// <param name="target">Targets of the same shape.</param>
    /// <param name="delta">From where on it is straight, above 0.</param>
    /// <param name="reduction">How the row's elements become one number.</param>
    public Tensor Huber(Tensor target, double delta = 1, Reduction reduction = Reduction.Mean) => Symbolic;

    /// <summary>max(0, 1 - t·x), the loss of a support vector machine.</summary>
    /// <param name="target">Targets 1 and -1 of the same shape.</param>
    /// <param name="reduction">How the row's elements become one number.</param>
    public Tensor Hinge(Tensor target, Reduction reduction = Reduction.Mean) => Symbolic;

    /// <summary>-x[label] from log-probabilities; <c>nn.NLLLoss</c>. The class axis is that of <see cref="SoftmaxCrossEntropy"/>.</summary>
    /// <param name="label">A <see cref="LabelAttribute"/> parameter of <c>Loss</c>, of the shape without the class axis.</param>
    /// <param name="reduction">How the row's elements, one per label, become one number.</param>
    public Tensor NegativeLogLikelihood(Tensor label, Reduction reduction = Reduction.Mean) => Symbolic;

    /// <summary>Σ t·(log t - x) over the last axis, from log-probabilities x; <c>nn.KLDivLoss(reduction="batchmean")</c>.</summary>
    /// <param name="target">Probabilities of the same shape.</param>
    /// <param name="reduction">How the sums of a row become one number.</param>
    public Tensor KullbackLeibler(Tensor target, Reduction reduction = Reduction.Mean) => Symbolic;
}
