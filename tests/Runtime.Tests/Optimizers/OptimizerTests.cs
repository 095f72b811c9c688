using System.Numerics;
using DlGen.Compiled;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

/// <summary>Every optimizer against PyTorch's formulas as its documentation states them, element by element in double, over many steps and all options.</summary>
public sealed class OptimizerTests
{
    private const int Steps = 300;

    public static TheoryData<double, double, bool, double> SgdOptions { get; } = new()
    {
        { 0.05, 0, false, 0 },
        { 0.05, 0, false, 0.1 },
        { 0.05, 0.9, false, 0 },
        { 0.05, 0.9, false, 0.1 },
        { 0.05, 0.9, true, 0 },
        { 0.05, 0.5, true, 0.1 },
    };

    public static TheoryData<double, double, double, double, double> AdamOptions { get; } = new()
    {
        { 1e-3, 0.9, 0.999, 1e-8, 0 },
        { 1e-2, 0.8, 0.99, 1e-4, 0 },
        { 1e-2, 0.9, 0.999, 1e-8, 0.1 },
        { 1e-1, 0, 0.5, 1e-2, 0.01 },
        { 1e-2, 0.9, 0.9, 1e-6, 0.3 },
    };

    [Theory]
    [MemberData(nameof(SgdOptions))]
    public void Sgd_is_PyTorchs(double rate, double momentum, bool nesterov, double decay)
    {
        Check<float>(() => Optimizer.Sgd(rate, momentum, nesterov, decay), new SgdReference(rate, momentum, nesterov, decay), 2e-5);
        Check<double>(() => Optimizer.Sgd(rate, momentum, nesterov, decay), new SgdReference(rate, momentum, nesterov, decay), 1e-13);
    }

    [Theory]
    [MemberData(nameof(AdamOptions))]
    public void Adam_is_PyTorchs(double rate, double beta1, double beta2, double epsilon, double decay)
    {
        Check<float>(() => Optimizer.Adam(rate, beta1, beta2, epsilon, decay), new AdamReference(rate, beta1, beta2, epsilon, decay, false), 2e-4);
        Check<double>(() => Optimizer.Adam(rate, beta1, beta2, epsilon, decay), new AdamReference(rate, beta1, beta2, epsilon, decay, false), 1e-12);
    }

    [Theory]
    [MemberData(nameof(AdamOptions))]
    public void AdamW_is_PyTorchs(double rate, double beta1, double beta2, double epsilon, double decay)
    {
        Check<float>(() => Optimizer.AdamW(rate, beta1, beta2, epsilon, decay), new AdamReference(rate, beta1, beta2, epsilon, decay, true), 2e-4);
        Check<double>(() => Optimizer.AdamW(rate, beta1, beta2, epsilon, decay), new AdamReference(rate, beta1, beta2, epsilon, decay, true), 1e-12);
    }

    [Theory]
    [InlineData(2e-3, 0.9, 0.999, 4e-3, 0)]
    [InlineData(1e-2, 0.8, 0.99, 0.1, 0.1)]
    public void Nadam_is_PyTorchs(double rate, double beta1, double beta2, double momentumDecay, double decay)
    {
        Check<float>(() => Optimizer.Nadam(rate, beta1, beta2, 1e-6, momentumDecay, decay), new NadamReference(rate, beta1, beta2, 1e-6, momentumDecay, decay), 2e-4);
        Check<double>(() => Optimizer.Nadam(rate, beta1, beta2, 1e-6, momentumDecay, decay), new NadamReference(rate, beta1, beta2, 1e-6, momentumDecay, decay), 1e-12);
    }

    [Theory]
    [InlineData(1e-2, 0, 0)]
    [InlineData(0.3, 0.05, 0.1)]
    public void AdaGrad_is_PyTorchs(double rate, double rateDecay, double decay)
    {
        Check<float>(() => Optimizer.AdaGrad(rate, rateDecay, 1e-8, decay), new AdaGradReference(rate, rateDecay, 1e-8, decay), 2e-5);
        Check<double>(() => Optimizer.AdaGrad(rate, rateDecay, 1e-8, decay), new AdaGradReference(rate, rateDecay, 1e-8, decay), 1e-12);
    }

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(0.9, false, 0.1)]
    [InlineData(0, true, 0)]
    [InlineData(0.8, true, 0.1)]
    public void RmsProp_is_PyTorchs(double momentum, bool centered, double decay)
    {
        Check<float>(() => Optimizer.RmsProp(1e-3, 0.9, 1e-2, momentum, centered, decay), new RmsPropReference(1e-3, 0.9, 1e-2, momentum, centered, decay), 2e-4);
        Check<double>(() => Optimizer.RmsProp(1e-3, 0.9, 1e-2, momentum, centered, decay), new RmsPropReference(1e-3, 0.9, 1e-2, momentum, centered, decay), 1e-11);
    }

    [Theory]
    [InlineData(0.9, 0.99, 0)]
    [InlineData(0.5, 0.8, 0.3)]
    public void Lion_is_the_papers(double beta1, double beta2, double decay)
        => Check<double>(() => Optimizer.Lion(1e-3, beta1, beta2, decay), new LionReference(1e-3, beta1, beta2, decay), 1e-12);

    [Fact]
    public void Defaults_are_PyTorchs()
    {
        Check<double>(() => Optimizer.Nadam(), new NadamReference(2e-3, 0.9, 0.999, 1e-8, 4e-3, 0), 1e-12);
        Check<double>(() => Optimizer.AdaGrad(), new AdaGradReference(1e-2, 0, 1e-10, 0), 1e-12);
        Check<double>(() => Optimizer.RmsProp(), new RmsPropReference(1e-2, 0.99, 1e-8, 0, false, 0), 1e-12);
        Check<double>(() => Optimizer.Lion(), new LionReference(1e-4, 0.9, 0.99, 0), 1e-12);
        Check<double>(() => Optimizer.Adam(), new AdamReference(1e-3, 0.9, 0.999, 1e-8, 0, false), 1e-12);
        Check<double>(() => Optimizer.AdamW(), new AdamReference(1e-3, 0.9, 0.999, 1e-8, 1e-2, true), 1e-12);
        Check<double>(() => Optimizer.Sgd(0.1), new SgdReference(0.1, 0, false, 0), 1e-13);
    }

    [Fact]
    public void Adam_gives_the_numbers_worked_out_by_hand()
    {
        // p = 1, g = 0.5, rate 0.1: the first step of Adam is rate·g/(|g| + ε) = 0.1; with g = -1 then m = 0.9·0.05 - 0.1 = -0.055, v = 0.999·0.00025 + 0.001,
        // p = 0.9 - 0.1·(-0.055/0.19)/√(0.00124975/0.001999).
        ModelCore<double> core = Create<double>(Row("p", [1], 0, new(InitializerKind.Ones, 0)));
        Optimizer adam = Optimizer.Adam(0.1);
        SetGradients(core, _ => 0.5);
        adam.Step(core.Parameters);
        Assert.Equal(0.9, core.Values[0], 1e-8);
        SetGradients(core, _ => -1);
        adam.Step(core.Parameters);
        Assert.Equal(0.9366103522, core.Values[0], 1e-8);
    }

    [Fact]
    public void Frozen_parameters_stay_and_start_with_their_first_step_when_thawed()
    {
        ParameterDefinition[] parameters = [Row("a", [20], 0), Row("b", [20], 20), Row("c", [20], 40)];
        ModelCore<double> core = Create<double>(seed: 3, parameters), twin = Create<double>(seed: 3, parameters);
        Optimizer adam = Optimizer.AdamW(0.01), twins = Optimizer.AdamW(0.01);
        double[] before = ValuesOf(core.Parameters["b"]);

        core.Parameters.Freeze("b");
        for (int step = 0; step < 5; step++)
        {
            SetGradients(core, at => Math.Cos(at + step));
            adam.Step(core.Parameters);
        }

        Assert.Equal(before, ValuesOf(core.Parameters["b"]));
        core.Parameters.Unfreeze("b");
        SetGradients(core, at => Math.Cos(at + 9));
        adam.Step(core.Parameters);

        // b must now be where one single first step takes it; a and c where six steps do.
        SetGradients(twin, at => Math.Cos(at + 9));
        twins.Step(twin.Parameters);
        Assert.Equal(ValuesOf(twin.Parameters["b"]), ValuesOf(core.Parameters["b"]));
        Assert.NotEqual(ValuesOf(twin.Parameters["a"]), ValuesOf(core.Parameters["a"]));
    }

    [Fact]
    public void One_optimizer_serves_models_of_both_precisions()
    {
        ModelCore<float> single = Create<float>(seed: 1, Linear());
        ModelCore<double> precise = Create<double>(seed: 1, Linear());
        precise.Parameters.CopyFrom(single.Parameters);
        Optimizer adam = Optimizer.Adam(0.01);
        for (int step = 0; step < 20; step++)
        {
            SetGradients(single, at => Math.Sin(at + step));
            SetGradients(precise, at => Math.Sin(at + step));
            adam.Step(single.Parameters);
            adam.Step(precise.Parameters);
        }

        for (int at = 0; at < single.Values.Length; at++)
            Assert.Equal(precise.Values[at], single.Values[at], 1e-5);
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("momentum")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("nadam")]
    [InlineData("adagrad")]
    [InlineData("rmsprop")]
    [InlineData("lion")]
    public void Padding_stays_zero(string kind)
    {
        ModelCore<float> core = Create<float>(Linear());
        Optimizer optimizer = Named(kind);
        for (int step = 0; step < 50; step++)
        {
            SetGradients(core, at => step % 2 == 0 ? 1e-20 * at : Math.Sin(at));
            optimizer.Step(core.Parameters);
        }

        Assert.NotEmpty(PaddingOf(core));
        OptimizerState<float> state = State<float>(optimizer, core);
        foreach (int at in PaddingOf(core))
        {
            Assert.Equal(0, core.Values[at]);
            Assert.True(state.First.IsEmpty || state.First[at] == 0);
            Assert.True(state.Second.IsEmpty || state.Second[at] == 0);
            Assert.True(state.Third.IsEmpty || state.Third[at] == 0);
        }
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("momentum")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("nadam")]
    [InlineData("adagrad")]
    [InlineData("rmsprop")]
    [InlineData("lion")]
    public void Step_allocates_nothing_after_the_first(string kind)
    {
        ModelCore<float> first = Create<float>(Linear()), second = Create<float>(Linear());
        ParameterSet frozen = second.Parameters;
        frozen.Freeze("linear_1.bias");
        SetGradients(first, _ => 0.1);
        SetGradients(second, _ => 0.1);
        Optimizer optimizer = Named(kind);
        for (int i = 0; i < 100; i++)
            StepBoth();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
            StepBoth();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void StepBoth()
        {
            optimizer.Step(first.Parameters);
            optimizer.Step(frozen);
            optimizer.LearningRate *= 0.9999;
        }
    }

    [Fact]
    public void Moments_that_decay_become_zero_or_the_bound_and_never_denormal()
    {
        ModelCore<float> core = Create<float>(Row("p", [64], 0));
        Optimizer adam = Optimizer.Adam(), momentum = Optimizer.Sgd(1e-3, 0.5);
        SetGradients(core, at => 1e-3 * (at + 1));
        adam.Step(core.Parameters);
        momentum.Step(core.Parameters);
        SetGradients(core, _ => 0);
        for (int step = 0; step < 80_000; step++)
        {
            adam.Step(core.Parameters);
            momentum.Step(core.Parameters);
            if (step % 100 == 0)
                Assert.All(Moments(), moment => Assert.True(moment == 0 || MathF.Abs(moment) >= 1e-30f));
        }

        Assert.All(State<float>(adam, core).First.ToArray(), moment => Assert.Equal(0, moment));
        Assert.All(State<float>(adam, core).Second.ToArray(), moment => Assert.Equal(1e-30f, moment));
        Assert.All(State<float>(momentum, core).First.ToArray(), moment => Assert.Equal(0, moment));
        Assert.All(core.Values.ToArray(), value => Assert.True(float.IsFinite(value)));

        float[] Moments() => [.. State<float>(adam, core).First, .. State<float>(adam, core).Second, .. State<float>(momentum, core).First];
    }

    [Fact]
    public void A_gradient_that_is_not_a_number_is_not_hidden()
    {
        ModelCore<float> core = Create<float>(Row("p", [40], 0));
        SetGradients(core, _ => double.NaN);
        Optimizer.Adam().Step(core.Parameters);
        Assert.All(core.Values.ToArray(), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Sgd(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Sgd(double.NaN));
        Assert.Contains("momentum", Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Sgd(0.1, momentum: 1)).Message);
        Assert.Throws<ArgumentException>(() => Optimizer.Sgd(0.1, nesterov: true));
        Assert.Contains("beta2", Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Adam(beta2: 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Adam(epsilon: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.AdamW(weightDecay: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.Adam().LearningRate = double.PositiveInfinity);
        Assert.Contains("ComputeGradients", Assert.Throws<InvalidOperationException>(() => Optimizer.Adam().Step(Create<float>(Linear()).Parameters)).Message);
    }

    private static OptimizerState<T> State<T>(Optimizer optimizer, ModelCore<T> core)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Assert.IsAssignableFrom<OptimizerState<T>>(optimizer.StateOf(core.Parameters));

    private static Optimizer Named(string kind) => kind switch
    {
        "sgd" => Optimizer.Sgd(0.01, weightDecay: 0.01),
        "momentum" => Optimizer.Sgd(0.01, 0.9, nesterov: true, 0.01),
        "adam" => Optimizer.Adam(weightDecay: 0.01, l1: 0.001),
        "nadam" => Optimizer.Nadam(weightDecay: 0.01).Group("linear_1.bias", 0.5, weightDecay: 0),
        "adagrad" => Optimizer.AdaGrad(l1: 0.01),
        "rmsprop" => Optimizer.RmsProp(momentum: 0.5, centered: true, weightDecay: 0.01),
        "lion" => Optimizer.Lion(weightDecay: 0.1),
        _ => Optimizer.AdamW(),
    };

    /// <summary>Runs an optimizer beside a reference on 77 elements (full vectors and a tail) whose gradients depend on the parameters.</summary>
    private static void Check<T>(Func<Optimizer> create, Reference reference, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ModelCore<T> core = Create<T>(seed: 11, Row("p", [77], 0, new(InitializerKind.Normal, 1)));
        double[] expected = ValuesOf(core.Parameters["p"]);
        Optimizer optimizer = create();
        for (int step = 1; step <= Steps; step++)
        {
            // The gradient of a bowl whose centre moves, from the reference, so that rounding does not feed back.
            double[] gradients = [.. expected.Select((p, i) => p - Math.Sin(0.05 * step + i))];
            if (step == Steps / 2)
                optimizer.LearningRate = reference.Rate *= 0.5;
            SetGradients(core, at => gradients[at]);
            optimizer.Step(core.Parameters);
            reference.Step(expected, gradients, step);
        }

        double[] actual = ValuesOf(core.Parameters["p"]);
        for (int i = 0; i < actual.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance * (1 + Math.Abs(expected[i])));
        reference.Rate *= 2;
    }
}
