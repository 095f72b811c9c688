using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// The elements of a body along some of its axes, walked by one number, while the indices along the others stand still. What does not vary is computed
/// once, and where one axis is walked by steps of its stride, an element is a constant away from its neighbours.
/// </summary>
internal sealed class PtxElements
{
    private readonly PtxPrinter printer;
    private readonly KernelBody body;
    private readonly string[] still;
    private readonly int[] walked;
    private readonly Extent[] extents;
    private readonly string origin;
    private readonly string?[] starts;
    private readonly bool[] varies;

    /// <param name="still">An index for each axis; those of the walked ones do not count.</param>
    /// <param name="walked">The axes that are walked, the last one innermost.</param>
    /// <param name="extents">Theirs.</param>
    /// <param name="origin">The number from which numbers count: a register or "0".</param>
    public PtxElements(PtxPrinter printer, KernelBody body, string[] still, IReadOnlyList<int> walked, IReadOnlyList<Extent> extents, string origin = "0")
    {
        int[] live = [.. Enumerable.Range(0, walked.Count).Where(i => !PtxPrinter.IsSingle(extents[i]))];
        (this.printer, this.body, this.origin) = (printer, body, origin);
        this.walked = [.. live.Select(i => walked[i])];
        this.extents = [.. live.Select(i => extents[i])];
        this.still = [.. still];
        foreach (int axis in walked) this.still[axis] = "0";
        varies = Varying();
        starts = [.. body.Accesses.Select(Start)];
    }

    public bool Varies(int instruction) => varies[instruction];

    public bool Varies(Access access) => walked.Any(access.Varies);

    /// <summary>Instructions that the roots need and that do not vary, as far as something that varies is made of them.</summary>
    public PtxBody Invariants(IReadOnlyCollection<int> roots)
    {
        bool[] needed = new bool[body.Code.Count];
        foreach (int root in roots) needed[root] = true;
        for (int i = needed.Length - 1; i >= 0; i--)
        {
            if (!needed[i]) continue;
            for (int k = 0; k < body.Code[i].Arity; k++) needed[body.Code[i].Operand(k)] = true;
        }
        var invariants = new PtxBody(body, printer.Math, Leaf("0", 0));
        invariants.Compute([.. Enumerable.Range(0, needed.Length).Where(i => needed[i] && !varies[i])]);
        return invariants;
    }

    /// <summary>The instructions of one element, of which nothing but the invariants is known.</summary>
    /// <param name="index">Its number beyond the origin: a register or "0".</param>
    /// <param name="further">And beyond that.</param>
    public PtxBody At(string index, int further, PtxBody? invariants)
    {
        var element = new PtxBody(body, printer.Math, Leaf(index, further));
        for (int i = 0; i < varies.Length; i++) if (!varies[i] && invariants?.IsDefined(i) == true) element.Define(i, invariants[i]);
        return element;
    }

    /// <summary>Where an access has the element.</summary>
    public string Address(int access, string index, int further)
    {
        var place = body.Accesses[access];
        if (starts[access] is not { } start) return printer.Address(place, Indices(index, further));
        long step = walked.Length == 0 ? 0 : (long)place.Strides[walked[0]] * printer.BytesPerElement(place.Buffer);
        string at = index == "0" || step == 0 ? start : printer.Plus(start, index, (int)step);
        return further * step == 0 ? $"[{at}]" : $"[{at}+{PtxWriter.Number(further * step)}]";
    }

    /// <summary>The number of an element as the walked axes count: a register of the kind of the origin's or the index's.</summary>
    public string Number(string index, int further)
    {
        var writer = printer.Writer;
        string[] terms = [.. new[] { origin, index }.Where(term => term != "0")];
        if (terms.Length == 0) return further == 0 ? "0" : writer.Emit(Integer32, "mov.u32", PtxWriter.Number(further));
        bool narrow = terms.All(PtxWriter.IsNarrow);
        string sum = terms[0];
        foreach (string term in terms.Skip(1)) sum = Add(sum, term);
        return further == 0 ? sum : Add(sum, PtxWriter.Number(further));

        string Add(string x, string y) => writer.Emit(narrow ? Integer32 : Integer64, narrow ? "add.s32" : "add.s64", x, y);
    }

    private string[] Indices(string index, int further)
    {
        string[] indices = [.. still];
        string[] along = printer.Indices(Number(index, further), extents);
        for (int i = 0; i < walked.Length; i++) indices[walked[i]] = along[i];
        return indices;
    }

    /// <summary>The address at the origin, where elements follow by steps of a stride.</summary>
    private string? Start(Access access)
    {
        if (walked.Length > 1 && walked.Any(access.Varies)) return null;
        if (walked.Length == 1)
        {
            long step = (long)access.Strides[walked[0]] * printer.BytesPerElement(access.Buffer);
            if (!access.IsAffineAlong(walked[0]) || step > int.MaxValue / 1024 || step < int.MinValue / 1024) return null;
        }
        string[] indices = [.. still];
        if (walked.Length == 1) indices[walked[0]] = origin;
        return printer.Address(access, indices).Trim('[', ']');
    }

    private bool[] Varying()
    {
        bool[] varying = new bool[body.Code.Count];
        for (int i = 0; i < varying.Length; i++)
        {
            var code = body.Code[i];
            varying[i] = code.Op switch
            {
                BodyOp.Load => Varies(body.Accesses[code.A]),
                BodyOp.Scalar when code.Function == ScalarOp.Index => walked.Contains(code.A),
                _ => Enumerable.Range(0, code.Arity).Any(k => varying[code.Operand(k)]),
            };
        }
        return varying;
    }

    private Func<BodyInstruction, string> Leaf(string index, int further) => code => code switch
    {
        { Op: BodyOp.Load } => printer.Load(body.Accesses[code.A].Buffer, Address(code.A, index, further)),
        { Op: BodyOp.Scalar, Function: ScalarOp.Index } => printer.IndexAsNumber(walked.Contains(code.A) ? Indices(index, further)[code.A] : still[code.A]),
        _ => throw new ArgumentException($"{code.Op} has no value of one element"),
    };
}
