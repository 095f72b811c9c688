using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DlGen.Benchmarks;

/// <summary>What a run of the peer benchmark was asked for.</summary>
/// <param name="Names">Which workloads: of each the group or its whole name; none means all.</param>
/// <param name="Threads">Threads of each contestant.</param>
/// <param name="Busy">Whether numbers are shown although the machine was busy or the peer slow.</param>
/// <param name="Write">Whether RESULTS.md is written.</param>
/// <param name="Avx2">Whether the run restarts itself without AVX-512.</param>
internal sealed record Options(IReadOnlyList<string> Names, int Threads, bool Busy, bool Write, bool Avx2)
{
    public static string Usage { get; } =
        """
        usage: dotnet run -c Release --project benchmarks -- peers [names] [--threads N] [--avx2] [--busy] [--write]
               dotnet run -c Release --project benchmarks -- kernels [options of BenchmarkDotNet]

        peers times the compiled networks beside kernels written by hand, PyTorch and ONNX Runtime, interleaved in one run, after their numbers agreed.
        kernels times single kernels: softmax, LayerNorm, the gradient of GELU, Adam's pass.

          names        groups or single workloads:
                       linear, linear-gradients, mlp-step, mlp-predict, small-predict, gelu-step, "mlp-step 32"; all without any
          --threads N  threads of each contestant, 1 if not given
          --avx2       without AVX-512: the process and its peers start again held to 256 bit
          --busy       shows what was measured although the machine was busy or PyTorch's product slow, with a warning above the table
          --write      writes benchmarks/RESULTS.md; a run of all workloads always does, unless --busy or --avx2 was given

        PyTorch is looked for in /usr/bin/python3 and python3. ONNX Runtime is the library that ONNXRUNTIME_LIBRARY names, or the one that
        benchmarks/get-onnxruntime.sh fetched. What is missing is named, and the others are timed.
        """;

    /// <summary>Whether the file of results is written: when asked for, or when a run is whole and nothing weakens it.</summary>
    public bool WritesResults => Write || (Names.Count == 0 && !Busy && !Avx2);

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out Options? options)
    {
        var names = new List<string>();
        int threads = 1;
        var switches = new HashSet<string>(StringComparer.Ordinal);
        options = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--threads":
                    if (++i == arguments.Length || !int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out threads) || threads < 1) return false;
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
        return true;
    }
}
