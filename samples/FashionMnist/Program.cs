using System.Globalization;
using DlGen;
using FashionMnist;

const string Help = """
    Trains a network of four layers on Fashion-MNIST and says how good it is.

      dotnet run -c Release --project samples/FashionMnist -- --data FOLDER [options]

      --data FOLDER      where the four IDX files are, e.g. /usr/share/datasets/fashion-mnist
      --seed N           seed of the initial weights, the dropout and the order of the rows (default 1)
      --epochs N         how often every picture is seen (default 20)
      --save FILE        writes the trained model, as safetensors
      --checkpoint FILE  saves the training every 100 steps; started again with the same file it goes on where it stood
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string? folder = null, save = null, checkpoint = null;
int seed = 1, epochs = 20;
for (int i = 0; i < args.Length; i += 2)
{
    bool isRight = i + 1 < args.Length && args[i] switch
    {
        "--data" => (folder = args[i + 1]).Length > 0,
        "--save" => (save = args[i + 1]).Length > 0,
        "--checkpoint" => (checkpoint = args[i + 1]).Length > 0,
        "--seed" => int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seed),
        "--epochs" => int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out epochs) && epochs > 0,
        _ => false,
    };
    if (!isRight)
    {
        Console.Error.WriteLine($"'{string.Join(' ', args[i..Math.Min(i + 2, args.Length)])}' is no option with its value.\n\n{Help}");
        return 2;
    }
}

if (folder is null)
{
    Console.Error.WriteLine(Help);
    return 2;
}

FashionData data;
try
{
    data = FashionData.Load(folder);
}
catch (IOException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}

Console.WriteLine(FashionClassifier.Info);
var model = new FashionClassifier(seed);
model.Train(data.Training, new TrainingOptions
{
    Optimizer = Optimizer.AdamW(1e-3).Group(parameter => parameter.Shape.Length < 2, weightDecay: 0),
    Schedule = LearningRateSchedule.Cosine(minimum: 0.01).WithWarmUp(epochs: 1),
    Epochs = epochs,
    BatchSize = 128,
    Threads = Environment.ProcessorCount,
    Seed = seed,
    Validation = data.Validation,
    Checkpoint = checkpoint is null ? null : new Checkpoint(checkpoint) { EverySteps = 100 },
    Progress = new ConsoleProgress(),
});

if (save is not null)
    model.Save(save);

Evaluation evaluation = model.Evaluate(data.Test);
ConfusionMatrix confusion = evaluation.Confusion!;
Console.WriteLine($"\ntest: {evaluation}\n\n{confusion}");
for (int i = 0; i < confusion.Classes; i++)
    Console.WriteLine($"{i}  {FashionData.Classes[i],-11}  precision {confusion.Precision(i):F3}  recall {confusion.Recall(i):F3}  F1 {confusion.F1(i):F3}");
float[] probabilities = model.Predict(data.Test.Floats("inputs", 784));
int[] labels = data.Test.Ints("targets");
Console.WriteLine($"macro F1 {confusion.F1(Average.Macro):F4}  top-3 accuracy {Metrics.TopKAccuracy(probabilities, labels, 10, 3):P2}  "
    + $"ROC-AUC {Metrics.RocAuc(probabilities, labels, 10):F4}  log loss {Metrics.LogLoss(probabilities, labels, 10):F4}");
return 0;
