using System.Globalization;
using Digits;
using DlGen;

if (Options.Parse(args, out string error) is not { } options)
{
    Console.Error.WriteLine(error);
    return 2;
}

if (options.Help)
{
    Console.WriteLine(Options.HelpText);
    return 0;
}

if (options.Cuda && Cuda.WhyUnavailable() is { } reason)
{
    Console.Error.WriteLine(reason);
    return 1;
}

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var data = DigitData.Load(options.ShuffleLabels ? options.Seed : null);
Console.WriteLine(DigitClassifier.Info);
Console.WriteLine($"{data.Training.Count} digits to train on, {data.Validation.Count} to validate, {data.Test.Count} to test; seed {options.Seed}");
if (options.ShuffleLabels)
    Console.WriteLine("The labels changed places: there is nothing to learn, and accuracy should be about 10 %.");

var model = new DigitClassifier(options.Seed);
var training = new TrainingOptions
{
    Optimizer = Optimizer.Adam(learningRate: 3e-3),
    Epochs = 30,
    BatchSize = 32,
    Seed = options.Seed,
    Validation = data.Validation,
    Progress = new ConsoleProgress(),
};
if (options.Cuda)
{
    using var gpu = model.OnCuda();
    gpu.Train(data.Training, training);
}
else
{
    model.Train(data.Training, training);
}

Evaluation evaluation = model.Evaluate(data.Test);
Console.WriteLine($"\ntest: {evaluation}\n\n{evaluation.Confusion}");

string path = Path.Combine(AppContext.BaseDirectory, "digits.safetensors");
model.Save(path);
var loaded = DigitClassifier.Load(path);
float[] pixels = data.Test.Floats("inputs", DigitData.Pixels);
int[] labels = data.Test.Ints("targets");
float[] probabilities = model.Predict(pixels);
if (!loaded.Predict(pixels).AsSpan().SequenceEqual(probabilities))
{
    Console.Error.WriteLine($"The model loaded from {path} predicts other numbers than the one that was saved.");
    return 1;
}

Console.WriteLine($"saved to {path}\nloaded:  the same {probabilities.Length:N0} probabilities for the test digits, bit for bit");

int[] classes = loaded.Classify(pixels);
int[] mistakes = [.. Enumerable.Range(0, labels.Length).Where(row => classes[row] != labels[row]).Take(4)];
Console.WriteLine($"\nSome test digits and what the model takes them for:\n\n{Drawing.Of([0, 1, 2, 3], pixels, labels, probabilities)}");
if (mistakes.Length > 0)
    Console.WriteLine($"Some that it takes for another:\n\n{Drawing.Of(mistakes, pixels, labels, probabilities)}");
return 0;
