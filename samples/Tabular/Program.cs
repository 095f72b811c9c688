using System.Globalization;
using System.IO.Compression;
using DlGen;
using Tabular;

const string Help = """
    Judges a small network on a table of 569 tumours by 5-fold cross-validation.

      dotnet run -c Release --project samples/Tabular [-- options]

      --seed N        seed of the folds, the initial weights and the order of the rows (default 1)
      --folds FILE    writes which fold tests each row, a number a line: peer.py judges scikit-learn's MLPClassifier on the same folds
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int seed = 1;
string? folds = null;
for (int i = 0; i < args.Length; i += 2)
{
    bool isRight = i + 1 < args.Length && args[i] switch
    {
        "--seed" => int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seed),
        "--folds" => (folds = args[i + 1]).Length > 0,
        _ => false,
    };
    if (!isRight)
    {
        Console.Error.WriteLine($"'{string.Join(' ', args[i..Math.Min(i + 2, args.Length)])}' is no option with its value.\n\n{Help}");
        return 2;
    }
}

// The first line says how many rows and features there are, and the classes' names.
using Stream packed = typeof(TumourClassifier).Assembly.GetManifestResourceStream("breast_cancer.csv.gz")!;
using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
reader.ReadLine();
CsvTable table = CsvTable.Read(reader, header: false);
int[] labels = table.Ints(^1);
Dataset data = TumourClassifier.Data(table.Floats(..30), labels).With(("row", Enumerable.Range(0, labels.Length).ToArray(), 1));

var accuracies = new List<double>();
float[] benign = new float[labels.Length];
int[] predicted = new int[labels.Length], testedBy = new int[labels.Length];
foreach ((Dataset training, Dataset test) in data.StratifiedKFold(5, seed))
{
    // A new model for each fold: what it knows, the scaling too, it knows from that fold's training part.
    var model = new TumourClassifier(seed);
    model.Train(training, new TrainingOptions { Optimizer = Optimizer.Adam(1e-3, weightDecay: 1e-3), Epochs = 60, BatchSize = 16, Seed = seed });
    Evaluation evaluation = model.Evaluate(test);
    accuracies.Add(evaluation.Accuracy!.Value);
    Console.WriteLine($"fold {accuracies.Count}: {evaluation}");

    float[] probabilities = model.Predict(test.Floats("inputs", 30));
    int[] rows = test.Ints("row");
    for (int i = 0; i < rows.Length; i++)
    {
        benign[rows[i]] = probabilities[2 * i + 1];
        predicted[rows[i]] = probabilities[2 * i + 1] > 0.5f ? 1 : 0;
        testedBy[rows[i]] = accuracies.Count - 1;
    }
}

double mean = accuracies.Average(), deviation = Math.Sqrt(accuracies.Average(accuracy => (accuracy - mean) * (accuracy - mean)));
var confusion = new ConfusionMatrix(predicted, labels, classes: 2);
Console.WriteLine($"\naccuracy {mean:P2} ± {deviation:P2} over the folds\n\n0: malignant, 1: benign, each row predicted by the model that never saw it\n{confusion}");
Console.WriteLine($"ROC-AUC {Metrics.RocAuc(benign, labels):F4}  average precision {Metrics.AveragePrecision(benign, labels):F4}  recall of malignant {confusion.Recall(0):P1}");
if (folds is not null)
    File.WriteAllLines(folds, testedBy.Select(fold => fold.ToString(CultureInfo.InvariantCulture)));
return 0;
