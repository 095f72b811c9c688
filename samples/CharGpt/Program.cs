using System.Globalization;
using System.IO.Compression;
using CharGpt;
using DlGen;

const string Help = """
    Trains a small GPT on a text, character by character, and lets it write on.

      dotnet run -c Release --project samples/CharGpt [-- options]

      --text FILE       what it reads, in UTF-8 (default: The Devil's Dictionary by Ambrose Bierce, which is in the program)
      --model FILE      where the trained model is saved with its tokenizer (default chargpt.safetensors, beside the program)
      --write PROMPT    trains nothing, and writes on from these words with a model that was saved
      --length N        how many characters it writes (default 400)
      --epochs N        epochs of 250 steps of 12 windows each (default 8)
      --seed N          seed of the initial weights, the order of the windows and what is written (default 1)
      --cuda            trains, and writes, on an NVIDIA GPU
      --twin FOLDER     also writes there what twin.py needs to train the same network on the same windows in PyTorch
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string? text = null, prompt = null, twin = null;
string path = Path.Combine(AppContext.BaseDirectory, "chargpt.safetensors");
int seed = 1, epochs = 8, length = 400;
bool isOnCuda = args.Contains("--cuda");
args = [.. args.Where(argument => argument != "--cuda")];
for (int i = 0; i < args.Length; i += 2)
{
    bool isRight = i + 1 < args.Length && args[i] switch
    {
        "--text" => (text = args[i + 1]).Length > 0,
        "--model" => (path = args[i + 1]).Length > 0,
        "--write" => (prompt = args[i + 1]).Length > 0,
        "--twin" => (twin = args[i + 1]).Length > 0,
        "--length" => int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out length) && length > 0,
        "--epochs" => int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out epochs) && epochs > 0,
        "--seed" => int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seed),
        _ => false,
    };
    if (!isRight)
    {
        Console.Error.WriteLine($"'{string.Join(' ', args[i..Math.Min(i + 2, args.Length)])}' is no option with its value.\n\n{Help}");
        return 2;
    }
}

if (isOnCuda && Cuda.WhyUnavailable() is { } reason)
{
    Console.Error.WriteLine(reason);
    return 1;
}

try
{
    if (prompt is null)
        Training.Run(text is null ? DevilsDictionary() : File.ReadAllText(text), epochs, seed, path, twin, length, isOnCuda);
    else
        Writing.WriteOn(Gpt.Load(path), Tokenizer.Load(path), prompt, length, seed, Console.Out, isOnCuda);
    return 0;
}
catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException or DlGenException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}

static string DevilsDictionary()
{
    using Stream packed = typeof(Gpt).Assembly.GetManifestResourceStream("devils-dictionary.txt.gz")!;
    using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
    return reader.ReadToEnd();
}
