using System.Numerics;
using DlGen.Compiled;
using DlGen.Numerics;

namespace DlGen;

/// <summary>Carries out an <see cref="ImageAugmentation"/> on batches. For one thread at a time; allocates nothing per batch.</summary>
internal sealed class ImageChanger
{
    /// <summary>Random numbers of a row: two flips, two shifts, rotation, scale, contrast, brightness, and the place of the square.</summary>
    private const int Draws = 10;

    /// <summary>Pixels around a picture that is turned.</summary>
    private const int Border = 2;

    private readonly ImageAugmentation options;
    private readonly BatchField field;
    private readonly BatchField[] targets;
    private readonly int height;
    private readonly int width;
    private readonly ulong key;
    private readonly ulong noiseKey;
    private readonly double[] draws = new double[Draws];
    private readonly double[] noise;
    private readonly Array copy;

    /// <summary>The numbers that a picture of bytes stands for, while it is changed.</summary>
    private readonly Array numbers;

    public ImageChanger(ImageAugmentation options, BatchDefinition definition, long seed)
    {
        this.options = options;
        field = options.FieldOf(definition);
        targets = options.MovedWith(field, definition);
        (height, width) = (field.Shape![1], field.Shape[2]);
        (key, noiseKey) = (Philox.Key(seed, node: -2), Philox.Key(seed, node: -3));
        noise = options.Noise > 0 ? new double[field.PerRow] : [];
        int largest = targets.Append(field).Max(f => f.PerRow / (height * width) * (height + (2 * Border)) * (width + (2 * Border)));
        copy = definition.Float64 ? new double[largest] : new float[largest];
        int byteLength = field.Kind == FieldKind.Byte ? field.PerRow : 0;
        numbers = definition.Float64 ? new double[byteLength] : new float[byteLength];
    }

    /// <summary>Changes the pictures of a batch, and moves its targets that are pictures of the same size along.</summary>
    /// <param name="batch">A filled batch.</param>
    /// <param name="rows">The positions of its rows in the dataset.</param>
    /// <param name="epoch">The number of the epoch.</param>
    public void Change(Batch batch, ReadOnlySpan<int> rows, long epoch)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Philox.Uniform(draws, (long)rows[i] * Draws, key, (ulong)epoch);
            if (copy is double[] doubles)
            {
                foreach (BatchField target in targets)
                    Move(Row(batch.Doubles(target.Name), target, i), doubles);
                if (numbers is double[] { Length: > 0 } shades)
                    ChangeBytes(Row(batch.Bytes(field.Name), field, i), shades, doubles, rows[i], epoch);
                else
                    Change(Row(batch.Doubles(field.Name), field, i), doubles, rows[i], epoch);
            }
            else
            {
                foreach (BatchField target in targets)
                    Move(Row(batch.Floats(target.Name), target, i), (float[])copy);
                if (numbers is float[] { Length: > 0 } shades)
                    ChangeBytes(Row(batch.Bytes(field.Name), field, i), shades, (float[])copy, rows[i], epoch);
                else
                    Change(Row(batch.Floats(field.Name), field, i), (float[])copy, rows[i], epoch);
            }
        }
    }

    private static Span<T> Row<T>(Span<T> values, BatchField field, int row) => values.Slice(row * field.PerRow, field.PerRow);

    private void ChangeBytes<T>(Span<byte> image, T[] shades, T[] before, int row, long epoch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T most = T.CreateTruncating(byte.MaxValue);
        for (int i = 0; i < image.Length; i++)
            shades[i] = T.CreateTruncating(image[i]) / most;
        Change(shades.AsSpan(), before, row, epoch);
        for (int i = 0; i < image.Length; i++)
            image[i] = byte.CreateSaturating(T.Round(shades[i] * most));
    }

    private void Change<T>(Span<T> image, T[] before, int row, long epoch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Move(image, before);
        double contrast = 1 + Within(6, options.Contrast), brightness = Within(7, options.Brightness);
        if (contrast != 1 || brightness != 0)
        {
            double sum = 0;
            foreach (T value in image)
                sum += double.CreateTruncating(value);
            double shift = sum / image.Length * (1 - contrast) + brightness;
            for (int i = 0; i < image.Length; i++)
                image[i] = T.CreateTruncating(double.CreateTruncating(image[i]) * contrast + shift);
        }

        if (options.Noise > 0)
        {
            Philox.Normal(noise, (long)row * noise.Length, noiseKey, (ulong)epoch);
            for (int i = 0; i < image.Length; i++)
                image[i] += T.CreateTruncating(options.Noise * noise[i]);
        }

        if (options.CutOut > 0)
            Cut(image, (int)(draws[8] * height), (int)(draws[9] * width));
    }

    /// <summary>A number from -most to most.</summary>
    private double Within(int draw, double most) => most == 0 ? 0 : (2 * draws[draw] - 1) * most;

    private void Move<T>(Span<T> image, T[] before)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool mirror = draws[0] < options.FlipHorizontal, turnOver = draws[1] < options.FlipVertical;
        int right = (int)(draws[2] * (2 * options.Shift + 1)) - options.Shift, down = (int)(draws[3] * (2 * options.Shift + 1)) - options.Shift;
        double angle = Within(4, options.Rotation) * Math.PI / 180, scale = 1 + Within(5, options.Scale);
        if (!mirror && !turnOver && right == 0 && down == 0 && angle == 0 && scale == 1)
            return;
        if (angle == 0 && scale == 1)
            MoveWhole(image, before, mirror, turnOver, right, down);
        else
            Turn(image, before, mirror, turnOver, right, down, Math.Cos(angle) / scale, Math.Sin(angle) / scale);
    }

    /// <summary>Without turning or scaling, lines of pixels stay lines of pixels.</summary>
    private void MoveWhole<T>(Span<T> image, T[] before, bool mirror, bool turnOver, int right, int down)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        image.CopyTo(before);
        T fill = T.CreateTruncating(options.Fill);
        int kept = width - Math.Abs(right);
        for (int line = 0; line < image.Length / width; line++)
        {
            Span<T> to = image.Slice(line * width, width);
            int y = line % height, from = turnOver ? height - 1 - y + down : y - down;
            if ((uint)from >= (uint)height)
            {
                to.Fill(fill);
                continue;
            }

            // What stays of a line moves right; exchanged, it is the line's beginning that is lost on the way.
            int first = Math.Max(0, mirror ? right : -right);
            Span<T> moved = to.Slice(Math.Max(0, right), kept);
            before.AsSpan((line - y + from) * width + first, kept).CopyTo(moved);
            if (mirror)
                moved.Reverse();
            to[..Math.Max(0, right)].Fill(fill);
            to[(Math.Max(0, right) + kept)..].Fill(fill);
        }
    }

    /// <summary>Each pixel mixed from the four nearest of the place where it was: shifted back, turned back, made as large as it was, exchanged back.</summary>
    private void Turn<T>(Span<T> image, T[] before, bool mirror, bool turnOver, int right, int down, double cos, double sin)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int channels = image.Length / (height * width), wide = width + (2 * Border), plane = (height + (2 * Border)) * wide;
        Surround(image, before);
        double middleY = (height - 1) / 2.0, middleX = (width - 1) / 2.0, signY = turnOver ? -1 : 1, signX = mirror ? -1 : 1;
        for (int y = 0; y < height; y++)
        {
            double fromMiddleY = y - down - middleY, alongY = cos * fromMiddleY, alongX = sin * fromMiddleY;
            for (int x = 0; x < width; x++)
            {
                double fromMiddleX = x - right - middleX;
                double placeY = middleY + signY * (alongY - sin * fromMiddleX), placeX = middleX + signX * (alongX + cos * fromMiddleX);
                double top = Math.Floor(placeY), left = Math.Floor(placeX);
                T below = T.CreateTruncating(placeY - top), beside = T.CreateTruncating(placeX - left);
                int first = (Within(top, height) + Border) * wide + Within(left, width) + Border;
                for (int c = 0; c < channels; c++)
                {
                    ReadOnlySpan<T> nearest = before.AsSpan(c * plane + first, wide + 2);
                    T upper = nearest[0] * (T.One - beside) + nearest[1] * beside;
                    T lower = nearest[wide] * (T.One - beside) + nearest[wide + 1] * beside;
                    image[(c * height + y) * width + x] = upper * (T.One - below) + lower * below;
                }
            }
        }
    }

    /// <summary>A whole number of pixels; beyond the picture the first of two that lie there, side by side.</summary>
    private static int Within(double place, int extent) => Math.Clamp(double.ConvertToIntegerNative<int>(place), -Border, extent);

    /// <summary>The picture with a border of what is filled in, of which two pixels side by side never reach the picture.</summary>
    private void Surround<T>(ReadOnlySpan<T> image, T[] surrounded)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int wide = width + (2 * Border), high = height + (2 * Border);
        Array.Fill(surrounded, T.CreateTruncating(options.Fill));
        for (int line = 0; line < image.Length / width; line++)
            image.Slice(line * width, width).CopyTo(surrounded.AsSpan((line / height * high + line % height + Border) * wide + Border));
    }

    private void Cut<T>(Span<T> image, int middleY, int middleX)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int top = Math.Max(0, middleY - options.CutOut / 2), bottom = Math.Min(height, middleY - options.CutOut / 2 + options.CutOut);
        int left = Math.Max(0, middleX - options.CutOut / 2), right = Math.Min(width, middleX - options.CutOut / 2 + options.CutOut);
        for (int c = 0; c < image.Length / (height * width); c++)
        {
            for (int y = top; y < bottom; y++)
                image.Slice((c * height + y) * width + left, Math.Max(0, right - left)).Fill(T.CreateTruncating(options.Fill));
        }
    }
}
