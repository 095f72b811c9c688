using System.ComponentModel;
using System.Globalization;
using System.Numerics;

namespace DlGen.Compiled;

/// <summary>A sequence of steps over ids, whose outputs are the logits of the next one; what must be given back is an IDisposable too.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ITokenSteps<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Begins again.</summary>
    void Reset();

    /// <summary>The logits behind this id and all before it.</summary>
    /// <param name="id">One of the vocabulary.</param>
    ReadOnlySpan<T> Logits(int id);
}

/// <summary>What generated members call to let a model of ids go on with a text.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TokenGeneration
{
    /// <summary>
    /// The ids behind a prompt, one after the other as they are asked for; each enumeration has steps of its own. Where positions are told apart and all are taken, the network
    /// begins again with the most recent half of them, so that beyond them an id costs two steps on average.
    /// </summary>
    /// <param name="begin">Makes steps.</param>
    /// <param name="prompt">The ids to begin with; of more than there are positions, the last ones.</param>
    /// <param name="count">The most ids.</param>
    /// <param name="sampling">How an id is chosen; null for the probabilities as they are.</param>
    /// <param name="vocabulary">How many ids there are.</param>
    /// <param name="positions">The most steps; 0 where there is no such number.</param>
    /// <exception cref="ArgumentException">The prompt is empty, or the sampling has a larger vocabulary than the network.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    /// <exception cref="TokenRangeException">An id of the prompt is not one of the vocabulary.</exception>
    public static IEnumerable<int> Run<T>(Func<ITokenSteps<T>> begin, ReadOnlySpan<int> prompt, int count, Sampling? sampling, int vocabulary, int positions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (prompt.IsEmpty)
            throw new ArgumentException("The prompt is empty, and a network tells what comes after something; give at least one id, such as that of the end of a text.", nameof(prompt));
        for (int i = 0; i < prompt.Length; i++)
        {
            if ((uint)prompt[i] >= (uint)vocabulary)
            {
                throw new TokenRangeException(string.Create(CultureInfo.InvariantCulture,
                    $"prompt holds the id {prompt[i]} at position {i}; a vocabulary of {vocabulary} has the ids 0 to {vocabulary - 1}."));
            }
        }

        sampling ??= new Sampling();
        if (sampling.Vocabulary > vocabulary)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The sampling's Vocabulary is {sampling.Vocabulary}, and the network has {vocabulary} ids; is the tokenizer the one that it was trained with?"), nameof(sampling));
        }

        int[] first = positions > 0 && prompt.Length > positions ? prompt[^positions..].ToArray() : prompt.ToArray();
        return Ids(begin, first, count, sampling, positions);
    }

    private static IEnumerable<int> Ids<T>(Func<ITokenSteps<T>> begin, int[] prompt, int count, Sampling sampling, int positions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (count == 0)
            yield break;
        var steps = begin();
        using var held = steps as IDisposable;
        var sampler = new Sampler(sampling);
        // What was fed since the beginning, where there is an end to that.
        int[] fed = new int[positions];
        int position = 0, half = Math.Max(1, positions / 2);
        int id = 0;
        for (int i = 0; i < prompt.Length; i++)
            id = Feed(prompt[i], chooses: i == prompt.Length - 1);
        for (int given = 1; ; given++)
        {
            yield return id;
            if (given == count)
                yield break;
            if (position == positions && positions > 0)
            {
                steps.Reset();
                position = 0;
                // The last of the recent ones is the id itself.
                for (int i = 1; i < half; i++)
                    Feed(fed[positions - half + i], chooses: false);
            }

            id = Feed(id, chooses: true);
        }

        int Feed(int next, bool chooses)
        {
            ReadOnlySpan<T> logits = steps.Logits(next);
            if (positions > 0)
                fed[position] = next;
            position++;
            return chooses ? sampler.Next(logits) : 0;
        }
    }
}
