using DlGen.Ptx;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Tests.Emulation;
using DlGen.Tests.Kernels;

namespace DlGen.Tests.Functions;

/// <summary>One scalar function as a printed map, run in the emulator.</summary>
internal sealed class FunctionKernel
{
    private readonly int arity;
    private readonly bool float64;
    private readonly PtxProgram program;
    private readonly PtxEntry entry;

    public FunctionKernel(ScalarOp op, bool float64, Printing print)
    {
        this.float64 = float64;
        arity = ScalarFunction.Of(op).Arity;
        var printed = print([Record(op)], float64);
        entry = printed.Kernels[0].For(0).Entries[0];
        program = PtxParser.Parse(printed.Text)[entry.Name];
    }

    public static MapKernel Record(ScalarOp op)
    {
        int arity = ScalarFunction.Of(op).Arity;
        var code = Enumerable.Range(0, arity).Select(i => new BodyInstruction(BodyOp.Load, A: i)).Append(new BodyInstruction(BodyOp.Scalar, op, 0, arity > 1 ? 1 : -1, arity > 2 ? 2 : -1));
        var accesses = Enumerable.Range(0, arity + 1).Select(i => new Access(i, new[] { 1 }));
        var buffers = Enumerable.Range(0, arity + 1).Select(i => new KernelBuffer(false, true, i == arity));
        var body = new KernelBody(accesses.ToEquatableArray(), code.ToEquatableArray(), new[] { new BodyStore(arity, arity) });
        return new MapKernel(buffers.ToEquatableArray(), new[] { Extent.Rows }, body);
    }

    /// <summary>The values at arguments: one list an operand, all of one length.</summary>
    public double[] At(params double[][] arguments)
    {
        int count = arguments[0].Length;
        var memory = new DeviceMemory();
        double[][] contents = [.. arguments, [.. Enumerable.Repeat(DeviceBuffer.Unwritten, count)]];
        var buffers = contents.Select((values, i) => new DeviceBuffer(memory, "buffer " + i, values, float64, type: default)).ToList();
        new PtxMachine(program, memory).Launch((int)entry.Blocks(count), entry.Threads, entry.SharedBytes, [.. buffers.Select(b => (long)b.Address), count]);
        return buffers[arity].Read();
    }
}
