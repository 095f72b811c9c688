using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Sums of overlapping windows by vectors along a kept axis that no window runs along, as the channels of an image, or along one of windows of two side by side. Where windows lie side by side and cover their axis,
/// every element is one tap of one of them, and the loops go over windows and taps; elsewhere a loop over the taps finds the windows that reach an element.
/// </summary>
internal sealed partial class WindowTemplate
{
    private readonly SourceWriter writer;
    private readonly WindowKernel kernel;
    private readonly string name;
    private readonly VectorForm form;
    private readonly int vectorAxis;

    /// <summary>The windows of two along the lanes; -1 for none.</summary>
    private readonly int pairs;
    private readonly ColumnVectors vectors;
    private readonly string?[] elements;
    private readonly string?[] positions;
    private readonly string?[] taps;

    public WindowTemplate(SourceWriter writer, WindowKernel kernel, string name, VectorForm form)
    {
        this.writer = writer;
        this.kernel = kernel;
        this.name = name;
        this.form = form;
        vectorAxis = FindAxis(kernel, form.Float64);
        pairs = kernel.Windows.ToList().FindIndex(w => w.Axis == vectorAxis);
        vectors = new ColumnVectors(writer, kernel.Buffers, form, vectorAxis);
        elements = new string?[kernel.Kept.Count];
        positions = new string?[kernel.Windows.Count];
        taps = new string?[kernel.Windows.Count];
    }

    public static bool Fits(WindowKernel kernel, bool float64) => FindAxis(kernel, float64) >= 0;

    public void Print()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        PrintKept(0);
    }

    private static int FindAxis(WindowKernel kernel, bool float64)
    {
        for (int axis = kernel.Kept.Count - 1; axis >= 0; axis--)
        {
            if (kernel.Kept[axis] is { TimesRows: false, Constant: > 1 } && kernel.Windows.All(w => w.Axis != axis)
                && VectorAxis.Fits(kernel.Source with { Stores = EquatableArray<BodyStore>.Empty }, kernel.Buffers, axis, float64)
                && VectorAxis.Fits(kernel.Epilogue, kernel.Buffers, axis, float64)) return axis;
        }
        return PairsAxis(kernel, float64);
    }

    private static bool CoversAxis(WindowKernel kernel, KernelWindow window) => window.Axis >= 0 && window is { Start: 0, Step: 1 } && window.Taps == window.Stride
        && kernel.Kept[window.Axis] == Extent.Of(window.Positions * window.Stride) && kernel.Windows.Count(w => w.Axis == window.Axis) == 1;

    /// <summary>The loops over kept axes from this one on, but for the one of the vectors.</summary>
    private void PrintKept(int axis)
    {
        if (axis == kernel.Kept.Count)
        {
            int columns = kernel.Kept[vectorAxis].Constant;
            vectors.Print(columns, vectors.Side(columns, ColumnVectors.Most), isDivided: false, PrintColumns);
            return;
        }
        if (axis == vectorAxis || kernel.Kept[axis] is { TimesRows: false, Constant: 1 })
        {
            PrintKept(axis + 1);
            return;
        }
        string i = elements[axis] = "i" + Literal.Of(axis);
        int number = kernel.Windows.ToList().FindIndex(w => w.Axis == axis);
        if (number < 0 || !CoversAxis(kernel, kernel.Windows[number]))
        {
            using var loop = writer.Block($"for (nint {i} = 0; {i} < {Addressing.Count(kernel.Kept[axis])}; {i}++)");
            PrintKept(axis + 1);
            return;
        }
        var window = kernel.Windows[number];
        string p = positions[number] = "p" + Literal.Of(number), t = taps[number] = "t" + Literal.Of(number);
        using var windows = writer.Block($"for (nint {p} = 0; {p} < {Literal.Of(window.Positions)}; {p}++)");
        using var inside = writer.Block($"for (nint {t} = 0; {t} < {Literal.Of(window.Taps)}; {t}++)");
        writer.Line($"nint {i} = {p} * {Literal.Of(window.Stride)} + {t};");
        PrintKept(axis + 1);
    }

    private void PrintColumns(Columns columns)
    {
        for (int v = 0; v < columns.Vectors; v++) writer.Line($"{form.Type} a{Literal.Of(v)} = {form.Zero};");
        PrintWindows(0, indices =>
        {
            for (int v = 0; v < columns.Vectors; v++)
            {
                var printer = new BodyPrinter(kernel.Source, new VectorNotation(form), pairs < 0 ? vectors.Leaf(kernel.Source, indices, columns, v, null, sharded: false) : PairsLeaf(indices, columns, v), "_" + Literal.Of(v));
                int result = kernel.Source.Code.Count - 1;
                printer.Print(writer, [result]);
                writer.Line($"a{Literal.Of(v)} += {printer.Whole(result)};");
            }
        });
        for (int v = 0; v < columns.Vectors; v++) vectors.PrintEpilogue(kernel.Epilogue, elements, columns, v, "a" + Literal.Of(v), "_e" + Literal.Of(v));
    }

    /// <summary>A loop over the taps that reach the element, for each window along an axis that is not walked window by window; p is the position that a tap reaches it from.</summary>
    private void PrintWindows(int number, Action<string?[]> body)
    {
        if (number == kernel.Windows.Count)
        {
            string?[] walked = [.. Enumerable.Range(0, positions.Length).SelectMany(w => new[] { positions[w], taps[w] })];
            body([.. elements, .. walked]);
            return;
        }
        var window = kernel.Windows[number];
        if (window.Axis >= 0 && CoversAxis(kernel, window))
        {
            PrintWindows(number + 1, body);
            return;
        }
        string p = positions[number] = "p" + Literal.Of(number), t = taps[number] = "t" + Literal.Of(number), stride = Literal.Of(window.Stride);
        string element = (window.Axis < 0 ? null : elements[window.Axis]) ?? "0", distance = window.Start == 0 ? element : $"({element} - {Literal.Of(window.Start)})";
        // Taps that lie as far apart as windows are those of one element, each from the window before.
        bool strides = window is { Step: 1, Start: <= 0 };
        using var loop = strides
            ? writer.Block($"for (nint {t} = {(window.Stride == 1 ? "0" : $"{distance} % {stride}")}, {p} = {distance} / {stride}; {t} < {Literal.Of(window.Taps)}; {t} += {stride}, {p}--)")
            : writer.Block($"for (nint {t} = 0; {t} < {Literal.Of(window.Taps)}; {t}++)");
        if (!strides)
        {
            writer.Line($"nint {p} = {element} - ({t} * {Literal.Of(window.Step)} + {Literal.Of(window.Start)});");
            if (window.Stride > 1)
            {
                writer.Line($"if ({p} % {stride} != 0) continue;");
                writer.Line($"{p} /= {stride};");
            }
        }
        writer.Line($"if ((nuint){p} >= {Literal.Of(window.Positions)}) continue;");
        PrintWindows(number + 1, body);
    }
}
