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
        foreach (int bits in VectorForm.Widths)
        {
            writer.Line();
            PrintTemplate(writer, kernel, $"{name}_{Literal.Of(bits)}", new VectorForm(bits, options.Float64), options.Schedule);
        }
    }

    /// <summary>Whether <see cref="Print"/> would use vectors: entry methods name_512, name_256 and name_128 then stand behind the entry.</summary>
    public static bool HasTemplate(Kernel kernel, CpuOptions options) => kernel switch
    {
        MapKernel map => MapTemplate.Fits(map, options.Float64),
        RowKernel row => RowTemplate.Fits(row, options.Float64),
        ReductionKernel reduction => ReductionTemplate.Fits(reduction, options.Float64),
        ContractionKernel contraction => ContractionTemplate.Arrange(contraction, options.Float64) is not null,
        _ => false,
    };

    private static void PrintTemplate(SourceWriter writer, Kernel kernel, string name, VectorForm form, CpuSchedule schedule)
    {
        switch (kernel)
        {
            case MapKernel map: new MapTemplate(writer, map, name, form).Print(); break;
            case RowKernel row: new RowTemplate(writer, row, name, form).Print(); break;
            case ReductionKernel reduction: new ReductionTemplate(writer, reduction, name, form).Print(); break;
            case ContractionKernel contraction: new ContractionTemplate(writer, contraction, name, form, schedule).Print(); break;
        }
    }

    /// <summary>The instruction set is a constant to the JIT, so the choice folds away.</summary>
    private static void PrintEntry(SourceWriter writer, Kernel kernel, string name, CpuOptions options)
    {
        string arguments = Signature.Arguments(kernel);
        using (writer.Block($"internal static void {name}({Signature.Parameters(kernel, options)})"))
        {
            writer.Line($"if (Vector512.IsHardwareAccelerated) {name}_512({arguments});");
            writer.Line($"else if (Vector256.IsHardwareAccelerated) {name}_256({arguments});");
            writer.Line($"else {name}_128({arguments});");
        }
    }
}
