namespace DlGen;

public sealed partial class Tensor
{
    /// <summary>A recurrence without gates, tanh(W·x + b + U·h + b') along a sequence, (time, features) → (units): the last state, or all of them; <c>nn.RNN</c>. Each call is a new layer
    /// with parameters of its own.</summary>
    /// <param name="units">The width of a state.</param>
    /// <param name="layers">How many run one over the other's states.</param>
    /// <param name="bidirectional">Whether each also runs from the end to the beginning; the states of both directions stand side by side.</param>
    /// <param name="returnSequence">Whether the states of all times are given, (time, units), in place of the last one.</param>
    /// <param name="nonlinearity">What is taken of the sum.</param>
    /// <param name="bias">Whether biases are added.</param>
    /// <param name="dropout">The probability of 0 for what goes from layer to layer, in training; needs at least two layers.</param>
    /// <param name="initial">The states before the first step, (layers · directions, units), or (units) where that is 1; zeros unless stated.</param>
    /// <param name="mask">(time): 1 for a step that is there, 0 for padding, which leaves the state as it is and gives 0.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weights start.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Rnn(int units, int layers = 1, bool bidirectional = false, bool returnSequence = false, Nonlinearity nonlinearity = Nonlinearity.Tanh, bool bias = true, double dropout = 0,
        Tensor? initial = null, Tensor? mask = null, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>The same, which also gives the states after the last step: another layer may begin with them.</summary>
    /// <param name="units">The width of a state.</param>
    /// <param name="state">The states after the last step that is there, (layers · directions, units): layer by layer, in each forwards, then backwards.</param>
    /// <param name="layers">How many run one over the other's states.</param>
    /// <param name="bidirectional">Whether each also runs from the end to the beginning; the states of both directions stand side by side.</param>
    /// <param name="returnSequence">Whether the states of all times are given, (time, units), in place of the last one.</param>
    /// <param name="nonlinearity">What is taken of the sum.</param>
    /// <param name="bias">Whether biases are added.</param>
    /// <param name="dropout">The probability of 0 for what goes from layer to layer, in training; needs at least two layers.</param>
    /// <param name="initial">The states before the first step, (layers · directions, units), or (units) where that is 1; zeros unless stated.</param>
    /// <param name="mask">(time): 1 for a step that is there, 0 for padding, which leaves the state as it is and gives 0.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weights start.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Rnn(int units, out Tensor state, int layers = 1, bool bidirectional = false, bool returnSequence = false, Nonlinearity nonlinearity = Nonlinearity.Tanh, bool bias = true, double dropout = 0,
        Tensor? initial = null, Tensor? mask = null, bool frozen = false, Initializer init = default, string? name = null) => state = Symbolic;

    /// <summary>Long short-term memory along a sequence, (time, features) → (units): the last state, or all of them; <c>nn.LSTM</c>. Each call is a new layer
    /// with parameters of its own.</summary>
    /// <param name="units">The width of a state.</param>
    /// <param name="layers">How many run one over the other's states.</param>
    /// <param name="bidirectional">Whether each also runs from the end to the beginning; the states of both directions stand side by side.</param>
    /// <param name="returnSequence">Whether the states of all times are given, (time, units), in place of the last one.</param>
    /// <param name="bias">Whether biases are added.</param>
    /// <param name="dropout">The probability of 0 for what goes from layer to layer, in training; needs at least two layers.</param>
    /// <param name="projSize">The width that h is projected to, smaller than the units; 0 for no projection.</param>
    /// <param name="initial">The states h and c before the first step, (layers · directions, units) each, or (units) where that is 1, h with projSize in place of units where it is projected; zeros unless stated.</param>
    /// <param name="mask">(time): 1 for a step that is there, 0 for padding, which leaves the state as it is and gives 0.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weights start.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Lstm(int units, int layers = 1, bool bidirectional = false, bool returnSequence = false, bool bias = true, double dropout = 0, int projSize = 0,
        (Tensor Hidden, Tensor Cell)? initial = null, Tensor? mask = null, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>The same, which also gives the states h and c after the last step: another layer may begin with them.</summary>
    /// <param name="units">The width of a state.</param>
    /// <param name="state">Hidden and Cell after the last step that is there, (layers · directions, units) each, Hidden with projSize in place of units where it is projected: layer by layer, in each forwards, then backwards.</param>
    /// <param name="layers">How many run one over the other's states.</param>
    /// <param name="bidirectional">Whether each also runs from the end to the beginning; the states of both directions stand side by side.</param>
    /// <param name="returnSequence">Whether the states of all times are given, (time, units), in place of the last one.</param>
    /// <param name="bias">Whether biases are added.</param>
    /// <param name="dropout">The probability of 0 for what goes from layer to layer, in training; needs at least two layers.</param>
    /// <param name="projSize">The width that h is projected to, smaller than the units; 0 for no projection.</param>
    /// <param name="initial">The states h and c before the first step, (layers · directions, units) each, or (units) where that is 1, h with projSize in place of units where it is projected; zeros unless stated.</param>
    /// <param name="mask">(time): 1 for a step that is there, 0 for padding, which leaves the state as it is and gives 0.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weights start.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Lstm(int units, out (Tensor Hidden, Tensor Cell) state, int layers = 1, bool bidirectional = false, bool returnSequence = false, bool bias = true, double dropout = 0, int projSize = 0,
        (Tensor Hidden, Tensor Cell)? initial = null, Tensor? mask = null, bool frozen = false, Initializer init = default, string? name = null) => (state = (Symbolic, Symbolic)).Hidden;

    /// <summary>Gated recurrent units along a sequence, (time, features) → (units): the last state, or all of them; <c>nn.GRU</c>. Each call is a new layer
    /// with parameters of its own.</summary>
    /// <param name="units">The width of a state.</param>
    /// <param name="layers">How many run one over the other's states.</param>
    /// <param name="bidirectional">Whether each also runs from the end to the beginning; the states of both directions stand side by side.</param>
    /// <param name="returnSequence">Whether the states of all times are given, (time, units), in place of the last one.</param>
    /// <param name="bias">Whether biases are added.</param>
    /// <param name="dropout">The probability of 0 for what goes from layer to layer, in training; needs at least two layers.</param>
    /// <param name="initial">The states before the first step, (layers · directions, units), or (units) where that is 1; zeros unless stated.</param>
    /// <param name="mask">(time): 1 for a step that is there, 0 for padding, which leaves the state as it is and gives 0.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weights start.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Gru(int units, int layers = 1, bool bidirectional = false, bool returnSequence = false, bool bias = true, double dropout = 0,
        Tensor? initial = null, Tensor? mask = null, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>The same, which also gives the states after the last step: another layer may begin with them.</summary>
    /// <param name="units">The width of a state.</param>
    /// <param name="state">The states after the last step that is there, (layers · directions, units): layer by layer, in each forwards, then backwards.</param>
    /// <param name="layers">How many run one over the other's states.</param>
    /// <param name="bidirectional">Whether each also runs from the end to the beginning; the states of both directions stand side by side.</param>
    /// <param name="returnSequence">Whether the states of all times are given, (time, units), in place of the last one.</param>
    /// <param name="bias">Whether biases are added.</param>
    /// <param name="dropout">The probability of 0 for what goes from layer to layer, in training; needs at least two layers.</param>
    /// <param name="initial">The states before the first step, (layers · directions, units), or (units) where that is 1; zeros unless stated.</param>
    /// <param name="mask">(time): 1 for a step that is there, 0 for padding, which leaves the state as it is and gives 0.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weights start.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Gru(int units, out Tensor state, int layers = 1, bool bidirectional = false, bool returnSequence = false, bool bias = true, double dropout = 0,
        Tensor? initial = null, Tensor? mask = null, bool frozen = false, Initializer init = default, string? name = null) => state = Symbolic;

    /// <summary>The last step of a sequence, (time, …) → (…), as <c>x[^1]</c>; with a mask the last that is there, and 0 in a row without one.</summary>
    /// <param name="mask">(time): 1 for a step that is there, 0 for padding.</param>
    public Tensor LastStep(Tensor? mask = null) => Symbolic;

    /// <summary>
    /// Runs <paramref name="cell"/> along the first axis of a sequence and gives the state after every step, (time, …). The cell is read once: its layers
    /// have one set of parameters for all steps. It may use any tensor around it.
    /// </summary>
    /// <param name="sequence">(time, …).</param>
    /// <param name="initial">The state before the first step; its shape is that of every state.</param>
    /// <param name="cell">From the state and the sequence's element at one time to the next state: a lambda or a static method.</param>
    public static Tensor Scan(Tensor sequence, Tensor initial, Func<Tensor, Tensor, Tensor> cell) => Symbolic;

    /// <summary>
    /// Runs <paramref name="cell"/> along the first axis of a sequence, with a state of one or several tensors: gives its outputs, (time, …), and the state
    /// after the last step.
    /// </summary>
    /// <typeparam name="TState">A tensor or a tuple of tensors.</typeparam>
    /// <param name="sequence">(time, …).</param>
    /// <param name="initial">The state before the first step.</param>
    /// <param name="cell">From the state and the sequence's element at one time to an output and the next state.</param>
    public static (Tensor Outputs, TState Final) Scan<TState>(Tensor sequence, TState initial, Func<TState, Tensor, (Tensor Output, TState Next)> cell)
        => (Symbolic, initial);
}
