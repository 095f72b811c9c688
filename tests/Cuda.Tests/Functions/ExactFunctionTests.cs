using DlGen.Ptx;
using DlGen.Graphs;
using DlGen.Tests.Kernels;

namespace DlGen.Tests.Functions;

/// <summary>The functions that are one rounded operation, or none, give what C# gives, bit for bit, at every pair of unusual numbers: NaN, infinities, both zeros.</summary>
public class ExactFunctionTests
{
    private static readonly ScalarOp[] Rounded =
    [
        ScalarOp.Negate, ScalarOp.Abs, ScalarOp.Sqrt, ScalarOp.Relu, ScalarOp.Not, ScalarOp.Add, ScalarOp.Subtract, ScalarOp.Multiply, ScalarOp.Divide,
        ScalarOp.Maximum, ScalarOp.Minimum, ScalarOp.Less, ScalarOp.LessOrEqual, ScalarOp.Equal, ScalarOp.And, ScalarOp.Or, ScalarOp.Select,
    ];

    private static readonly double[] Numbers = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, 1, -1, 1.1, -0.3, 3e-39, -3e-39, 2e38, -2e38, 1.0 / 3];

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var op in Rounded)
            {
                cases.Add(op.ToString(), false);
                cases.Add(op.ToString(), true);
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Values_are_those_of_the_language(string name, bool float64) => Check(Enum.Parse<ScalarOp>(name), float64, PtxPrinter.Print);

    internal static void CheckAll(Printing print)
    {
        foreach (var op in Rounded) foreach (bool float64 in new[] { false, true }) Check(op, float64, print);
    }

    private static void Check(ScalarOp op, bool float64, Printing print)
    {
        double Round(double x) => float64 ? x : (float)x;
        var triples = (from x in Numbers from y in Numbers select (X: Round(x), Y: Round(y), Z: Round(x - (2 * y)))).ToList();
        double[][] arguments = [[.. triples.Select(t => t.X)], [.. triples.Select(t => t.Y)], [.. triples.Select(t => t.Z)]];
        double[] values = new FunctionKernel(op, float64, print).At(arguments[..ScalarFunction.Of(op).Arity]);
        for (int i = 0; i < values.Length; i++)
        {
            var (x, y, z) = triples[i];
            double expected = float64 ? Double(op, x, y, z) : Single(op, (float)x, (float)y, (float)z);
            Assert.True(expected.Equals(values[i]) && (double.IsNaN(expected) || double.IsNegative(expected) == double.IsNegative(values[i])), $"{op}({x}, {y}, {z}) = {values[i]}, in C# {expected}");
        }
    }

    /// <summary>The four operations and the root of doubles, rounded to floats, are those of floats: a double has more than twice the digits.</summary>
    private static double Single(ScalarOp op, float x, float y, float z) => (float)Double(op, x, y, z);

    /// <summary>As the processor's kernels write it, Relu keeps -0.</summary>
    private static double Double(ScalarOp op, double x, double y, double z) => op == ScalarOp.Relu ? x < 0 ? 0 : x : ScalarFunction.Of(op).Evaluate(x, y, z);

    /// <summary>Every scalar function is either here or among the elementary ones.</summary>
    [Fact]
    public void All_functions_are_tried()
    {
        var elementary = Numerics.ElementaryFunctions.Single.Select(f => f.Name).Append(nameof(ScalarOp.Power));
        Assert.Equal(Enum.GetNames<ScalarOp>().Except([nameof(ScalarOp.Operand), nameof(ScalarOp.Constant), nameof(ScalarOp.Index)]).Order(), Rounded.Select(op => op.ToString()).Concat(elementary).Order());
    }
}
