using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>The terms that are products with the zeros around an image are left out of the sums: a tile is told between which of an axis it adds.</summary>
internal sealed partial class ContractionTemplate
{
    /// <summary>Along axes of the sum that are loops around the innermost.</summary>
    private readonly IReadOnlyList<Border> borders;

    private static IReadOnlyList<Border> BordersOf(ContractionKernel kernel)
        => [.. kernel.Borders.Where(b => b.Sum < kernel.K.Count - 1 && kernel.K[b.Sum] is { TimesRows: false, Constant: > 1 } && kernel.Outer[b.Outer] is { TimesRows: false, Constant: > 1 }).GroupBy(b => b.Sum).Select(b => b.First())];

    private (string First, string End)? BoundsOf(int sum) => borders.Any(b => b.Sum == sum) ? (First(sum), End(sum)) : null;

    private static string First(int sum) => "first" + Literal.Of(sum);

    private static string End(int sum) => "end" + Literal.Of(sum);

    private IEnumerable<string> BorderParameters => borders.SelectMany(b => new[] { "nint " + First(b.Sum), "nint " + End(b.Sum) });

    private IEnumerable<string> BorderArguments(Tile tile, string?[] outer, string? n, int column) => borders.SelectMany(border =>
    {
        // The tile's index of the axis: a variable or nothing, and a number. Of several rows of an image, a term counts if it does for one of them.
        bool isAcross = border.Outer == imageRows;
        string? index = isAcross ? n is null ? null : $"{n} / {Literal.Of(Pitch)}" : outer[border.Outer];
        int known = isAcross && n is null ? column / Pitch : 0, further = isAcross ? (tile.Vectors / VectorsOfRow(kernel, form)) - 1 : 0;
        int lowest = border.Start + (border.Stride * known) + Math.Min(0, border.Stride * further), highest = border.Start + (border.Stride * known) + Math.Max(0, border.Stride * further);
        int terms = kernel.K[border.Sum].Constant;
        int firstLine = border.Step > 0 ? -highest : lowest - border.Lines + 1, endLine = border.Step > 0 ? border.Lines - lowest : highest + 1;
        if (index is null) return new[] { Literal.Of(Math.Max(0, firstLine)), Literal.Of(Math.Min(terms, endLine)) };
        string moved = Addressing.Scaled(index, Math.Abs(border.Stride));
        string Line(int line) => border.Stride * border.Step > 0 ? $"{Literal.Of(line)} - {moved}" : line < 0 ? $"{moved} - {Literal.Of(-line)}" : $"{moved} + {Literal.Of(line)}";
        return [$"Math.Max(0, {Line(firstLine)})", $"Math.Min({Literal.Of(terms)}, {Line(endLine)})"];
    });
}
