using DlGen.Benchmarks;

if (args is not ["peers"])
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project benchmarks -- peers    times a training step and Predict beside PyTorch's, one thread each");
    return 2;
}
return MlpBesidePyTorch.Run();
