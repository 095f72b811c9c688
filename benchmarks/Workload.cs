using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <summary>Something that is timed: a line of the table.</summary>
/// <param name="Group">What a user asks for, as "mlp-step".</param>
/// <param name="Case">Which of the group, as "32".</param>
/// <param name="Bars">What is to be reached.</param>
/// <param name="Prepare">Builds model, data and contestants; called when the line's turn comes.</param>
internal sealed record Workload(string Group, string Case, Bars Bars, Func<Setting, Contest> Prepare)
{
    public string Name => Group + " " + Case;

    /// <summary>Where it is measured: on several threads only what is large enough for them.</summary>
    public Tables Tables { get; init; } = Tables.OneThread;

    /// <summary>Floating-point operations of one repetition where it is a product, else 0.</summary>
    public double Flops { get; init; }
}

/// <summary>What a workload should reach. Ratios are a peer's time over ours, by their lower quartile; they count where the peer took part.</summary>
/// <param name="PyTorch">How many times as fast as PyTorch.</param>
/// <param name="OnnxRuntime">How many times as fast as ONNX Runtime.</param>
/// <param name="OneThread">How many times as fast as ours on one thread.</param>
/// <param name="Peak">The share of the FMA peak.</param>
/// <param name="Nanoseconds">The median that must not be exceeded.</param>
/// <param name="ByHand">How near to what is written by hand: within 5 %, whatever the workload.</param>
internal sealed record Bars(
    double? PyTorch = null, double? OnnxRuntime = null, double? OneThread = null, double? Peak = null, double? Nanoseconds = null, double? ByHand = 0.95)
{
    /// <summary>Nothing to reach.</summary>
    public static Bars None { get; } = new(ByHand: null);
}

/// <summary>What a workload is prepared with.</summary>
/// <param name="PyTorch">The peer, or null where it is missing.</param>
/// <param name="OnnxRuntime">The peer, or null where it is missing.</param>
/// <param name="Threads">How many threads each contestant computes with.</param>
internal sealed record Setting(PyTorchPeer? PyTorch, OnnxRuntimePeer? OnnxRuntime, int Threads)
{
    /// <summary>Whether kernels by hand can take part: they are written for one thread and 512 bit.</summary>
    public bool ByHand => Threads == 1 && Vector512.IsHardwareAccelerated;
}
