using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Tests.Kernels;

/// <summary>Records for what the models' kernels do not show by themselves.</summary>
internal static partial class HandMadeKernels
{
    public static Kernel[] All =>
    [
        Exchange, Indices, Bytes, Product(5, 7, 4), OverRows(3, 2), Columns(3, ReduceKind.Sum), Columns(3, ReduceKind.Max), Columns(2, ReduceKind.Min), Shares(6), SumBesideExchange, ColumnMoments(3), .. Draws,
        SumsById(5, 3), SumsById(1, 1), Overlaps(length: 9, positions: 4, taps: 3, start: -1, stride: 2, step: 1), Overlaps(8, 3, 2, 1, 3, 2), Overlaps(6, 6, 3, -2, 1, 2), .. Attentions,
    ];

    private static readonly KernelBuffer Read = new(false, true, false);
    private static readonly KernelBuffer Written = new(false, true, true);
    private static readonly KernelBuffer Scratch = new(true, false, true);

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

    /// <summary>A sum of two, and two numbers beside it of which each takes what the other had: all is loaded before anything is stored.</summary>
    public static ReductionKernel SumBesideExchange { get; } = new(new[] { Read, Written, Written }, new[] { Extent.Rows }, new[] { Extent.Of(2) }, ReduceKind.Sum, Sharded: false,
        new KernelBody(new[] { new Access(0, new[] { 2, 1 }) }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, EquatableArray<BodyStore>.Empty),
        new KernelBody(
            new[] { new Access(1, new[] { 1 }), new Access(2, new[] { 1 }) },
            new[] { new BodyInstruction(BodyOp.Accumulator), new(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), new(BodyOp.Scalar, ScalarOp.Add, 0, 2) },
            new[] { new BodyStore(0, 3), new BodyStore(1, 1) }));

    /// <summary>The sum of each row, and each element divided by it.</summary>
    public static RowKernel Shares(int width) => new(new[] { Read, Written, Written }, new[] { Extent.Rows }, width, new KernelBody(
        new[] { new Access(0, new[] { width, 1 }), new Access(1, new[] { 1, 0 }), new Access(2, new[] { width, 1 }) },
        new[] { new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Reduce, A: 0, B: (int)ReduceKind.Sum), new(BodyOp.Scalar, ScalarOp.Divide, 0, 1) },
        new[] { new BodyStore(1, 1), new BodyStore(2, 2) }), EquatableArray<int>.Empty);

    /// <summary>Count, mean and variance of each column, over all rows and two elements each, of numbers far from zero.</summary>
    public static MomentsKernel ColumnMoments(int width) => new(new[] { Read, Written }, new[] { Extent.Of(width) }, new[] { Extent.Rows, Extent.Of(2) }, new KernelBody(
        new[] { new Access(0, new[] { 1, 2 * width, width }) },
        new[] { new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Scalar, ScalarOp.Constant, Value: 3), new(BodyOp.Scalar, ScalarOp.Add, 0, 1) }, EquatableArray<BodyStore>.Empty),
        new Access(1, new[] { 1 }), width);

    /// <summary>What stands at two positions of each row, summed by the ids that stand there.</summary>
    public static ScatterKernel SumsById(int count, int width) => new(new[] { Read, Read with { IsInteger = true }, Written, Scratch, Scratch }, count, new[] { Extent.Of(width) }, new[] { Extent.Rows, Extent.Of(2) },
        new Access(1, new[] { 0, 0, 2, 1 }), new KernelBody(new[] { new Access(0, new[] { 0, 1, 2 * width, width }) }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, EquatableArray<BodyStore>.Empty),
        Sum(new Access(2, new[] { width, 1 })), List: 3, Ends: 4);

    /// <summary>Windows over each row, each tap of each position with a number of its own.</summary>
    public static WindowKernel Overlaps(int length, int positions, int taps, int start, int stride, int step) => new(new[] { Read, Written }, new[] { Extent.Rows, Extent.Of(length) },
        new[] { new KernelWindow(1, positions, taps, start, stride, step) },
        new KernelBody(new[] { new Access(0, new[] { positions * taps, 0, taps, 1 }) }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, EquatableArray<BodyStore>.Empty), Sum(new Access(1, new[] { length, 1 })));

    /// <summary>Of both kinds, in rows that end within a group of elements.</summary>
    private static RandomKernel[] Draws => [new(new[] { Written }, RandomKind.Uniform, Stream: 3, RowLength: 23), new(new[] { Written }, RandomKind.Normal, Stream: 4, RowLength: 50)];

    private static KernelBody Sum(Access result) => new(new[] { result }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
}
