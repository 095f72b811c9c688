using System.Globalization;
using DlGen;
using Forecasting;

const string Help = """
    Foresees the next 24 hours of a made-up town's demand for electricity, and says how much better that is than to expect last week's once more.

      dotnet run -c Release --project samples/Forecasting [-- options]

      --seed N     seed of the data, the initial weights and the order of the windows (default 1)
      --epochs N   how often every window is seen, at most (default 30)
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (SeedAndEpochs.Read(args, epochs: 30, Help) is not { } options)
    return 2;
var (seed, epochs) = options;

// A window begins at every hour. It is trained on the past, watched on what follows, and judged on the end, of which no hour stands in the other parts.
const int History = Forecaster.History, Horizon = Forecaster.Horizon, Series = Forecaster.Series;
var demand = Demand.Make(weeks: 104, seed);
Dataset windows = Dataset.FromWindows(
    stride: 1,
    WindowField.Floats("history", demand.Hours, ..History, perStep: Series),
    WindowField.Floats("targets", demand.Megawatts, History..(History + Horizon)));
(Dataset rest, Dataset test) = windows.TimeSplit(0.8);
(Dataset training, Dataset validation) = rest.TimeSplit(0.85);

var model = new Forecaster(seed);
Console.WriteLine(Forecaster.Info);
Console.WriteLine($"{training.Count} windows to train on, {validation.Count} to watch, {test.Count} to test; seed {seed}");
model.Train(training, new TrainingOptions
{
    Optimizer = Optimizer.AdamW(1e-3),
    Schedule = LearningRateSchedule.Cosine(minimum: 0.01).WithWarmUp(epochs: 1),
    Epochs = epochs,
    BatchSize = 64,
    Threads = Environment.ProcessorCount,
    Seed = seed,
    Validation = validation,
    EarlyStopping = new() { Patience = 8, RestoreBest = true },
    Progress = new ConsoleProgress(),
});

float[] history = test.Floats("history", History * Series), truth = test.Floats("targets", Horizon);
float[] forecast = model.Predict(history, Environment.ProcessorCount), lastWeek = Past(7 * 24), yesterday = Past(24);
Console.WriteLine("\ntest: error in megawatts      mean absolute   root mean square   mean absolute at hour 1, 6, 12, 24");
Print("the network", forecast);
Print("as a week before", lastWeek);
Print("as a day before", yesterday);
double better = 1 - Metrics.MeanAbsoluteError(forecast, truth) / Metrics.MeanAbsoluteError(lastWeek, truth);
Console.WriteLine($"\nThe network's mean absolute error is {better:P1} smaller than that of last week's demand once more.");
return 0;

// The demand so many hours before each that is to be foreseen.
float[] Past(int hours)
{
    float[] past = new float[truth.Length];
    for (int i = 0; i < past.Length; i++)
        past[i] = history[(i / Horizon * History + History - hours + i % Horizon) * Series];
    return past;
}

void Print(string name, float[] expected)
{
    IEnumerable<string> hours = new[] { 1, 6, 12, 24 }.Select(hour => Metrics.MeanAbsoluteError(At(expected, hour), At(truth, hour)).ToString("F2"));
    Console.WriteLine($"  {name,-26}  {Metrics.MeanAbsoluteError(expected, truth),13:F3}  {Metrics.RootMeanSquaredError(expected, truth),17:F3}   {string.Join("  ", hours)}");
}

static float[] At(float[] values, int hour) => [.. values.Where((_, i) => i % Horizon == hour - 1)];
