namespace DlGen;

/// <summary>How <see cref="Upsample2dAttribute"/> makes new pixels.</summary>
public enum UpsampleMode
{
    /// <summary>Each pixel is repeated.</summary>
    Nearest,

    /// <summary>Each is a mixture of the four nearest, along height and width in turn.</summary>
    Bilinear,
}

/// <summary>scale × scale pixels for each, (channels, height, width) → (channels, scale·height, scale·width); PyTorch's <c>nn.Upsample</c>.</summary>
/// <param name="scale">Pixels either way for each.</param>
public sealed class Upsample2dAttribute(int scale) : LayerAttribute
{
    /// <summary>Pixels either way for each.</summary>
    public int Scale => scale;

    /// <summary>How new pixels are made; repeated unless stated.</summary>
    public UpsampleMode Mode { get; set; }

    /// <summary>Whether the centres of the outermost pixels, not their edges, stay where they are; for Bilinear; false unless stated.</summary>
    public bool AlignCorners { get; set; }
}

/// <summary>What <see cref="PadAttribute"/> puts around.</summary>
public enum PadMode
{
    /// <summary>A number.</summary>
    Constant,

    /// <summary>What lies within, mirrored at the outermost position, which is not repeated.</summary>
    Reflect,

    /// <summary>The outermost position, repeated.</summary>
    Replicate,

    /// <summary>What lies at the other end.</summary>
    Circular,
}

/// <summary>Positions around a sequence (time, features), an image (channels, height, width) or a volume (channels, depth, height, width); PyTorch's <c>F.pad</c>,
/// <c>nn.ZeroPad2d</c> and its kin.</summary>
/// <param name="sides">One number for all sides, or before and after for each axis of positions, the last axis first: (left, right, top, bottom) for an image.</param>
public sealed class PadAttribute(params int[] sides) : LayerAttribute
{
    /// <summary>One number for all sides, or before and after for each axis of positions, the last axis first.</summary>
    public int[] Sides => sides;

    /// <summary>What is put around; a number unless stated.</summary>
    public PadMode Mode { get; set; }

    /// <summary>The number, 0 unless stated.</summary>
    public double Value { get; set; }
}

/// <summary>In training each channel of an image is 0 as a whole with probability p, else divided by 1 - p; nothing otherwise. PyTorch's <c>nn.Dropout2d</c>. The shape stays.</summary>
/// <param name="p">The probability of 0, from 0 up to but not including 1.</param>
public sealed class Dropout2dAttribute(double p) : LayerAttribute
{
    /// <summary>The probability of 0.</summary>
    public double P => p;
}
