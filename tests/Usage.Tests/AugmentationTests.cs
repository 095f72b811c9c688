namespace DlGen.Tests;

/// <summary>Pictures are changed where a model trains, and nowhere else.</summary>
public class AugmentationTests
{
    private const int Rows = 50, Pixels = 12;

    [Fact]
    public void Training_sees_changed_pictures_and_validation_the_pictures()
    {
        var (inputs, targets) = Data();
        float[] mirrored = [.. Enumerable.Range(0, inputs.Length).Select(i => inputs[i / 3 * 3 + 2 - i % 3])];
        var (model, twin) = (new Pictures(seed: 1), new Pictures(seed: 1));
        var history = model.Train(Pictures.Data(inputs, targets), Options(new ImageAugmentation { FlipHorizontal = 1 }, validation: Pictures.Data(mirrored, targets)));
        var expected = twin.Train(Pictures.Data(mirrored, targets), Options(null, validation: Pictures.Data(mirrored, targets)));
        Assert.Equal(TrainingOptionsTests.Values(twin), TrainingOptionsTests.Values(model));
        Assert.Equal(expected.Epochs.Select(e => e.Validation!.Loss), history.Epochs.Select(e => e.Validation!.Loss));
    }

    [Fact]
    public void Every_epoch_changes_them_anew_and_equal_seeds_equally_at_any_number_of_threads()
    {
        var (inputs, targets) = Data();
        double[] Trained(int threads, ImageAugmentation? augmentation, long seed = 0)
        {
            var model = new Pictures(seed: 1);
            model.Train(Pictures.Data(inputs, targets), Options(augmentation, null, threads, seed));
            return TrainingOptionsTests.Values(model);
        }

        var some = new ImageAugmentation { FlipVertical = 0.5, Shift = 1, Rotation = 15, Noise = 0.1 };
        Assert.Equal(Trained(1, some), Trained(2, some));
        Assert.NotEqual(Trained(1, some), Trained(1, null));
        Assert.NotEqual(Trained(1, some), Trained(1, some, seed: 7));
    }

    [Fact]
    public void A_checkpoint_goes_on_with_the_same_pictures_alone()
    {
        var (inputs, targets) = Data();
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            TrainingOptions Until(int epochs, int shift, string? file) => new()
            {
                Optimizer = Optimizer.Adam(0.01), Epochs = epochs, BatchSize = 8, Augmentation = new ImageAugmentation { Shift = shift, Noise = 0.1 }, Checkpoint = file is null ? null : new Checkpoint(file),
            };
            var (whole, parts) = (new Pictures(seed: 1), new Pictures(seed: 1));
            whole.Train(Pictures.Data(inputs, targets), Until(4, 1, null));
            parts.Train(Pictures.Data(inputs, targets), Until(2, 1, path));
            Assert.Contains("shifted 1", Assert.ThrowsAny<DlGenException>(() => new Pictures(seed: 1).Train(Pictures.Data(inputs, targets), Until(4, 2, path))).Message, StringComparison.Ordinal);
            parts = new Pictures(seed: 1);
            parts.Train(Pictures.Data(inputs, targets), Until(4, 1, path));
            Assert.Equal(TrainingOptionsTests.Values(whole), TrainingOptionsTests.Values(parts));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A step need not wait for the pictures of the next one.</summary>
    [Fact]
    public void Pictures_are_changed_on_a_thread_of_their_own()
    {
        var (inputs, targets) = Data();
        int[] ThreadsOf(ImageAugmentation? augmentation)
        {
            var data = new ReadingThreads(Pictures.Data(inputs, targets));
            new Pictures().Train(data, Options(augmentation, null));
            return [.. data.Threads];
        }

        Assert.DoesNotContain(Environment.CurrentManagedThreadId, ThreadsOf(new ImageAugmentation { Shift = 1 }));
        Assert.Equal([Environment.CurrentManagedThreadId], ThreadsOf(null));
    }

    [Fact]
    public void A_model_without_pictures_is_told_what_to_declare()
    {
        var problem = Assert.Throws<ArgumentException>(() => new Dropped().Train(TrainingOptionsTests.Data(), Options(new ImageAugmentation { Shift = 1 }, null)));
        Assert.Contains("the model has none; declare it as Input(channels, height, width)", problem.Message, StringComparison.Ordinal);
        Assert.Contains("Rotation is in degrees either way, from 0 to 180", Assert.Throws<ArgumentOutOfRangeException>(() => new Pictures().Train(Pictures.Data(Data().Inputs, Data().Targets), Options(new ImageAugmentation { Rotation = -1 }, null))).Message, StringComparison.Ordinal);
    }

    private static TrainingOptions Options(ImageAugmentation? augmentation, Dataset? validation, int threads = 1, long seed = 0)
        => new() { Optimizer = Optimizer.Adam(0.01), Epochs = 3, BatchSize = 8, Augmentation = augmentation, Validation = validation, Threads = threads, Seed = seed };

    private static (float[] Inputs, int[] Targets) Data()
    {
        var random = new Random(5);
        float[] inputs = [.. Enumerable.Range(0, Rows * Pixels).Select(_ => random.NextSingle() - 0.5f)];
        return (inputs, [.. Enumerable.Range(0, Rows).Select(row => row % 3)]);
    }

    private sealed class ReadingThreads(Dataset data) : Dataset
    {
        public HashSet<int> Threads { get; } = [];

        public override int Count => data.Count;

        public override void Read(ReadOnlySpan<int> rows, Batch batch)
        {
            Threads.Add(Environment.CurrentManagedThreadId);
            data.Read(rows, batch);
        }
    }
}
