namespace DlGen.Tests.Mutation;

/// <summary>One planted fault: in one file of the generator, a text that occurs exactly once becomes another.</summary>
/// <param name="Name">The fault in a few words.</param>
/// <param name="File">Relative to the generator's folder.</param>
/// <param name="Reason">What it breaks, so what the tests must see.</param>
internal sealed record Mutant(string Name, string File, string Original, string Replacement, string Reason)
{
    /// <summary>
    /// The mutants that a run tries: every sixth, for each costs a compilation of the generator and of models; all where the environment variable
    /// DLGEN_MUTANTS is "all", as it should be while one works on what they are planted in.
    /// </summary>
    public static TheoryData<string> Chosen(IReadOnlyList<Mutant> table)
    {
        int every = Environment.GetEnvironmentVariable("DLGEN_MUTANTS") == "all" ? 1 : 6;
        return [.. table.Where((_, i) => i % every == 0).Select(m => m.Name)];
    }
}
