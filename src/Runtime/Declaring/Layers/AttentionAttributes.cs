namespace DlGen;

/// <summary>Multi-head self-attention over (time, width), softmax(query·keyᵀ / √(width / heads))·value of each head between two projections;
/// PyTorch's <c>nn.MultiheadAttention</c> with <c>batch_first</c> and one tensor as query, key and value. Parameters <c>in_proj_weight</c> (3·width, width),
/// <c>in_proj_bias</c> (3·width), <c>out_proj.weight</c> (width, width) and <c>out_proj.bias</c> (width). The shape stays.</summary>
/// <param name="heads">How many heads; they divide the width.</param>
public sealed class AttentionAttribute(int heads) : LayerAttribute
{
    /// <summary>How many heads; they divide the width.</summary>
    public int Heads => heads;

    /// <summary>Whether each time step sees only itself and the steps before it.</summary>
    public bool Causal { get; set; }

    /// <summary>Whether both projections add a bias.</summary>
    public bool Bias { get; set; } = true;
}
