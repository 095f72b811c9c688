using DlGen.Graphs;

namespace DlGen.Lowering;

/// <summary>
/// An expression that reads one operand only as operand · <paramref name="Scale"/> + <paramref name="Shift"/>, both functions of shared operands.
/// </summary>
/// <param name="Remainder">The expression over the scaled operand in the operand's place; the shift is a further operand, the last.</param>
internal sealed record AffineForm(Expression Scale, Expression Shift, Expression Remainder)
{
    /// <summary>The longest such form, or null where the operand is read in another way too.</summary>
    public static AffineForm? Of(Expression expression, int operand, Func<int, bool> isShared)
    {
        var code = expression.Code;
        var body = new ExpressionBuilder();
        var terms = new Term?[code.Count];
        for (int i = 0; i < code.Count; i++)
        {
            terms[i] = code[i].Op switch
            {
                ScalarOp.Index => null,
                ScalarOp.Operand when code[i].A == operand => new Term(body.Constant(1), body.Constant(0)),
                ScalarOp.Operand => isShared(code[i].A) ? new Term(null, body.Operand(code[i].A)) : null,
                _ => Combine(body, code[i], terms),
            };
        }

        // Where the affine part ends: what is not affine reads on from there. All readings of the operand must meet in one such place.
        bool[] isEnd = new bool[code.Count];
        for (int i = 0; i < code.Count; i++)
            if (terms[i] is null) foreach (int part in Parts(code[i])) isEnd[part] = true;
        isEnd[expression.Result] = true;
        int[] ends = Enumerable.Range(0, code.Count).Where(i => isEnd[i] && terms[i]?.Scale is not null).ToArray();
        if (ends.Length != 1) return null;

        var term = terms[ends[0]]!.Value;
        return new AffineForm(body.Build(term.Scale!.Value), body.Build(term.Shift), After(expression, ends[0], operand));
    }

    private static Expression After(Expression expression, int end, int operand)
    {
        int shift = 1 + expression.Code.Where(c => c.Op == ScalarOp.Operand).Max(c => c.A);
        var body = new ExpressionBuilder();
        int[] values = new int[expression.Code.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = i == end ? body.Add(body.Operand(operand), body.Operand(shift)) : body.Copy(expression.Code[i], values);
        return body.Build(values[expression.Result]);
    }

    /// <summary>The term of an instruction from those of its operands; null where it is not affine in the operand.</summary>
    private static Term? Combine(ExpressionBuilder body, Instruction code, Term?[] terms)
    {
        int[] parts = Parts(code);
        if (parts.Any(p => terms[p] is null)) return null;
        int[] shifts = terms.Select(t => t?.Shift ?? -1).ToArray();
        if (parts.All(p => terms[p]!.Value.Scale is null)) return new Term(null, body.Copy(code, shifts));

        var x = terms[code.A]!.Value;
        var y = parts.Length > 1 ? terms[code.B]!.Value : default;
        switch (code.Op)
        {
            case ScalarOp.Add or ScalarOp.Subtract:
                return new Term(body.Binary(code.Op, x.Scale ?? body.Constant(0), y.Scale ?? body.Constant(0)), body.Binary(code.Op, x.Shift, y.Shift));
            case ScalarOp.Multiply when x.Scale is null || y.Scale is null:
                var (linear, factor) = x.Scale is null ? (y, x.Shift) : (x, y.Shift);
                return new Term(body.Multiply(linear.Scale!.Value, factor), body.Multiply(linear.Shift, factor));
            case ScalarOp.Divide when y.Scale is null:
                return new Term(body.Divide(x.Scale!.Value, y.Shift), body.Divide(x.Shift, y.Shift));
            case ScalarOp.Negate:
                return new Term(body.Negate(x.Scale!.Value), body.Negate(x.Shift));
            default:
                return null;
        }
    }

    private static int[] Parts(Instruction code) => Enumerable.Range(0, ScalarFunction.Of(code.Op).Arity).Select(code.Operand).ToArray();

    /// <summary>operand · Scale + Shift; without a scale it does not depend on the operand.</summary>
    private readonly record struct Term(int? Scale, int Shift);
}
