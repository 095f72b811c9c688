namespace DlGen;

/// <summary>Long short-term memory along a sequence, (time, features) → (units): the last state; PyTorch's <c>nn.LSTM</c> with its gate order and parameters
/// <c>weight_ih_l0</c> (4·units, features), <c>weight_hh_l0</c> (4·units, units), <c>bias_ih_l0</c> and <c>bias_hh_l0</c> (4·units), per layer and direction
/// (<c>_reverse</c>).</summary>
/// <param name="units">The width of a state.</param>
public sealed class LstmAttribute(int units) : LayerAttribute
{
    /// <summary>The width of a state.</summary>
    public int Units => units;

    /// <summary>How many run one over the other's states; 1 unless stated.</summary>
    public int Layers { get; set; } = 1;

    /// <summary>Whether each also runs from the end to the beginning; the states of both directions stand side by side. False unless stated.</summary>
    public bool Bidirectional { get; set; }

    /// <summary>Whether the states of all times are given, (time, units), in place of the last one. False unless stated.</summary>
    public bool ReturnSequence { get; set; }
}
