using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DlGen.Benchmarks;

/// <summary>What a run was asked for.</summary>
/// <param name="Names">Which workloads: of each the group or its whole name; none means all.</param>
/// <param name="Threads">Threads of each contestant; null means one, and then two where they make sense.</param>
/// <param name="Busy">Whether numbers are shown although the machine was busy or the peer slow.</param>
/// <param name="Write">Whether RESULTS.md is written.</param>
/// <param name="Avx2">Whether the run restarts itself without AVX-512.</param>
internal sealed record Options(IReadOnlyList<string> Names, int? Threads, bool Busy, bool Write, bool Avx2)
{
    private const int SeveralThreads = 2;

    public static string Usage { get; } =
        """
        usage: dotnet run -c Release --project benchmarks -- peers [names] [--threads N] [--busy] [--write]
               dotnet run -c Release --project benchmarks -- peers [names] --avx2 [--busy] [--write]
               dotnet run -c Release --project benchmarks -- startup [--busy] [--write]
               dotnet run -c Release --project benchmarks -- kernels [options of BenchmarkDotNet]

        peers times the compiled networks beside kernels written by hand, PyTorch and ONNX Runtime, interleaved in one run, after their numbers agreed:
        everything on one thread, then with peers restarted on two threads what is large enough for them.
        startup times a program that predicts once and trains two steps, from the start of its process, beside the same in PyTorch.
        kernels times single kernels: softmax, LayerNorm, the gradient of GELU, Adam's pass.

          names        groups or single workloads:
                       linear, linear-gradients, mlp-step, mlp-predict, small-predict, gelu-step, convolution, convolution-gradients, lenet-step, lenet-predict,
                       resnet-step, resnet-predict, recurrent-step, gpt-step, gpt-tokens, attention, attention-pass, threads, "mlp-step 32"; all without any.
                       threads is DlGen on several threads beside itself on one, after both gave the same bits
          --threads N  only the table on so many threads of each contestant
          --avx2       only linear 256, 512 and 1024 without AVX-512: the process and PyTorch start again held to 256 bit
          --busy       shows what was measured although the machine was busy or PyTorch's product slow, with a warning above the table
          --write      writes what was measured into its sections of benchmarks/RESULTS.md, in place of what they held; a run without names always does,
                       unless --busy was given

        PyTorch is looked for in /usr/bin/python3 and python3. ONNX Runtime is the library that ONNXRUNTIME_LIBRARY names, or the one that
        benchmarks/get-onnxruntime.sh fetched. What is missing is named, and the others are timed.
        """;

    /// <summary>Whether RESULTS.md is written: when asked for, or when nothing was left out and nothing weakens it.</summary>
    public bool WritesResults => Write || (Names.Count == 0 && !Busy);

    /// <summary>The tables that were asked for, in their order.</summary>
    public IReadOnlyList<Section> Sections => this switch
    {
        { Avx2: true } => [Section.Avx2],
        { Threads: 1 } => [Section.OneThread],
        { Threads: { } threads } => [Section.SeveralThreads(threads)],
        _ => [Section.OneThread, Section.SeveralThreads(SeveralThreads)],
    };

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out Options? options)
    {
        var names = new List<string>();
        int? threads = null;
        var switches = new HashSet<string>(StringComparer.Ordinal);
        options = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--threads":
                    if (++i == arguments.Length || !int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1) return false;
                    threads = number;
                    break;
                case "--avx2" or "--busy" or "--write":
                    switches.Add(arguments[i]);
                    break;
                case ['-', ..]:
                    return false;
                default:
                    names.Add(arguments[i]);
                    break;
            }
        }
        options = new Options(names, threads, switches.Contains("--busy"), switches.Contains("--write"), switches.Contains("--avx2"));
        return !options.Avx2 || threads is null;
    }
}
