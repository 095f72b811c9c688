namespace DlGen;

public sealed partial class Tensor
{
    /// <summary>Long short-term memory along a sequence, (time, features) → (units): the last state, or all of them; <c>nn.LSTM</c>. Each call is a new layer
    /// with parameters of its own.</summary>
    /// <param name="units">The width of a state.</param>
    /// <param name="layers">How many run one over the other's states.</param>
    /// <param name="bidirectional">Whether each also runs from the end to the beginning; the states of both directions stand side by side.</param>
    /// <param name="returnSequence">Whether the states of all times are given, (time, units), in place of the last one.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weights start.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Lstm(int units, int layers = 1, bool bidirectional = false, bool returnSequence = false, bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

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
