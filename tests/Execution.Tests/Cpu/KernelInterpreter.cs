using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

/// <summary>
/// Kernel records by definition: every element on its own, in double, instruction by instruction. It shares nothing with the printers but the records.
/// </summary>
/// <param name="origins">Where in each buffer the element at index 0 lies; null where it is the first.</param>
internal sealed partial class KernelInterpreter(Kernel kernel, double[][] buffers, long[] shardStrides, int rows, int shardRows, long[]? origins = null)
{
    /// <summary>The indices of the reduced axes: the same for every result.</summary>
    private List<(long Shard, long[] Index)>? reduced;

    public void Run()
    {
        switch (kernel)
        {
            case MapKernel map:
                foreach (long[] index in Indices(map.Axes)) Finish(map.Body, index, double.NaN);
                break;
            case RowKernel row:
                foreach (long[] index in Indices(row.Outer)) Row(row, index);
                break;
            case ReductionKernel reduction:
                foreach (long[] index in Indices(reduction.Kept)) Finish(reduction.Epilogue, index, Reduce(reduction, index));
                break;
            case WindowKernel window:
                foreach (long[] index in Indices(window.Kept)) Finish(window.Epilogue, index, Windows(window, index));
                break;
            case MomentsKernel moments:
                foreach (long[] index in Indices(moments.Kept)) Moments(moments, index);
                break;
            case ScatterKernel scatter:
                foreach (long[] index in Indices([Extent.Of(scatter.Count), .. scatter.Inner])) Finish(scatter.Epilogue, index, Scatter(scatter, index));
                break;
            case ContractionKernel contraction:
                foreach (long[] index in Indices([.. contraction.Outer, contraction.M, contraction.N])) Finish(contraction.Epilogue, index, Contract(contraction, index));
                break;
            case LoopKernel loop:
                Rounds(loop);
                break;
            case OneQueryAttentionKernel attention:
                foreach (long[] index in Indices(attention.Outer)) Attention(attention, index);
                break;
            case AttentionKernel attention:
                foreach (long[] index in Indices(attention.Outer)) Attention(attention, index);
                break;
            default:
                throw new NotSupportedException(kernel.GetType().Name);
        }
    }

    public static double Scalar(ScalarOp op, double a, double b, double c) => op switch
    {
        ScalarOp.Erf => Erf(a),
        ScalarOp.Expm1 => Math.Abs(a) < 1e-3 ? a + (a * a / 2) + (a * a * a / 6) + (a * a * a * a / 24) : Math.Exp(a) - 1,
        ScalarOp.Log1p => Math.Abs(a) < 1e-3 ? a - (a * a / 2) + (a * a * a / 3) - (a * a * a * a / 4) : Math.Log(1 + a),
        _ => ScalarFunction.Of(op).Evaluate(a, b, c),
    };

    private void Rounds(LoopKernel loop)
    {
        double[] own = new double[loop.RowLength * rows];
        Array.Fill(own, double.NaN);
        for (int step = 0; step < loop.Steps; step++)
        {
            foreach (var launch in loop.Launches)
            {
                double[][] actual = [.. launch.Buffers.Select(use => use.IsOwn ? own : buffers[use.Buffer])];
                long[] begins = [.. launch.Buffers.Select(use => use.Offset + ((long)step * use.StepStride) + (use.IsOwn ? (long)use.Start * rows : origins?[use.Buffer] ?? 0))];
                new KernelInterpreter(launch.Kernel, actual, new long[actual.Length], rows, shardRows, begins).Run();
            }
        }
    }

    private double Contract(ContractionKernel contraction, long[] index)
    {
        double sum = 0;
        long[] all = new long[index.Length + contraction.K.Count];
        foreach (var (shard, k) in Reduced(contraction.K, contraction.Sharded))
        {
            index.CopyTo(all, 0);
            k.CopyTo(all, index.Length);
            sum += Read(contraction.Left, all, shard) * Read(contraction.Right, all, shard);
        }
        return sum;
    }

    private double Reduce(ReductionKernel reduction, long[] index)
    {
        if (reduction.Kind == ReduceKind.ArgMax) return Place(reduction, index);
        double sum = reduction.Kind == ReduceKind.Sum ? 0 : reduction.Kind == ReduceKind.Max ? double.NegativeInfinity : double.PositiveInfinity;
        foreach (var (shard, k) in Reduced(reduction.Reduced, reduction.Sharded))
        {
            double[] values = Evaluate(reduction.Source, [.. index, .. k], shard, double.NaN);
            sum = Accumulate(reduction.Kind, sum, values[reduction.Source.Stores.Count > 0 ? reduction.Source.Stores[0].Value : values.Length - 1]);
        }
        return sum;
    }

    /// <summary>The number of the first element that no other exceeds; what is not a number exceeds all that are.</summary>
    private double Place(ReductionKernel reduction, long[] index)
    {
        double[] candidates = [.. Reduced(reduction.Reduced, sharded: false).Select(k => Evaluate(reduction.Source, [.. index, .. k.Index], 0, double.NaN)[^1])];
        int nan = Array.FindIndex(candidates, double.IsNaN);
        return nan >= 0 ? nan : Array.IndexOf(candidates, candidates.Max());
    }

    /// <summary>All positions and taps of all windows, of which those count that lie on the element.</summary>
    private double Windows(WindowKernel kernel, long[] index)
    {
        double sum = 0;
        foreach (long[] walked in Indices(kernel.Windows.SelectMany(w => new[] { Extent.Of(w.Positions), Extent.Of(w.Taps) })))
        {
            bool meets = kernel.Windows.Select((w, n) => w.Start + (walked[2 * n] * w.Stride) + (walked[(2 * n) + 1] * w.Step) == (w.Axis < 0 ? 0 : index[w.Axis])).All(met => met);
            if (meets) sum += Evaluate(kernel.Source, [.. index, .. walked], 0, double.NaN)[^1];
        }
        return sum;
    }

    /// <summary>By the definition over all rows at once, not shard by shard.</summary>
    private void Moments(MomentsKernel moments, long[] index)
    {
        double[] terms = [.. Reduced(moments.Reduced, sharded: true).Select(k => Evaluate(moments.Source, [.. index, .. k.Index], k.Shard, double.NaN)[^1])];
        double mean = terms.Sum() / terms.Length;
        double[] statistics = [terms.Length, mean, terms.Sum(term => (term - mean) * (term - mean)) / terms.Length];
        for (int i = 0; i < statistics.Length; i++) buffers[moments.Result.Buffer][Offset(moments.Result, index) + (i * moments.StatisticStride)] = statistics[i];
    }

    /// <summary>By the definition: each id looks at all positions.</summary>
    private double Scatter(ScatterKernel scatter, long[] index) => Reduced(scatter.Positions, sharded: true)
        .Select(k => (k.Shard, Index: (long[])[.. index, .. k.Index]))
        .Where(k => Read(scatter.Ids, k.Index, k.Shard) == index[0])
        .Sum(k => Evaluate(scatter.Source, k.Index, k.Shard, double.NaN)[^1]);

    private static double Accumulate(ReduceKind kind, double sum, double value)
        => kind == ReduceKind.Sum ? sum + value : kind == ReduceKind.Max ? Math.Max(sum, value) : Math.Min(sum, value);

    /// <summary>Instruction by instruction over the whole row, which needs no passes.</summary>
    private void Row(RowKernel row, long[] outer)
    {
        var code = row.Body.Code;
        double[,] values = new double[code.Count, row.Inner];
        for (int i = 0; i < code.Count; i++)
        {
            double sum = code[i].Op != BodyOp.Reduce || code[i].B == (int)ReduceKind.Sum ? 0 : code[i].B == (int)ReduceKind.Max ? double.NegativeInfinity : double.PositiveInfinity;
            for (int j = 0; j < row.Inner; j++)
            {
                if (code[i].Op == BodyOp.Reduce) sum = Accumulate((ReduceKind)code[i].B, sum, values[code[i].A, j]);
                else values[i, j] = Instruction(row.Body, i, [.. outer, j], 0, double.NaN, k => values[k, j]);
            }
            for (int j = 0; code[i].Op == BodyOp.Reduce && j < row.Inner; j++) values[i, j] = sum;
        }
        foreach (var store in row.Body.Stores)
        {
            for (int j = 0; j < row.Inner; j++) Write(row.Body.Accesses[store.Access], [.. outer, j], values[store.Value, j]);
        }
    }

    private void Finish(KernelBody body, long[] index, double accumulator)
    {
        double[] values = Evaluate(body, index, 0, accumulator);
        foreach (var store in body.Stores) Write(body.Accesses[store.Access], index, values[store.Value]);
    }

    private double[] Evaluate(KernelBody body, long[] index, long shard, double accumulator)
    {
        double[] values = new double[body.Code.Count];
        for (int i = 0; i < values.Length; i++) values[i] = Instruction(body, i, index, shard, accumulator, k => values[k]);
        return values;
    }

    private double Instruction(KernelBody body, int i, long[] index, long shard, double accumulator, Func<int, double> value)
    {
        var code = body.Code[i];
        if (code.Op == BodyOp.Load) return Read(body.Accesses[code.A], index, shard);
        if (code.Op == BodyOp.Accumulator) return accumulator;
        return code.Function switch
        {
            ScalarOp.Constant => code.Value,
            ScalarOp.Index => index[code.A],
            _ => Scalar(code.Function, value(code.A), code.Arity > 1 ? value(code.B) : 0, code.Arity > 2 ? value(code.C) : 0),
        };
    }

    private double Read(Access access, long[] index, long shard) => buffers[access.Buffer][Origin(access) + (shard * shardStrides[access.Buffer]) + Offset(access, index, shard)];

    private void Write(Access access, long[] index, double value) => buffers[access.Buffer][Origin(access) + Offset(access, index)] = value;

    private long Origin(Access access) => origins is null ? 0 : origins[access.Buffer];

    private long Offset(Access access, long[] index, long shard = 0)
    {
        long offset = 0;
        if (access.Id is { } indirection)
        {
            long id = (long)Read(indirection.Ids, index, shard);
            offset = indirection.IsPanelled ? (id / access.PanelWidth * access.PanelStride) + (id % access.PanelWidth) : id * indirection.Stride;
        }
        for (int axis = 0; axis < index.Length; axis++)
        {
            offset += axis == access.PanelAxis
                ? (index[axis] / access.PanelWidth * access.PanelStride) + (index[axis] % access.PanelWidth)
                : index[axis] * access.Strides[axis];
        }
        return offset;
    }

    private IEnumerable<(long Shard, long[] Index)> Reduced(EquatableArray<Extent> axes, bool sharded) => reduced ??= [.. ReducedOnce(axes, sharded)];

    private IEnumerable<(long Shard, long[] Index)> ReducedOnce(EquatableArray<Extent> axes, bool sharded)
    {
        if (!sharded) return Indices(axes).Select(index => (0L, index));
        return Enumerable.Range(0, (rows + shardRows - 1) / shardRows)
            .SelectMany(s => Indices(axes, Math.Min(shardRows, rows - (s * shardRows))).Select(index => ((long)s, index)));
    }

    private IEnumerable<long[]> Indices(IEnumerable<Extent> axes) => Indices(axes, rows);

    private static IEnumerable<long[]> Indices(IEnumerable<Extent> axes, int rows)
    {
        IEnumerable<long[]> indices = [[]];
        foreach (var axis in axes)
        {
            int count = axis.TimesRows ? rows * axis.Constant : axis.Constant;
            indices = indices.SelectMany(outer => Enumerable.Range(0, count).Select(i => (long[])[.. outer, i]));
        }
        return indices;
    }

    /// <summary>The series where it converges fast, the continued fraction elsewhere.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 2)
        {
            double fraction = 0;
            for (int n = 120; n > 0; n--) fraction = n / 2.0 / (Math.Abs(x) + fraction);
            return Math.Sign(x) * (1 - (Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (Math.Abs(x) + fraction)));
        }
        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
