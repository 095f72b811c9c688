using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using DlGen.Devices;

namespace DlGen.Tests.Driver;

/// <summary>
/// A CUDA driver of this process, behind the same table of entries as NVIDIA's: contexts, streams, memory, modules, events and graphs with the rules that callers must keep. A call without
/// its context on the thread fails, work of a capturing stream is written down, and an error of a kernel shows in the calls after its launch.
/// </summary>
internal sealed partial class FakeDriver
{
    public const int Success = 0;
    public const int InvalidValue = 1;
    public const int OutOfMemory = 2;
    public const int InvalidPtx = 218;
    public const int InvalidContext = 201;
    public const int NotFound = 500;
    public const int NotReady = 600;
    public const int IllegalAddress = 700;
    public const int CaptureUnsupported = 900;
    public const int CaptureInvalidated = 901;

    [ThreadStatic]
    private static nint currentContext;
    private static FakeDriver now = new();

    private readonly Dictionary<nint, Capture> captures = [];
    private readonly Dictionary<int, nint> primary = [];
    private long lastHandle = 0x1000;

    private FakeDriver()
    {
    }

    public int Version { get; set; } = 12_04_0;

    public HashSet<string> Lacking { get; } = [];

    /// <summary>The result that an entry gives instead of doing its work.</summary>
    public Dictionary<string, int> Failing { get; } = [];

    /// <summary>How often an entry that fails still does its work before.</summary>
    public Dictionary<string, int> Spared { get; } = [];

    public List<Chip> Chips { get; } = [new("NVIDIA H200", 9, 0)];

    /// <summary>The names of the calls, but those that ask which context is current.</summary>
    public List<string> Calls { get; } = [];

    public List<KernelLaunch> Launches { get; } = [];

    /// <summary>What is not given back yet, by its handle or address: what it is, and how large or where it belongs.</summary>
    public Dictionary<nint, (string Kind, long Of)> Live { get; } = [];

    public Dictionary<int, int> Retained { get; } = [];

    public ulong ReleaseThreshold { get; private set; }

    /// <summary>What the pool has and nobody uses.</summary>
    public long Cached { get; set; }

    /// <summary>Whether the stream has work that is not done.</summary>
    public bool Busy { get; set; }

    public int Sticky { get; private set; }

    private long Used => Live.Values.Where(v => v.Kind == "memory").Sum(v => v.Of);

    /// <summary>A driver of its own for a test; the entries, which are static, serve the last one.</summary>
    public static FakeDriver Fresh()
    {
        currentContext = 0;
        return now = new();
    }

    public static nint Current
    {
        get => currentContext;
        set => currentContext = value;
    }

    public CudaInstallation Install() => new("libfake.so", new(name => Lacking.Contains(name) ? 0 : Entries.GetValueOrDefault(name)));

    public CudaDevice Open(CudaOptions? options = null)
    {
        var device = Install().Open(options ?? new());
        Calls.Clear();
        return device;
    }

    /// <summary>A context beside the primary ones.</summary>
    public nint CreateContext(int device) => Add("context", device);

    public nint CreateStream(nint context) => Add("stream", context);

    private nint Add(string kind, long of)
    {
        nint handle = (nint)(lastHandle += 0x10);
        Live.Add(handle, (kind, of));
        return handle;
    }

    private int Remove(nint handle, string kind)
        => Live.TryGetValue(handle, out var found) && found.Kind == kind && Live.Remove(handle) ? Success : InvalidValue;

    /// <summary>The error that a call gives before anything else.</summary>
    private int Begin(string call, bool inContext = true)
    {
        Calls.Add(call);
        if (Failing.TryGetValue(call, out int result))
        {
            int spared = Spared.GetValueOrDefault(call);
            if (spared == 0) return result;
            Spared[call] = spared - 1;
        }

        if (Sticky != 0) return Sticky;
        return inContext && !Live.ContainsKey(currentContext) ? InvalidContext : Success;
    }

    /// <summary>Work of a stream: done, or written down.</summary>
    private int Queue(string call, nint stream, Action work)
    {
        int result = Begin(call);
        if (result != 0) return result;
        if (!Live.TryGetValue(stream, out var found) || found != ("stream", currentContext)) return InvalidValue;
        if (captures.TryGetValue(stream, out var capture)) capture.Work.Add(work);
        else work();
        return Success;
    }

    internal sealed record Chip(string Name, int Major, int Minor, long Memory = 1L << 30, bool Pools = true)
    {
        public int SharedBytes { get; init; } = 232_448;
    }

    internal sealed record KernelLaunch(string Entry, int Blocks, int Threads, int SharedBytes, params long[] Values)
    {
        public override string ToString() => $"{Entry}<{Blocks}, {Threads}, {SharedBytes}>({string.Join(", ", Values)})";
    }

    private sealed class Capture
    {
        public List<Action> Work { get; } = [];

        public bool Invalid { get; set; }
    }

    /// <summary>An entry of a module: how many bytes each parameter has, and the shared memory that a launch may give it.</summary>
    private sealed record Function(string Name, nint Module, int[] Parameters)
    {
        public int SharedLimit { get; set; } = 48 * 1024;

        public static IEnumerable<Function> Of(string text, nint module)
            => from Match entry in EntryPattern().Matches(text)
               select new Function(entry.Groups[1].Value, module, [.. from Match p in ParameterPattern().Matches(entry.Groups[2].Value) select p.Groups[1].Value == "64" ? 8 : 4]);
    }

    [GeneratedRegex(@"\.entry\s+(\w+)\s*\(([^)]*)\)")]
    private static partial Regex EntryPattern();

    [GeneratedRegex(@"\.param\s+\.[usbf](32|64)")]
    private static partial Regex ParameterPattern();

    /// <summary>A static string of the driver's, which callers do not free.</summary>
    private static unsafe byte* Text(string text)
    {
        byte* copy = (byte*)NativeMemory.AllocZeroed((nuint)Encoding.UTF8.GetByteCount(text) + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(copy, Encoding.UTF8.GetByteCount(text)));
        return copy;
    }
}
