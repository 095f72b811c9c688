using DlGen.Kernels;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    /// <summary>
    /// A map as an entry that does nothing where a step failed: behind its buffers it takes the address of an int, the status, which is 0 as long as none has. The
    /// guard belongs to the launch, so neither the record nor another printer knows of it. Threads take <see cref="MapShape.WidestBytes"/> of elements each.
    /// </summary>
    public static string PrintGuarded(MapKernel map, string name, bool float64)
    {
        var printer = new PtxPrinter(map, float64, hasWorkspace: false);
        printer.parameters.Insert(printer.buffers.Length, (".u64", PtxGuard.Parameter));
        MapTemplate.PrintGuarded(printer, map, float64);
        return printer.writer.Entry(name, printer.parameters);
    }
}
