using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>The instructions of a body in registers. Values that come from elsewhere (scalars of a row) are defined before.</summary>
internal sealed class PtxBody(KernelBody body, PtxMath math, Func<BodyInstruction, string> leaf)
{
    private readonly Dictionary<int, PtxValue> known = [];

    public void Define(int instruction, PtxValue value) => known[instruction] = value;

    public bool IsDefined(int instruction) => known.ContainsKey(instruction);

    public PtxValue this[int instruction] => known[instruction];

    /// <summary>The value as a number.</summary>
    public string Number(int instruction) => PtxScalar.NumberOf(math, known[instruction]);

    /// <summary>What the roots need and is not known yet, in order: all is computed before the first store, which may overwrite what another reads.</summary>
    public void Compute(IReadOnlyCollection<int> roots)
    {
        bool[] needed = new bool[body.Code.Count];
        foreach (int root in roots) needed[root] = true;
        for (int i = needed.Length - 1; i >= 0; i--)
        {
            if (!needed[i] || known.ContainsKey(i)) continue;
            for (int k = 0; k < body.Code[i].Arity; k++) needed[body.Code[i].Operand(k)] = true;
        }
        for (int i = 0; i < needed.Length; i++)
            if (needed[i] && !known.ContainsKey(i)) known[i] = Compute(body.Code[i]);
    }

    private PtxValue Compute(BodyInstruction code)
    {
        if (code.Op != BodyOp.Scalar || code.Function == ScalarOp.Index) return new PtxValue(leaf(code));
        if (code.Function == ScalarOp.Constant) return new PtxValue(math.Constant(code.Value));
        return PtxScalar.Apply(math, code.Function, [.. Enumerable.Range(0, code.Arity).Select(k => known[code.Operand(k)])]);
    }
}
