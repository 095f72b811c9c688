namespace DlGen.Graphs;

/// <summary>Builds an <see cref="Expression"/>: equal instructions become one, constants fold, and what is exact algebra disappears.</summary>
internal sealed class ExpressionBuilder
{
    private readonly List<Instruction> code = [];
    private readonly Dictionary<Instruction, int> known = [];

    public int Operand(int index) => Emit(new Instruction(ScalarOp.Operand, index));

    public int Index(int axis) => Emit(new Instruction(ScalarOp.Index, axis));

    public int Constant(double value) => Emit(new Instruction(ScalarOp.Constant, Value: value));

    public int Negate(int x) => Unary(ScalarOp.Negate, x);

    public int Add(int x, int y) => Binary(ScalarOp.Add, x, y);

    public int Subtract(int x, int y) => Binary(ScalarOp.Subtract, x, y);

    public int Multiply(int x, int y) => Binary(ScalarOp.Multiply, x, y);

    public int Divide(int x, int y) => Binary(ScalarOp.Divide, x, y);

    public int Power(int x, int y) => Binary(ScalarOp.Power, x, y);

    public int Less(int x, int y) => Binary(ScalarOp.Less, x, y);

    public int Equal(int x, int y) => Binary(ScalarOp.Equal, x, y);

    public int Unary(ScalarOp op, int x)
    {
        if (op == ScalarOp.Negate && code[x].Op == ScalarOp.Negate) return code[x].A;
        return Fold(new Instruction(op, x));
    }

    public int Binary(ScalarOp op, int x, int y)
    {
        switch (op)
        {
            case ScalarOp.Add:
                if (Is(x, 0)) return y;
                if (Is(y, 0)) return x;
                if (code[y].Op == ScalarOp.Negate) return Subtract(x, code[y].A);
                break;
            case ScalarOp.Subtract:
                if (Is(y, 0)) return x;
                if (Is(x, 0)) return Negate(y);
                break;
            case ScalarOp.Multiply:
                if (Is(x, 1)) return y;
                if (Is(y, 1)) return x;
                if (Is(x, -1)) return Negate(y);
                if (Is(y, -1)) return Negate(x);
                break;
            case ScalarOp.Divide when Is(y, 1):
                return x;
            case ScalarOp.Power:
                if (Is(y, 1)) return x;
                if (Is(y, 2)) return Multiply(x, x);
                if (Is(y, 0.5)) return Unary(ScalarOp.Sqrt, x);
                if (Is(y, -1)) return Divide(Constant(1), x);
                break;
        }
        // Both orders give the same bits, so one order makes equal subexpressions meet.
        bool commutes = op is ScalarOp.Add or ScalarOp.Multiply or ScalarOp.Equal or ScalarOp.And or ScalarOp.Or;
        return Fold(commutes && y < x ? new Instruction(op, y, x) : new Instruction(op, x, y));
    }

    public int Select(int condition, int x, int y)
    {
        if (x == y) return x;
        // A comparison is already 1 or 0.
        if (Is(x, 1) && Is(y, 0) && code[condition].Op is ScalarOp.Less or ScalarOp.LessOrEqual or ScalarOp.Equal) return condition;
        return Fold(new Instruction(ScalarOp.Select, condition, x, y));
    }

    /// <summary>The instruction with its operands replaced: <paramref name="values"/>[i] stands for instruction i of the source.</summary>
    public int Copy(Instruction source, int[] values) => ScalarFunction.Of(source.Op).Arity switch
    {
        0 => Emit(source),
        1 => Unary(source.Op, values[source.A]),
        2 => Binary(source.Op, values[source.A], values[source.B]),
        _ => Select(values[source.A], values[source.B], values[source.C]),
    };

    /// <summary>Copies a whole expression, with operand i standing for <paramref name="operands"/>[i].</summary>
    public int Inline(Expression expression, IReadOnlyList<int> operands)
    {
        int[] values = new int[expression.Code.Count];
        for (int i = 0; i < values.Length; i++)
        {
            var instruction = expression.Code[i];
            values[i] = instruction.Op == ScalarOp.Operand ? operands[instruction.A] : Copy(instruction, values);
        }
        return values[values.Length - 1];
    }

    /// <summary>The expression that ends in <paramref name="result"/>, without what it does not need.</summary>
    public Expression Build(int result)
    {
        bool[] needed = new bool[result + 1];
        needed[result] = true;
        for (int i = result; i >= 0; i--)
        {
            if (!needed[i]) continue;
            for (int k = 0; k < ScalarFunction.Of(code[i].Op).Arity; k++) needed[code[i].Operand(k)] = true;
        }
        int[] moved = new int[result + 1];
        var kept = new List<Instruction>();
        for (int i = 0; i <= result; i++)
        {
            if (!needed[i]) continue;
            int arity = ScalarFunction.Of(code[i].Op).Arity;
            moved[i] = kept.Count;
            kept.Add(arity == 0 ? code[i] : new Instruction(code[i].Op, moved[code[i].A], arity > 1 ? moved[code[i].B] : -1, arity > 2 ? moved[code[i].C] : -1));
        }
        return new Expression(kept.ToEquatableArray());
    }

    private bool Is(int x, double value) => code[x].Op == ScalarOp.Constant && code[x].Value == value;

    private int Fold(Instruction instruction)
    {
        var function = ScalarFunction.Of(instruction.Op);
        for (int k = 0; k < function.Arity; k++)
            if (code[instruction.Operand(k)].Op != ScalarOp.Constant) return Emit(instruction);
        double At(int k) => k < function.Arity ? code[instruction.Operand(k)].Value : 0;
        double value = function.Evaluate(At(0), At(1), At(2));
        return double.IsNaN(value) ? Emit(instruction) : Constant(value);
    }

    private int Emit(Instruction instruction)
    {
        if (known.TryGetValue(instruction, out int index)) return index;
        code.Add(instruction);
        known.Add(instruction, code.Count - 1);
        return code.Count - 1;
    }
}
