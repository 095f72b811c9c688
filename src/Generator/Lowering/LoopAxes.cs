using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Lowering;

/// <summary>
/// Makes a loop nest as flat as its accesses allow: two neighbouring loops become one where every access steps over them as over one, so an
/// elementwise kernel over (rows, time, width) is one loop. Loops whose index the code reads, and panelled ones, stay.
/// </summary>
internal static class LoopAxes
{
    /// <summary>Groups of neighbouring loops that merge, per class: a loop never merges across a class boundary.</summary>
    /// <param name="classes">Per loop a number; neighbours of equal number may merge.</param>
    public static List<int[]> Groups(IReadOnlyList<Extent> extents, IReadOnlyList<Access> accesses, IReadOnlyList<int> classes, ISet<int> fixedAxes)
    {
        var groups = new List<int[]>();
        for (int axis = 0; axis < extents.Count; axis++)
        {
            bool merges = axis > 0 && classes[axis] == classes[axis - 1] && !extents[axis].TimesRows
                && !fixedAxes.Contains(axis) && !fixedAxes.Contains(axis - 1)
                && accesses.All(a => axis >= a.Strides.Count || a.WalksAsOne(axis - 1, axis, extents[axis].Constant));
            if (merges) groups[groups.Count - 1] = [.. groups[groups.Count - 1], axis];
            else groups.Add([axis]);
        }
        return groups;
    }

    public static Extent Merge(IReadOnlyList<Extent> extents, int[] group)
        => new(group.Aggregate(1, (product, axis) => product * extents[axis].Constant), group.Any(axis => extents[axis].TimesRows));

    /// <summary>The access over the merged loops: each has the stride of its innermost part. Loops that the access does not know are left out.</summary>
    public static Access Merge(Access access, IReadOnlyList<int[]> groups)
    {
        var known = groups.Where(g => g[0] < access.Strides.Count).ToList();
        return access.Over(strides => known.Select(g => strides[g[g.Length - 1]]), axis => known.FindIndex(g => g.Contains(axis)));
    }

    public static KernelBody Merge(KernelBody body, IReadOnlyList<int[]> groups)
        => body with
        {
            Accesses = body.Accesses.Select(a => Merge(a, groups)).ToEquatableArray(),
            Code = body.Code.Select(i => i is { Op: BodyOp.Scalar, Function: ScalarOp.Index } ? i with { A = groups.ToList().FindIndex(g => g.Contains(i.A)) } : i).ToEquatableArray(),
        };

    /// <summary>The loops whose index the code reads.</summary>
    public static IEnumerable<int> Indexed(KernelBody body)
        => body.Code.Where(i => i is { Op: BodyOp.Scalar, Function: ScalarOp.Index }).Select(i => i.A);
}
