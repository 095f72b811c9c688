using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>What else a training step does to flat memory, as maps; the rows of the launch are the elements.</summary>
internal static class StepMaps
{
    private static readonly KernelBuffer Read = new(IsInteger: false, IsExact: true, IsWritten: false);
    private static readonly KernelBuffer Written = new(IsInteger: false, IsExact: true, IsWritten: true);
    private static readonly Access Element = new(0, new[] { 1 });

    /// <summary>Every element of buffer 0 into [−limit, limit], the number in buffer 1; NaN stays.</summary>
    public static MapKernel Limit { get; } = Map([Written, Read], [Element, new(1, new[] { 0 })], store: 0,
    [
        new(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), new(BodyOp.Scalar, ScalarOp.Negate, 1),
        new(BodyOp.Scalar, ScalarOp.Less, 0, 2), new(BodyOp.Scalar, ScalarOp.Select, 3, 2, 0),
        new(BodyOp.Scalar, ScalarOp.Less, 1, 0), new(BodyOp.Scalar, ScalarOp.Select, 5, 1, 4),
    ]);

    /// <summary>Every element of buffer 0 times the number in buffer 1.</summary>
    public static MapKernel Scale { get; } = Map([Written, Read], [Element, new(1, new[] { 0 })], store: 0,
        [new(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), new(BodyOp.Scalar, ScalarOp.Multiply, 0, 1)]);

    /// <summary>Every element of buffer 0 and that of buffer 1, to buffer 0.</summary>
    public static MapKernel Add { get; } = Map([Written, Read], [Element, new(1, new[] { 1 })], store: 0,
        [new(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), new(BodyOp.Scalar, ScalarOp.Add, 0, 1)]);

    /// <summary>Buffer 0 to buffer 1.</summary>
    public static MapKernel Copy { get; } = Map([Read, Written], [Element, new(1, new[] { 1 })], store: 1, [new(BodyOp.Load, A: 0)]);

    /// <summary>The last instruction is what is stored.</summary>
    private static MapKernel Map(KernelBuffer[] buffers, Access[] accesses, int store, BodyInstruction[] code)
        => new(buffers, new[] { Extent.Rows }, new KernelBody(accesses, code, new[] { new BodyStore(store, code.Length - 1) }));
}
