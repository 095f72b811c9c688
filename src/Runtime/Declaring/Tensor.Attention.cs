namespace DlGen;

public sealed partial class Tensor
{
    /// <summary>Multi-head self-attention over (time, width): softmax(query·keyᵀ / √headWidth)·value of each head between two projections;
    /// <c>nn.MultiheadAttention</c> with one tensor as query, key and value. The shape stays.</summary>
    /// <param name="heads">How many heads; they divide the width, unless <paramref name="headWidth"/> is stated.</param>
    /// <param name="causal">Whether each time step sees only itself and the steps before it.</param>
    /// <param name="bias">Whether both projections add a bias.</param>
    /// <param name="rotary">Whether the queries and keys of each head get a rotary position embedding, as <see cref="Rotary"/> gives it.</param>
    /// <param name="rotaryBase">The base of its angles.</param>
    /// <param name="headWidth">The features of one head; 0 for width / heads.</param>
    /// <param name="mask">What is seen, not 0, and what is not, 0: (time), the steps that are there, (time, time), for each step those that it sees, or (heads, time, time) of each head its own; beside
    /// <paramref name="causal"/>. A step that sees none gets 0 in place of a mixture of values, and no gradient.</param>
    /// <param name="attentionBias">What is added to the scores before their softmax, of any shape that broadcasts to (heads, time, time): PyTorch's <c>attn_mask</c> of floats. It may be trained; -∞ hides. The scores of all
    /// pairs of steps are in memory then.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How both weights start.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Attention(int heads, bool causal = false, bool bias = true, bool rotary = false, double rotaryBase = 10000, int headWidth = 0, Tensor? mask = null,
        Tensor? attentionBias = null, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>Multi-head attention to another sequence: queries from this one, (time, width), keys and values from memory, (steps, features);
    /// <c>nn.MultiheadAttention</c>. Parameters <c>in_proj_weight</c> (3·width, width) where both have one width, else <c>q_proj_weight</c> (width, width),
    /// <c>k_proj_weight</c> and <c>v_proj_weight</c> (width, features); <c>in_proj_bias</c>, <c>out_proj.weight</c> and <c>out_proj.bias</c>. The shape stays.</summary>
    /// <param name="memory">What is looked at, (steps, features).</param>
    /// <param name="heads">How many heads; they divide the width, unless <paramref name="headWidth"/> is stated.</param>
    /// <param name="bias">Whether both projections add a bias.</param>
    /// <param name="headWidth">The features of one head; 0 for width / heads.</param>
    /// <param name="mask">What is seen, not 0, and what is not, 0: (steps), the steps of memory that are there, (time, steps), for each step of this sequence those that it sees, or (heads, time, steps)
    /// of each head its own. A step that sees none gets 0 in place of a mixture of values, and no gradient.</param>
    /// <param name="attentionBias">What is added to the scores before their softmax, of any shape that broadcasts to (heads, time, steps): PyTorch's <c>attn_mask</c> of floats. It may be trained; -∞ hides. The scores of all
    /// pairs of steps are in memory then.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weights start.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor CrossAttention(Tensor memory, int heads, bool bias = true, int headWidth = 0, Tensor? mask = null, Tensor? attentionBias = null, bool frozen = false, Initializer init = default,
        string? name = null) => Symbolic;

    /// <summary>Rotary position embedding: feature i and feature i + half of each step are turned as a pair by the angle position / base^(2i / features), as GPT-NeoX's and Llama's
    /// <c>rotate_half</c> does; Su et al. 2021. (time, features) or (heads, time, features), stays.</summary>
    /// <param name="base">The base of the angles.</param>
    public Tensor Rotary(double @base = 10000) => Symbolic;

    /// <summary>Of an input of <see cref="LengthsAttribute"/>: 1 for the steps before the row's length, 0 for the padding behind them, (time). What layers take as <c>mask</c>, and
    /// <c>Loss</c> as weight.</summary>
    public Tensor Mask() => Symbolic;

    /// <summary>x plus a fixed vector for each position, sin(position / 10000^(2i / features)) for feature 2i and the cosine for feature 2i + 1; Vaswani et al. 2017.
    /// The shape (time, features) stays.</summary>
    public Tensor SinusoidalPosition() => Symbolic;
}
