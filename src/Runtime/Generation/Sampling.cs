namespace DlGen;

/// <summary>
/// How the next id is chosen from a network's logits: at a temperature, from the most probable ones. The same seed and logits give the same ids on every machine, and every
/// enumeration begins again with them.
/// </summary>
public sealed record Sampling
{
    /// <summary>What the logits are divided by: below 1 the probable become more probable, above 1 less so. 0 takes the most probable id, the first of equal ones.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or no number.</exception>
    public double Temperature
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value
            : throw new ArgumentOutOfRangeException(nameof(Temperature), value, "The temperature must be 0, for the most probable id, or a positive number; 1 leaves the probabilities as they are.");
    } = 1;

    /// <summary>Only so many of the most probable ids are drawn from, of equal ones the first; 0 for all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int TopK
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(TopK), value, "TopK must be a number of ids, or 0 for all.");
    }

    /// <summary>
    /// Of those that <see cref="TopK"/> leaves, only the most probable are drawn from: the fewest whose probabilities, at the temperature, add up to this share of theirs or more
    /// (Holtzman et al. 2020). 1 for all.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0 and at most 1.</exception>
    public double TopP
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(TopP), value, "TopP must be above 0 and at most 1; 1 for all ids.");
    } = 1;

    /// <summary>The seed of the random numbers, Philox4x32-10: one for each id.</summary>
    public long Seed { get; init; }
}
