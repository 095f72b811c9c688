namespace DlGen.Benchmarks;

/// <summary>Who stands beside ours in a table: a column of times and one of ratios.</summary>
/// <param name="Who">Who it is.</param>
/// <param name="Name">The column's heading.</param>
/// <param name="Bar">The ratio to reach, by a workload's bars.</param>
internal sealed record Peer(Who Who, string Name, Func<Bars, double?> Bar)
{
    public static Peer ByHand { get; } = new(Who.ByHand, "by hand", bars => bars.ByHand);

    public static Peer OneThread { get; } = new(Who.OneThread, "DlGen on one thread", bars => bars.OneThread);

    public static Peer PyTorch { get; } = new(Who.PyTorch, "PyTorch", bars => bars.PyTorch);

    public static Peer OnnxRuntime { get; } = new(Who.OnnxRuntime, "ONNX Runtime", bars => bars.OnnxRuntime);
}
