using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

internal sealed partial class PlainPrinter
{
    private void Print(WindowKernel window)
    {
        using var kept = new LoopNest(writer, window.Kept, LoopNest.Numbered("i", window.Kept.Count));
        writer.Line($"{options.Element} sum = {notation.Constant(0)};");
        PrintWindows(window, [.. kept.Indices]);
        PrintBody(window.Epilogue, kept.Indices, "sum");
    }

    /// <summary>A loop over the taps of each window; where a tap reaches the element, p is the position it does so from.</summary>
    private void PrintWindows(WindowKernel kernel, List<string?> indices)
    {
        int number = (indices.Count - kernel.Kept.Count) / 2;
        if (number == kernel.Windows.Count)
        {
            var printer = new BodyPrinter(kernel.Source, notation, Leaf(kernel.Source, indices, null, false), "t");
            int result = kernel.Source.Code.Count - 1;
            printer.Print(writer, [result]);
            writer.Line($"sum += {printer.Whole(result)};");
            return;
        }
        var window = kernel.Windows[number];
        string n = Literal.Of(number), position = "p" + n, tap = "t" + n, stride = Literal.Of(window.Stride);
        string element = (window.Axis < 0 ? null : indices[window.Axis]) ?? "0";
        using var taps = writer.Block($"for (nint {tap} = 0; {tap} < {Literal.Of(window.Taps)}; {tap}++)");
        writer.Line($"nint {position} = {element} - ({tap} * {Literal.Of(window.Step)} + {Literal.Of(window.Start)});");
        if (window.Stride > 1)
        {
            writer.Line($"if ({position} % {stride} != 0) continue;");
            writer.Line($"{position} /= {stride};");
        }
        writer.Line($"if ({position} < 0 || {position} >= {Literal.Of(window.Positions)}) continue;");
        PrintWindows(kernel, [.. indices, position, tap]);
    }
}
