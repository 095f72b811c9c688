using DlGen.Kernels;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    /// <summary>
    /// A map as an entry that does nothing where a step failed: behind its buffers it takes the address of an int, the status, which is 0 as long as none has. The
    /// guard belongs to the launch, so neither the record nor another printer knows of it.
    /// </summary>
    public static string PrintGuarded(MapKernel map, string name, bool float64)
    {
        var printer = new PtxPrinter(map, float64, hasWorkspace: false);
        string done = printer.writer.Label("end");
        string[] indices = printer.ThreadIndices([.. map.Axes], done);
        printer.parameters.Insert(printer.buffers.Length, (".u64", PtxGuard.Parameter));
        PtxGuard.Write(printer.writer, done);
        printer.Finish(map.Body, indices, null);
        printer.writer.Place(done);
        return printer.writer.Entry(name, printer.parameters);
    }
}
