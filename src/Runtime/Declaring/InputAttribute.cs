namespace DlGen;

/// <summary>Declares an input by its shape without the batch: on the class for the sequential form, on a parameter of <c>Forward</c> otherwise.
/// Images are (channels, height, width), sequences (time, features). No extents: one number per row.</summary>
/// <param name="shape">The extents of one row.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Parameter, Inherited = false)]
public sealed class InputAttribute(params int[] shape) : Attribute
{
    /// <summary>The extents of one row.</summary>
    public int[] Shape => shape;

    /// <summary>Whether the generated members take the input as bytes, <c>ReadOnlySpan&lt;byte&gt;</c>, as images are stored: a byte b, from 0 to 255, stands for the number b / 255, from 0 to 1,
    /// as torchvision's <c>ToTensor</c> reads it. The kernel that reads it first makes numbers of it, so no copy of the images as floats is made.
    /// <code>[Model, Input(1, 28, 28, Bytes = true), Normalize(0.286, 0.353), Conv2d(6, Kernel = 5), …]</code> Mean and deviation are those of the numbers from 0 to 1. There is no gradient by
    /// such an input.</summary>
    public bool Bytes { get; set; }
}

/// <summary>Declares an input of int ids: on the class for the sequential form, on a parameter of <c>Forward</c> otherwise. Its shape is (length). The generated
/// members take it as <see cref="int"/> and check every id; <c>Embedding</c> makes numbers of it.</summary>
/// <param name="length">The ids of one row.</param>
/// <param name="vocabulary">How many ids there are: they go from 0 to <paramref name="vocabulary"/> - 1.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Parameter, Inherited = false)]
public sealed class TokensAttribute(int length, int vocabulary) : Attribute
{
    /// <summary>The ids of one row.</summary>
    public int Length => length;

    /// <summary>How many ids there are.</summary>
    public int Vocabulary => vocabulary;
}

/// <summary>Declares a parameter of <c>Forward</c> as the lengths of sequences that are padded to the same number of steps: one <see cref="int"/> per row, from 0 to
/// <paramref name="time"/>. The generated members check every one. <see cref="Tensor.Mask"/> gives what layers take as <c>mask</c>.
/// <code>Forward([Input(20, 8)] Tensor words, [Lengths(20)] Tensor lengths) => words.Attention(2, mask: lengths.Mask()) …</code></summary>
/// <param name="time">The steps of a padded sequence: the greatest length.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class LengthsAttribute(int time) : Attribute
{
    /// <summary>The steps of a padded sequence.</summary>
    public int Time => time;
}

/// <summary>Declares a parameter of <c>Loss</c> as a float target with this shape (without the batch).</summary>
/// <param name="shape">The extents of one row; none for one number per row.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TargetAttribute(params int[] shape) : Attribute
{
    /// <summary>The extents of one row.</summary>
    public int[] Shape => shape;
}

/// <summary>Declares a parameter of <c>Loss</c> as an integer label: one per row, or with
/// <see cref="Length"/> a sequence of them.</summary>
/// <param name="classes">The number of classes: labels go from 0 to <paramref name="classes"/> - 1.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class LabelAttribute(int classes) : Attribute
{
    /// <summary>The number of classes.</summary>
    public int Classes => classes;

    /// <summary>The number of labels per row, the shape being (length); unless stated one label per row, without axes.</summary>
    public int Length { get; set; }

    /// <summary>A further label that is allowed, for what does not count: the elements of a loss over labels (<see cref="Reduction.None"/>) that <c>Loss</c> returns have the
    /// weight 0 there; what is composed by hand is weighed by hand, with <c>label != -1</c>. Without it every label must be a class.</summary>
    public int Ignore { get; set; } = -1;
}
