using System.Globalization;
using DlGen;
using Vision;

const string Help = """
    Trains a network on Fashion-MNIST and says how good it is.

      lenet, resnet, vgg  tell ten kinds of clothes apart by convolutions
      rows                does so with an LSTM that reads a picture row by row
      denoise             takes noise out of pictures
      transfer            learns eight kinds, then two others from 50 pictures each

      dotnet run -c Release --project samples/Vision -- NETWORK --data FOLDER [options]

      NETWORK            one of these
      --data FOLDER      where the four IDX files are, e.g. /usr/share/datasets/fashion-mnist
      --seed N           seed of the initial weights, the dropout and the order of the rows (default 1)
      --epochs N         how often every picture is seen, 0 to test alone (default: lenet 12, resnet and vgg 20, rows 5, denoise and transfer 3)
      --augment yes|no   pictures flipped and shifted by up to two pixels, anew in every epoch (default: yes for resnet and vgg)
      --cuda             trains and tests lenet or resnet on an NVIDIA GPU
      --load FILE        starts from a model of that network, as safetensors: one that was saved, or PyTorch's (twin.py makes one for lenet)
      --save FILE        writes the trained model, as safetensors; for denoise the PNG picture (default denoised.png)
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string network = args.Length > 0 ? args[0] : "";
string? folder = null, load = null, save = null;
int seed = 1, epochs = network switch { "lenet" => 12, "resnet" or "vgg" => 20, "rows" => 5, _ => 3 };
bool augments = network is "resnet" or "vgg", isOnCuda = args.Contains("--cuda");
args = [.. args.Where(argument => argument != "--cuda")];
bool isRight = network is "lenet" or "resnet" or "vgg" or "rows" or "denoise" or "transfer";
for (int i = 1; i < args.Length && isRight; i += 2)
{
    isRight = i + 1 < args.Length && args[i] switch
    {
        "--data" => (folder = args[i + 1]).Length > 0,
        "--load" => (load = args[i + 1]).Length > 0,
        "--save" => (save = args[i + 1]).Length > 0,
        "--augment" => (augments = args[i + 1] == "yes") || args[i + 1] == "no",
        "--seed" => int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seed),
        "--epochs" => int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out epochs) && epochs >= 0,
        _ => false,
    };
    if (!isRight)
        Console.Error.WriteLine($"'{string.Join(' ', args[i..Math.Min(i + 2, args.Length)])}' is no option with its value.\n");
}

if (!isRight || folder is null)
{
    Console.Error.WriteLine(Help);
    return 2;
}

if (isOnCuda && network is not ("lenet" or "resnet"))
{
    Console.Error.WriteLine($"--cuda is for lenet and resnet, not for {network}.");
    return 2;
}

if (isOnCuda && Cuda.WhyUnavailable() is { } reason)
{
    Console.Error.WriteLine(reason);
    return 1;
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

if (network == "denoise")
{
    Denoising.Run(data, seed, epochs, save ?? "denoised.png");
    return 0;
}

if (network == "transfer")
{
    Transfer.Run(data, seed, epochs);
    return 0;
}

Evaluation evaluation;
try
{
    evaluation = network switch
    {
        "lenet" => LeNet(Optimizer.Adam(2e-3), batchSize: 64),
        "rows" => Rows(Optimizer.Adam(2e-3), batchSize: 64),
        "resnet" => Residual(Optimizer.AdamW(2e-3).Group(parameter => parameter.Shape.Length < 2, weightDecay: 0), batchSize: 128),
        _ => Stages(Optimizer.AdamW(1e-3).Group(parameter => parameter.Shape.Length < 2, weightDecay: 0), batchSize: 128),
    };
}
catch (Exception problem) when (problem is IOException or ModelFileException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}

Console.WriteLine($"\ntest: {evaluation}\n\n{evaluation.Confusion}");
return 0;

Evaluation LeNet(Optimizer optimizer, int batchSize)
{
    LeNet5 model = load is null ? new LeNet5(seed) : LeNet5.Load(load);
    using var gpu = isOnCuda ? model.OnCuda() : null;
    return Run(model, LeNet5.Info, gpu is null ? model.Train : gpu.Train, gpu is null ? model.Evaluate : (rows, _) => gpu.Evaluate(rows), optimizer, batchSize);
}

Evaluation Rows(Optimizer optimizer, int batchSize)
{
    RowReader model = load is null ? new RowReader(seed) : RowReader.Load(load);
    return Run(model, RowReader.Info, model.Train, model.Evaluate, optimizer, batchSize);
}

Evaluation Residual(Optimizer optimizer, int batchSize)
{
    ResNet model = load is null ? new ResNet(seed) : ResNet.Load(load);
    using var gpu = isOnCuda ? model.OnCuda() : null;
    return Run(model, ResNet.Info, gpu is null ? model.Train : gpu.Train, gpu is null ? model.Evaluate : (rows, _) => gpu.Evaluate(rows), optimizer, batchSize);
}

Evaluation Stages(Optimizer optimizer, int batchSize)
{
    Vgg model = load is null ? new Vgg(seed) : Vgg.Load(load);
    return Run(model, Vgg.Info, model.Train, model.Evaluate, optimizer, batchSize);
}

Evaluation Run(
    IModel model, ModelInfo info, Func<Dataset, TrainingOptions, CancellationToken, TrainingHistory> train, Func<Dataset, int, Evaluation> evaluate, Optimizer optimizer, int batchSize)
{
    Console.WriteLine(info);
    if (epochs == 0)
        return evaluate(data.Test, Environment.ProcessorCount);

    train(data.Training, new TrainingOptions
    {
        Optimizer = optimizer,
        Schedule = LearningRateSchedule.Cosine(minimum: 0.01).WithWarmUp(epochs: 1),
        Epochs = epochs,
        BatchSize = batchSize,
        Threads = Environment.ProcessorCount,
        Seed = seed,
        Augmentation = augments ? new ImageAugmentation { FlipHorizontal = 0.5, Shift = 2 } : null,
        Progress = new ConsoleProgress(),
    }, CancellationToken.None);
    if (save is not null)
        model.Save(save);
    return evaluate(data.Test, Environment.ProcessorCount);
}
