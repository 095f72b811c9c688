using DlGen;

namespace CharGpt;

/// <summary>Lets a model write.</summary>
internal static class Writing
{
    /// <summary>Below 1 what is probable becomes more so; of all characters only the most probable are drawn.</summary>
    private const double Temperature = 0.8;

    private const int TopK = 40;

    /// <summary>Writes a prompt and what the model lets follow it, character by character.</summary>
    public static void WriteOn(Gpt model, Tokenizer tokenizer, string prompt, int count, int seed, TextWriter output)
    {
        int[] ids = tokenizer.Encode(prompt);
        TokenDecoder decoder = tokenizer.GetDecoder();
        output.Write(prompt);
        foreach (int id in Continue(model, ids, tokenizer.Vocabulary, count, new Random(seed)))
        {
            output.Write(decoder.Decode(id));
            output.Flush();
        }

        output.WriteLine(decoder.Flush());
    }

    /// <summary>The ids that follow others, each drawn from what the model takes for probable after the last ones before it. Its vocabulary may be larger than the tokenizer's.</summary>
    private static IEnumerable<int> Continue(Gpt model, int[] prompt, int vocabulary, int count, Random random)
    {
        List<int> ids = [.. prompt];
        int[] window = new int[Gpt.Context];
        for (int i = 0; i < count; i++)
        {
            // What stands behind the last id does not change what is said of it.
            int length = Math.Min(ids.Count, Gpt.Context);
            ids[^length..].CopyTo(window);
            float[] probabilities = model.Predict(window, Environment.ProcessorCount);
            int next = Draw(probabilities.AsSpan((length - 1) * Gpt.Vocabulary, vocabulary), random);
            ids.Add(next);
            yield return next;
        }
    }

    private static int Draw(ReadOnlySpan<float> probabilities, Random random)
    {
        (double Weight, int Id)[] likely = [.. probabilities.ToArray().Select((p, id) => (Math.Pow(p, 1 / Temperature), id)).OrderByDescending(choice => choice.Item1).Take(TopK)];
        double left = random.NextDouble() * likely.Sum(choice => choice.Weight);
        foreach ((double weight, int id) in likely)
        {
            left -= weight;
            if (left < 0)
                return id;
        }

        return likely[0].Id;
    }
}
