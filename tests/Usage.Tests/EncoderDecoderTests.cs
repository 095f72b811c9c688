namespace DlGen.Tests;

/// <summary>Networks of several inputs run step by step along the last one; the others are given for the whole sequence.</summary>
public class EncoderDecoderTests
{
    private static readonly Sampling Greedy = new() { Temperature = 0 };
    private static readonly float[] Style = [0.5f, -1, 2], OtherStyle = [-1, 1, 0.25f];

    [Fact]
    public void Each_step_of_a_transformer_gives_its_prediction_whatever_is_given()
    {
        var model = new Translator(seed: 5);
        int[] target = SteppingTests.Ids(Translator.Length, Translator.Vocabulary);
        var steps = model.CreateSteps(Source(1), Style);
        foreach (var (source, style) in new[] { (Source(1), Style), (Source(2), Style), (Source(2), OtherStyle) })
        {
            // The second time with what is given already.
            steps.Reset(source, style);
            float[] expected = model.Predict(source, style, target), logits = model.CreatePass(1).Forward(source, style, target, training: false).ToArray();
            for (int round = 0; round < 2; round++)
            {
                for (int t = 0; t < target.Length; t++)
                {
                    Assert.Equal(t, steps.Position);
                    SteppingTests.Close(expected.AsSpan(t * Translator.Vocabulary, Translator.Vocabulary), steps.Step(target[t]), 1e-6f);
                    SteppingTests.Close(logits.AsSpan(t * Translator.Vocabulary, Translator.Vocabulary), steps.Output, 1e-6f);
                }

                Assert.Contains("All 8 positions", Assert.Throws<InvalidOperationException>(() => { steps.Step(0); }).Message, StringComparison.Ordinal);
                steps.Reset();
            }
        }
    }

    [Fact]
    public void A_state_that_is_handed_over_is_the_beginning_of_every_sequence_and_has_no_end()
    {
        var model = new Retold(seed: 5);
        int[] source = SteppingTests.Ids(Retold.Longest, Retold.Letters), target = SteppingTests.Ids(Retold.Length, Retold.Vocabulary);
        foreach (int length in new[] { 0, 3, Retold.Longest })
        {
            double[] expected = model.Predict(source, [length], target);
            var steps = model.CreateSteps(source, [length]);
            for (int round = 0; round < 2; round++)
            {
                for (int t = 0; t < Retold.Length - 1; t++) SteppingTests.Close(expected.AsSpan(t * Retold.Vocabulary, Retold.Vocabulary), steps.Step(target[t]), 1e-12);
                for (int t = 0; t < 30; t++) steps.Step(1);
                steps.Reset();
            }
        }
    }

    [Fact]
    public void Numbers_bytes_and_a_sequence_beside_are_given_as_they_are()
    {
        var model = new Conditioned(seed: 6);
        var random = new Random(3);
        double[] known = [.. Enumerable.Range(0, 10).Select(_ => random.NextDouble())], history = [.. Enumerable.Range(0, 10).Select(_ => random.NextDouble())];
        byte[] picture = [3, 250, 77, 128];
        var (each, fixedBase) = model.Predict(known, picture, history);
        var steps = model.CreateSteps(known, picture);
        for (int t = 0; t < Conditioned.Length; t++)
        {
            steps.Step(history.AsSpan(t * 2, 2));
            SteppingTests.Close(each.AsSpan(t, 1), steps.Each, 1e-12);
            SteppingTests.Close(fixedBase, steps.Base, 1e-12);
        }
    }

    [Fact]
    public void Sequences_side_by_side_keep_what_each_of_them_was_given()
    {
        var model = new Translator(seed: 5);
        Parallel.For(0, 6, sequence =>
        {
            int[] source = Source(sequence), other = Source(sequence + 1), target = SteppingTests.Ids(Translator.Length, Translator.Vocabulary, sequence);
            float[] expected = model.Predict(source, Style, target);
            Translator.Stepping mine = model.CreateSteps(source, Style), second = model.CreateSteps(other, OtherStyle);
            source.AsSpan().Clear();
            for (int t = 0; t < target.Length; t++)
            {
                second.Step(target[^(t + 1)]);
                SteppingTests.Close(expected.AsSpan(t * Translator.Vocabulary, Translator.Vocabulary), mine.Step(target[t]), 1e-6f);
            }
        });
    }

    [Fact]
    public void Steps_and_another_beginning_allocate_nothing()
    {
        var model = new Translator(seed: 2);
        var steps = model.CreateSteps(Source(1), Style);
        int[] other = Source(2);
        steps.Step(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            steps.Reset(other, OtherStyle);
            for (int t = 0; t < Translator.Length; t++) steps.Step(t % Translator.Vocabulary);
            steps.Reset();
            steps.Step(0);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>What is given is looked at before anything is forgotten.</summary>
    [Fact]
    public void What_can_not_be_given_is_refused_and_changes_nothing()
    {
        var model = new Translator(seed: 2);
        int[] source = Source(1), target = SteppingTests.Ids(Translator.Length, Translator.Vocabulary);
        float[] expected = model.Predict(source, Style, target);
        var steps = model.CreateSteps(source, Style);
        for (int t = 0; t < 4; t++) steps.Step(target[t]);

        Assert.Equal("source has 10 values, but one row has 11; give that of one sequence, padded as for Predict.",
            Assert.Throws<BatchShapeException>(() => steps.Reset(source.AsSpan(1), Style)).Message);
        Assert.Equal("style has 6 values, but one row has 3; give that of one sequence, padded as for Predict.",
            Assert.Throws<BatchShapeException>(() => steps.Reset(Source(2), new float[6])).Message);
        int[] beyond = Source(2);
        beyond[4] = 9;
        Assert.Equal("source holds the id 9 in row 0 at position 4; a vocabulary of 9 has the ids 0 to 8.", Assert.Throws<TokenRangeException>(() => steps.Reset(beyond, Style)).Message);
        Assert.Throws<TokenRangeException>(() => model.CreateSteps(beyond, Style));
        Assert.Throws<TokenRangeException>(() => new Retold(seed: 1).CreateSteps(new int[Retold.Longest], [Retold.Longest + 1]));
        Assert.Throws<TokenRangeException>(() => { steps.Step(Translator.Vocabulary); });

        for (int t = 4; t < target.Length; t++) SteppingTests.Close(expected.AsSpan(t * Translator.Vocabulary, Translator.Vocabulary), steps.Step(target[t]), 1e-6f);
    }

    /// <summary>Before the first step, and after a Reset, what is given is read with the parameters as they are then.</summary>
    [Fact]
    public void After_a_change_of_the_parameters_what_is_given_is_read_again()
    {
        var (model, later) = (new Retold(seed: 2), new Retold(seed: 3));
        int[] source = SteppingTests.Ids(Retold.Longest, Retold.Letters), length = [4], target = SteppingTests.Ids(Retold.Length, Retold.Vocabulary);
        double[] expected = later.Predict(source, length, target);
        Retold.Stepping begun = model.CreateSteps(source, length), notYet = model.CreateSteps(source, length);
        begun.Step(1);
        model.Parameters.CopyFrom(later.Parameters);
        Assert.Contains("call Reset", Assert.Throws<InvalidOperationException>(() => { begun.Step(1); }).Message, StringComparison.Ordinal);
        begun.Reset();
        foreach (var steps in new[] { begun, notYet })
            for (int t = 0; t < Retold.Length - 1; t++) SteppingTests.Close(expected.AsSpan(t * Retold.Vocabulary, Retold.Vocabulary), steps.Step(target[t]), 1e-12);
    }

    [Fact]
    public void Greedy_ids_are_those_of_a_loop_of_predictions()
    {
        var model = new Translator(seed: 8);
        var seen = new HashSet<string>();
        for (int text = 0; text < 6; text++)
        {
            int[] source = Source(text), target = new int[Translator.Length];
            target[0] = 3;
            for (int t = 0; t < Translator.Length - 1; t++)
            {
                float[] predicted = model.Predict(source, Style, target)[(t * Translator.Vocabulary)..((t + 1) * Translator.Vocabulary)];
                target[t + 1] = Array.IndexOf(predicted, predicted.Max());
            }

            int[] generated = [.. model.Generate(source, Style, [3], Translator.Length - 1, Greedy)];
            Assert.Equal(target[1..], generated);
            seen.Add(string.Join(' ', generated));
        }

        Assert.True(seen.Count > 1);
    }

    /// <summary>When all positions are taken, the recent half of the ids is fed again; what is given stays.</summary>
    [Fact]
    public void Beyond_the_positions_what_is_given_stays()
    {
        var model = new Translator(seed: 8);
        int[] source = Source(3), all = [2, .. model.Generate(source, Style, [2], 30, Greedy)];
        for (int next = 1, first = 0; next < all.Length; next++)
        {
            if (next - first > Translator.Length) first = next - (Translator.Length / 2);
            int seen = next - first;
            float[] predicted = model.Predict(source, Style, [.. all[first..next], .. new int[Translator.Length - seen]])[((seen - 1) * Translator.Vocabulary)..(seen * Translator.Vocabulary)];
            Assert.Equal(Array.IndexOf(predicted, predicted.Max()), all[next]);
        }
    }

    [Fact]
    public void Equal_seeds_give_equal_ids_and_what_was_given_is_kept_for_every_enumeration()
    {
        var model = new Translator(seed: 8);
        int[] source = Source(5);
        float[] style = [.. Style];
        Sampling seven = new() { Temperature = 0.9, TopP = 0.95, Seed = 7 };
        var ids = model.Generate(source, style, [1], 40, seven);
        int[] expected = [.. ids];
        Parallel.For(0, 4, _ => Assert.Equal(expected, model.Generate(Source(5), Style, [1], 40, seven)));
        Assert.NotEqual(expected, model.Generate(source, style, [1], 40, seven with { Seed = 8 }));
        (source[0], style[0]) = (source[0] % 8 + 1, 40);
        Assert.Equal(expected, ids);
        Assert.NotEqual(expected, model.Generate(source, style, [1], 40, seven));
    }

    [Fact]
    public void What_is_given_to_Generate_is_checked_at_once()
    {
        var model = new Retold(seed: 8);
        Assert.Throws<BatchShapeException>(() => model.Generate(new int[5], [5], [1], 4));
        Assert.Throws<TokenRangeException>(() => model.Generate(new int[6], [7], [1], 4));
        Assert.Equal("prompt holds the id 6 at position 0; a vocabulary of 6 has the ids 0 to 5.", Assert.Throws<TokenRangeException>(() => model.Generate(new int[6], [5], [6], 4)).Message);
        Assert.Empty(model.Generate(new int[6], [5], [1], 0));
    }

    /// <summary>Padded with zeros behind some letters.</summary>
    private static int[] Source(int seed)
    {
        int[] letters = [.. SteppingTests.Ids(4 + (seed % 7), Translator.Letters - 1, seed).Select(id => id + 1)];
        return [.. letters, .. new int[Translator.Longest - letters.Length]];
    }
}
