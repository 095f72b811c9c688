using System.Globalization;
using System.IO.Compression;
using DlGen;
using MaskedWords;

const string Help = """
    Trains an encoder to say what is hidden in a text, on The Devil's Dictionary by Ambrose Bierce, and fills in what is hidden in paragraphs that it never saw.

      dotnet run -c Release --project samples/MaskedWords [-- options]

      --seed N     seed of the initial weights, of what is hidden and of the order of the texts (default 1)
      --epochs N   how often a text is seen, on average, each time with other places hidden (default 16)
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (SeedAndEpochs.Read(args, epochs: 16, Help) is not { } options)
    return 2;
var (seed, epochs) = options;

// Every tenth paragraph is held out, of the tokenizer too. Five copies of those give more places to judge by.
const int Copies = 5;
string[] paragraphs = [.. DevilsDictionary().Split("\n\n").Select(InOneLine).Where(text => text.Length > 0)];
string[] learned = [.. paragraphs.Where((_, i) => i % 10 != 9)], heldOut = [.. paragraphs.Where((_, i) => i % 10 == 9)];
Tokenizer tokenizer = BytePairTokenizer.Train(string.Join('\n', learned), MaskedLanguageModel.Vocabulary, ["<pad>", "<mask>"]);
int[][] texts = MaskedTexts.Cut(learned, tokenizer), testTexts = MaskedTexts.Cut(heldOut, tokenizer);
var training = new MaskedTexts(texts, epochs, seed);
var test = new MaskedTexts(testTexts, Copies, seed + 1);

var model = new MaskedLanguageModel(seed);
Console.WriteLine(MaskedLanguageModel.Info);
Console.WriteLine($"{texts.Sum(text => text.Length):N0} ids in {texts.Length:N0} texts to train on, {testTexts.Sum(text => text.Length):N0} in {testTexts.Length:N0} held out; seed {seed}");
model.Train(training, new TrainingOptions
{
    Optimizer = Optimizer.AdamW(1.5e-3, weightDecay: 0.05).Group(parameter => parameter.Shape.Length < 2, weightDecay: 0),
    Schedule = LearningRateSchedule.Cosine(minimum: 0.02).WithWarmUp(epochs: 1),
    ClipNorm = 1,
    BatchSize = 16,
    RowsPerEpoch = texts.Length,
    Epochs = epochs,
    Threads = Environment.ProcessorCount,
    Seed = seed,
    Validation = test,
    Progress = new ConsoleProgress(),
});

// Always the id that the training texts have most often: the best answer that looks at nothing.
int most = texts.SelectMany(text => text).CountBy(id => id).MaxBy(count => count.Value).Key;
FilledText[] filled = FilledText.Of(model, test);
int[] hidden = [.. filled.SelectMany(text => text.Hidden)], guesses = [.. filled.SelectMany(text => text.Guesses)];
double right = hidden.Zip(guesses).Count(pair => pair.First == pair.Second), ofMost = hidden.Count(id => id == most);
Console.WriteLine($"\nheld out: {right / hidden.Length:P1} of {hidden.Length:N0} hidden ids are right; the most frequent one, \"{tokenizer.Decode(most)}\", would be in {ofMost / hidden.Length:P1}");
Console.WriteLine("\n[guess], and [guess|what stood there] where it is something else:\n");
foreach (FilledText text in filled.Where(text => text.Places.Length > MaskedLanguageModel.Length / 2).Where((_, i) => i % 20 == 0).Take(8))
    Console.WriteLine($"  {text.Print(tokenizer)}\n");
return 0;

static string InOneLine(string paragraph) => string.Join(' ', paragraph.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

static string DevilsDictionary()
{
    using Stream packed = typeof(MaskedLanguageModel).Assembly.GetManifestResourceStream("devils-dictionary.txt.gz")!;
    using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
    return reader.ReadToEnd();
}
