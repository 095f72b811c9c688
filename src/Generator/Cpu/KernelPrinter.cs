using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Kernel records → C#: a template with vectors where one fits the record, nested loops everywhere else. The text relies on the usings System,
/// System.Runtime.CompilerServices, System.Runtime.InteropServices, System.Runtime.Intrinsics and DlGen.Numerics.
/// </summary>
internal static class KernelPrinter
{
    /// <summary>
    /// Prints the entry method <paramref name="name"/> and whatever it needs as static members; names of further members start with it and an underscore.
    /// The class around them belongs to the caller.
    /// </summary>
    public static void Print(SourceWriter writer, Kernel kernel, string name, CpuOptions options)
    {
        KernelDescription.Write(writer, kernel);
        if (options.Plain || !HasTemplate(kernel, options))
        {
            if (!options.Plain && kernel is MapKernel map && TranspositionTemplate.Fits(map)) new TranspositionTemplate(writer, map, options).Print(name);
            else new PlainPrinter(writer, kernel, options).Print(name);
            return;
        }
        PrintEntry(writer, kernel, name, options);
        if (kernel is AttentionKernel attention) AttentionTemplate.PrintTurning(writer, attention, name, options);
        foreach (int bits in Widths(kernel, options))
        {
            writer.Line();
            PrintTemplate(writer, kernel, $"{name}_{Literal.Of(bits)}", new VectorForm(bits, options.Float64), options.Schedule);
        }
    }

    /// <summary>The vectors that a template prints the kernel for, widest first: methods name_512, name_256 and name_128 then stand behind the entry.</summary>
    public static IReadOnlyList<int> Widths(Kernel kernel, CpuOptions options)
        => !HasTemplate(kernel, options) ? [] : kernel is ContractionKernel contraction && !WinogradTemplate.Fits(contraction, options.Float64) && !WinogradGradientTemplate.Fits(contraction, options.Float64)
                && !LaneContractionTemplate.Fits(contraction, options.Float64) && !DotContractionTemplate.Fits(contraction)
            ? [.. ContractionTemplate.Widths(contraction, options.Float64)] : VectorForm.Widths;

    /// <summary>Whether <see cref="Print"/> would use vectors.</summary>
    public static bool HasTemplate(Kernel kernel, CpuOptions options) => kernel switch
    {
        MapKernel map => MapTemplate.Fits(map, options.Float64),
        RowKernel row => RowTemplate.Fits(row, options.Float64),
        ReductionKernel reduction => ReductionTemplate.Fits(reduction, options.Float64),
        MomentsKernel moments => MomentsTemplate.Fits(moments, options.Float64),
        WindowKernel window => WindowTemplate.Fits(window, options.Float64),
        AttentionKernel attention => AttentionTemplate.Fits(attention),
        OneQueryAttentionKernel attention => OneQueryAttentionTemplate.Fits(attention),
        ContractionKernel contraction => WinogradTemplate.Fits(contraction, options.Float64) || ContractionTemplate.Arrange(contraction, options.Float64) is not null || LaneContractionTemplate.Fits(contraction, options.Float64) || DotContractionTemplate.Fits(contraction),
        _ => false,
    };

    private static void PrintTemplate(SourceWriter writer, Kernel kernel, string name, VectorForm form, CpuSchedule schedule)
    {
        switch (kernel)
        {
            case MapKernel map: new MapTemplate(writer, map, name, form).Print(); break;
            case RowKernel row: new RowTemplate(writer, row, name, form).Print(); break;
            case ReductionKernel reduction: new ReductionTemplate(writer, reduction, name, form).Print(); break;
            case MomentsKernel moments: new MomentsTemplate(writer, moments, name, form).Print(); break;
            case WindowKernel window: new WindowTemplate(writer, window, name, form).Print(); break;
            case AttentionKernel attention: new AttentionTemplate(writer, attention, name, form, schedule).Print(); break;
            case OneQueryAttentionKernel attention: new OneQueryAttentionTemplate(writer, attention, name, form).Print(); break;
            case ContractionKernel contraction when WinogradTemplate.Fits(contraction, form.Float64): new WinogradTemplate(writer, contraction, name, form, schedule).Print(); break;
            case ContractionKernel contraction when WinogradGradientTemplate.Fits(contraction, form.Float64): new WinogradGradientTemplate(writer, contraction, name, form, schedule).Print(); break;
            case ContractionKernel contraction when LaneContractionTemplate.Fits(contraction, form.Float64): new LaneContractionTemplate(writer, contraction, name, form).Print(); break;
            case ContractionKernel contraction when DotContractionTemplate.Fits(contraction): new DotContractionTemplate(writer, contraction, name, form).Print(); break;
            case ContractionKernel contraction: new ContractionTemplate(writer, contraction, name, form, schedule).Print(); break;
        }
    }

    /// <summary>The instruction set is a constant to the JIT, so the choice folds away.</summary>
    private static void PrintEntry(SourceWriter writer, Kernel kernel, string name, CpuOptions options)
    {
        string arguments = Signature.Arguments(kernel);
        using (writer.Block($"internal static void {name}({Signature.Parameters(kernel, options)})"))
        {
            var widths = Widths(kernel, options);
            foreach (int bits in widths)
            {
                string condition = bits == VectorForm.Widths[VectorForm.Widths.Count - 1] ? "" : $"if (Vector{Literal.Of(bits)}.IsHardwareAccelerated) ";
                writer.Line($"{(bits == widths[0] ? "" : "else ")}{condition}{name}_{Literal.Of(bits)}({arguments});");
            }
        }
    }
}
