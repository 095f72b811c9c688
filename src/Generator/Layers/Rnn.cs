using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>A recurrence without gates: h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh), or relu of it. Elman 1990; see <see cref="RecurrentLayer"/>.</summary>
internal static class Rnn
{
    private enum Nonlinearity { Tanh, Relu }

    public static Layer Definition { get; } = RecurrentLayer.Define("Rnn", "tanh or relu of step and state along a sequence; nn.RNN", gates: 1, states: 1, (call, fromStep, fromState, _) =>
    {
        var sum = fromStep + fromState;
        return [call.Choice<Nonlinearity>("nonlinearity") == Nonlinearity.Relu ? sum.Relu() : sum.Tanh()];
    }, own: Choice<Nonlinearity>("nonlinearity"));
}
