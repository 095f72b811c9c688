namespace DlGen.Tests.Generation;

/// <summary>How often each id is chosen, against probabilities from their definition.</summary>
public class SamplerTests
{
    private const int Draws = 40_000;

    public static TheoryData<int, double, int, double> Options => new()
    {
        { 0, 1, 0, 1 }, { 0, 0.5, 0, 1 }, { 0, 3, 0, 1 }, { 0, 1, 3, 1 }, { 0, 1, 1, 1 }, { 0, 1, 100, 1 }, { 0, 1, 0, 0.6 }, { 0, 2, 0, 0.9 }, { 0, 1, 0, 1e-9 }, { 0, 0.8, 5, 0.7 }, { 0, 1.5, 4, 0.95 },
        { 9, 1, 0, 1 }, { 100, 1, 3, 1 }, { 8, 1, 0, 1 }, { 3, 0.5, 0, 1 }, { 1, 1, 0, 1 }, { 6, 0.8, 4, 0.9 }, { 3, 1, 7, 1 }, { 7, 1, 0, 0.6 },
    };

    [Theory, MemberData(nameof(Options))]
    public void Ids_are_as_frequent_as_they_are_probable(int vocabulary, double temperature, int topK, double topP)
    {
        float[] logits = [0.5f, -1, 2, 2, float.NegativeInfinity, 1.25f, -3, 0, 1.9f];
        double[] expected = new double[logits.Length];
        Probabilities(logits[..(vocabulary is 0 or > 9 ? 9 : vocabulary)], temperature, topK, topP).CopyTo(expected, 0);
        var sampler = new Sampler(new Sampling { Vocabulary = vocabulary, Temperature = temperature, TopK = topK, TopP = topP, Seed = 12 });
        int[] counts = new int[logits.Length];
        for (int i = 0; i < Draws; i++) counts[sampler.Next<float>(logits)]++;
        for (int id = 0; id < logits.Length; id++)
        {
            if (expected[id] == 0) Assert.Equal(0, counts[id]);
            // Five standard deviations.
            Assert.Equal(expected[id], (double)counts[id] / Draws, 5 * Math.Sqrt(expected[id] * (1 - expected[id]) / Draws) + 1e-12);
        }
    }

    [Fact]
    public void Many_ids_are_told_apart_by_a_heap_as_by_sorting()
    {
        var random = new Random(3);
        double[] logits = [.. Enumerable.Range(0, 1001).Select(_ => Math.Round(random.NextDouble() * 6, 2))];
        foreach (var (topK, topP) in new[] { (40, 1.0), (0, 0.3), (200, 0.5) })
        {
            double[] expected = Probabilities(logits, 0.7, topK, topP);
            var sampler = new Sampler(new Sampling { Temperature = 0.7, TopK = topK, TopP = topP });
            var chosen = Enumerable.Range(0, 4000).Select(_ => sampler.Next<double>(logits)).ToHashSet();
            Assert.All(chosen, id => Assert.True(expected[id] > 0));
            Assert.True(chosen.Count > 0.8 * expected.Count(p => p > 0));
        }
    }

    [Fact]
    public void Temperature_0_takes_the_first_of_the_largest()
    {
        var sampler = new Sampler(new Sampling { Temperature = 0, Seed = 4 });
        Assert.Equal(1, sampler.Next<float>([0, 5, 5, -1]));
        Assert.Equal(2, sampler.Next<float>([float.NegativeInfinity, float.NegativeInfinity, -1]));
        Assert.Equal(2, sampler.Next<double>([0, -7, 1e-300]));
    }

    /// <summary>What a network says of ids that no text has decides nothing: neither which id is the most probable nor what the others weigh.</summary>
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0.8, 0, 1)]
    [InlineData(1, 3, 1)]
    [InlineData(1, 0, 0.7)]
    public void Logits_beyond_the_vocabulary_change_nothing(double temperature, int topK, double topP)
    {
        float[] logits = [0.5f, 1, -2, 0.75f, 0, 9, float.PositiveInfinity, float.NaN];
        var sampling = new Sampling { Temperature = temperature, TopK = topK, TopP = topP, Seed = 5 };
        Sampler within = new(sampling), beyond = new(sampling with { Vocabulary = 5 });
        for (int i = 0; i < 200; i++) Assert.Equal(within.Next<float>(logits.AsSpan(0, 5)), beyond.Next<float>(logits));
    }

    /// <summary>The random number of an id is that of its place, whatever the ids before it needed.</summary>
    [Fact]
    public void Each_id_has_its_own_random_number()
    {
        double[] uniform = new double[130];
        DlGen.Numerics.Philox.Uniform(uniform, 0, DlGen.Numerics.Philox.Key(9, 0), 0);
        var sampler = new Sampler(new Sampling { Seed = 9 });
        for (int i = 0; i < uniform.Length; i++)
        {
            // Equal logits cut [0, 1) into equal parts.
            double[] logits = new double[1 + (i % 5)];
            Assert.Equal((int)(uniform[i] * logits.Length), sampler.Next<double>(logits));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Logits_that_are_no_numbers_are_refused(float bad)
    {
        var sampler = new Sampler(new Sampling());
        Assert.Throws<InvalidOperationException>(() => sampler.Next<float>([1, bad, 2]));
        Assert.Throws<InvalidOperationException>(() => sampler.Next<float>([bad, 1, 2]));
        Assert.Throws<InvalidOperationException>(() => sampler.Next<float>([float.NegativeInfinity, float.NegativeInfinity]));
    }

    [Fact]
    public void Options_outside_of_their_ranges_are_refused()
    {
        foreach (double temperature in new[] { -0.1, double.NaN, double.PositiveInfinity }) Assert.Throws<ArgumentOutOfRangeException>(() => new Sampling { Temperature = temperature });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampling { TopK = -1 });
        Assert.StartsWith("Vocabulary must be a number of ids, as that of the tokenizer, or 0 for all that the network has.", Assert.Throws<ArgumentOutOfRangeException>(() => new Sampling { Vocabulary = -1 }).Message);
        foreach (double topP in new[] { 0, -1, 1.01, double.NaN }) Assert.Throws<ArgumentOutOfRangeException>(() => new Sampling { TopP = topP });
    }

    /// <summary>From the definition: sort, cut, sort, cut, divide.</summary>
    private static double[] Probabilities<T>(T[] logits, double temperature, int topK, double topP)
        where T : struct, System.Numerics.INumber<T>
    {
        double largest = logits.Max(l => double.CreateChecked(l));
        double[] weights = [.. logits.Select(l => Math.Exp((double.CreateChecked(l) - largest) / temperature))];
        int[] order = [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).ThenBy(i => i).Take(topK > 0 ? topK : logits.Length)];
        double total = order.Sum(i => weights[i]), mass = 0;
        var kept = new List<int>();
        foreach (int id in order)
        {
            if (kept.Count > 0 && mass >= topP * total) break;
            kept.Add(id);
            mass += weights[id];
        }

        double[] probabilities = new double[logits.Length];
        foreach (int id in kept) probabilities[id] = weights[id] / mass;
        return probabilities;
    }
}
