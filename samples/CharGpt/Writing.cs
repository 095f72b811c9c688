using DlGen;

namespace CharGpt;

/// <summary>What Generate of a model is.</summary>
internal delegate IEnumerable<int> Generation(ReadOnlySpan<int> prompt, int count, Sampling? sampling);

/// <summary>Lets a model write.</summary>
internal static class Writing
{
    /// <summary>Writes a prompt and what the model lets follow it, character by character.</summary>
    public static void WriteOn(Gpt model, Tokenizer tokenizer, string prompt, int count, int seed, TextWriter output, bool isOnCuda)
    {
        using var gpu = isOnCuda ? model.OnCuda() : null;
        WriteOn(gpu is null ? model.Generate : gpu.Generate, tokenizer, prompt, count, seed, output);
    }

    /// <summary>The same by Generate of a model, wherever that is.</summary>
    public static void WriteOn(Generation generate, Tokenizer tokenizer, string prompt, int count, int seed, TextWriter output)
    {
        // The network's vocabulary may be larger than the text's, and only ids of the text's have characters.
        var sampling = new Sampling { Vocabulary = tokenizer.Vocabulary, Temperature = 0.8, TopK = 40, Seed = seed };
        IEnumerable<int> ids = generate(tokenizer.Encode(prompt), count, sampling);
        TokenDecoder decoder = tokenizer.GetDecoder();
        output.Write(prompt);
        foreach (int id in ids)
        {
            output.Write(decoder.Decode(id));
            output.Flush();
        }

        output.WriteLine(decoder.Flush());
    }
}
