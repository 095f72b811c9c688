using System.Globalization;
using Dates;
using DlGen;

const string Help = """
    Learns to read dates as people write them, "the 3rd of March, 2017" or "03/03/17", and answers "2017-03-03".

      dotnet run -c Release --project samples/Dates [-- options]

      --seed N     seed of the data, the initial weights and the order of the dates (default 1)
      --epochs N   how often every date is seen (default 4)
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (SeedAndEpochs.Read(args, epochs: 4, Help) is not { } options)
    return 2;
var (seed, epochs) = options;

// A day of one part stands in no form in another.
const int Watched = 500, Tested = 2000;
DateOnly[] days = WrittenDates.ShuffledDays(seed);
WrittenDates training = WrittenDates.Write(days[(Watched + Tested)..], seed);
WrittenDates validation = WrittenDates.Write(days[..Watched], seed + 1), test = WrittenDates.Write(days[Watched..(Watched + Tested)], seed + 2);

var model = new DateReader(seed);
Console.WriteLine(DateReader.Info);
Console.WriteLine($"{training.Days.Length:N0} dates to train on, {validation.Days.Length:N0} to watch, {test.Days.Length:N0} to test; seed {seed}");
model.Train(DateReader.Data(training.TextIds(), training.AnswerIds()), new TrainingOptions
{
    Optimizer = Optimizer.AdamW(4e-3),
    Schedule = LearningRateSchedule.Cosine(minimum: 0.01).WithWarmUp(epochs: 0.2),
    ClipNorm = 1,
    BatchSize = 64,
    Epochs = epochs,
    Threads = Environment.ProcessorCount,
    Seed = seed,
    Validation = DateReader.Data(validation.TextIds(), validation.AnswerIds()),
    Progress = new Watch(validation, model),
});

string[] answers = test.AnswersOf(model);
Console.WriteLine($"\ntest: {test.Exact(answers):P2} of {answers.Length:N0} dates exact, on days that stood in no form in training\n");
foreach ((string text, DateOnly day, string answer) in Enumerable.Range(0, 12).Select(i => (test.Texts[i], test.Days[i], answers[i])))
    Console.WriteLine($"  {text,-DateReader.Longest}  {answer}{(answer == WrittenDates.Iso(day) ? "" : $"   but it is {WrittenDates.Iso(day)}")}");
return 0;

/// <summary>The line of an epoch, and how many of the watched dates are exact.</summary>
internal sealed class Watch(WrittenDates watched, DateReader model) : IProgress<EpochReport>
{
    private readonly ConsoleProgress line = new();

    public void Report(EpochReport value)
    {
        line.Report(value);
        Console.WriteLine($"    {watched.Exact(watched.AnswersOf(model)):P1} of the watched dates are exact");
    }
}
