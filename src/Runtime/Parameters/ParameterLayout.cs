using System.Numerics;
using DlGen.Compiled;

namespace DlGen;

/// <summary>Where the elements of a parameter lie: PyTorch's row-major order on one side, the home layout (row-major or panels) on the other.</summary>
internal static class ParameterLayout
{
    /// <summary>The number of logical elements.</summary>
    public static int LogicalLength(this ParameterDefinition definition)
    {
        long length = 1;
        foreach (int extent in definition.Shape)
            length = checked(length * extent);
        return checked((int)length);
    }

    /// <summary>The number of elements of the home layout, padding included.</summary>
    public static int HomeLength(this ParameterDefinition definition)
    {
        if (definition.PanelWidth == 0)
            return definition.LogicalLength();
        int panels = (definition.Shape[definition.PanelAxis] + definition.PanelWidth - 1) / definition.PanelWidth;
        return checked(panels * definition.PanelWidth * definition.Shape[1 - definition.PanelAxis]);
    }

    /// <summary>The position in the home layout, from the parameter's offset on, of a logical index.</summary>
    public static int HomeIndex(this ParameterDefinition definition, int logical)
    {
        if (definition.PanelWidth == 0)
            return logical;
        (int row, int column) = Math.DivRem(logical, definition.Shape[1]);
        (int a, int b) = definition.PanelAxis == 0 ? (row, column) : (column, row);
        return a / definition.PanelWidth * definition.Shape[1 - definition.PanelAxis] * definition.PanelWidth
            + b * definition.PanelWidth + a % definition.PanelWidth;
    }

    /// <summary>Copies a parameter out of its home layout, rounding where the number types differ.</summary>
    public static void ToLogical<TFrom, TTo>(ParameterDefinition definition, ReadOnlySpan<TFrom> home, Span<TTo> logical)
        where TFrom : unmanaged, IBinaryFloatingPointIeee754<TFrom>
        where TTo : unmanaged, IBinaryFloatingPointIeee754<TTo>
    {
        if (definition.PanelWidth == 0)
        {
            for (int i = 0; i < logical.Length; i++)
                logical[i] = TTo.CreateTruncating(home[i]);
            return;
        }

        // One panel after the other: reads are contiguous, writes stride.
        Panels panels = new(definition);
        for (int a = 0; a < panels.Extent; a++)
        {
            int from = panels.HomeOf(a), to = a * panels.Step;
            for (int b = 0; b < panels.Other; b++, from += panels.Width, to += panels.OtherStep)
                logical[to] = TTo.CreateTruncating(home[from]);
        }
    }

    /// <summary>Copies a parameter into its home layout. Padding is not touched: it stays zero.</summary>
    public static void ToHome<TFrom, TTo>(ParameterDefinition definition, ReadOnlySpan<TFrom> logical, Span<TTo> home)
        where TFrom : unmanaged, IBinaryFloatingPointIeee754<TFrom>
        where TTo : unmanaged, IBinaryFloatingPointIeee754<TTo>
    {
        if (definition.PanelWidth == 0)
        {
            for (int i = 0; i < logical.Length; i++)
                home[i] = TTo.CreateTruncating(logical[i]);
            return;
        }

        Panels panels = new(definition);
        for (int a = 0; a < panels.Extent; a++)
        {
            int to = panels.HomeOf(a), from = a * panels.Step;
            for (int b = 0; b < panels.Other; b++, to += panels.Width, from += panels.OtherStep)
                home[to] = TTo.CreateTruncating(logical[from]);
        }
    }

    /// <summary>The strides of a matrix in panels: Step and OtherStep are logical strides of the cut axis and of the other one.</summary>
    private readonly struct Panels(ParameterDefinition definition)
    {
        public int Width { get; } = definition.PanelWidth;

        public int Extent { get; } = definition.Shape[definition.PanelAxis];

        public int Other { get; } = definition.Shape[1 - definition.PanelAxis];

        public int Step { get; } = definition.PanelAxis == 0 ? definition.Shape[1] : 1;

        public int OtherStep { get; } = definition.PanelAxis == 0 ? 1 : definition.Shape[1];

        public int HomeOf(int a) => a / Width * Other * Width + a % Width;
    }
}
