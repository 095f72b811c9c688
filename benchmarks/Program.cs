using DlGen.Benchmarks;

if (args is not ["peers", .. var rest] || !Options.TryParse(rest, out var options))
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}
return PeerBenchmark.Run(options);
