namespace DlGen.Graphs;

/// <summary>One scalar instruction; A, B and C are earlier instructions (for Operand: which operand; for Index: which axis).</summary>
internal readonly record struct Instruction(ScalarOp Op, int A = -1, int B = -1, int C = -1, double Value = 0)
{
    /// <summary>Bitwise on Value, so that 0 and -0 stay apart and NaN equals itself: the text must not depend on which came first.</summary>
    public bool Equals(Instruction other)
        => Op == other.Op && A == other.A && B == other.B && C == other.C
        && BitConverter.DoubleToInt64Bits(Value) == BitConverter.DoubleToInt64Bits(other.Value);

    public override int GetHashCode()
        => unchecked((((((((int)Op * 31) + A) * 31) + B) * 31) + C) * 31 + BitConverter.DoubleToInt64Bits(Value).GetHashCode());

    public int Operand(int i) => i switch { 0 => A, 1 => B, _ => C };
}

/// <summary>
/// A scalar function of a Map's operands: a flat list in which every instruction is written once and used by index, never a tree, because
/// derivatives share subexpressions without end (the derivative of GELU(GELU(x)) has 1,037 nodes as a tree). The last instruction is the result.
/// </summary>
internal readonly record struct Expression(EquatableArray<Instruction> Code)
{
    public const int MostFactors = 16;

    public static readonly Expression MinusOne = new(new[] { new Instruction(ScalarOp.Constant, Value: -1) });

    public int Result => Code.Count - 1;

    public bool IsIdentity => Code.Count == 1 && Code[0].Op == ScalarOp.Operand;

    public bool IsConstant(out double value)
    {
        value = Code[Result].Value;
        return Code.Count == 1 && Code[0].Op == ScalarOp.Constant;
    }

    /// <summary>Whether it holds a polynomial or a division: worth keeping rather than computing twice.</summary>
    public bool IsExpensive => Code.Any(i => ScalarFunction.Of(i.Op).Expensive);

    /// <summary>
    /// ∂result/∂operand as an expression over the same operands plus one more, numbered <paramref name="resultOperand"/>: the result itself.
    /// Reverse mode within the expression, so its size is a small multiple of this one's.
    /// </summary>
    public Expression Derivative(int operand, int resultOperand)
    {
        var builder = new ExpressionBuilder();
        int[] values = new int[Code.Count];
        for (int i = 0; i < Code.Count; i++)
        {
            var code = Code[i];
            values[i] = i == Result && code.Op != ScalarOp.Operand ? builder.Operand(resultOperand) : builder.Copy(code, values);
        }

        bool[] depends = DependsOn(operand);
        int[] adjoints = Enumerable.Repeat(-1, Code.Count).ToArray();
        adjoints[Result] = builder.Constant(1);
        int total = -1;
        for (int i = Result; i >= 0; i--)
        {
            if (adjoints[i] < 0) continue;
            var code = Code[i];
            if (code.Op == ScalarOp.Operand && code.A == operand) total = total < 0 ? adjoints[i] : builder.Add(total, adjoints[i]);
            var function = ScalarFunction.Of(code.Op);
            if (function.Derivative is null) continue;
            int[] operands = Enumerable.Range(0, function.Arity).Select(k => values[code.Operand(k)]).ToArray();
            for (int k = 0; k < function.Arity; k++)
            {
                if (!depends[code.Operand(k)]) continue;
                int step = builder.Multiply(adjoints[i], function.Derivative(builder, operands, values[i], k));
                int target = code.Operand(k);
                adjoints[target] = adjoints[target] < 0 ? step : builder.Add(adjoints[target], step);
            }
        }
        return builder.Build(total < 0 ? builder.Constant(0) : total);
    }

    /// <summary>What is multiplied to make the result, each over the same operands; a sign is a factor of -1. Null where there is no end of it, as of x to a high power.</summary>
    public IReadOnlyList<Expression>? Factors()
    {
        var factors = new List<Expression>();
        var waiting = new Stack<int>([Result]);
        while (waiting.Count > 0)
        {
            if (factors.Count > MostFactors) return null;
            int index = waiting.Pop();
            var code = Code[index];
            if (code.Op is ScalarOp.Multiply) waiting.Push(code.B);
            if (code.Op is ScalarOp.Multiply or ScalarOp.Negate) waiting.Push(code.A);
            if (code.Op is ScalarOp.Negate) factors.Add(MinusOne);
            if (code.Op is not (ScalarOp.Multiply or ScalarOp.Negate)) factors.Add(EndingAt(index));
        }
        return factors;
    }

    /// <summary>The product of expressions over the same operands; 1 of none.</summary>
    public static Expression ProductOf(IEnumerable<Expression> factors)
    {
        var builder = new ExpressionBuilder();
        int product = builder.Constant(1);
        foreach (var factor in factors)
        {
            int[] values = new int[factor.Code.Count];
            for (int i = 0; i < values.Length; i++) values[i] = builder.Copy(factor.Code[i], values);
            product = builder.Multiply(product, values[factor.Result]);
        }
        return builder.Build(product);
    }

    /// <summary>The expression of an instruction, over the same operands.</summary>
    private Expression EndingAt(int instruction)
    {
        var builder = new ExpressionBuilder();
        int[] values = new int[instruction + 1];
        for (int i = 0; i <= instruction; i++) values[i] = builder.Copy(Code[i], values);
        return builder.Build(values[instruction]);
    }

    /// <summary>Per instruction, whether it depends on an operand.</summary>
    private bool[] DependsOn(int operand)
    {
        bool[] depends = new bool[Code.Count];
        for (int i = 0; i < depends.Length; i++)
        {
            var code = Code[i];
            depends[i] = code.Op == ScalarOp.Operand ? code.A == operand
                : Enumerable.Range(0, ScalarFunction.Of(code.Op).Arity).Any(k => depends[code.Operand(k)]);
        }
        return depends;
    }
}
