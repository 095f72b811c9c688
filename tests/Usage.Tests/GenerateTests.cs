namespace DlGen.Tests;

/// <summary>Ids behind a prompt: the network's own, one after the other.</summary>
public class GenerateTests
{
    private static readonly Sampling Greedy = new() { Temperature = 0 };

    [Fact]
    public void Greedy_ids_are_the_most_probable_of_predictions_of_all_before()
    {
        var model = new SmallGpt(seed: 8);
        var seen = new HashSet<int>();
        foreach (int[] prompt in new[] { [3, 1, 4], [7], new[] { 0, 9 } })
        {
            List<int> ids = [.. prompt];
            int[] generated = [.. model.Generate(prompt, count: SmallGpt.Length - prompt.Length, Greedy)];
            while (ids.Count < SmallGpt.Length)
            {
                float[] predicted = model.Predict([.. ids, .. new int[SmallGpt.Length - ids.Count]])[((ids.Count - 1) * SmallGpt.Vocabulary)..(ids.Count * SmallGpt.Vocabulary)];
                ids.Add(Array.IndexOf(predicted, predicted.Max()));
            }

            Assert.Equal(ids.Skip(prompt.Length), generated);
            seen.UnionWith(generated);
        }

        Assert.True(seen.Count > 1);
    }

    /// <summary>The window begins again with the most recent half: the context of each id is known.</summary>
    [Fact]
    public void Beyond_the_positions_an_id_follows_from_the_most_recent_half_and_what_came_after()
    {
        var model = new ShiftedGpt(seed: 8);
        const int Positions = ShiftedGpt.Length - 1;
        int[] prompt = SteppingTests.Ids(3, ShiftedGpt.Vocabulary), generated = [.. model.Generate(prompt, 60, Greedy)];
        Assert.Equal(60, generated.Length);
        int[] all = [.. prompt, .. generated];
        int first = 0;
        for (int next = prompt.Length; next < all.Length; next++)
        {
            if (next - first > Positions) first = next - (Positions / 2);
            int seen = next - first;
            double[] predicted = model.Predict([.. all[first..next], .. new int[ShiftedGpt.Length - seen]]);
            double[] logits = predicted[((seen - 1) * ShiftedGpt.Vocabulary)..(seen * ShiftedGpt.Vocabulary)];
            Assert.Equal(Array.IndexOf(logits, logits.Max()), all[next]);
        }
    }

    [Fact]
    public void Of_a_prompt_longer_than_the_positions_the_last_ids_count()
    {
        var model = new ShiftedGpt(seed: 8);
        int[] prompt = SteppingTests.Ids(50, ShiftedGpt.Vocabulary);
        Assert.Equal(model.Generate(prompt[^20..], 30, Greedy), model.Generate(prompt, 30, Greedy));
        Assert.NotEqual(model.Generate(prompt[^10..], 30, Greedy), model.Generate(prompt, 30, Greedy));
    }

    [Fact]
    public void A_recurrence_has_no_end_of_its_context()
    {
        var model = new LastLetter(seed: 3);
        int[] generated = [.. model.Generate([2], 40, Greedy)];
        var steps = model.CreateSteps();
        int id = 2;
        foreach (int given in generated)
        {
            float[] probabilities = steps.Step(id).ToArray();
            id = Array.IndexOf(probabilities, probabilities.Max());
            Assert.Equal(id, given);
        }
    }

    [Fact]
    public void Equal_seeds_give_equal_ids_also_side_by_side_and_every_time()
    {
        var model = new SmallGpt(seed: 8);
        Sampling seven = new() { Temperature = 0.8, TopK = 6, TopP = 0.95, Seed = 7 };
        var ids = model.Generate([1, 2], 50, seven);
        int[] expected = [.. ids];
        Assert.Equal(expected, ids);
        Parallel.For(0, 4, _ => Assert.Equal(expected, model.Generate([1, 2], 50, seven)));
        Assert.Equal(expected.Take(20), model.Generate([1, 2], 20, seven));
        Assert.NotEqual(expected, model.Generate([1, 2], 50, seven with { Seed = 8 }));
        Assert.Equal(model.Generate([1, 2], 50), model.Generate([1, 2], 50, new Sampling()));
    }

    [Fact]
    public void Ids_keep_to_the_vocabulary_of_the_sampling()
    {
        var model = new SmallGpt(seed: 8);
        Assert.Contains(model.Generate([1, 9], 200), id => id >= 4);
        // The prompt may hold others.
        Assert.Equal([0, 1, 2, 3], model.Generate([1, 9], 200, new Sampling { Vocabulary = 4 }).Distinct().Order());
        Assert.Equal(model.Generate([1, 9], 50), model.Generate([1, 9], 50, new Sampling { Vocabulary = SmallGpt.Vocabulary }));
        Assert.StartsWith("The sampling's Vocabulary is 12, and the network has 11 ids; is the tokenizer the one that it was trained with?",
            Assert.Throws<ArgumentException>("sampling", () => model.Generate([1], 5, new Sampling { Vocabulary = 12 })).Message);
    }

    [Fact]
    public void Ids_are_computed_as_they_are_asked_for_and_checked_at_once()
    {
        var model = new SmallGpt(seed: 8);
        Assert.Equal(2, model.Generate([1], int.MaxValue).Take(2).Count());
        Assert.Empty(model.Generate([1], 0));
        Assert.Equal("prompt holds the id 11 at position 2; a vocabulary of 11 has the ids 0 to 10.", Assert.Throws<TokenRangeException>(() => model.Generate([1, 2, 11], 5)).Message);
        Assert.Throws<TokenRangeException>(() => model.Generate([-1], 5));
        Assert.Throws<ArgumentException>(() => model.Generate([], 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Generate([1], -1));
    }

    [Fact]
    public void An_id_allocates_nothing()
    {
        var ids = new ShiftedGpt(seed: 8).Generate([1, 2], 1000, new Sampling { TopK = 5, TopP = 0.9 }).GetEnumerator();
        for (int i = 0; i < 50; i++) ids.MoveNext();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) ids.MoveNext();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
