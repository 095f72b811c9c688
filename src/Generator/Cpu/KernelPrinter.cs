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
        new PlainPrinter(writer, kernel, options).Print(name);
    }
}
