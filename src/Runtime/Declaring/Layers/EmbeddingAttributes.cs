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
