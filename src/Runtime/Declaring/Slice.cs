namespace DlGen;

/// <summary>What stands between the brackets of <c>x[.., 0..5]</c>, <c>x[^1]</c> or <c>x[0, 1..]</c>: an int, an Index or a Range.
/// Read by the generator, like <see cref="Tensor"/>; it holds nothing at run time.</summary>
public readonly struct Slice
{
    /// <summary>One position: the axis disappears.</summary>
    /// <param name="position">The position from the start.</param>
    public static implicit operator Slice(int position) => throw new SymbolicOnlyException();

    /// <summary>One position, also from the end: the axis disappears.</summary>
    /// <param name="position">The position.</param>
    public static implicit operator Slice(Index position) => throw new SymbolicOnlyException();

    /// <summary>A range: the axis stays.</summary>
    /// <param name="range">The range.</param>
    public static implicit operator Slice(Range range) => throw new SymbolicOnlyException();
}

/// <summary>The shape of a <see cref="Tensor"/> without the batch: constants while the generator reads <c>Forward</c>.</summary>
public readonly struct Shape
{
    /// <summary>The number of axes.</summary>
    public int Count => throw new SymbolicOnlyException();

    /// <summary>The extent of an axis.</summary>
    /// <param name="axis">The axis, 0 being the first after the batch.</param>
    public int this[int axis] => throw new SymbolicOnlyException();

    /// <summary>The extent of an axis, also counted from the end.</summary>
    /// <param name="axis">The axis.</param>
    public int this[Index axis] => throw new SymbolicOnlyException();

    /// <summary>The two extents of a matrix or a sequence.</summary>
    /// <param name="first">The first extent after the batch.</param>
    /// <param name="second">The second.</param>
    public void Deconstruct(out int first, out int second) => throw new SymbolicOnlyException();

    /// <summary>The three extents of an image: channels, height, width.</summary>
    /// <param name="first">The first extent after the batch.</param>
    /// <param name="second">The second.</param>
    /// <param name="third">The third.</param>
    public void Deconstruct(out int first, out int second, out int third) => throw new SymbolicOnlyException();

    /// <summary>The four extents of a volume.</summary>
    /// <param name="first">The first extent after the batch.</param>
    /// <param name="second">The second.</param>
    /// <param name="third">The third.</param>
    /// <param name="fourth">The fourth.</param>
    public void Deconstruct(out int first, out int second, out int third, out int fourth) => throw new SymbolicOnlyException();
}

/// <summary>How a loss inside a row becomes one number.</summary>
public enum Reduction
{
    /// <summary>The mean over the row's elements.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>They do not: the loss has their axes, to be weighted one by one.</summary>
    None,
}
