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
/// </summary>
internal sealed record Access(int Buffer, EquatableArray<int> Strides, int PanelAxis = -1, int PanelWidth = 0, int PanelStride = 0)
{
    public bool IsAffine => PanelAxis < 0;
}

/// <summary>
/// A formal buffer of a kernel. <paramref name="IsInteger"/>: int ids or labels. <paramref name="IsExact"/>: memory of the caller's, of which not
/// one element behind the last may be read; other buffers have slack behind them, so vectors may over-read (never over-write).
/// </summary>
internal readonly record struct KernelBuffer(bool IsInteger, bool IsExact, bool IsWritten);
