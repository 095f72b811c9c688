namespace DlGen;

/// <summary>What a message says to a name that no parameter has: all names where they are few, else those that are most like it.</summary>
internal static class NamesNear
{
    private const int Most = 8, Nearest = 3;

    /// <summary>A sentence.</summary>
    /// <param name="wanted">The name, or a pattern of names.</param>
    /// <param name="names">Those that there are.</param>
    public static string To(string wanted, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0)
            return "The model has nothing.";
        return names.Count <= Most
            ? $"The model has {string.Join(", ", names)}."
            : $"The model has {names.Count} parameters; most like it are {string.Join(", ", names.OrderBy(name => Distance(wanted, name)).Take(Nearest))}.";
    }

    /// <summary>How many letters are to be put in, taken out or changed (Levenshtein 1966).</summary>
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 0; i < from.Length; i++)
        {
            (int diagonal, row[0]) = (row[0], i + 1);
            for (int j = 0; j < to.Length; j++)
                (diagonal, row[j + 1]) = (row[j + 1], Math.Min(Math.Min(row[j], row[j + 1]) + 1, diagonal + (from[i] == to[j] ? 0 : 1)));
        }

        return row[^1];
    }
}
