using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>A loop's trip count: a constant, or a constant times the rows that the launch is given.</summary>
internal readonly record struct Extent(int Constant, bool TimesRows)
{
    public static Extent Of(int constant) => new(constant, false);

    public static Extent Rows { get; } = new(1, true);

    public override string ToString() => TimesRows ? Constant == 1 ? "rows" : "rows·" + Constant : Constant.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>
/// Where in a buffer the element of a loop nest lies: Σ index·stride over the kernel's axes, in elements. A panelled axis (parameters of
/// contractions, <c>[N/w][K][w]</c>) contributes (index / Width)·PanelStride + index % Width instead; it has stride 1 within the panel.
/// An <see cref="Indirection"/> adds a place that an id in memory names.
/// </summary>
internal sealed record Access(int Buffer, EquatableArray<int> Strides, int PanelAxis = -1, int PanelWidth = 0, int PanelStride = 0, Indirection? Id = null)
{
    public bool IsAffine => PanelAxis < 0 && Id is null;

    /// <summary>Whether steps along the axis are steps of its stride: nothing is panelled, and the id stays the same.</summary>
    public bool IsAffineAlong(int axis) => PanelAxis < 0 && (Id is null || !Id.Ids.Varies(axis));

    /// <summary>Whether the place depends on the index along the axis.</summary>
    public bool Varies(int axis) => Strides[axis] != 0 || PanelAxis == axis || (Id is not null && Id.Ids.Varies(axis));

    /// <summary>Whether two neighbouring axes, the inner one of that many elements, are walked as one.</summary>
    public bool WalksAsOne(int outer, int inner, int innerCount)
        => PanelAxis != outer && PanelAxis != inner && Strides[outer] == (long)Strides[inner] * innerCount && (Id is null || Id.Ids.WalksAsOne(outer, inner, innerCount));

    /// <summary>The same over other axes.</summary>
    /// <param name="strides">The strides over those axes from the strides over these.</param>
    /// <param name="axis">The new number of an axis.</param>
    public Access Over(Func<EquatableArray<int>, IEnumerable<int>> strides, Func<int, int> axis) => this with
    {
        Strides = strides(Strides).ToEquatableArray(),
        PanelAxis = PanelAxis < 0 ? -1 : axis(PanelAxis),
        Id = Id is null ? null : Id with { Ids = Id.Ids.Over(strides, axis) },
    };
}

/// <summary>
/// One more index of an access, read from a buffer of ints at <paramref name="Ids"/>: it moves the place by <paramref name="Stride"/>, or, where it is
/// what <paramref name="IsPanelled"/>, by the access's panels. Who launches the kernel answers for the ids: none leads out of the buffer.
/// </summary>
internal sealed record Indirection(Access Ids, int Stride, bool IsPanelled);

/// <summary>
/// A formal buffer of a kernel. <paramref name="IsInteger"/>: int ids or labels. <paramref name="IsExact"/>: memory of the caller's, of which not
/// one element behind the last may be read; other buffers have slack behind them, so vectors may over-read (never over-write). <paramref name="IsBytes"/>: bytes, which become numbers
/// where they are loaded; nothing is written to them.
/// </summary>
internal readonly record struct KernelBuffer(bool IsInteger, bool IsExact, bool IsWritten, bool IsBytes = false)
{
    /// <summary>Whether it holds numbers of the model's precision, so that its elements are taken as they are.</summary>
    public bool IsNumbers => !IsInteger && !IsBytes;

    /// <summary>The C# type of its elements, where numbers are of the type <paramref name="number"/>.</summary>
    public string ElementType(string number) => IsInteger ? "int" : IsBytes ? "byte" : number;
}
