using System.Globalization;
using DlGen.Compiled;

namespace DlGen;

/// <summary>Changes the pictures of training batches, each row anew in every epoch: a network that never sees the same picture twice learns what stays. Validation,
/// tests and predictions see them as they are. What is drawn depends on the training's seed, the epoch and the row alone, not on batches or threads, and the next batch
/// is changed while a step runs.
/// <code>Augmentation = new ImageAugmentation { FlipHorizontal = 0.5, Shift = 2, Rotation = 10, CutOut = 8 }</code></summary>
/// <remarks>Targets of numbers that are pictures of the same size, as of a denoiser, are flipped, scaled, turned and shifted with them, and otherwise left alone. In this order: flipped, scaled, turned and shifted, all in one; then Contrast, Brightness, Noise; then CutOut. Values are those of the data, before a
/// layer of the network normalises them; those of an input of bytes are the numbers from 0 to 1 that they stand for, and the result is rounded to the nearest byte.</remarks>
public sealed class ImageAugmentation
{
    /// <summary>The input whose pictures are changed; the only one of the shape (channels, height, width) unless stated.</summary>
    public string? Input { get; init; }

    /// <summary>The probability that left and right are exchanged.</summary>
    public double FlipHorizontal { get; init; }

    /// <summary>The probability that top and bottom are exchanged.</summary>
    public double FlipVertical { get; init; }

    /// <summary>Pixels that the picture moves at most, up or down and left or right, each whole number as likely; what comes in is <see cref="Fill"/>. A crop from a picture with so
    /// much padding: torchvision's <c>RandomCrop(size, padding)</c>.</summary>
    public int Shift { get; init; }

    /// <summary>Degrees that it turns at most, either way, about its centre; pixels are mixed from the four nearest.</summary>
    public double Rotation { get; init; }

    /// <summary>How much larger or smaller it becomes at most: 0.1 for 0.9 to 1.1 times, about its centre.</summary>
    public double Scale { get; init; }

    /// <summary>How far values move from the picture's mean or towards it at most: 0.2 for mean + 0.8 to 1.2 times the distance.</summary>
    public double Contrast { get; init; }

    /// <summary>What is added at most, or subtracted, everywhere.</summary>
    public double Brightness { get; init; }

    /// <summary>The standard deviation of what is added to each value by itself.</summary>
    public double Noise { get; init; }

    /// <summary>Pixels of the side of a square that is replaced by <see cref="Fill"/>; its centre is any pixel, so part of it may lie outside. DeVries and Taylor 2017.</summary>
    public int CutOut { get; init; }

    /// <summary>The value of what no pixel is known of: 0 unless stated.</summary>
    public double Fill { get; init; }

    /// <summary>Refuses what has no meaning.</summary>
    internal void Check()
    {
        Share(FlipHorizontal, nameof(FlipHorizontal));
        Share(FlipVertical, nameof(FlipVertical));
        AtLeast(Shift, nameof(Shift));
        if (!(Rotation is >= 0 and <= 180))
            throw Invalid(Rotation, nameof(Rotation), "is in degrees either way, from 0 to 180");
        if (!(Scale is >= 0 and < 1))
            throw Invalid(Scale, nameof(Scale), "is a share of the size, from 0 up to but not including 1");
        if (!(Contrast is >= 0 and <= 1))
            throw Invalid(Contrast, nameof(Contrast), "is a share of the distance from the mean, from 0 to 1");
        AtLeast(Brightness, nameof(Brightness));
        AtLeast(Noise, nameof(Noise));
        AtLeast(CutOut, nameof(CutOut));
        if (!double.IsFinite(Fill))
            throw Invalid(Fill, nameof(Fill), "must be a number");
    }

    /// <summary>The field of a model's batches whose pictures are changed.</summary>
    /// <exception cref="ArgumentException">There is none, or several and none is named.</exception>
    internal BatchField FieldOf(BatchDefinition definition)
    {
        BatchField[] images = [.. definition.Fields.Where(field => field is { Kind: FieldKind.Float or FieldKind.Byte, IsTarget: false, Shape.Length: 3 })];
        string known = images.Length == 0 ? "it has none" : "it has " + string.Join(", ", images.Select(field => $"'{field.Name}' ({string.Join(", ", field.Shape!)})"));
        BatchField? chosen = Input is null && images.Length == 1 ? images[0] : images.FirstOrDefault(field => field.Name == Input);
        if (chosen is { Shape: [_, int height, int width] } && (Shift >= Math.Min(height, width) || CutOut > Math.Min(height, width)))
            throw Invalid((Shift, CutOut), "Shift and CutOut", $"must leave something of pictures of {height} × {width} pixels");
        return chosen ?? throw new ArgumentException(Input is null
            ? $"Augmentation changes an input of the shape (channels, height, width), but {(images.Length == 0 ? "the model has none; declare it as Input(channels, height, width)" : $"{known}; name one in Augmentation.Input")}."
            : $"Augmentation.Input names '{Input}', but the model has no such input of the shape (channels, height, width): {known}.", "options");
    }

    /// <summary>The targets that move with the pictures.</summary>
    /// <exception cref="ArgumentException">Labels of pixels would have to move: a label between two others means nothing.</exception>
    internal BatchField[] MovedWith(BatchField pictures, BatchDefinition definition)
    {
        if (FlipHorizontal == 0 && FlipVertical == 0 && Shift == 0 && Rotation == 0 && Scale == 0)
            return [];
        bool IsAsLarge(BatchField field) => field is { IsTarget: true, Shape: [.., int height, int width] } && height == pictures.Shape![1] && width == pictures.Shape[2];
        BatchField? labels = definition.Fields.FirstOrDefault(field => field.Kind == FieldKind.Int && IsAsLarge(field));
        return labels is null ? [.. definition.Fields.Where(field => field.Kind == FieldKind.Float && IsAsLarge(field))] : throw new ArgumentException(
            $"Augmentation would move the pictures '{pictures.Name}' away from the labels of their pixels, '{labels.Name}'; leave out flips, Shift, Rotation and Scale, or change both in a Dataset of your own.", "options");
    }

    /// <summary>All of it, for a checkpoint: a training goes on with the pictures that it would have seen.</summary>
    internal string Describe() => string.Create(CultureInfo.InvariantCulture, $"; pictures '{Input}' flipped {FlipHorizontal} {FlipVertical}, shifted {Shift}, turned {Rotation}, scaled {Scale}, ")
        + string.Create(CultureInfo.InvariantCulture, $"contrast {Contrast}, brightness {Brightness}, noise {Noise}, cut out {CutOut}, filled with {Fill}");

    private static void Share(double value, string name)
    {
        if (!(value is >= 0 and <= 1))
            throw Invalid(value, name, "is a probability, from 0 to 1");
    }

    private static void AtLeast(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
            throw Invalid(value, name, "must be at least 0");
    }

    private static ArgumentOutOfRangeException Invalid(object value, string name, string rule) => new("options.Augmentation." + name, value, $"{name} {rule}.");
}
