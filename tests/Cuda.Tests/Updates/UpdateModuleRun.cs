using DlGen.Devices;
using DlGen.Kernels;
using DlGen.Ptx;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Updates;

/// <summary>Entries of the update module in the emulator, on memory of their own, launched as a device is told to.</summary>
internal sealed class UpdateModuleRun
{
    private static readonly Lazy<IReadOnlyDictionary<string, PtxProgram>> Printed = new(() => PtxParser.Parse(UpdateModule.Text));

    private readonly IReadOnlyDictionary<string, PtxProgram> programs;
    private readonly DeviceMemory memory = new();
    private readonly DeviceBuffer status;

    /// <param name="status">0 for a step that goes well so far.</param>
    /// <param name="programs">The module's entries; null for those that the generator prints.</param>
    public UpdateModuleRun(int status, IReadOnlyDictionary<string, PtxProgram>? programs = null)
    {
        this.programs = programs ?? Printed.Value;
        this.status = new DeviceBuffer(memory, "status", [status], float64: false, new KernelBuffer(IsInteger: true, IsExact: true, IsWritten: true));
    }

    public static IReadOnlyDictionary<string, PtxProgram> Programs => Printed.Value;

    public nint StatusAddress => (nint)status.Address;

    public int Status => (int)status.Read()[0];

    public DeviceBuffer Numbers(string name, double[] values, bool float64) => new(memory, name, values, float64, type: default);

    /// <summary>Numbers that nobody wrote.</summary>
    public DeviceBuffer Unwritten(string name, int count, bool float64) => Numbers(name, [.. Enumerable.Repeat(DeviceBuffer.Unwritten, count)], float64);

    /// <summary>The buffers' addresses, that of the status and, where it is given, the count.</summary>
    public void Launch(string entry, int blocks, DeviceBuffer[] buffers, int? count = null)
        => Launch(entry, blocks, [.. buffers.Select(b => (long)b.Address), StatusAddress, .. count is { } given ? [given] : Array.Empty<long>()]);

    public void Launch(string entry, int blocks, long[] arguments)
    {
        if (blocks > 0) new PtxMachine(programs[entry], memory).Launch(blocks, UpdateKernels.Threads, sharedBytes: 0, arguments);
    }
}
