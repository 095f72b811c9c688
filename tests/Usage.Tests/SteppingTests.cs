namespace DlGen.Tests;

/// <summary>A network step by step gives what it gives for the whole sequence, position by position.</summary>
public class SteppingTests
{
    [Fact]
    public void A_transformer_gives_its_predictions_and_its_logits_position_by_position()
    {
        var model = new SmallGpt(seed: 5);
        int[] ids = Ids(SmallGpt.Length, SmallGpt.Vocabulary);
        float[] expected = model.Predict(ids);
        var pass = model.CreatePass(1);
        float[] logits = pass.Forward(ids, training: false).ToArray();
        var steps = model.CreateSteps();
        for (int round = 0; round < 2; round++)
        {
            for (int t = 0; t < ids.Length; t++)
            {
                Assert.Equal(t, steps.Position);
                Close(expected.AsSpan(t * SmallGpt.Vocabulary, SmallGpt.Vocabulary), steps.Step(ids[t]), 1e-6f);
                Close(logits.AsSpan(t * SmallGpt.Vocabulary, SmallGpt.Vocabulary), steps.Output, 1e-6f);
            }

            steps.Reset();
        }
    }

    [Fact]
    public void A_text_that_is_its_own_target_has_one_position_less()
    {
        var model = new ShiftedGpt(seed: 5);
        int[] ids = Ids(ShiftedGpt.Length, ShiftedGpt.Vocabulary);
        double[] expected = model.Predict(ids);
        var steps = model.CreateSteps();
        for (int t = 0; t < ShiftedGpt.Length - 1; t++) Close(expected.AsSpan(t * ShiftedGpt.Vocabulary, ShiftedGpt.Vocabulary), steps.Step(ids[t]), 1e-12);
        var full = Assert.Throws<InvalidOperationException>(() => { steps.Step(0); });
        Assert.Equal("All 20 positions of this network are taken; call Reset, and begin again with the most recent of its inputs.", full.Message);
        Assert.Equal(20, steps.Position);
    }

    [Fact]
    public void A_recurrence_gives_its_output_at_every_step_and_goes_on_beyond_its_length()
    {
        var model = new Forecaster(seed: 2);
        float[] history = [.. Values(Forecaster.Length * Forecaster.Features).Select(v => (float)v)];
        float[] expected = model.Predict(history);
        var steps = model.CreateSteps();
        for (int t = 0; t < Forecaster.Length; t++) Close(expected.AsSpan(t * 2, 2), steps.Step(history.AsSpan(t * Forecaster.Features, Forecaster.Features)), 1e-6f);
        for (int t = 0; t < 3 * Forecaster.Length; t++) steps.Step(history.AsSpan(0, Forecaster.Features));
        Assert.Equal(4 * Forecaster.Length, steps.Position);
    }

    [Fact]
    public void The_last_output_of_a_shorter_sequence_is_that_of_its_last_step()
    {
        var (last, every) = (new LastForecast(seed: 3), new EveryForecast(seed: 4));
        every.Parameters.CopyFrom(last.Parameters);
        double[] history = Values(27), expected = every.Predict(history);
        var steps = last.CreateSteps();
        double[] given = [];
        for (int t = 0; t < 9; t++)
        {
            given = steps.Step(history.AsSpan(t * 3, 3)).ToArray();
            Close(expected.AsSpan(t * 2, 2), given, 1e-12);
        }

        Close(last.Predict(history), given, 1e-12);
    }

    [Fact]
    public void Windows_delays_trained_beginnings_and_tables_along_time_are_those_of_the_sequence()
    {
        var model = new ManyKinds(seed: 6);
        double[] x = Values(ManyKinds.Length * ManyKinds.Features);
        var (expected, last) = model.Predict(x);
        var steps = model.CreateSteps();
        int width = expected.Length / ManyKinds.Length;
        for (int round = 0; round < 2; round++)
        {
            for (int t = 0; t < ManyKinds.Length; t++)
            {
                steps.Step(x.AsSpan(t * ManyKinds.Features, ManyKinds.Features));
                Close(expected.AsSpan(t * width, width), steps.PositionOutput, 1e-12);
            }

            Close(last, steps.Last, 1e-12);
            steps.Reset();
        }
    }

    [Fact]
    public void Sequences_side_by_side_do_not_touch_each_other_whichever_thread_steps()
    {
        var model = new ShiftedGpt(seed: 5);
        Parallel.For(0, 8, sequence =>
        {
            int[] ids = Ids(ShiftedGpt.Length, ShiftedGpt.Vocabulary, sequence);
            double[] expected = model.Predict(ids);
            ShiftedGpt.Stepping mine = model.CreateSteps(), other = model.CreateSteps();
            for (int t = 0; t < ShiftedGpt.Length - 1; t++)
            {
                other.Step(ids[^(t + 1)]);
                Close(expected.AsSpan(t * ShiftedGpt.Vocabulary, ShiftedGpt.Vocabulary), mine.Step(ids[t]), 1e-12);
            }
        });
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var model = new Forecaster(seed: 2);
        var steps = model.CreateSteps();
        float[] step = new float[Forecaster.Features];
        steps.Step(step);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) steps.Step(step);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void What_is_no_step_is_refused_and_changes_nothing()
    {
        var model = new Forecaster(seed: 2);
        var steps = model.CreateSteps();
        Assert.Equal("history has 4 values, but one step has 3; give one step at a time.", Assert.Throws<BatchShapeException>(() => { steps.Step(new float[4]); }).Message);
        var letters = new LastLetter(seed: 2).CreateSteps();
        foreach (int id in new[] { -1, 7, int.MinValue, int.MaxValue })
            Assert.Equal($"letters is the id {id}; a vocabulary of 7 has the ids 0 to 6.", Assert.Throws<TokenRangeException>(() => { letters.Step(id); }).Message);
        Assert.Throws<InvalidOperationException>(() => { _ = letters.Output; });
        Assert.Equal((0, 0), (steps.Position, letters.Position));
    }

    [Fact]
    public void After_a_change_of_the_parameters_a_sequence_must_begin_again()
    {
        var model = new Forecaster(seed: 2);
        var steps = model.CreateSteps();
        float[] step = [1, 2, 3];
        steps.Step(step);
        model.Parameters.CopyFrom(new Forecaster(seed: 3).Parameters);
        Assert.Contains("call Reset", Assert.Throws<InvalidOperationException>(() => { steps.Step(step); }).Message, StringComparison.Ordinal);
        steps.Reset();
        Close(new Forecaster(seed: 3).CreateSteps().Step(step), steps.Step(step), 0);
    }

    internal static int[] Ids(int count, int vocabulary, int seed = 0)
    {
        var random = new Random(seed + 17);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }

    private static double[] Values(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 4) - 2)];
    }

    /// <summary>Relative to the largest value.</summary>
    internal static void Close<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, T tolerance)
        where T : struct, System.Numerics.IFloatingPointIeee754<T>
    {
        Assert.Equal(expected.Length, actual.Length);
        T largest = T.Zero;
        foreach (T value in expected) largest = T.Max(largest, T.Abs(value));
        Assert.True(largest > T.Zero);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(T.Abs(expected[i] - actual[i]) <= tolerance * largest, $"[{i}] is {actual[i]}, not {expected[i]}, of at most {largest}");
    }
}
