namespace DlGen.Graphs;

/// <summary>The scalar functions a Map is made of. Comparisons give 1 or 0; Select takes its second operand where the first is not 0.</summary>
internal enum ScalarOp : byte
{
    // Leaves: operand A of the Map; the number Value; the index along axis A of the Map's shape.
    Operand, Constant, Index,

    Negate, Abs, Sqrt, Exp, Expm1, Log, Log1p, Sin, Cos, Tanh, Sigmoid, Erf, Relu, Not,

    Add, Subtract, Multiply, Divide, Maximum, Minimum, Power,
    Less, LessOrEqual, Equal, And, Or,

    Select,
}

/// <summary>
/// What the compiler knows of one scalar function: how many operands it takes, its value for constants, its derivative per operand, and whether
/// it is expensive (a polynomial or a division, not one instruction). The derivative sees the operands and the result, so that a rule may use
/// whichever spares the forward pass from keeping the other.
/// </summary>
internal sealed record ScalarFunction(
    ScalarOp Op, int Arity, bool Expensive, Func<double, double, double, double> Evaluate, Func<ExpressionBuilder, int[], int, int, int>? Derivative)
{
    /// <summary>Indexed by <see cref="ScalarOp"/>; the derivative's arguments are builder, operands, result, which operand.</summary>
    public static IReadOnlyList<ScalarFunction> All { get; } = CreateTable();

    public static ScalarFunction Of(ScalarOp op) => All[(int)op];

    private static ScalarFunction[] CreateTable()
    {
        var table = new ScalarFunction[(int)ScalarOp.Select + 1];
        void Add(ScalarOp op, int arity, bool expensive, Func<double, double, double, double> evaluate, Func<ExpressionBuilder, int[], int, int, int>? derivative)
            => table[(int)op] = new ScalarFunction(op, arity, expensive, evaluate, derivative);
        void Unary(ScalarOp op, bool expensive, Func<double, double> evaluate, Func<ExpressionBuilder, int, int, int>? derivative)
            => Add(op, 1, expensive, (x, _, _) => evaluate(x), derivative is null ? null : (b, x, y, _) => derivative(b, x[0], y));
        void Binary(ScalarOp op, bool expensive, Func<double, double, double> evaluate, Func<ExpressionBuilder, int[], int, int, int>? derivative)
            => Add(op, 2, expensive, (x, y, _) => evaluate(x, y), derivative);

        foreach (var leaf in new[] { ScalarOp.Operand, ScalarOp.Constant, ScalarOp.Index }) Add(leaf, 0, false, (_, _, _) => double.NaN, null);

        Unary(ScalarOp.Negate, false, x => -x, (b, _, _) => b.Constant(-1));
        Unary(ScalarOp.Abs, false, Math.Abs, (b, x, _) => b.Subtract(b.Less(b.Constant(0), x), b.Less(x, b.Constant(0))));
        Unary(ScalarOp.Sqrt, true, Math.Sqrt, (b, _, y) => b.Divide(b.Constant(0.5), y));
        Unary(ScalarOp.Exp, true, Math.Exp, (_, _, y) => y);
        Unary(ScalarOp.Expm1, true, x => Math.Abs(x) < 1e-5 ? x + (x * x / 2) : Math.Exp(x) - 1, (b, _, y) => b.Add(y, b.Constant(1)));
        Unary(ScalarOp.Log, true, Math.Log, (b, x, _) => b.Divide(b.Constant(1), x));
        Unary(ScalarOp.Log1p, true, x => Math.Abs(x) < 1e-5 ? x - (x * x / 2) : Math.Log(1 + x), (b, x, _) => b.Divide(b.Constant(1), b.Add(x, b.Constant(1))));
        Unary(ScalarOp.Sin, true, Math.Sin, (b, x, _) => b.Unary(ScalarOp.Cos, x));
        Unary(ScalarOp.Cos, true, Math.Cos, (b, x, _) => b.Negate(b.Unary(ScalarOp.Sin, x)));
        Unary(ScalarOp.Tanh, true, Math.Tanh, (b, _, y) => b.Subtract(b.Constant(1), b.Multiply(y, y)));
        Unary(ScalarOp.Sigmoid, true, x => 1 / (1 + Math.Exp(-x)), (b, _, y) => b.Multiply(y, b.Subtract(b.Constant(1), y)));
        // No constant folding of Erf: netstandard has none, and constants under it do not occur in networks.
        Unary(ScalarOp.Erf, true, _ => double.NaN, (b, x, _) => b.Multiply(b.Constant(2 / Math.Sqrt(Math.PI)), b.Unary(ScalarOp.Exp, b.Negate(b.Multiply(x, x)))));
        Unary(ScalarOp.Relu, false, x => x > 0 || double.IsNaN(x) ? x : 0, (b, _, y) => b.Less(b.Constant(0), y));
        Unary(ScalarOp.Not, false, x => x == 0 ? 1 : 0, null);

        Binary(ScalarOp.Add, false, (x, y) => x + y, (b, _, _, _) => b.Constant(1));
        Binary(ScalarOp.Subtract, false, (x, y) => x - y, (b, _, _, i) => b.Constant(i == 0 ? 1 : -1));
        Binary(ScalarOp.Multiply, false, (x, y) => x * y, (_, x, _, i) => x[1 - i]);
        Binary(ScalarOp.Divide, true, (x, y) => x / y, (b, x, y, i) => i == 0 ? b.Divide(b.Constant(1), x[1]) : b.Negate(b.Divide(y, x[1])));
        // PyTorch shares the gradient evenly where both are equal.
        Binary(ScalarOp.Maximum, false, Math.Max, (b, x, _, i) => Half(b, b.Less(x[1 - i], x[i]), b.Equal(x[0], x[1])));
        Binary(ScalarOp.Minimum, false, Math.Min, (b, x, _, i) => Half(b, b.Less(x[i], x[1 - i]), b.Equal(x[0], x[1])));
        Binary(ScalarOp.Power, true, Math.Pow, (b, x, y, i) => i == 0
            ? b.Multiply(x[1], b.Power(x[0], b.Subtract(x[1], b.Constant(1))))
            : b.Multiply(y, b.Unary(ScalarOp.Log, x[0])));
        Binary(ScalarOp.Less, false, (x, y) => x < y ? 1 : 0, null);
        Binary(ScalarOp.LessOrEqual, false, (x, y) => x <= y ? 1 : 0, null);
        Binary(ScalarOp.Equal, false, (x, y) => x == y ? 1 : 0, null);
        Binary(ScalarOp.And, false, (x, y) => x != 0 && y != 0 ? 1 : 0, null);
        Binary(ScalarOp.Or, false, (x, y) => x != 0 || y != 0 ? 1 : 0, null);

        Add(ScalarOp.Select, 3, false, (c, x, y) => c != 0 ? x : y, (b, x, _, i) => i switch
        {
            1 => b.Select(x[0], b.Constant(1), b.Constant(0)),
            2 => b.Select(x[0], b.Constant(0), b.Constant(1)),
            _ => b.Constant(0),
        });
        return table;
    }

    private static int Half(ExpressionBuilder b, int strictly, int tied) => b.Add(strictly, b.Multiply(b.Constant(0.5), tied));
}
