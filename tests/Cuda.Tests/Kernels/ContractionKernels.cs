using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Kernels;

/// <summary>Contractions in the layouts that lowering gives, of the sizes that a test wants.</summary>
internal static class ContractionKernels
{
    private static readonly KernelBuffer Read = new(false, true, false);
    private static readonly KernelBuffer Written = new(false, true, true);
    private static readonly KernelBuffer Ids = new(true, true, false);

    private static readonly BodyInstruction Accumulator = new(BodyOp.Accumulator);

    /// <summary>Rows of k · weights in panels of 16, and behind it a bias, an activation and a residual, with what was before the activation stored too.</summary>
    public static ContractionKernel Dense(int n, int k) => new(
        new[] { Read, Read, Written, Written, Read, Read }, EquatableArray<Extent>.Empty, Extent.Rows, Extent.Of(n), new[] { Extent.Of(k) }, Sharded: false,
        new Access(0, new[] { k, 0, 1 }), new Access(1, new[] { 0, 1, 16 }, 1, 16, k * 16),
        new KernelBody(
            new[] { new Access(2, new[] { n, 1 }), new Access(3, new[] { n, 1 }), new Access(4, new[] { 0, 1 }), new Access(5, new[] { n, 1 }) },
            new[]
            {
                Accumulator, new BodyInstruction(BodyOp.Load, A: 2), new(BodyOp.Scalar, ScalarOp.Add, 0, 1), new(BodyOp.Scalar, ScalarOp.Relu, 2), new(BodyOp.Load, A: 3),
                new(BodyOp.Scalar, ScalarOp.Add, 3, 4),
            },
            new[] { new BodyStore(0, 2), new BodyStore(1, 5) }));

    /// <summary>A gradient of weights in panels of 16, m × n: over the rows, or over positions in each of them.</summary>
    public static ContractionKernel WeightGradient(int m, int n, int positions = 1)
    {
        bool several = positions > 1;
        Extent[] k = several ? [Extent.Rows, Extent.Of(positions)] : [Extent.Rows];
        int[] Strides(int own, int other, int width) => several ? [own, other, positions * width * 2, width] : [own, other, width];
        return new(new[] { Read, Read, Written }, EquatableArray<Extent>.Empty, Extent.Of(m), Extent.Of(n), k, Sharded: false,
            new Access(0, Strides(1, 0, m)), new Access(1, Strides(0, 1, n)), Sum(new Access(2, new[] { 16, 1 }, 1, 16, m * 16)));
    }

    /// <summary>3 × 3 taps over images of h × w results, channels last; the tap x lies beside the channels. An index is added.</summary>
    public static ContractionKernel Convolution(int h, int w, int channels, int outputs)
    {
        int row = (w + 2) * channels;
        return new(new[] { Read, Read, Written, Read }, new[] { Extent.Rows, Extent.Of(h) }, Extent.Of(w), Extent.Of(outputs), new[] { Extent.Of(3), Extent.Of(3 * channels) }, Sharded: false,
            new Access(0, new[] { (h + 2) * row, row, channels, 0, row, 1 }), new Access(1, new[] { 0, 0, 0, 1, 3 * channels * outputs, outputs }),
            new KernelBody(
                new[] { new Access(2, new[] { h * w * outputs, w * outputs, outputs, 1 }), new Access(3, new[] { 0, 0, 0, 1 }) },
                new[]
                {
                    Accumulator, new BodyInstruction(BodyOp.Load, A: 1), new(BodyOp.Scalar, ScalarOp.Add, 0, 1), new(BodyOp.Scalar, ScalarOp.Index, 0), new(BodyOp.Scalar, ScalarOp.Add, 2, 3),
                    new(BodyOp.Scalar, ScalarOp.Index, 2), new(BodyOp.Scalar, ScalarOp.Subtract, 4, 5), new(BodyOp.Scalar, ScalarOp.Index, 3), new(BodyOp.Scalar, ScalarOp.Subtract, 6, 7),
                },
                new[] { new BodyStore(0, 8) }));
    }

    /// <summary>A convolution's gradient by its image: the taps go backwards, and the first lies at the image's end.</summary>
    public static ContractionKernel BackwardConvolution(int h, int w, int channels, int outputs)
    {
        int row = (w + 2) * channels;
        return new(new[] { Read, Read, Written }, new[] { Extent.Rows, Extent.Of(h) }, Extent.Of(w), Extent.Of(outputs), new[] { Extent.Of(3), Extent.Of(3), Extent.Of(channels) }, Sharded: false,
            new Access(0, new[] { (h + 2) * row, row, channels, 0, -row, -channels, 1 }), new Access(1, new[] { 0, 0, 0, 1, 3 * channels * outputs, channels * outputs, outputs }),
            Sum(new Access(2, new[] { h * w * outputs, w * outputs, outputs, 1 })));
    }

    /// <summary>A convolution's gradient by its weights: over rows and results, for each tap y (an axis of columns) the tap x and the channels.</summary>
    public static ContractionKernel ConvolutionGradient(int h, int w, int channels, int outputs)
    {
        int row = (w + 2) * channels;
        return new(new[] { Read, Read, Written }, new[] { Extent.Of(3) }, Extent.Of(outputs), Extent.Of(3 * channels), new[] { Extent.Rows, Extent.Of(h), Extent.Of(w) }, Sharded: false,
            new Access(0, new[] { 0, 1, 0, h * w * outputs, w * outputs, outputs }), new Access(1, new[] { row, 0, 1, (h + 2) * row, row, channels }),
            Sum(new Access(2, new[] { 3 * channels, 9 * channels, 1 })));
    }

    /// <summary>For each head of each row queries · keys, which lie row by row, so that the terms of both lie side by side; divided as attention does.</summary>
    public static ContractionKernel Heads(int queries, int keys, int width) => new(
        new[] { Read, Read, Written }, new[] { new Extent(2, TimesRows: true) }, Extent.Of(queries), Extent.Of(keys), new[] { Extent.Of(width) }, Sharded: false,
        new Access(0, new[] { queries * width, width, 0, 1 }), new Access(1, new[] { keys * width, 0, width, 1 }),
        new KernelBody(
            new[] { new Access(2, new[] { queries * keys, keys, 1 }) },
            new[] { Accumulator, new BodyInstruction(BodyOp.Scalar, ScalarOp.Constant, Value: 3), new(BodyOp.Scalar, ScalarOp.Divide, 0, 1) },
            new[] { new BodyStore(0, 2) }));

    /// <summary>Each channel (an axis of both operands) by its own taps: one column.</summary>
    public static ContractionKernel Depthwise(int channels, int w) => new(
        new[] { Read, Read, Written }, new[] { Extent.Of(channels), Extent.Rows }, Extent.Of(w), Extent.Of(1), new[] { Extent.Of(2), Extent.Of(3) }, Sharded: false,
        new Access(0, new[] { 1, 2 * (w + 2) * channels, channels, 0, (w + 2) * channels, channels }), new Access(1, new[] { 1, 0, 0, 0, 3 * channels, channels }),
        Sum(new Access(2, new[] { 1, w * channels, channels, 1 })));

    /// <summary>One row · a matrix, without rows: all sizes are known.</summary>
    public static ContractionKernel OneRow(int n, int k) => new(new[] { Read, Read, Written }, EquatableArray<Extent>.Empty, Extent.Of(1), Extent.Of(n), new[] { Extent.Of(k) }, Sharded: false,
        new Access(0, new[] { 0, 0, 1 }), new Access(1, new[] { 0, 1, n }), Sum(new Access(2, new[] { 0, 1 })));

    /// <summary>A long dot product for each row.</summary>
    public static ContractionKernel Dot(int k) => new(new[] { Read, Read, Written }, EquatableArray<Extent>.Empty, Extent.Rows, Extent.Of(1), new[] { Extent.Of(k) }, Sharded: false,
        new Access(0, new[] { k, 0, 1 }), new Access(1, new[] { 0, 0, 1 }), Sum(new Access(2, new[] { 1, 1 })));

    /// <summary>An entry of a table, in panels of 4, is added that an id of the row names.</summary>
    public static ContractionKernel WithIds(int n, int k) => new(
        new[] { Read, Read, Written, Read, Ids }, EquatableArray<Extent>.Empty, Extent.Rows, Extent.Of(n), new[] { Extent.Of(k) }, Sharded: false,
        new Access(0, new[] { k, 0, 1 }), new Access(1, new[] { 0, 1, n }),
        new KernelBody(
            new[] { new Access(2, new[] { n, 1 }), new Access(3, new[] { 0, 4 }, -1, 4, 4 * n, new Indirection(new Access(4, new[] { 1, 0 }), 0, IsPanelled: true)) },
            new[] { Accumulator, new BodyInstruction(BodyOp.Load, A: 1), new(BodyOp.Scalar, ScalarOp.Add, 0, 1) },
            new[] { new BodyStore(0, 2) }));

    private static KernelBody Sum(Access result) => new(new[] { result }, new[] { Accumulator }, new[] { new BodyStore(0, 0) });
}
