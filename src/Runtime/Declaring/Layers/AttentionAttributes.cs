namespace DlGen;

/// <summary>Multi-head self-attention over (time, width), softmax(query·keyᵀ / √headWidth)·value of each head between two projections;
/// PyTorch's <c>nn.MultiheadAttention</c> with <c>batch_first</c> and one tensor as query, key and value. Parameters <c>in_proj_weight</c> (3·width, width),
/// <c>in_proj_bias</c> (3·width), <c>out_proj.weight</c> (width, width) and <c>out_proj.bias</c> (width). The shape stays.</summary>
/// <param name="heads">How many heads; they divide the width, unless <see cref="HeadWidth"/> is stated.</param>
public sealed class AttentionAttribute(int heads) : LayerAttribute
{
    /// <summary>How many heads.</summary>
    public int Heads => heads;

    /// <summary>Whether each time step sees only itself and the steps before it.</summary>
    public bool Causal { get; set; }

    /// <summary>Whether both projections add a bias.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>Whether the queries and keys of each head get a rotary position embedding, as <see cref="RotaryAttribute"/> gives it.</summary>
    public bool Rotary { get; set; }

    /// <summary>The base of its angles.</summary>
    public double RotaryBase { get; set; } = 10000;

    /// <summary>The features of one head; 0 for width / heads. The projections then go to heads·HeadWidth features and back.</summary>
    public int HeadWidth { get; set; }
}
