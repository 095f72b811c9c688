using DlGen.Compiled;

namespace DlGen.Tests.Training;

public class ImageAugmentationTests
{
    private const int Height = 9, Width = 11, Pixels = Height * Width;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_certain_flip_exchanges_the_sides(int channels)
    {
        float[] image = Ramp(channels);
        float[] across = Changed(new() { FlipHorizontal = 1 }, image, channels), down = Changed(new() { FlipVertical = 1 }, image, channels);
        ForEach(channels, (c, y, x) =>
        {
            Assert.Equal(image[At(c, y, Width - 1 - x)], across[At(c, y, x)]);
            Assert.Equal(image[At(c, Height - 1 - y, x)], down[At(c, y, x)]);
        });
    }

    [Fact]
    public void Half_of_all_pictures_are_flipped_for_a_probability_of_a_half()
    {
        float[] image = Ramp(1);
        int flipped = Enumerable.Range(0, 1000).Count(epoch => Changed(new() { FlipHorizontal = 0.5 }, image, 1, epoch)[0] != image[0]);
        Assert.InRange(flipped, 430, 570);
    }

    [Fact]
    public void A_shift_is_one_of_all_and_each_is_as_likely()
    {
        float[] image = Ramp(2);
        var seen = new Dictionary<(int Down, int Right), int>();
        for (int epoch = 0; epoch < 2500; epoch++)
        {
            float[] moved = Changed(new() { Shift = 2, Fill = -1 }, image, 2, epoch);
            // The pixel in the middle says where it came from, and the others must agree.
            int from = Array.IndexOf(image, moved[At(0, 4, 5)]), down = 4 - from / Width, right = 5 - from % Width;
            ForEach(2, (c, y, x) =>
            {
                bool inside = y - down is >= 0 and < Height && x - right is >= 0 and < Width;
                Assert.Equal(inside ? image[At(c, y - down, x - right)] : -1, moved[At(c, y, x)]);
            });
            seen[(down, right)] = seen.GetValueOrDefault((down, right)) + 1;
        }

        Assert.Equal(25, seen.Count);
        Assert.All(seen.Values, count => Assert.InRange(count, 60, 145));
    }

    /// <summary>With equal draws: what is flipped and shifted is the flipped picture shifted, at every place that a shift has.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void A_picture_is_flipped_before_it_is_shifted(double across, double down)
    {
        float[] image = Ramp(2), flipped = Changed(new() { FlipHorizontal = across, FlipVertical = down }, image, 2);
        for (int epoch = 0; epoch < 100; epoch++)
            Assert.Equal(Changed(new() { Shift = 3, Fill = -1 }, flipped, 2, epoch), Changed(new() { FlipHorizontal = across, FlipVertical = down, Shift = 3, Fill = -1 }, image, 2, epoch));
    }

    /// <summary>Mixed from the four nearest, a plane stays a plane: what two pixels say about the turn and the size holds for all whose neighbours lie inside.</summary>
    [Fact]
    public void Turned_and_scaled_pictures_are_planes_where_the_picture_was_one()
    {
        float[] rows = [.. Enumerable.Range(0, Pixels).Select(i => (float)(i / Width))], columns = [.. Enumerable.Range(0, Pixels).Select(i => (float)(i % Width))];
        double most = 0, largest = 0, smallest = 1;
        for (int epoch = 0; epoch < 200; epoch++)
        {
            var augmentation = new ImageAugmentation { Rotation = 20, Scale = 0.2, Fill = -100 };
            float[] fromY = Changed(augmentation, rows, 1, epoch), fromX = Changed(augmentation, columns, 1, epoch);
            double cos = fromX[At(0, 4, 6)] - fromX[At(0, 4, 5)], sin = fromX[At(0, 5, 5)] - fromX[At(0, 4, 5)], size = Math.Sqrt(cos * cos + sin * sin);
            most = Math.Max(most, Math.Abs(Math.Atan2(sin, cos)) * 180 / Math.PI);
            (largest, smallest) = (Math.Max(largest, 1 / size), Math.Min(smallest, 1 / size));
            ForEach(1, (_, y, x) =>
            {
                double placeX = 5 + cos * (x - 5) + sin * (y - 4), placeY = 4 + cos * (y - 4) - sin * (x - 5);
                if (placeX is < 0 or > Width - 1 || placeY is < 0 or > Height - 1)
                    return;
                Assert.Equal(placeX, fromX[At(0, y, x)], 1e-4);
                Assert.Equal(placeY, fromY[At(0, y, x)], 1e-4);
            });
        }

        Assert.InRange(most, 17, 20.001);
        Assert.InRange(largest, 1.15, 1.2001);
        Assert.InRange(smallest, 0.7999, 0.85);
    }

    /// <summary>Whatever lies beside the picture is fill, up to the pixel at its edge: a turn by a known angle, its numbers told by two pixels of a plane, mixes what a definition with bounds mixes.</summary>
    [Fact]
    public void What_turns_in_from_outside_is_filled()
    {
        float[] plane = new float[2 * Pixels], other = new float[2 * Pixels];
        ForEach(2, (c, y, x) => (plane[At(c, y, x)], other[At(c, y, x)]) = (c == 0 ? y : x, (c + 1) * ((y * 7 % 5) + (x * 3 % 4) + 1)));
        int seen = 0;
        for (int epoch = 0; epoch < 60; epoch++)
        {
            // Planes of a very large picture would say where every pixel came from: their slopes are the same inside of this one.
            var augmentation = new ImageAugmentation { FlipHorizontal = 0.5, Rotation = 50, Shift = 1, Scale = 0.3, Fill = -9 };
            float[] places = Changed(augmentation, plane, 2, epoch), turned = Changed(augmentation, other, 2, epoch);
            var inside = (from y in Enumerable.Range(0, Height) from x in Enumerable.Range(0, Width) where IsInside(y, x) && IsInside(y, x + 1) && IsInside(y + 1, x) select (y, x)).ToList();
            bool IsInside(int y, int x) => y < Height && x < Width && places[At(0, y, x)] is > 0.01f and < Height - 1.01f && places[At(1, y, x)] is > 0.01f and < Width - 1.01f;
            if (inside.Count == 0) continue;
            var (fromY, fromX) = inside[inside.Count / 2];
            double Place(int c, int y, int x)
            {
                double first = places[At(c, fromY, fromX)];
                return first + (y - fromY) * (places[At(c, fromY + 1, fromX)] - first) + (x - fromX) * (places[At(c, fromY, fromX + 1)] - first);
            }
            ForEach(2, (c, y, x) =>
            {
                double placeY = Place(0, y, x), placeX = Place(1, y, x), top = Math.Floor(placeY), left = Math.Floor(placeX);
                double Pixel(double py, double px) => py >= 0 && py < Height && px >= 0 && px < Width ? other[At(c, (int)py, (int)px)] : -9;
                double upper = Pixel(top, left) + (placeX - left) * (Pixel(top, left + 1) - Pixel(top, left)), lower = Pixel(top + 1, left) + (placeX - left) * (Pixel(top + 1, left + 1) - Pixel(top + 1, left));
                // A place within rounding of a whole number may be mixed from the pixels on its other side: the mixture is the same.
                Assert.Equal(upper + (placeY - top) * (lower - upper), turned[At(c, y, x)], 0.02);
                seen++;
            });
        }

        Assert.True(seen > 2000);
    }

    [Fact]
    public void Contrast_keeps_the_mean_brightness_moves_it_and_noise_has_its_deviation()
    {
        float[] image = Ramp(1);
        float mean = image.Average();
        for (int epoch = 0; epoch < 50; epoch++)
        {
            float[] contrast = Changed(new() { Contrast = 0.5 }, image, 1, epoch), brightness = Changed(new() { Brightness = 0.3 }, image, 1, epoch);
            double factor = (contrast[0] - mean) / (image[0] - mean), added = brightness[0] - image[0];
            Assert.InRange(factor, 0.5, 1.5);
            Assert.InRange(added, -0.3001, 0.3001);
            for (int i = 0; i < Pixels; i++)
            {
                Assert.Equal(mean + factor * (image[i] - mean), contrast[i], 1e-4);
                Assert.Equal(image[i] + added, brightness[i], 1e-4);
            }
        }

        double squares = Enumerable.Range(0, 100).Sum(epoch => Changed(new() { Noise = 0.1 }, image, 1, epoch).Zip(image).Sum(p => Math.Pow(p.First - p.Second, 2)));
        Assert.Equal(0.1, Math.Sqrt(squares / (100 * Pixels)), 0.003);
    }

    [Fact]
    public void A_square_is_cut_out_of_all_channels()
    {
        float[] image = [.. Ramp(3).Select(v => v + 1)];
        for (int epoch = 0; epoch < 100; epoch++)
        {
            float[] cut = Changed(new() { CutOut = 4 }, image, 3, epoch);
            int[] gone = [.. Enumerable.Range(0, Pixels).Where(i => cut[i] == 0)];
            int height = gone.Max(i => i / Width) - gone.Min(i => i / Width) + 1, width = gone.Max(i => i % Width) - gone.Min(i => i % Width) + 1;
            Assert.Equal(height * width, gone.Length);
            Assert.InRange(height, 2, 4);
            Assert.InRange(width, 2, 4);
            for (int c = 0; c < 3; c++) Assert.Equal(gone, Enumerable.Range(0, Pixels).Where(i => cut[c * Pixels + i] == 0));
            Assert.All(Enumerable.Range(0, 3 * Pixels).Where(i => cut[i] != 0), i => Assert.Equal(image[i], cut[i]));
        }
    }

    [Fact]
    public void What_is_drawn_depends_on_seed_epoch_and_row_alone()
    {
        var augmentation = new ImageAugmentation { FlipHorizontal = 0.5, Shift = 3, Rotation = 10, Contrast = 0.2, Noise = 0.1, CutOut = 3 };
        float[] pictures = [.. Enumerable.Range(0, 40).SelectMany(row => Ramp(1).Select(v => v + row))];
        var data = Dataset.FromArrays(("image", pictures, Pixels));
        float[][] Epoch(long seed, int batchSize, bool prefetch, int epoch)
        {
            int[] order = [.. Enumerable.Range(0, 40)];
            Shuffling.Shuffle(order, batchSize, stream: 0);
            using var reader = new BatchReader(data, Image, order, batchSize, prefetch, new ImageChanger(augmentation, Image, seed), epoch);
            var rows = new float[40][];
            for (int taken = 0; reader.Next() is { } batch; taken += batch.Rows)
            {
                for (int i = 0; i < batch.Rows; i++) rows[order[taken + i]] = batch.Floats("image").Slice(i * Pixels, Pixels).ToArray();
            }

            return rows;
        }

        float[][] first = Epoch(1, 7, prefetch: true, 0);
        Assert.Equal(first, Epoch(1, 40, prefetch: false, 0));
        Assert.NotEqual(first, Epoch(1, 7, prefetch: true, 1));
        Assert.NotEqual(first, Epoch(2, 7, prefetch: true, 0));
    }

    /// <summary>A denoiser's: what stands beside a pixel of the picture stands beside it afterwards.</summary>
    [Fact]
    public void Targets_of_the_same_size_are_moved_along_and_otherwise_left_alone()
    {
        var augmentation = new ImageAugmentation { FlipHorizontal = 0.5, Shift = 2, Rotation = 25, Scale = 0.1 };
        var noisy = new ImageAugmentation { FlipHorizontal = 0.5, Shift = 2, Rotation = 25, Scale = 0.1, Noise = 0.5, Contrast = 0.5, CutOut = 4 };
        var definition = new BatchDefinition([Image.Fields[0], new BatchField("clean", FieldKind.Float, 2 * Pixels, 0) { Shape = [2, Height, Width], IsTarget = true }], Float64: false);
        for (int epoch = 0; epoch < 20; epoch++)
        {
            var batch = new Batch(definition, 1) { Rows = 1 };
            Ramp(1).CopyTo(batch.Floats("image"));
            Ramp(1).CopyTo(batch.Floats("clean"));
            Ramp(1).CopyTo(batch.Floats("clean")[Pixels..]);
            new ImageChanger(noisy, definition, seed: 3).Change(batch, [0], epoch);
            float[] moved = Changed(augmentation, Ramp(1), 1, epoch);
            Assert.Equal([.. moved, .. moved], batch.Floats("clean").ToArray());
            Assert.NotEqual(moved, batch.Floats("image").ToArray());
        }
    }

    [Fact]
    public void Doubles_are_changed_like_floats()
    {
        var augmentation = new ImageAugmentation { FlipVertical = 0.5, Shift = 1, Rotation = 30, Brightness = 0.1, Noise = 0.2 };
        float[] image = Ramp(1), changed = Changed(augmentation, image, 1, epoch: 5);
        var definition = Definition(1) with { Float64 = true };
        var batch = new Batch(definition, 1) { Rows = 1 };
        for (int i = 0; i < Pixels; i++) batch.Doubles("image")[i] = image[i];
        new ImageChanger(augmentation, definition, seed: 3).Change(batch, [0], epoch: 5);
        for (int i = 0; i < Pixels; i++) Assert.Equal(changed[i], batch.Doubles("image")[i], 1e-5);
    }

    /// <summary>Bytes are the numbers from 0 to 1 that they stand for: what moves is the same byte, and what is computed is rounded to the nearest one.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_are_changed_as_their_numbers(bool float64)
    {
        byte[] image = [.. Enumerable.Range(0, Pixels).Select(i => (byte)(i * 83))];
        var definition = new BatchDefinition([Image.Fields[0] with { Kind = FieldKind.Byte }], float64);
        byte[] Changed(ImageAugmentation augmentation)
        {
            var batch = new Batch(definition, 1) { Rows = 1 };
            image.CopyTo(batch.Bytes("image"));
            new ImageChanger(augmentation, definition, seed: 3).Change(batch, [0], epoch: 5);
            return batch.Bytes("image").ToArray();
        }

        Assert.Equal([.. Enumerable.Range(0, Pixels).Select(i => image[i / Width * Width + Width - 1 - i % Width])], Changed(new() { FlipHorizontal = 1 }));
        foreach (var augmentation in new ImageAugmentation[] { new() { Shift = 2, CutOut = 3, Fill = 1 }, new() { Rotation = 30, Scale = 0.2 }, new() { Contrast = 0.4, Brightness = 0.5 }, new() { Noise = 0.7 } })
        {
            float[] numbers = ImageAugmentationTests.Changed(augmentation, Array.ConvertAll(image, b => b / 255f), 1, epoch: 5);
            byte[] bytes = Changed(augmentation);
            for (int i = 0; i < Pixels; i++)
                Assert.InRange(bytes[i] - Math.Clamp(numbers[i] * 255, 0, 255), -0.501, 0.501);
        }
    }

    [Fact]
    public void Errors_say_what_was_expected()
    {
        static string Of(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.Contains("FlipHorizontal is a probability, from 0 to 1.", Of(new ImageAugmentation { FlipHorizontal = 2 }.Check), StringComparison.Ordinal);
        Assert.Contains("Shift must be at least 0.", Of(new ImageAugmentation { Shift = -1 }.Check), StringComparison.Ordinal);
        Assert.Contains("Scale is a share of the size", Of(new ImageAugmentation { Scale = 1 }.Check), StringComparison.Ordinal);
        var flat = new BatchDefinition([new BatchField("inputs", FieldKind.Float, Pixels, 0) { Shape = [Pixels] }], Float64: false);
        Assert.Contains("the model has none; declare it as Input(channels, height, width)", Of(() => new ImageAugmentation().FieldOf(flat)), StringComparison.Ordinal);
        var two = new BatchDefinition([.. Definition(1).Fields, new BatchField("other", FieldKind.Float, 4, 0) { Shape = [1, 2, 2] }], Float64: false);
        Assert.Contains("it has 'image' (1, 9, 11), 'other' (1, 2, 2); name one", Of(() => new ImageAugmentation().FieldOf(two)), StringComparison.Ordinal);
        Assert.Contains("names 'label', but the model has no such input", Of(() => new ImageAugmentation { Input = "label" }.FieldOf(two)), StringComparison.Ordinal);
        var segmented = new BatchDefinition([Image.Fields[0], new BatchField("kinds", FieldKind.Int, Pixels, 3) { Shape = [Height, Width], IsTarget = true }], Float64: false);
        Assert.Contains("away from the labels of their pixels, 'kinds'", Of(() => new ImageChanger(new() { Shift = 1 }, segmented, 0)), StringComparison.Ordinal);
        _ = new ImageChanger(new() { Noise = 1 }, segmented, 0);
        Assert.Contains("must leave something of pictures of 9 × 11 pixels", Of(() => new ImageAugmentation { Shift = 9 }.FieldOf(Image)), StringComparison.Ordinal);
        Assert.Contains("from 0 to 180", Of(new ImageAugmentation { Rotation = 500 }.Check), StringComparison.Ordinal);
        Assert.Equal("other", new ImageAugmentation { Input = "other" }.FieldOf(two).Name);
    }

    private static readonly BatchDefinition Image = new([Definition(1).Fields[0]], Float64: false);

    private static BatchDefinition Definition(int channels)
        => new([new BatchField("image", FieldKind.Float, channels * Pixels, 0) { Shape = [channels, Height, Width] }, new BatchField("wanted", FieldKind.Float, 0, 0) { Shape = [1, 2, 2], IsTarget = true }], Float64: false);

    private static float[] Changed(ImageAugmentation augmentation, float[] image, int channels, int epoch = 0)
    {
        augmentation.Check();
        var batch = new Batch(Definition(channels), 1) { Rows = 1 };
        image.CopyTo(batch.Floats("image"));
        new ImageChanger(augmentation, Definition(channels), seed: 3).Change(batch, [0], epoch);
        return batch.Floats("image").ToArray();
    }

    /// <summary>All pixels differ.</summary>
    private static float[] Ramp(int channels) => [.. Enumerable.Range(0, channels * Pixels).Select(i => i * 0.01f)];

    private static int At(int channel, int y, int x) => (channel * Height + y) * Width + x;

    private static void ForEach(int channels, Action<int, int, int> check)
    {
        for (int c = 0; c < channels; c++)
        {
            for (int y = 0; y < Height; y++)
            {
                for (int x = 0; x < Width; x++) check(c, y, x);
            }
        }
    }
}
