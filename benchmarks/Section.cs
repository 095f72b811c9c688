namespace DlGen.Benchmarks;

/// <summary>The tables a workload stands in.</summary>
[Flags]
internal enum Tables
{
    /// <summary>Every contestant on one thread.</summary>
    OneThread = 1,

    /// <summary>Every contestant on several threads.</summary>
    SeveralThreads = 2,

    /// <summary>One thread without AVX-512.</summary>
    Avx2 = 4,
}

/// <summary>A section of RESULTS.md with a table of workloads, measured in one go.</summary>
/// <param name="Table">Which workloads it holds.</param>
/// <param name="Title">Its heading.</param>
/// <param name="About">What its numbers are, where the heading does not say it.</param>
/// <param name="Threads">Threads of each contestant.</param>
/// <param name="Peers">Who stands beside ours, in the order of the columns.</param>
internal sealed record Section(Tables Table, string Title, string About, int Threads, IReadOnlyList<Peer> Peers)
{
    public static Section OneThread { get; } = new(Tables.OneThread, "One thread", "", 1, [Peer.ByHand, Peer.PyTorch, Peer.OnnxRuntime]);

    /// <summary>ONNX Runtime looks at the processor itself and can't be held to 256 bit; what is written by hand needs 512.</summary>
    public static Section Avx2 { get; } = new(
        Tables.Avx2, "One thread without AVX-512", "The process and PyTorch held to vectors of 256 bit; the peak is that of 256 bit.", 1, [Peer.PyTorch]);

    public static Section SeveralThreads(int threads) => new(
        Tables.SeveralThreads,
        "Several threads",
        "The peak is that of all these threads at once. \"threads\" is DlGen beside itself on one thread, timed after ten steps and the predictions had the same bits on 1, 2, 3 and 5 threads.",
        threads,
        [Peer.OneThread, Peer.PyTorch, Peer.OnnxRuntime]);

    /// <summary>The workloads of this table that were asked for.</summary>
    /// <param name="workloads">All there are.</param>
    /// <param name="names">Groups or whole names; none means all.</param>
    public IReadOnlyList<Workload> Choose(IEnumerable<Workload> workloads, IReadOnlyList<string> names) =>
        [.. workloads.Where(w => w.Tables.HasFlag(Table) && (names.Count == 0 || names.Contains(w.Group) || names.Contains(w.Name)))];

    /// <summary>What a workload should reach here: bars hold for one thread, but those of workloads that are about several.</summary>
    public Bars BarsOf(Workload workload) => Threads == 1 || workload.Tables == Table ? workload.Bars : Bars.None;
}
