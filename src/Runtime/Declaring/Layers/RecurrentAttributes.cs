namespace DlGen;

/// <summary>What <see cref="RnnAttribute"/> takes of the sum of step and state.</summary>
public enum Nonlinearity
{
    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>max(x, 0).</summary>
    Relu,
}

/// <summary>A recurrence without gates along a sequence, (time, features) → (units): the last state; PyTorch's <c>nn.RNN</c> with its parameters <c>weight_ih_l0</c>
/// (units, features), <c>weight_hh_l0</c> (units, units), <c>bias_ih_l0</c> and <c>bias_hh_l0</c> (units), per layer and direction (<c>_reverse</c>).</summary>
/// <param name="units">The width of a state.</param>
public sealed class RnnAttribute(int units) : LayerAttribute
{
    /// <summary>The width of a state.</summary>
    public int Units => units;

    /// <summary>How many run one over the other's states; 1 unless stated.</summary>
    public int Layers { get; set; } = 1;

    /// <summary>Whether each also runs from the end to the beginning; the states of both directions stand side by side. False unless stated.</summary>
    public bool Bidirectional { get; set; }

    /// <summary>Whether the states of all times are given, (time, units), in place of the last one. False unless stated.</summary>
    public bool ReturnSequence { get; set; }

    /// <summary>What is taken of the sum; tanh unless stated.</summary>
    public Nonlinearity Nonlinearity { get; set; }

    /// <summary>Whether biases are added. True unless stated.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>The probability of 0 for what goes from layer to layer, in training, from 0 up to but not including 1; 0 unless stated. Needs at least two layers.</summary>
    public double Dropout { get; set; }
}

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

    /// <summary>Whether biases are added. True unless stated.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>The probability of 0 for what goes from layer to layer, in training, from 0 up to but not including 1; 0 unless stated. Needs at least two layers.</summary>
    public double Dropout { get; set; }

    /// <summary>The width that h is projected to, by <c>weight_hr_l0</c> (ProjSize, units), smaller than the units: what is given, and what the gates see of the state before. 0, no projection, unless stated.</summary>
    public int ProjSize { get; set; }
}

/// <summary>Gated recurrent units along a sequence, (time, features) → (units): the last state; PyTorch's <c>nn.GRU</c> with its gate order and parameters
/// <c>weight_ih_l0</c> (3·units, features), <c>weight_hh_l0</c> (3·units, units), <c>bias_ih_l0</c> and <c>bias_hh_l0</c> (3·units), per layer and direction
/// (<c>_reverse</c>).</summary>
/// <param name="units">The width of a state.</param>
public sealed class GruAttribute(int units) : LayerAttribute
{
    /// <summary>The width of a state.</summary>
    public int Units => units;

    /// <summary>How many run one over the other's states; 1 unless stated.</summary>
    public int Layers { get; set; } = 1;

    /// <summary>Whether each also runs from the end to the beginning; the states of both directions stand side by side. False unless stated.</summary>
    public bool Bidirectional { get; set; }

    /// <summary>Whether the states of all times are given, (time, units), in place of the last one. False unless stated.</summary>
    public bool ReturnSequence { get; set; }

    /// <summary>Whether biases are added. True unless stated.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>The probability of 0 for what goes from layer to layer, in training, from 0 up to but not including 1; 0 unless stated. Needs at least two layers.</summary>
    public double Dropout { get; set; }
}

/// <summary>The last step of a sequence, (time, …) → (…); PyTorch's <c>x[:, -1]</c>.</summary>
public sealed class LastStepAttribute : LayerAttribute;
