using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Kernels;

/// <summary>Records for what the models' kernels do not show by themselves.</summary>
internal static class HandMadeKernels
{
    private static readonly KernelBuffer Read = new(false, true, false);
    private static readonly KernelBuffer Written = new(false, true, true);

    /// <summary>Each takes what the other had: all is loaded before anything is stored.</summary>
    public static MapKernel Exchange { get; } = new(new[] { Written, Written }, new[] { Extent.Rows, Extent.Of(3) }, new KernelBody(
        new[] { new Access(0, new[] { 3, 1 }), new Access(1, new[] { 3, 1 }) },
        new[] { new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), new(BodyOp.Scalar, ScalarOp.Negate, 0) },
        new[] { new BodyStore(0, 1), new BodyStore(1, 2) }));

    /// <summary>Its own indices, as numbers: row · 100 + column.</summary>
    public static MapKernel Indices { get; } = new(new[] { Written }, new[] { Extent.Rows, Extent.Of(5) }, new KernelBody(
        new[] { new Access(0, new[] { 5, 1 }) },
        new[]
        {
            new BodyInstruction(BodyOp.Scalar, ScalarOp.Index, 0), new(BodyOp.Scalar, ScalarOp.Index, 1), new(BodyOp.Scalar, ScalarOp.Constant, Value: 100),
            new(BodyOp.Scalar, ScalarOp.Multiply, 0, 2), new(BodyOp.Scalar, ScalarOp.Add, 1, 3),
        },
        new[] { new BodyStore(0, 4) }));

    /// <summary>Bytes as numbers, twice each. No row ends where a word does.</summary>
    public static MapKernel Bytes { get; } = new(new[] { Read with { IsBytes = true }, Written }, new[] { Extent.Rows, Extent.Of(7) }, new KernelBody(
        new[] { new Access(0, new[] { 7, 1 }), new Access(1, new[] { 7, 1 }) },
        new[] { new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Scalar, ScalarOp.Add, 0, 0) },
        new[] { new BodyStore(1, 1) }));

    /// <summary>Row · column of row-major operands and a matrix in panels: rows × n, over k.</summary>
    public static ContractionKernel Product(int n, int k, int panel) => new(new[] { Read, Read, Written }, EquatableArray<Extent>.Empty, Extent.Rows, Extent.Of(n), new[] { Extent.Of(k) },
        Sharded: false, new Access(0, new[] { k, 0, 1 }), new Access(1, new[] { 0, 0, panel }, 1, panel, k * panel), Sum(new Access(2, new[] { n, 1 })));

    /// <summary>A gradient of weights, m × n: over all rows.</summary>
    public static ContractionKernel OverRows(int m, int n) => new(new[] { Read, Read, Written }, EquatableArray<Extent>.Empty, Extent.Of(m), Extent.Of(n), new[] { Extent.Rows },
        Sharded: false, new Access(0, new[] { 1, 0, m }), new Access(1, new[] { 0, 1, n }), Sum(new Access(2, new[] { n, 1 })));

    /// <summary>A sum or an extremum of each column, over all rows, and two elements each.</summary>
    public static ReductionKernel Columns(int width, ReduceKind kind) => new(new[] { Read, Written }, new[] { Extent.Of(width) }, new[] { Extent.Rows, Extent.Of(2) }, kind, Sharded: false,
        new KernelBody(new[] { new Access(0, new[] { 1, 2 * width, width }) }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, EquatableArray<BodyStore>.Empty),
        Sum(new Access(1, new[] { 1 })));

    /// <summary>The sum of each row, and each element divided by it.</summary>
    public static RowKernel Shares(int width) => new(new[] { Read, Written, Written }, new[] { Extent.Rows }, width, new KernelBody(
        new[] { new Access(0, new[] { width, 1 }), new Access(1, new[] { 1, 0 }), new Access(2, new[] { width, 1 }) },
        new[] { new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Reduce, A: 0, B: (int)ReduceKind.Sum), new(BodyOp.Scalar, ScalarOp.Divide, 0, 1) },
        new[] { new BodyStore(1, 1), new BodyStore(2, 2) }), EquatableArray<int>.Empty);

    private static KernelBody Sum(Access result) => new(new[] { result }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
}
