namespace DlGen;

/// <summary>
/// How <c>Generate</c> chooses the next id from the network's logits: from the ids below <see cref="Vocabulary"/>, their logits divided by the <see cref="Temperature"/>, of these from the
/// <see cref="TopK"/> most probable, and of these from those that make up <see cref="TopP"/>. Without options each id is drawn with the probability that the network gives it. The same
/// seed and logits give the same ids on every machine, and each enumeration begins with the first of them.
/// </summary>
public sealed record Sampling
{
    /// <summary>
    /// Only ids below it are chosen; 0 for all that the network has. A network whose vocabulary is larger than its tokenizer's keeps so to ids that have a text: <c>Vocabulary = tokenizer.Vocabulary</c>.
    /// The prompt may hold the others.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Vocabulary
    {
        get;
        init => field = value >= 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(Vocabulary), value, "Vocabulary must be a number of ids, as that of the tokenizer, or 0 for all that the network has.");
    }

    /// <summary>What the logits are divided by: below 1 the probable ids become more probable, above 1 less so. 0 takes the most probable id each time, of equal ones the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or no number.</exception>
    public double Temperature
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value
            : throw new ArgumentOutOfRangeException(nameof(Temperature), value, "The temperature must be 0, for the most probable id, or a positive number; 1 leaves the probabilities as they are.");
    } = 1;

    /// <summary>Draws from so many of the most probable ids only, of equal ones the first; 0 for all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int TopK
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(TopK), value, "TopK must be a number of ids, or 0 for all.");
    }

    /// <summary>
    /// Of the ids that <see cref="TopK"/> leaves, draws from the most probable only: from as few as have this share of the probability that is left (nucleus sampling,
    /// Holtzman et al. 2020). 1 for all.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0 and at most 1.</exception>
    public double TopP
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(TopP), value, "TopP must be above 0 and at most 1; 1 for all ids.");
    } = 1;

    /// <summary>The seed of the random numbers (Philox4x32-10); another seed gives other ids.</summary>
    public long Seed { get; init; }
}
