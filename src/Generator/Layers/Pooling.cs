using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// One number for each window of size positions either way, channel by channel: sequences, images and volumes. A stride of 0, the default, is the size: windows side by
/// side. With ceilMode a last window may begin before the end and reach beyond it.
/// </summary>
internal static class Pooling
{
    private static readonly LayerArgument[] Windowed = [Int("size"), Int("stride", 0), Int("padding", 0)];

    public static IReadOnlyList<Layer> All { get; } =
    [
        Largest("MaxPool1d", "the largest of each window of a sequence; nn.MaxPool1d", 1),
        Largest("MaxPool2d", "the largest pixel of each window; nn.MaxPool2d", 2),
        Largest("MaxPool3d", "the largest voxel of each window; nn.MaxPool3d", 3),
        Averages("AvgPool1d", "the mean of each window of a sequence; nn.AvgPool1d", 1),
        Averages("AvgPool2d", "the mean of each window; nn.AvgPool2d", 2),
        Averages("AvgPool3d", "the mean of each window of a volume; nn.AvgPool3d", 3),
        Whole("GlobalMaxPool1d", "the largest over time of each feature; nn.AdaptiveMaxPool1d(1)", 1, WindowMaximum),
        Whole("GlobalMaxPool2d", "the largest pixel of each channel; nn.AdaptiveMaxPool2d(1)", 2, WindowMaximum),
        Whole("GlobalAvgPool1d", "the mean over time of each feature; nn.AdaptiveAvgPool1d(1)", 1, (x, axes) => x.Mean(axes)),
        Whole("GlobalAvgPool2d", "the mean of each channel; nn.AdaptiveAvgPool2d(1)", 2, (x, axes) => x.Mean(axes)),
    ];

    private static Layer Largest(string name, string summary, int axes) => new(name, summary, HasParameters: false, [.. Windowed, Int("dilation", 1), Flag("ceilMode", false)], (call, x) =>
    {
        var pool = new Pool(call, Spatial.ChannelsLast(call, x, axes), axes, call.Positive("dilation"));
        return pool.Result(WindowMaximum(pool.Windows(double.NegativeInfinity), pool.Taps));
    });

    private static Layer Averages(string name, string summary, int axes) => new(name, summary, HasParameters: false, [.. Windowed, Flag("ceilMode", false), Flag("countPadding", true)], (call, x) =>
    {
        var pool = new Pool(call, Spatial.ChannelsLast(call, x, axes), axes, dilation: 1);
        return pool.Result(pool.Mean(call.Flag("countPadding")));
    });

    private static Layer Whole(string name, string summary, int axes, Func<Value, int[], Value> reduce) => new(name, summary, HasParameters: false, [], (call, x) =>
    {
        var positions = Spatial.ChannelsLast(call, x, axes);
        return reduce(positions, [.. Enumerable.Range(0, axes)]).Reshape(Shape.Of(positions.Shape[axes]));
    });

    /// <summary>
    /// The largest along axes, as the element at its place, chosen and not multiplied, so that a border of -∞ stays out. The place, not the value, is what the
    /// gradient follows: of equal elements the first gets all of it, as in PyTorch.
    /// </summary>
    private static Value WindowMaximum(Value windows, int[] taps) => windows.AtPlace(windows.ArgMax(taps), taps).Sum(taps);

    /// <summary>The windows of one pool over positions whose channels come last.</summary>
    private sealed class Pool
    {
        private readonly LayerCall call;
        private readonly Value x;
        private readonly int axes;
        private readonly int size;
        private readonly int stride;
        private readonly int padding;
        private readonly int dilation;
        private readonly int[] added;

        public Pool(LayerCall call, Value x, int axes, int dilation)
        {
            (this.call, this.x, this.axes, this.dilation) = (call, x, axes, dilation);
            (size, stride, padding) = (call.Positive("size"), call.Int("stride"), Spatial.Padding(call));
            if (stride < 0) throw call.Invalid("stride", "must be at least 1, or 0 for the size");
            if (padding > size / 2) throw call.Invalid("padding", $"must be at most half of the size, {size / 2}");
            if (stride == 0) stride = size;
            added = [.. Enumerable.Range(0, axes).Select(axis => call.Flag("ceilMode") ? Beyond(x.Shape[axis]) : 0)];
        }

        /// <summary>The axes of a window's positions among those of <see cref="Windows"/>.</summary>
        public int[] Taps => [.. Enumerable.Range(0, axes).Select(axis => (2 * axis) + 1)];

        /// <summary>(positions, taps, …, channels), the border filled with a number.</summary>
        public Value Windows(double border)
        {
            var padded = Spatial.Pad(x, axes, padding, border);
            for (int axis = 0; axis < axes; axis++) padded = padded.Pad(axis, 0, added[axis], value: border);
            return Spatial.Unfold(call, padded, axes, size, stride, dilation, x);
        }

        public Value Result(Value reduced)
            => Spatial.ChannelsFirst(reduced.Reshape(new Shape(reduced.Shape.Extents.Where((_, axis) => axis % 2 == 0).ToEquatableArray())), axes);

        /// <summary>The sum of each window over the number of its elements, those beyond the padding never counted.</summary>
        public Value Mean(bool countPadding)
        {
            var windows = Windows(0);
            if (added.All(a => a == 0) && (countPadding || padding == 0)) return windows.Mean(Taps);
            var sums = windows.Sum(Taps);
            for (int axis = 0; axis < axes; axis++)
            {
                double[] counts = [.. Enumerable.Range(0, windows.Shape[2 * axis]).Select(position => (double)Counted(position * stride, x.Shape[axis], countPadding))];
                int[] extents = [.. windows.Shape.Extents.Select((_, a) => a == 2 * axis ? counts.Length : 1)];
                sums /= x.Graph.Add(new ConstantOp(counts, Shape.Of(counts.Length))).Reshape(new Shape(extents));
            }
            return sums;
        }

        /// <summary>The elements of a window that begins at a place of the padded axis.</summary>
        private int Counted(int start, int extent, bool countPadding)
            => countPadding ? Math.Min(start + size, extent + (2 * padding)) - start : Math.Min(start + size, padding + extent) - Math.Max(start, padding);

        /// <summary>Places to add at the end of an axis, so that the last window, which begins before the end of the axis or within the padding before it, fits.</summary>
        private int Beyond(int extent)
        {
            int padded = extent + (2 * padding), span = ((size - 1) * dilation) + 1;
            if (padded - span + stride - 1 < 0) return 0;
            int windows = ((padded - span + stride - 1) / stride) + 1;
            if ((windows - 1) * stride >= extent + padding) windows--;
            return Math.Max(0, ((windows - 1) * stride) + span - padded);
        }
    }
}
