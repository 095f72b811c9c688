using System.Text.Json;
using DlGen.Compiled;

namespace DlGen.Tests;

/// <summary>Every schedule gives PyTorch's rates, step by step (Fixtures/make_schedules.py).</summary>
public sealed class ScheduleTests
{
    private static readonly JsonElement Fixture = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "schedules.json"))).RootElement;

    public static TheoryData<string> Names => ["Step", "Exponential", "Cosine", "OneCycle", "OneCycleOptions", "WarmCosine"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Rates_are_PyTorchs(string name)
    {
        LearningRateSchedule schedule = name switch
        {
            "Step" => LearningRateSchedule.Step(2, 0.3),
            "Exponential" => LearningRateSchedule.Exponential(0.7),
            "Cosine" => LearningRateSchedule.Cosine(0.1),
            "OneCycle" => LearningRateSchedule.OneCycle(),
            "OneCycleOptions" => LearningRateSchedule.OneCycle(0.15, 10, 100),
            _ => LearningRateSchedule.Cosine(0.05).WithWarmUp(1.6, 0.2),
        };
        int perEpoch = Fixture.GetProperty("stepsPerEpoch").GetInt32(), steps = perEpoch * Fixture.GetProperty("epochs").GetInt32();
        double[] expected = Numbers(name);
        Assert.Equal(steps, expected.Length);
        for (int step = 0; step < steps; step++)
            Assert.Equal(expected[step], schedule.FactorAt(new SchedulePosition(step, steps, perEpoch)), 1e-12);
    }

    [Theory]
    [InlineData("Plateau")]
    [InlineData("PlateauOptions")]
    public void A_plateau_lowers_the_rate_when_PyTorch_does(string name)
    {
        ReduceOnPlateau rule = name == "Plateau"
            ? new() { Factor = 0.5, Patience = 2 }
            : new() { Factor = 0.1, Patience = 1, Cooldown = 2, Threshold = 0.1, Minimum = 0.002 };
        var progress = new TrainingProgress();
        double[] factors = [.. Numbers("losses").Select(loss =>
        {
            progress.Observe(rule, loss);
            return progress.PlateauFactor;
        })];
        double[] expected = Numbers(name);
        Assert.InRange(expected[^1], 0, 0.5);
        Assert.Equal(expected.Length, factors.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], factors[i], 1e-12);
    }

    [Fact]
    public void Short_trainings_have_rates_too()
    {
        LearningRateSchedule[] all = [LearningRateSchedule.Constant, LearningRateSchedule.Cosine(), LearningRateSchedule.OneCycle(), LearningRateSchedule.Step(3).WithWarmUp(5)];
        foreach (LearningRateSchedule schedule in all)
        {
            for (int steps = 1; steps < 5; steps++)
            {
                for (int step = 0; step < steps; step++)
                    Assert.InRange(schedule.FactorAt(new SchedulePosition(step, steps, 1)), 0, 1);
            }
        }
    }

    [Fact]
    public void Numbers_that_make_no_schedule_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Step(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Exponential(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.OneCycle(peak: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant.WithWarmUp(0));
    }

    private static double[] Numbers(string name) => [.. Fixture.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];
}
