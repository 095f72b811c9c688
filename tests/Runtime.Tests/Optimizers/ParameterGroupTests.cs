using DlGen.Compiled;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

/// <summary>Groups have their own rate and penalties; everything else is as without them.</summary>
public sealed class ParameterGroupTests
{
    private static readonly ParameterDefinition[] Three = [Row("a.weight", [20], 0), Row("a.bias", [5], 32), Row("b.weight", [20], 64)];

    [Fact]
    public void A_group_steps_as_an_optimizer_with_its_rates_would()
    {
        double[][] grouped = Run(Optimizer.AdamW(0.01, weightDecay: 0.1).Group("*.bias", weightDecay: 0).Group("b.*", learningRateFactor: 0.25));
        double[][] usual = Run(Optimizer.AdamW(0.01, weightDecay: 0.1)), free = Run(Optimizer.AdamW(0.01, weightDecay: 0)), slow = Run(Optimizer.AdamW(0.0025, weightDecay: 0.1));
        Assert.Equal(usual[0], grouped[0]);
        Assert.Equal(free[1], grouped[1]);
        Assert.Equal(slow[2], grouped[2]);
    }

    [Fact]
    public void The_last_group_that_includes_a_parameter_holds()
    {
        double[][] grouped = Run(Optimizer.Sgd(0.1).Group("*", learningRateFactor: 0).Group(p => p.Length == 5, learningRateFactor: 2));
        double[][] untouched = Run(Optimizer.Sgd(0)), fast = Run(Optimizer.Sgd(0.2));
        Assert.Equal([untouched[0], fast[1], untouched[2]], grouped);
    }

    [Fact]
    public void L1_adds_its_sign_to_the_gradient()
    {
        ModelCore<double> core = Create<double>(Row("p", [19], 0));
        double[] before = ValuesOf(core.Parameters["p"]);
        SetGradients(core, at => 0.5);
        Optimizer.Sgd(0.1, l1: 0.3).Step(core.Parameters);
        double[] after = ValuesOf(core.Parameters["p"]);
        for (int i = 0; i < before.Length; i++)
            Assert.Equal(before[i] - 0.1 * (0.5 + 0.3 * Math.Sign(before[i])), after[i], 1e-15);
        double[][] grouped = Run(Optimizer.Sgd(0.1, l1: 0.3).Group("a.bias", l1: 0)), plain = Run(Optimizer.Sgd(0.1));
        Assert.Equal(plain[1], grouped[1]);
        Assert.NotEqual(plain[0], grouped[0]);
    }

    [Fact]
    public void Mistakes_say_what_to_do()
    {
        ModelCore<double> core = Create<double>(Three);
        SetGradients(core, _ => 1);
        Assert.Contains("'*.biases' matches no parameter. The model has a.weight, a.bias, b.weight",
            Assert.Throws<ArgumentException>(() => Optimizer.Adam().Group("*.biases", weightDecay: 0).Step(core.Parameters)).Message);
        Optimizer stepped = Optimizer.Adam();
        stepped.Step(core.Parameters);
        Assert.Contains("right where it is created", Assert.Throws<InvalidOperationException>(() => stepped.Group("*", 0.1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Adam().Group("*", -1));
        Assert.Contains("weightDecay", Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Adam().Group("*", weightDecay: -1)).Message);
    }

    private static double[][] Run(Optimizer optimizer)
    {
        ModelCore<double> core = Create<double>(seed: 4, Three);
        for (int step = 0; step < 30; step++)
        {
            SetGradients(core, at => Math.Sin(at + step));
            optimizer.Step(core.Parameters);
        }

        return [.. core.Parameters.Select(ValuesOf)];
    }
}
