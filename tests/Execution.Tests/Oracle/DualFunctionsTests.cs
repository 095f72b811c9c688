using DlGen.Graphs;

namespace DlGen.Tests.Oracles;

/// <summary>The oracle's own functions against published digits; its slopes against differences of its values.</summary>
public class DualFunctionsTests
{
    [Theory]
    [InlineData(0.1, 0.1124629160182848922)]
    [InlineData(0.5, 0.5204998778130465377)]
    [InlineData(1, 0.8427007929497148693)]
    [InlineData(2, 0.9953222650189527342)]
    [InlineData(3.5, 0.9999992569016276586)]
    [InlineData(-1.5, -0.9661051464753107271)]
    public void Erf_has_its_published_values(double x, double expected) => Assert.Equal(expected, DualFunctions.Erf(x), 1e-15);

    [Theory]
    [InlineData(1e-10)]
    [InlineData(-3e-6)]
    [InlineData(0.7)]
    public void Log1p_undoes_expm1(double x) => Assert.Equal(x, DualFunctions.Log1p(DualFunctions.Expm1(x)), Math.Abs(x) * 4e-16);

    [Fact]
    public void Slopes_are_those_of_the_values()
    {
        foreach (var op in Enum.GetValues<ScalarOp>())
        {
            int arity = DualFunctions.Arity(op);
            if (arity == 0) continue;
            double[] at = op == ScalarOp.Select ? [1, 0.4, 0.9] : [0.7, 1.3, 0];
            var (_, a, b, c) = DualFunctions.Apply(op, at[0], at[1], at[2]);
            double[] slopes = [a, b, c];
            for (int k = 0; k < arity; k++)
            {
                double Shifted(double by) => DualFunctions.Apply(op, at[0] + (k == 0 ? by : 0), at[1] + (k == 1 ? by : 0), at[2] + (k == 2 ? by : 0)).Value;
                Assert.Equal((Shifted(1e-6) - Shifted(-1e-6)) / 2e-6, slopes[k], 1e-8);
            }
        }
    }
}
