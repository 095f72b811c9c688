namespace DlGen;

public sealed partial class Tensor
{
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
