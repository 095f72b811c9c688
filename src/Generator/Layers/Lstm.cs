namespace DlGen.Layers;

/// <summary>
/// Long short-term memory: gates i, f, g, o from the step and h, then c' = σ(f)·c + σ(i)·tanh(g) and h' = σ(o)·tanh(c'), which may be projected (Sak et al. 2014). Hochreiter and Schmidhuber 1997; see
/// <see cref="RecurrentLayer"/>.
/// </summary>
internal static class Lstm
{
    public static Layer Definition { get; } = RecurrentLayer.Define("Lstm", "long short-term memory along a sequence; nn.LSTM", gates: 4, states: 2, (_, fromStep, fromState, states) =>
    {
        var (sums, c, units) = (fromStep + fromState, states[1], states[1].Shape.Last);
        c = (sums.Gate(1, units).Sigmoid() * c) + (sums.Gate(0, units).Sigmoid() * sums.Gate(2, units).Tanh());
        return [sums.Gate(3, units).Sigmoid() * c.Tanh(), c];
    }, projects: true);
}
