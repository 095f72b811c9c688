using System.Runtime.Intrinsics;
using DlGen.Numerics;

namespace DlGen.Tests.Numerics;

public class PowerTests
{
    private static readonly double[] Specials =
    [
        0.0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, -1.5, 1e-310, -1e-310, 1e300, -1e300, 4503599627370497, 9007199254740992,
        double.Epsilon, double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.MaxValue, double.MinValue,
    ];

    [Fact]
    public void DoublePowerIsIeeeAtEveryPairOfSpecials()
    {
        foreach (double x in Specials)
            foreach (double y in Specials)
            {
                double actual = VectorMath.Pow(Vector512.Create(x), Vector512.Create(y))[5];
                var accuracy = new Accuracy();
                accuracy.Compare(y, actual, Reference.Pow(x, y));
                Assert.True(accuracy.Worst <= 1, $"{x} to {accuracy.At}");
            }
    }

    [Fact]
    public void FloatPowerIsIeeeAtEveryPairOfSpecials()
    {
        float[] specials = [.. Specials.Select(value => (float)value)];
        foreach (float x in specials)
            foreach (float y in specials)
            {
                float actual = VectorMath.Pow(Vector512.Create(x), Vector512.Create(y))[5];
                var accuracy = new Accuracy();
                accuracy.Compare(y, actual, Math.Pow(x, y));
                Assert.True(accuracy.Worst <= 0.6, $"{x} to {accuracy.At}");
            }
    }

    [Fact]
    public void DoublePowerErrsByLittleMoreThanOneUlp()
    {
        var random = new Random(7);
        var accuracy = new Accuracy();
        for (int k = 0; k < 40000; k++)
        {
            double x = Math.Exp((random.NextDouble() - 0.5) * (k % 4 == 0 ? 1400 : k % 4 == 1 ? 20 : k % 4 == 2 ? 1 : 0.01));
            double y = (random.NextDouble() - 0.5) * 1500 / Math.Abs(Math.Log(x));
            Vector512<double> actual = VectorMath.Pow(Vector512.Create(x), Vector512.Create(y));
            Assert.Equal(actual[0], VectorMath.Pow(Vector256.Create(x), Vector256.Create(y))[3]);
            Assert.Equal(actual[0], VectorMath.Pow(Vector128.Create(x), Vector128.Create(y))[1]);
            accuracy.Compare(x, actual[7], Reference.Pow(x, y));
        }

        accuracy.AssertAtMost(1.5);
    }

    [Fact]
    public void FloatPowerErrsByLittleMoreThanRounding()
    {
        var random = new Random(8);
        var accuracy = new Accuracy();
        for (int k = 0; k < 200000; k++)
        {
            float x = (float)Math.Exp((random.NextDouble() - 0.5) * (k % 3 == 0 ? 170 : k % 3 == 1 ? 10 : 0.1));
            float y = (float)((random.NextDouble() - 0.5) * 200 / Math.Abs(Math.Log(x)));
            Vector512<float> actual = VectorMath.Pow(Vector512.Create(x), Vector512.Create(y));
            Assert.Equal(actual[0], VectorMath.Pow(Vector256.Create(x), Vector256.Create(y))[6]);
            Assert.Equal(actual[0], VectorMath.Pow(Vector128.Create(x), Vector128.Create(y))[3]);
            accuracy.Compare(x, actual[13], Math.Pow(x, y));
        }

        accuracy.AssertAtMost(0.6);
    }
}
