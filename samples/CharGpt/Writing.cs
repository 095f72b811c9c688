using DlGen;

namespace CharGpt;

/// <summary>Lets a model write.</summary>
internal static class Writing
{
    /// <summary>Writes a prompt and what the model lets follow it, character by character.</summary>
    public static void WriteOn(Gpt model, Tokenizer tokenizer, string prompt, int count, int seed, TextWriter output)
    {
        // The network's vocabulary may be larger than the text's, and only ids of the text's have characters.
        var sampling = new Sampling { Vocabulary = tokenizer.Vocabulary, Temperature = 0.8, TopK = 40, Seed = seed };
        IEnumerable<int> ids = model.Generate(tokenizer.Encode(prompt), count, sampling);
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
