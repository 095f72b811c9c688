namespace DlGen.Layers;

/// <summary>
/// Gated recurrent unit: gates r and z from the step and h, a candidate n = tanh(W·x + b + σ(r)·(U·h + b')), then h' = (1 - σ(z))·n + σ(z)·h. Cho et al. 2014, with
/// PyTorch's place for r; see <see cref="RecurrentLayer"/>.
/// </summary>
internal static class Gru
{
    public static Layer Definition { get; } = RecurrentLayer.Define("Gru", "gated recurrent unit along a sequence; nn.GRU", gates: 3, states: 1, (_, fromStep, fromState, states) =>
    {
        var (h, units) = (states[0], states[0].Shape.Last);
        var reset = (fromStep.Gate(0, units) + fromState.Gate(0, units)).Sigmoid();
        var update = (fromStep.Gate(1, units) + fromState.Gate(1, units)).Sigmoid();
        var candidate = (fromStep.Gate(2, units) + (reset * fromState.Gate(2, units))).Tanh();
        return [candidate + (update * (h - candidate))];
    });
}
