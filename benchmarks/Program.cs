using DlGen.Benchmarks;

switch (args)
{
    case ["peers", .. var rest] when Options.TryParse(rest, out var options):
        return PeerBenchmark.Run(options);
    case ["startup", .. var rest] when Options.TryParse(rest, out var options) && options is { Names.Count: 0, Threads: null, Avx2: false }:
        return StartupBenchmark.Run(options);
    case ["kernels", .. var rest]:
        return KernelBenchmarks.Run(rest);
    default:
        Console.Error.WriteLine(Options.Usage);
        return 2;
}
