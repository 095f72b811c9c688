using DlGen.Graphs;

namespace DlGen.Cpu;

/// <summary>
/// How a scalar function is written: in comments, as scalar C# and as vector C#. {0} is an operand's value, {?0} the same as a condition (not 0);
/// {M} is MathF or Math, {V} is Vector512, Vector256 or Vector128, {Zero} a vector of zeros.
/// </summary>
/// <param name="IsCondition">The text is a truth value (bool, or a mask of all bits), not a number.</param>
internal sealed record ScalarSpelling(string Words, string Scalar, string Vector, bool IsCondition = false)
{
    private static readonly Dictionary<ScalarOp, ScalarSpelling> Table = new()
    {
        [ScalarOp.Negate] = new("-{0}", "-{0}", "-{0}"),
        [ScalarOp.Abs] = new("|{0}|", "{M}.Abs({0})", "{V}.Abs({0})"),
        [ScalarOp.Sqrt] = new("√({0})", "{M}.Sqrt({0})", "{V}.Sqrt({0})"),
        [ScalarOp.Exp] = new("exp({0})", "{M}.Exp({0})", "VectorMath.Exp({0})"),
        [ScalarOp.Expm1] = new("expm1({0})", "ScalarMath.Expm1({0})", "VectorMath.Expm1({0})"),
        [ScalarOp.Log] = new("log({0})", "{M}.Log({0})", "VectorMath.Log({0})"),
        [ScalarOp.Log1p] = new("log1p({0})", "ScalarMath.Log1p({0})", "VectorMath.Log1p({0})"),
        [ScalarOp.Sin] = new("sin({0})", "{M}.Sin({0})", "VectorMath.Sin({0})"),
        [ScalarOp.Cos] = new("cos({0})", "{M}.Cos({0})", "VectorMath.Cos({0})"),
        [ScalarOp.Tanh] = new("tanh({0})", "{M}.Tanh({0})", "VectorMath.Tanh({0})"),
        [ScalarOp.Sigmoid] = new("sigmoid({0})", "ScalarMath.Sigmoid({0})", "VectorMath.Sigmoid({0})"),
        [ScalarOp.Erf] = new("erf({0})", "ScalarMath.Erf({0})", "VectorMath.Erf({0})"),
        // Both keep NaN: it is not below 0.
        [ScalarOp.Relu] = new("relu({0})", "({0} < 0 ? 0 : {0})", "{V}.AndNot({0}, {V}.LessThan({0}, {Zero}))"),
        [ScalarOp.Not] = new("not {?0}", "!{?0}", "~{?0}", true),
        [ScalarOp.Add] = new("{0} + {1}", "{0} + {1}", "{0} + {1}"),
        [ScalarOp.Subtract] = new("{0} - {1}", "{0} - {1}", "{0} - {1}"),
        [ScalarOp.Multiply] = new("{0}·{1}", "{0} * {1}", "{0} * {1}"),
        [ScalarOp.Divide] = new("{0} / {1}", "{0} / {1}", "{0} / {1}"),
        [ScalarOp.Maximum] = new("max({0}, {1})", "{M}.Max({0}, {1})", "{V}.Max({0}, {1})"),
        [ScalarOp.Minimum] = new("min({0}, {1})", "{M}.Min({0}, {1})", "{V}.Min({0}, {1})"),
        [ScalarOp.Power] = new("pow({0}, {1})", "{M}.Pow({0}, {1})", "VectorMath.Pow({0}, {1})"),
        [ScalarOp.Less] = new("{0} < {1}", "{0} < {1}", "{V}.LessThan({0}, {1})", true),
        [ScalarOp.LessOrEqual] = new("{0} ≤ {1}", "{0} <= {1}", "{V}.LessThanOrEqual({0}, {1})", true),
        [ScalarOp.Equal] = new("{0} = {1}", "{0} == {1}", "{V}.Equals({0}, {1})", true),
        [ScalarOp.And] = new("{?0} and {?1}", "{?0} && {?1}", "{?0} & {?1}", true),
        [ScalarOp.Or] = new("{?0} or {?1}", "{?0} || {?1}", "{?0} | {?1}", true),
        [ScalarOp.Select] = new("{?0} ? {1} : {2}", "{?0} ? {1} : {2}", "{V}.ConditionalSelect({?0}, {1}, {2})"),
    };

    public static ScalarSpelling Of(ScalarOp op) => Table[op];
}
