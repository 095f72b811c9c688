using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>Which axis of a loop nest runs along the lanes, and nests made ready for it.</summary>
internal static class VectorAxis
{
    /// <summary>Whether every load is contiguous or the same in all lanes along the axis, and every store contiguous.</summary>
    /// <param name="everySecond">Whether loads may take every second element, of memory that has slack behind it.</param>
    public static bool Fits(KernelBody body, IReadOnlyList<KernelBuffer> buffers, int axis, bool float64, bool everySecond = false)
    {
        for (int a = 0; a < body.Accesses.Count; a++)
        {
            var access = body.Accesses[a];
            if (!access.IsAffineAlong(axis)) return false;
            if (everySecond && access.Strides[axis] == 2 && buffers[access.Buffer] is { IsNumbers: true, IsExact: false }) continue;
            if (access.Strides[axis] is not (0 or 1)) return false;
            if (access.Strides[axis] == 1 && !VectorForm.CanLoad(buffers[access.Buffer], float64)) return false;
        }
        return body.Stores.All(s => body.Accesses[s.Access].Strides[axis] == 1 && buffers[body.Accesses[s.Access].Buffer].IsNumbers);
    }

    /// <summary>
    /// The same map with its vector axis innermost and with as few axes as possible, or null where no axis fits: axes of one element go, and an axis
    /// joins the one inside of it where every access goes on without a gap, so that rows shorter than a vector don't each end in a tail.
    /// </summary>
    public static MapKernel? Arrange(MapKernel map, bool float64)
    {
        for (int axis = map.Axes.Count - 1; axis >= 0; axis--)
        {
            if (IsSingle(map.Axes[axis])) map = Select(map, Enumerable.Range(0, map.Axes.Count).Where(a => a != axis));
        }
        var fitting = Enumerable.Range(0, map.Axes.Count).Where(axis => Fits(map.Body, map.Buffers, axis, float64)).ToList();
        if (fitting.Count == 0) return null;
        int last = map.Axes.Count - 1;
        int vector = fitting.Contains(last) ? last : fitting.OrderByDescending(axis => map.Axes[axis].TimesRows ? 0 : map.Axes[axis].Constant).First();
        map = Select(map, Enumerable.Range(0, map.Axes.Count).Where(a => a != vector).Append(vector));
        for (int outer = map.Axes.Count - 2; outer >= 0; outer--)
        {
            if (CanJoin(map, outer)) map = Join(map, outer);
        }
        return map;
    }

    private static bool IsSingle(Extent extent) => extent is { TimesRows: false, Constant: 1 };

    private static bool CanJoin(MapKernel map, int outer)
    {
        var inner = map.Axes[outer + 1];
        return !inner.TimesRows
            && map.Body.Accesses.All(a => a.WalksAsOne(outer, outer + 1, inner.Constant))
            && !map.Body.Code.Any(c => c is { Op: BodyOp.Scalar, Function: ScalarOp.Index } && (c.A == outer || c.A == outer + 1));
    }

    private static MapKernel Join(MapKernel map, int outer)
    {
        var joined = new Extent(map.Axes[outer].Constant * map.Axes[outer + 1].Constant, map.Axes[outer].TimesRows);
        var result = Select(map, Enumerable.Range(0, map.Axes.Count).Where(a => a != outer));
        return result with { Axes = result.Axes.Select((extent, axis) => axis == outer ? joined : extent).ToEquatableArray() };
    }

    /// <summary>The map over some of its axes, in another order.</summary>
    private static MapKernel Select(MapKernel map, IEnumerable<int> axes)
    {
        int[] order = [.. axes];
        var accesses = map.Body.Accesses.Select(a => a.Over(strides => order.Select(axis => strides[axis]), axis => Array.IndexOf(order, axis)));
        // The index along an axis of one element is 0.
        var code = map.Body.Code.Select(c => c is not { Op: BodyOp.Scalar, Function: ScalarOp.Index } ? c
            : Array.IndexOf(order, c.A) is var axis and >= 0 ? c with { A = axis }
            : new BodyInstruction(BodyOp.Scalar, ScalarOp.Constant, Value: 0));
        return map with
        {
            Axes = order.Select(axis => map.Axes[axis]).ToEquatableArray(),
            Body = map.Body with { Accesses = accesses.ToEquatableArray(), Code = code.ToEquatableArray() },
        };
    }
}
