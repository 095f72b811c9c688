using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Kernels;

/// <summary>Records of the sizes at which templates begin to do otherwise.</summary>
internal static class BorderKernels
{
    private static readonly KernelBuffer Read = new(false, true, false);
    private static readonly KernelBuffer Written = new(false, true, true);

    /// <summary>Rows for one thread, for lanes of a warp, for a warp and for a block; kept in registers and computed again.</summary>
    public static IReadOnlyList<Kernel> Rows { get; } = [.. new[] { 1, 2, 31, 32, 33, 1023, 1025 }.SelectMany(length => new Kernel[] { Softmax(length), Normalised(length) }), Softmax(9000)];

    /// <summary>Of which several share a warp.</summary>
    public static IReadOnlyList<Kernel> ShortRows { get; } = [Softmax(3), Softmax(10), Normalised(17)];

    /// <summary>By columns and along rows, in one pass and in parts.</summary>
    public static IReadOnlyList<Kernel> Reductions { get; } =
    [
        .. new[] { 2, 31, 32, 33 }.Select(width => Columns(width, ReduceKind.Sum)), Columns(65, ReduceKind.Max), Columns(5, ReduceKind.Min), ColumnsOfRows(3, 16), ColumnsOfRows(33, 17),
        Total(1), Total(3), Moments(5, 1), Moments(33, 3), Moments(1, 2),
        .. new[] { 1, 4, 31, 33 }.Select(length => AlongRows(length, ReduceKind.Sum)), AlongRows(1023, ReduceKind.Max), AlongRows(1025, ReduceKind.Min), OfParameters(300), OfParameters(50_000),
    ];

    /// <summary>Places of the largest among equal ones and NaN, along rows and by columns.</summary>
    public static IReadOnlyList<Kernel> Places { get; } =
        [.. new[] { 3, 5, 33, 700, 1025 }.Select(length => AlongRows(length, ReduceKind.ArgMax)), ColumnsOfRows(3, 100, ReduceKind.ArgMax), ColumnsOfRows(40, 9, ReduceKind.ArgMax)];

    /// <summary>Neighbours that lie side by side and that do not, one block a row and several rows a block.</summary>
    public static IReadOnlyList<Kernel> Maps { get; } =
    [
        Flat(1), Flat(3), Flat(4), .. new[] { 2, 5, 6, 8, 300, 1028 }.Select(Biased), Turned(6, 4), Turned(3, 5), Slices(8, 24), Slices(8, 22), Slices(6, 7), Ids(8), Gathered(8, 8), Gathered(8, 6), Bytes(12),
        RowsWithin(3), Single, Constant(70),
    ];

    /// <summary>e^(x − largest) / sum, over its own input, and the logarithm of the sum.</summary>
    private static RowKernel Softmax(int length) => new(new[] { Written, Written }, new[] { Extent.Rows }, length, new KernelBody(
        new[] { new Access(0, new[] { length, 1 }), new Access(1, new[] { 1, 0 }) },
        new[]
        {
            new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Reduce, A: 0, B: (int)ReduceKind.Max), new(BodyOp.Scalar, ScalarOp.Subtract, 0, 1), new(BodyOp.Scalar, ScalarOp.Exp, 2),
            new(BodyOp.Reduce, A: 3, B: (int)ReduceKind.Sum), new(BodyOp.Scalar, ScalarOp.Divide, 3, 4), new(BodyOp.Scalar, ScalarOp.Log, 4),
        },
        new[] { new BodyStore(0, 5), new BodyStore(1, 6) }), EquatableArray<int>.Empty);

    /// <summary>(x − mean) · weight by the root of the mean square of what is left, of rows in two axes; and a sum and a smallest value in one pass.</summary>
    private static RowKernel Normalised(int length) => new(new[] { Read, Read, Written, Written }, new[] { Extent.Rows, Extent.Of(3) }, length, new KernelBody(
        new[] { new Access(0, new[] { 3 * length, length, 1 }), new Access(1, new[] { 0, 0, 1 }), new Access(2, new[] { 3 * length, length, 1 }), new Access(3, new[] { 6, 2, 0 }), },
        new[]
        {
            new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Reduce, A: 0, B: (int)ReduceKind.Sum), new(BodyOp.Scalar, ScalarOp.Constant, Value: 1.0 / length), new(BodyOp.Scalar, ScalarOp.Multiply, 1, 2),
            new(BodyOp.Scalar, ScalarOp.Subtract, 0, 3), new(BodyOp.Scalar, ScalarOp.Multiply, 4, 4), new(BodyOp.Reduce, A: 5, B: (int)ReduceKind.Sum), new(BodyOp.Reduce, A: 4, B: (int)ReduceKind.Min),
            new(BodyOp.Scalar, ScalarOp.Sqrt, 6), new(BodyOp.Scalar, ScalarOp.Subtract, 8, 7), new(BodyOp.Load, A: 1), new(BodyOp.Scalar, ScalarOp.Multiply, 4, 10), new(BodyOp.Scalar, ScalarOp.Multiply, 11, 9),
            new(BodyOp.Scalar, ScalarOp.Index, 2), new(BodyOp.Scalar, ScalarOp.Add, 12, 13),
        },
        new[] { new BodyStore(2, 14), new BodyStore(3, 9) }), EquatableArray<int>.Empty);

    /// <summary>Of each column, over all rows.</summary>
    private static ReductionKernel Columns(int width, ReduceKind kind) => new(new[] { Read, Written }, new[] { Extent.Of(width) }, new[] { Extent.Rows }, kind, Sharded: false,
        Loaded(new Access(0, new[] { 1, width })), Result(new Access(1, new[] { 1 })));

    /// <summary>Of each column of a row's own matrix, whose elements are multiplied by numbers that stay.</summary>
    private static ReductionKernel ColumnsOfRows(int width, int count, ReduceKind kind = ReduceKind.Sum) => new(
        new[] { Read, Read, Written }, new[] { Extent.Rows, Extent.Of(width) }, new[] { Extent.Of(count) }, kind, Sharded: false,
        new KernelBody(
            new[] { new Access(0, new[] { width * count, 1, width }), new Access(1, new[] { 0, 1, 0 }) },
            new[] { new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), new(BodyOp.Scalar, ScalarOp.Add, 0, 1) }, EquatableArray<BodyStore>.Empty),
        Result(new Access(2, new[] { width, 1 })));

    /// <summary>Of all elements of all rows.</summary>
    private static ReductionKernel Total(int ofRow) => new(new[] { Read, Written }, EquatableArray<Extent>.Empty, new[] { new Extent(ofRow, true) }, ReduceKind.Sum, Sharded: false,
        Loaded(new Access(0, new[] { 1 })), Result(new Access(1, EquatableArray<int>.Empty)));

    private static ReductionKernel AlongRows(int length, ReduceKind kind) => new(new[] { Read, Written }, new[] { Extent.Rows }, new[] { Extent.Of(length) }, kind, Sharded: false,
        Loaded(new Access(0, new[] { length, 1 })), Result(new Access(1, new[] { 1 })));

    /// <summary>Of all parameters, whatever the rows.</summary>
    private static ReductionKernel OfParameters(int count) => new(new[] { Read, Written }, EquatableArray<Extent>.Empty, new[] { Extent.Of(count) }, ReduceKind.Sum, Sharded: false,
        Loaded(new Access(0, new[] { 1 })), Result(new Access(1, EquatableArray<int>.Empty)));

    /// <summary>Of channels, over rows and pixels; statistics lie one channel apart, as many as there are.</summary>
    private static MomentsKernel Moments(int channels, int pixels) => new(new[] { Read, Written }, new[] { Extent.Of(channels) }, new[] { Extent.Rows, Extent.Of(pixels) },
        Loaded(new Access(0, new[] { 1, channels * pixels, channels })), new Access(1, new[] { 1 }), channels);

    /// <summary>3x + y in one axis.</summary>
    private static MapKernel Flat(int ofRow) => new(new[] { Written, Read }, new[] { new Extent(ofRow, true) }, Combined(new Access(0, new[] { 1 }), new Access(1, new[] { 1 }), new Access(0, new[] { 1 })));

    /// <summary>Rows and what is the same for each.</summary>
    private static MapKernel Biased(int width) => new(new[] { Read, Read, Written }, new[] { Extent.Rows, Extent.Of(width) },
        Combined(new Access(0, new[] { width, 1 }), new Access(1, new[] { 0, 1 }), new Access(2, new[] { width, 1 })));

    /// <summary>A transposition: what lies side by side in the result does not in the operand.</summary>
    private static MapKernel Turned(int height, int width) => new(new[] { Read, Read, Written }, new[] { Extent.Rows, Extent.Of(width), Extent.Of(height) },
        Combined(new Access(0, new[] { height * width, 1, width }), new Access(1, new[] { 1, 0, 0 }), new Access(2, new[] { height * width, height, 1 })));

    /// <summary>Parts of rows that are longer.</summary>
    private static MapKernel Slices(int width, int stride) => new(new[] { Read, Read, Written }, new[] { Extent.Rows, Extent.Of(2), Extent.Of(width) },
        Combined(new Access(0, new[] { 2 * stride, stride, 1 }), new Access(1, new[] { 0, 0, 0 }), new Access(2, new[] { 2 * width, width, 1 })));

    /// <summary>Ids that are computed with, and written.</summary>
    private static MapKernel Ids(int width) => new(new[] { Read with { IsInteger = true }, Read with { IsInteger = true }, Written with { IsInteger = true } }, new[] { Extent.Rows, Extent.Of(width) },
        Combined(new Access(0, new[] { width, 1 }), new Access(1, new[] { 1, 0 }), new Access(2, new[] { width, 1 })));

    /// <summary>Rows of a table that ids name.</summary>
    private static MapKernel Gathered(int width, int stride) => new(new[] { Read, Read with { IsInteger = true }, Written }, new[] { Extent.Rows, Extent.Of(width) },
        Combined(new Access(0, new[] { 0, 1 }, Id: new Indirection(new Access(1, new[] { 1, 0 }), stride, IsPanelled: false)), new Access(1, new[] { 1, 0 }), new Access(2, new[] { width, 1 })));

    private static MapKernel Bytes(int width) => new(new[] { Read with { IsBytes = true }, Read, Written }, new[] { Extent.Rows, Extent.Of(width) },
        Combined(new Access(0, new[] { width, 1 }), new Access(1, new[] { 0, 1 }), new Access(2, new[] { width, 1 })));

    /// <summary>Rows that are not the outermost axis.</summary>
    private static MapKernel RowsWithin(int height) => new(new[] { Read, Read, Written }, new[] { Extent.Of(height), Extent.Rows },
        Combined(new Access(0, new[] { 1, height }), new Access(1, new[] { 1, 0 }), new Access(2, new[] { 1, height })));

    private static MapKernel Single => new(new[] { Read, Read, Written }, EquatableArray<Extent>.Empty,
        Combined(new Access(0, EquatableArray<int>.Empty), new Access(1, EquatableArray<int>.Empty), new Access(2, EquatableArray<int>.Empty)));

    /// <summary>Of parameters, whatever the rows.</summary>
    private static MapKernel Constant(int count) => new(new[] { Read, Read, Written }, new[] { Extent.Of(count) },
        Combined(new Access(0, new[] { 1 }), new Access(1, new[] { 0 }), new Access(2, new[] { 1 })));

    private static KernelBody Combined(Access x, Access y, Access result) => new(
        new[] { x, y, result },
        new[] { new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), new(BodyOp.Scalar, ScalarOp.Constant, Value: 3), new(BodyOp.Scalar, ScalarOp.Multiply, 0, 2), new(BodyOp.Scalar, ScalarOp.Add, 3, 1) },
        new[] { new BodyStore(2, 4) });

    private static KernelBody Loaded(Access access) => new(new[] { access }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, EquatableArray<BodyStore>.Empty);

    private static KernelBody Result(Access result) => new(new[] { result }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
}
