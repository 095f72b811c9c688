using DlGen.Graphs;
using DlGen.Tests.Numerics;

namespace DlGen.Tests.Functions;

public class PowerTests
{
    private static readonly double[] Specials =
    [
        0.0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, -1.5, 1e-310, -1e-310, 1e300, -1e300, 4503599627370497, 9007199254740992,
        double.Epsilon, double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.MaxValue, double.MinValue,
    ];

    [Fact]
    public void Doubles_err_by_no_more_than_is_stated()
    {
        var random = new Random(7);
        var pairs = Specials.SelectMany(x => Specials.Select(y => (X: x, Y: y))).ToList();
        for (int k = 0; k < 6000; k++)
        {
            double x = Math.Exp((random.NextDouble() - 0.5) * (k % 4 == 0 ? 1400 : k % 4 == 1 ? 20 : k % 4 == 2 ? 1 : 0.01));
            pairs.Add((x, (random.NextDouble() - 0.5) * 1500 / Math.Abs(Math.Log(x))));
        }
        double[] values = new PrintedFunction(ScalarOp.Power, float64: true).Of([.. pairs.Select(p => p.X)], [.. pairs.Select(p => p.Y)]);
        var accuracy = new Accuracy();
        for (int i = 0; i < values.Length; i++) accuracy.Compare(pairs[i].X, values[i], Reference.Pow(pairs[i].X, pairs[i].Y));
        accuracy.AssertAtMost(1.5);
    }

    [Fact]
    public void Floats_err_by_no_more_than_is_stated()
    {
        var random = new Random(8);
        float[] specials = [.. Specials.Select(value => (float)value)];
        var pairs = specials.SelectMany(x => specials.Select(y => (X: (double)x, Y: (double)y))).ToList();
        for (int k = 0; k < 6000; k++)
        {
            float x = (float)Math.Exp((random.NextDouble() - 0.5) * (k % 3 == 0 ? 170 : k % 3 == 1 ? 10 : 0.1));
            pairs.Add((x, (float)((random.NextDouble() - 0.5) * 200 / Math.Abs(Math.Log(x)))));
        }
        double[] values = new PrintedFunction(ScalarOp.Power, float64: false).Of([.. pairs.Select(p => p.X)], [.. pairs.Select(p => p.Y)]);
        var accuracy = new Accuracy();
        for (int i = 0; i < values.Length; i++) accuracy.Compare((float)pairs[i].X, (float)values[i], Math.Pow(pairs[i].X, pairs[i].Y));
        accuracy.AssertAtMost(0.6);
    }
}
