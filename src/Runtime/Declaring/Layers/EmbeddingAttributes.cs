namespace DlGen;

/// <summary>The row of a table for each id, (time) ids → (time, width); PyTorch's <c>nn.Embedding</c>. <c>weight</c> (vocabulary, width) starts from N(0, 1).</summary>
/// <param name="width">The extent of the new last axis.</param>
public sealed class EmbeddingAttribute(int width) : LayerAttribute
{
    /// <summary>The extent of the new last axis.</summary>
    public int Width => width;
}

/// <summary>x plus a trained vector for each position, (time, features); what GPT-2 and BERT add to their tokens. <c>weight</c> (time, features) starts
/// from N(0, 0.02²). The shape stays.</summary>
public sealed class PositionEmbeddingAttribute : LayerAttribute;

/// <summary>x plus a fixed vector for each position, (time, features): sin(position / 10000^(2i / features)) for feature 2i and the cosine for feature 2i + 1. Vaswani et al. 2017.
/// The shape stays.</summary>
public sealed class SinusoidalPositionAttribute : LayerAttribute;

/// <summary>Rotary position embedding: feature i and feature i + half of each step are turned as a pair by the angle position / base^(2i / features), as GPT-NeoX's and Llama's
/// <c>rotate_half</c> does. Su et al. 2021. (time, features) or (heads, time, features), stays.</summary>
public sealed class RotaryAttribute : LayerAttribute
{
    /// <summary>The base of the angles.</summary>
    public double Base { get; set; } = 10000;
}
