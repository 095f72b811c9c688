using DlGen.Graphs;

namespace DlGen.Ptx;

/// <summary>A value in a register: a number, or a truth value that becomes 1 or 0 where a number is asked for.</summary>
internal readonly record struct PtxValue(string Register, bool IsCondition = false);

/// <summary>The scalar functions as instructions.</summary>
internal static class PtxScalar
{
    public static PtxValue Apply(PtxMath math, ScalarOp op, IReadOnlyList<PtxValue> operands)
    {
        string Number(int i) => NumberOf(math, operands[i]);
        string Condition(int i) => operands[i].IsCondition ? operands[i].Register : math.IsTrue(operands[i].Register);
        switch (op)
        {
            case ScalarOp.Not: return new(math.Not(Condition(0)), true);
            case ScalarOp.Less: return new(math.Less(Number(0), Number(1)), true);
            case ScalarOp.LessOrEqual: return new(math.LessOrEqual(Number(0), Number(1)), true);
            case ScalarOp.Equal: return new(math.Equal(Number(0), Number(1)), true);
            case ScalarOp.And: return new(math.And(Condition(0), Condition(1)), true);
            case ScalarOp.Or: return new(math.Or(Condition(0), Condition(1)), true);
            case ScalarOp.Select: return new(math.Select(Condition(0), Number(1), Number(2)));
        }
        return new(ScalarFunction.Of(op).Arity == 1 ? Unary(math, op, Number(0)) : Binary(math, op, Number(0), Number(1)));
    }

    public static string NumberOf(PtxMath math, PtxValue value)
        => value.IsCondition ? math.Select(value.Register, math.Constant(1), math.Constant(0)) : value.Register;

    private static string Unary(PtxMath math, ScalarOp op, string x) => op switch
    {
        ScalarOp.Negate => math.Negate(x),
        ScalarOp.Abs => math.Abs(x),
        ScalarOp.Sqrt => math.SquareRoot(x),
        ScalarOp.Exp => math.Exp(x),
        ScalarOp.Expm1 => math.Expm1(x),
        ScalarOp.Log => math.Log(x),
        ScalarOp.Log1p => math.Log1p(x),
        ScalarOp.Sin => math.Sin(x),
        ScalarOp.Cos => math.Cos(x),
        ScalarOp.Tanh => math.Tanh(x),
        ScalarOp.Sigmoid => math.Sigmoid(x),
        ScalarOp.Erf => math.Erf(x),
        // NaN stays: it is not below 0.
        ScalarOp.Relu => math.Select(math.Less(x, math.Constant(0)), math.Constant(0), x),
        _ => throw new ArgumentException($"{op} of one operand has no instructions for CUDA"),
    };

    private static string Binary(PtxMath math, ScalarOp op, string x, string y) => op switch
    {
        ScalarOp.Add => math.Add(x, y),
        ScalarOp.Subtract => math.Subtract(x, y),
        ScalarOp.Multiply => math.Multiply(x, y),
        ScalarOp.Divide => math.Divide(x, y),
        ScalarOp.Maximum => math.Maximum(x, y),
        ScalarOp.Minimum => math.Minimum(x, y),
        ScalarOp.Power => math.Power(x, y),
        _ => throw new ArgumentException($"{op} of two operands has no instructions for CUDA"),
    };
}
