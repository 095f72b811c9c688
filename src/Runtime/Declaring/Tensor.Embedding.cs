namespace DlGen;

public sealed partial class Tensor
{
    /// <summary>The row of a table for each id, (time) ids → (time, width); <c>nn.Embedding</c>. Each call is a new layer with its own <c>weight</c>
    /// (vocabulary, width).</summary>
    /// <param name="width">The extent of the new last axis.</param>
    /// <param name="frozen">Whether the table gets no gradient.</param>
    /// <param name="init">How the table starts; N(0, 1) unless stated.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Embedding(int width, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>The entries of a given table for ids, (time) ids → (time, …): a table that several places share, as an output projection;
    /// <c>F.embedding</c>.</summary>
    /// <param name="table">A tensor that has at least as many entries along its first axis as the ids have values, (vocabulary, …).</param>
    public Tensor Embedding(Tensor table) => Symbolic;

    /// <summary>x plus a trained vector for each position; the sum with <c>nn.Embedding</c> of the positions. The shape (time, features) stays.</summary>
    /// <param name="frozen">Whether the vectors get no gradient.</param>
    /// <param name="init">How they start; N(0, 0.02²) unless stated.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor PositionEmbedding(bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>The entries of the first axis that ids name, (count, …) → (ids' axes, …); <c>this[ids]</c> of PyTorch and NumPy.</summary>
    /// <param name="ids">An input declared with <see cref="TokensAttribute"/>, a label, or a part of one.</param>
    public Tensor Gather(Tensor ids) => Symbolic;
}
