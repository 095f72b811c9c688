using DlGen.Graphs;
using DlGen.Tests.Numerics;

namespace DlGen.Tests.Functions;

/// <summary>The functions that are made of instructions err by no more than those of the runtime, whose references and bounds these are.</summary>
public class ElementaryFunctionTests
{
    private static readonly float[] FloatSpecials =
    [
        float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 1f, -1f,
        0.99999994f, -0.99999994f, 1.0000001f, 1.17549435e-38f, 88.72283f, 88.72284f, 89f, -87.33655f, -103.97208f, -103.97209f, -104f, 9.01f, 3.92f,
    ];

    public static TheoryData<string> SingleNames => [.. ElementaryFunctions.Single.Select(f => f.Name)];

    public static TheoryData<string> DoubleNames => [.. ElementaryFunctions.Double.Select(f => f.Name)];

    [Theory, MemberData(nameof(SingleNames))]
    public void Floats_err_by_no_more_than_is_stated(string name)
    {
        var function = ElementaryFunctions.Single.Single(f => f.Name == name);
        // Every 214,013th float, so all exponents; and where the function is neither linear nor saturated.
        var random = new Random(1);
        double[] arguments =
        [
            .. FloatSpecials.Select(x => (double)x),
            .. Enumerable.Range(0, 20069).Select(i => (double)BitConverter.UInt32BitsToSingle((uint)(i * 214013L))),
            .. Enumerable.Range(0, 10000).Select(i => (double)(float)((random.NextDouble() - 0.5) * (i % 2 == 0 ? 4 : 40))),
        ];
        var accuracy = new Accuracy();
        arguments = [.. arguments.Where(x => !(x < function.Lowest))];
        double[] values = new PrintedFunction(Enum.Parse<ScalarOp>(name), float64: false).Of(arguments);
        for (int i = 0; i < values.Length; i++) accuracy.Compare((float)arguments[i], (float)values[i], function.Exact(arguments[i]).Value.High);
        // Fused multiply-adds are in the text itself: the bound is the stricter one wherever this runs.
        accuracy.AssertAtMost(name == "Exp" ? 1.0 : function.Bound);
    }

    [Theory, MemberData(nameof(DoubleNames))]
    public void Doubles_err_by_no_more_than_is_stated(string name)
    {
        var function = ElementaryFunctions.Double.Single(f => f.Name == name);
        double[] arguments = [.. DoubleArguments().Where(x => !(x < function.Lowest))];
        var accuracy = new Accuracy();
        double[] values = new PrintedFunction(Enum.Parse<ScalarOp>(name), float64: true).Of(arguments);
        for (int i = 0; i < values.Length; i++) accuracy.Compare(arguments[i], values[i], function.Exact(arguments[i]));
        accuracy.AssertAtMost(function.Bound);
    }

    private static IEnumerable<double> DoubleArguments()
    {
        var random = new Random(20240607);
        double[] specials = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, double.Epsilon, double.MaxValue, double.MinValue, 1, -1];
        foreach (double special in specials) yield return special;
        for (int exponent = -1074; exponent < 1024; exponent++) yield return Math.ScaleB(1 + random.NextDouble(), exponent) * (1 - (2 * (exponent & 1)));
        foreach (double range in new[] { 0.5, 1.5, 8, 40, 750, 1e4 })
            for (int k = 0; k < 1500; k++) yield return ((random.NextDouble() * 2) - 1) * range;
    }
}
