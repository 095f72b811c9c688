using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// Instructions on numbers of one precision. Every operation rounds once, to nearest (.rn): a plain mul and add the assembler would contract as it
/// likes. Operands are registers or constants, results new registers.
/// </summary>
internal sealed partial class PtxMath(PtxWriter writer, bool float64)
{
    private readonly string type = float64 ? "f64" : "f32";

    public RegisterKind Kind => float64 ? RegisterKind.Float64 : RegisterKind.Float32;

    public int Bytes => float64 ? 8 : 4;

    /// <summary>The type as loads, stores and conversions name it.</summary>
    public string Type => type;

    /// <summary>A number as PTX writes it exactly: its bits, in hexadecimal digits.</summary>
    public string Constant(double value) => float64
        ? "0d" + BitConverter.DoubleToInt64Bits(value).ToString("X16", System.Globalization.CultureInfo.InvariantCulture)
        : "0f" + BitConverter.ToInt32(BitConverter.GetBytes((float)value), 0).ToString("X8", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A register that may be written again.</summary>
    public string Variable(double value) => Emit($"mov.{type}", Constant(value));

    public void Assign(string variable, string value) => writer.Do($"mov.{type}", variable, value);

    public string Add(string x, string y) => Emit($"add.rn.{type}", x, y);

    public string Subtract(string x, string y) => Emit($"sub.rn.{type}", x, y);

    public string Multiply(string x, string y) => Emit($"mul.rn.{type}", x, y);

    public string Divide(string x, string y) => Emit($"div.rn.{type}", x, y);

    public string SquareRoot(string x) => Emit($"sqrt.rn.{type}", x);

    public string Negate(string x) => Emit($"neg.{type}", x);

    public string Abs(string x) => Emit($"abs.{type}", x);

    /// <summary>x · y + z, rounded once.</summary>
    public string MultiplyAdd(string x, string y, string z) => Emit($"fma.rn.{type}", x, y, z);

    /// <summary>The variable becomes x · y + itself, rounded once.</summary>
    public void Accumulate(string variable, string x, string y) => writer.Do($"fma.rn.{type}", variable, x, y, variable);

    /// <summary>To the nearest integer, ties to the even one; the result is still a number of this precision.</summary>
    public string Round(string x) => Emit($"cvt.rni.{type}.{type}", x);

    public string Floor(string x) => Emit($"cvt.rmi.{type}.{type}", x);

    /// <summary>The sign of one number on the magnitude of the other.</summary>
    public string CopySign(string sign, string magnitude) => Emit($"copysign.{type}", sign, magnitude);

    public string Less(string x, string y) => Compare("lt", x, y);

    public string LessOrEqual(string x, string y) => Compare("le", x, y);

    public string Equal(string x, string y) => Compare("eq", x, y);

    /// <summary>Whether a number counts as true: not 0, and so NaN too.</summary>
    public string IsTrue(string x) => Compare("neu", x, Constant(0));

    public string IsNaN(string x) => Compare("nan", x, x);

    public string And(string x, string y) => writer.Emit(Predicate, "and.pred", x, y);

    public string Or(string x, string y) => writer.Emit(Predicate, "or.pred", x, y);

    public string Not(string x) => writer.Emit(Predicate, "not.pred", x);

    public string Select(string condition, string x, string y) => Emit($"selp.{type}", x, y, condition);

    /// <summary>NaN where either is; 0 is above -0.</summary>
    public string Maximum(string x, string y) => KeepNaN(x, y, Emit($"max.{type}", x, y));

    /// <inheritdoc cref="Maximum"/>
    public string Minimum(string x, string y) => KeepNaN(x, y, Emit($"min.{type}", x, y));

    /// <summary>The instructions take the number where one operand is NaN; their forms that do not need a newer machine.</summary>
    private string KeepNaN(string x, string y, string extremum) => Select(Compare("nan", x, y), Constant(double.NaN), extremum);

    /// <summary>Within the bounds; NaN stays.</summary>
    private string Clamp(string x, double lowest, double highest)
    {
        string low = Constant(lowest), high = Constant(highest);
        string raised = Select(Less(x, low), low, x);
        return Select(Less(high, raised), high, raised);
    }

    /// <summary>A polynomial by Horner's rule: coefficients from the highest power down.</summary>
    private string Polynomial(string x, params double[] coefficients)
    {
        string sum = Constant(coefficients[0]);
        foreach (double coefficient in coefficients.Skip(1)) sum = MultiplyAdd(sum, x, Constant(coefficient));
        return sum;
    }

    private string Compare(string relation, string x, string y) => writer.Emit(Predicate, $"setp.{relation}.{type}", x, y);

    private string Emit(string operation, params string[] operands) => writer.Emit(Kind, operation, operands);
}
