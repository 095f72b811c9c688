using DlGen.Benchmarks;

switch (args)
{
    case ["peers", .. var rest] when Options.TryParse(rest, out var options):
        return PeerBenchmark.Run(options);
    case ["kernels", .. var rest]:
        return KernelBenchmarks.Run(rest);
    default:
        Console.Error.WriteLine(Options.Usage);
        return 2;
}
