using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Writes instructions of a body as statements: what is used once becomes part of the expression that uses it, anything else a local named v and
/// the instruction's number (and a suffix where one body is written several times in one block). Values that come from elsewhere (scalars of a row, elements kept in scratch) are defined before.
/// </summary>
internal sealed class BodyPrinter(KernelBody body, Notation notation, Func<BodyInstruction, string> leaf, string suffix = "")
{
    /// <summary>Longer expressions get a local of their own, so that a line stays readable.</summary>
    private const int LongestInlined = 100;

    private readonly Dictionary<int, Term> known = [];

    public Notation Notation => notation;

    public void Define(int instruction, string text) => known[instruction] = new Term(text);

    public bool IsDefined(int instruction) => known.ContainsKey(instruction);

    public string Value(int instruction) => notation.ValueOf(known[instruction]);

    /// <summary>The value as a right-hand side or an argument of its own, without parentheses around it.</summary>
    public string Whole(int instruction) => notation.ValueOf(known[instruction], isWhole: true);

    /// <summary>
    /// The instructions that <paramref name="roots"/> need and that are not defined yet, in order. With several roots each gets a local: all are
    /// computed before the first is stored, which may overwrite what another reads.
    /// </summary>
    public void Print(SourceWriter writer, IReadOnlyCollection<int> roots, bool asLocals = false)
    {
        bool[] needed = Needed(roots);
        int[] uses = new int[body.Code.Count];
        foreach (int root in roots) uses[root] += asLocals || roots.Count > 1 ? 2 : 1;
        for (int i = 0; i < uses.Length; i++)
        {
            if (!needed[i] || known.ContainsKey(i)) continue;
            var code = body.Code[i];
            for (int k = 0; k < code.Arity; k++) uses[code.Operand(k)] += code.Op == BodyOp.Scalar ? notation.Repetitions(code.Function, k) : 2;
        }
        for (int i = 0; i < uses.Length; i++)
        {
            if (!needed[i] || known.ContainsKey(i)) continue;
            var term = Write(body.Code[i]);
            bool inlined = IsConstant(body.Code[i]) || (uses[i] < 2 && term.Text.Length <= LongestInlined) || IsName(term.Text);
            if (!inlined)
            {
                string type = term.IsCondition ? notation.ConditionType : notation.ValueType;
                string name = "v" + Literal.Of(i) + suffix;
                writer.Line(type.Length > 0 ? $"{type} {name} = {term.Text};" : $"{name} = {term.Text}");
                term = new Term(name, term.IsCondition);
            }
            known[i] = term;
        }
    }

    /// <summary>Forgets what was printed, for another block: keeps what <paramref name="keep"/> says.</summary>
    public void Forget(Func<int, bool> keep)
    {
        foreach (int i in known.Keys.Where(i => !keep(i)).ToList()) known.Remove(i);
    }

    private static bool IsConstant(BodyInstruction code) => code.Op == BodyOp.Scalar && code.Function == Graphs.ScalarOp.Constant;

    private static bool IsName(string text) => text.All(c => char.IsLetterOrDigit(c) || c == '_') && !char.IsDigit(text[0]);

    private Term Write(BodyInstruction code) => code.Op != BodyOp.Scalar || code.Function == Graphs.ScalarOp.Index ? new Term(leaf(code))
        : IsConstant(code) ? new Term(notation.Constant(code.Value))
        : notation.Apply(code.Function, k => known[code.Operand(k)]);

    private bool[] Needed(IEnumerable<int> roots)
    {
        bool[] needed = new bool[body.Code.Count];
        foreach (int root in roots) needed[root] = true;
        for (int i = needed.Length - 1; i >= 0; i--)
        {
            if (!needed[i] || known.ContainsKey(i)) continue;
            for (int k = 0; k < body.Code[i].Arity; k++) needed[body.Code[i].Operand(k)] = true;
        }
        return needed;
    }
}
