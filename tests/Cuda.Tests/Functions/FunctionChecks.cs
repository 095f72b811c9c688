using System.Collections.Concurrent;
using DlGen.Graphs;
using DlGen.Tests.Kernels;
using DlGen.Tests.Numerics;

namespace DlGen.Tests.Functions;

/// <summary>The errors of the functions that are made of instructions, by the references and the bounds of the runtime's.</summary>
internal static class FunctionChecks
{
    private static readonly float[] FloatSpecials =
    [
        float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 1f, -1f,
        0.99999994f, -0.99999994f, 1.0000001f, 1.17549435e-38f, 88.72283f, 88.72284f, 89f, -87.33655f, -103.97208f, -103.97209f, -104f, 9.01f, 3.92f,
    ];

    private static readonly double[] DoubleSpecials =
        [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, double.Epsilon, double.MaxValue, double.MinValue, 1, -1];

    private static readonly double[] PowerSpecials =
    [
        0.0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, -1.5, 1e-310, -1e-310, 1e300, -1e300, 4503599627370497, 9007199254740992,
        double.Epsilon, double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.MaxValue, double.MinValue,
    ];

    /// <summary>The exact values at the arguments of a function: they take longer than the functions themselves.</summary>
    private static readonly ConcurrentDictionary<(string Function, int Density), (double[] Arguments, Reference[] Exact)> Known = new();

    /// <param name="density">How many arguments of each kind are tried, in thousands.</param>
    public static void Single(string name, int density, Printing print)
    {
        var function = ElementaryFunctions.Single.Single(f => f.Name == name);
        var (arguments, exact) = Known.GetOrAdd((name + " of floats", density), _ => Exactly(SingleArguments(density), function.Exact, function.Lowest));
        double[] values = new FunctionKernel(Enum.Parse<ScalarOp>(name), float64: false, print).At(arguments);
        var accuracy = new Accuracy();
        for (int i = 0; i < values.Length; i++) accuracy.Compare((float)arguments[i], (float)values[i], exact[i].Value.High);
        // Multiply-adds are fused in the text itself: the stricter of two bounds holds, whatever this runs on.
        accuracy.AssertAtMost(name == "Exp" ? 1.0 : function.Bound);
    }

    /// <inheritdoc cref="Single"/>
    public static void Double(string name, int density, Printing print)
    {
        var function = ElementaryFunctions.Double.Single(f => f.Name == name);
        var (arguments, exact) = Known.GetOrAdd((name, density), _ => Exactly(DoubleArguments(density), function.Exact, function.Lowest));
        double[] values = new FunctionKernel(Enum.Parse<ScalarOp>(name), float64: true, print).At(arguments);
        var accuracy = new Accuracy();
        for (int i = 0; i < values.Length; i++) accuracy.Compare(arguments[i], values[i], exact[i]);
        accuracy.AssertAtMost(function.Bound);
    }

    /// <inheritdoc cref="Single"/>
    public static void SinglePower(int density, Printing print)
    {
        var random = new Random(8);
        float[] specials = [.. PowerSpecials.Select(value => (float)value)];
        var pairs = specials.SelectMany(x => specials.Select(y => (X: (double)x, Y: (double)y))).ToList();
        for (int k = 0; k < 1000 * density; k++)
        {
            float x = (float)Math.Exp((random.NextDouble() - 0.5) * (k % 3 == 0 ? 170 : k % 3 == 1 ? 10 : 0.1));
            pairs.Add((x, (float)((random.NextDouble() - 0.5) * 200 / Math.Abs(Math.Log(x)))));
        }
        double[] values = new FunctionKernel(ScalarOp.Power, float64: false, print).At([.. pairs.Select(p => p.X)], [.. pairs.Select(p => p.Y)]);
        var accuracy = new Accuracy();
        for (int i = 0; i < values.Length; i++) accuracy.Compare((float)pairs[i].Y, (float)values[i], Math.Pow(pairs[i].X, pairs[i].Y));
        accuracy.AssertAtMost(0.6);
    }

    /// <inheritdoc cref="Single"/>
    public static void DoublePower(int density, Printing print)
    {
        var random = new Random(7);
        var pairs = PowerSpecials.SelectMany(x => PowerSpecials.Select(y => (X: x, Y: y))).ToList();
        for (int k = 0; k < 1000 * density; k++)
        {
            double x = Math.Exp((random.NextDouble() - 0.5) * (k % 4 == 0 ? 1400 : k % 4 == 1 ? 20 : k % 4 == 2 ? 1 : 0.01));
            pairs.Add((x, (random.NextDouble() - 0.5) * 1500 / Math.Abs(Math.Log(x))));
        }
        double[] values = new FunctionKernel(ScalarOp.Power, float64: true, print).At([.. pairs.Select(p => p.X)], [.. pairs.Select(p => p.Y)]);
        var accuracy = new Accuracy();
        for (int i = 0; i < values.Length; i++) accuracy.Compare(pairs[i].Y, values[i], Reference.Pow(pairs[i].X, pairs[i].Y));
        accuracy.AssertAtMost(1.5);
    }

    /// <summary>
    /// Doubles beside multiples of π/2, whose sine or cosine is what is left of the reduction. The first lies nearest of all (Muller, "Elementary
    /// Functions", 11.2; not every C library has its digits right); the others were found by continued fractions and computed with 2,400 digits.
    /// </summary>
    public static void BesideZeros(Printing print)
    {
        (long Mantissa, int Exponent, ScalarOp Function, double Exact)[] cases =
        [
            (6381956970095103, 797, ScalarOp.Cos, -4.68716592425462761112e-19), (7763785107565477, -29, ScalarOp.Cos, -1.6985038298986004e-18),
            (6003345066836735, 262, ScalarOp.Sin, -6.342488211799146e-06), (6506958291319737, 529, ScalarOp.Cos, 9.080396685179487e-05),
            (5806760507694524, 430, ScalarOp.Cos, -1.7409447706536824e-05), (7620187339092317, 200, ScalarOp.Sin, 9.087444172452566e-05),
        ];
        var kernels = new[] { ScalarOp.Sin, ScalarOp.Cos }.ToDictionary(op => op, op => new FunctionKernel(op, float64: true, print));
        foreach (var (mantissa, exponent, function, exact) in cases)
        {
            double angle = Math.ScaleB(mantissa, exponent);
            double[] values = kernels[function].At([angle, -angle]);
            Assert.Equal(exact, values[0], Math.Abs(exact) * 4e-16);
            Assert.Equal(function == ScalarOp.Sin ? -values[0] : values[0], values[1]);
        }
    }

    /// <summary>All of them, in both precisions.</summary>
    public static void All(int density, Printing print)
    {
        foreach (var function in ElementaryFunctions.Single) Single(function.Name, density, print);
        foreach (var function in ElementaryFunctions.Double) Double(function.Name, density, print);
        SinglePower(density, print);
        DoublePower(density, print);
        BesideZeros(print);
    }

    private static (double[] Arguments, Reference[] Exact) Exactly(IEnumerable<double> arguments, Func<double, Reference> exact, double lowest)
    {
        double[] within = [.. arguments.Where(x => !(x < lowest))];
        return (within, [.. within.Select(exact)]);
    }

    /// <summary>Floats at equal distances in their order, so all exponents; and those where functions are neither linear nor saturated.</summary>
    private static IEnumerable<double> SingleArguments(int density)
    {
        var random = new Random(1);
        long step = (1L << 32) / (1000L * density);
        foreach (float special in FloatSpecials) yield return special;
        for (int i = 0; i < 1000 * density; i++) yield return BitConverter.UInt32BitsToSingle((uint)(i * step));
        for (int i = 0; i < 1000 * density; i++) yield return (float)((random.NextDouble() - 0.5) * (i % 2 == 0 ? 4 : 40));
    }

    private static IEnumerable<double> DoubleArguments(int density)
    {
        var random = new Random(20240607);
        foreach (double special in DoubleSpecials) yield return special;
        for (int exponent = -1074; exponent < 1024; exponent++) yield return Math.ScaleB(1 + random.NextDouble(), exponent) * (1 - (2 * (exponent & 1)));
        foreach (double range in new[] { 0.5, 1.5, 8, 40, 750, 1e4 })
            for (int k = 0; k < 1000 * density / 6; k++) yield return ((random.NextDouble() * 2) - 1) * range;
    }
}
