using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>
/// What each pass along the row of a row kernel computes, keeps, reduces and stores. Scalars (one per row) come before the pass that needs them;
/// those listed for the number of passes come after the last.
/// </summary>
internal sealed class RowPasses
{
    /// <summary>Instructions of an element in which an addition of the last one ends.</summary>
    private const int LightInstructions = 8;

    private readonly RowKernel row;
    private readonly RowStages stages;

    public RowPasses(RowKernel row)
    {
        this.row = row;
        stages = RowStages.Of(row.Body, row.Outer.Count);
        // A finished reduction that is stored along the row takes a pass of its own.
        Count = row.Body.Stores.Where(AlongRow).Select(s => Available(s.Value) + 1).Concat([stages.Count]).Max();
    }

    public int Count { get; }

    public bool IsElement(int instruction) => stages.IsElement[instruction];

    public int[] Reductions(int pass) => Where((code, i) => code.Op == BodyOp.Reduce && stages.Stage[i] == pass);

    /// <summary>Scalars whose last missing reduction ended before this pass, as far as something uses them.</summary>
    public int[] Scalars(int pass)
    {
        var used = new HashSet<int>(Enumerable.Range(0, row.Body.Code.Count).Where(IsElementOrReduce).SelectMany(Operands).Concat(row.Body.Stores.Select(s => s.Value)));
        return Where((code, i) => !stages.IsElement[i] && code.Op != BodyOp.Reduce && stages.Stage[i] == pass && used.Contains(i));
    }

    public IEnumerable<int> ScalarsBefore(int pass) => Where((_, i) => !stages.IsElement[i] && Available(i) <= pass);

    /// <summary>Scalars that elements of this pass are made of.</summary>
    public IEnumerable<int> ScalarsIn(int pass) => Computed(pass).Where(i => !stages.IsElement[i]);

    /// <summary>Whether a pass reduces what costs less than to wait for the sum of the element before.</summary>
    public bool IsLight(int pass) => Reductions(pass).Length > 0 && Computed(pass).Where(i => stages.IsElement[i]).ToList() is var elements
        && elements.Count <= LightInstructions && !elements.Any(i => row.Body.Code[i].IsExpensive);

    /// <summary>Elements that this pass computes or loads, and the scalars that they are made of.</summary>
    private IEnumerable<int> Computed(int pass)
    {
        bool[] needed = new bool[row.Body.Code.Count];
        foreach (int element in Elements(pass)) needed[element] = true;
        var kept = new HashSet<int>(KeptBefore(pass));
        for (int i = needed.Length - 1; i >= 0; i--)
        {
            if (!needed[i] || !stages.IsElement[i] || kept.Contains(i)) continue;
            foreach (int operand in Operands(i)) needed[operand] = true;
        }
        return Enumerable.Range(0, needed.Length).Where(i => needed[i]);
    }

    public IEnumerable<BodyStore> ScalarStores(int pass) => row.Body.Stores.Where(s => !AlongRow(s) && Available(s.Value) == pass);

    /// <summary>
    /// Stores along the row. One into a buffer that the kernel also reads waits for the last pass, since later passes read the row again.
    /// </summary>
    public IEnumerable<BodyStore> ElementStores(int pass) => row.Body.Stores.Where(s => AlongRow(s) && StorePass(s) == pass);

    public int[] Keeps(int pass) => [.. row.Kept.Where(k => stages.Stage[k] == pass && stages.IsElement[k])];

    public int[] KeptBefore(int pass) => [.. row.Kept.Where(k => stages.Stage[k] < pass && stages.IsElement[k])];

    /// <summary>What must be known of an element in this pass: what is reduced, kept or stored; twice what is used twice.</summary>
    public int[] Elements(int pass)
        => [.. Reductions(pass).Select(r => row.Body.Code[r].A).Concat(Keeps(pass)).Concat(ElementStores(pass).Select(s => s.Value))];

    public bool IsEmpty(int pass) => Elements(pass).Length == 0;

    private bool AlongRow(BodyStore store)
    {
        var access = row.Body.Accesses[store.Access];
        return stages.IsElement[store.Value] || access.PanelAxis == row.Outer.Count || access.Strides[row.Outer.Count] != 0;
    }

    private int StorePass(BodyStore store)
    {
        int buffer = row.Body.Accesses[store.Access].Buffer;
        bool isRead = row.Body.Code.Any(code => code.Op == BodyOp.Load && row.Body.Accesses[code.A].Buffer == buffer);
        return isRead ? Count - 1 : Math.Min(Available(store.Value), Count - 1);
    }

    /// <summary>The first pass before which a scalar, or in which an element, is known.</summary>
    private int Available(int instruction) => stages.Stage[instruction] + (row.Body.Code[instruction].Op == BodyOp.Reduce ? 1 : 0);

    private bool IsElementOrReduce(int instruction) => stages.IsElement[instruction] || row.Body.Code[instruction].Op == BodyOp.Reduce;

    private IEnumerable<int> Operands(int instruction)
    {
        var code = row.Body.Code[instruction];
        return Enumerable.Range(0, code.Arity).Select(code.Operand);
    }

    private int[] Where(Func<BodyInstruction, int, bool> condition)
        => [.. Enumerable.Range(0, row.Body.Code.Count).Where(i => condition(row.Body.Code[i], i))];
}
