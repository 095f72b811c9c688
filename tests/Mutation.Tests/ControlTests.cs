namespace DlGen.Tests.Mutation;

/// <summary>The generator as it is passes what its mutants must fail; else being found would prove nothing.</summary>
public class ControlTests
{
    [Fact]
    public void The_generator_passes_the_trial_of_its_lowering() => Assert.Null(Trial.OfLowering.Value.Find(null));

    [Fact]
    public void The_generator_passes_the_trial_of_its_templates() => Assert.Null(Trial.OfTemplates.Value.Find(null));

    [Fact]
    public void The_generator_passes_the_trial_of_its_windows() => Assert.Null(Trial.OfWindows.Value.Find(null));

    [Fact]
    public void The_generator_passes_the_trial_of_its_attention() => Assert.Null(Trial.OfAttention.Value.Find(null));

    [Fact]
    public void The_generator_passes_the_trial_of_its_blocks_of_attention() => Assert.Null(Trial.OfAttentionBlocks.Value.Find(null));

    [Fact]
    public void The_generator_passes_the_trial_of_its_recurrences() => Assert.Null(Trial.OfRecurrences.Value.Find(null));

    [Fact]
    public void The_generator_passes_the_trials_of_steps()
    {
        Assert.Null(Trial.OfSteps.Value.Find(null));
        Assert.Null(Trial.OfGivenSteps.Value.Find(null));
    }

    [Fact]
    public void A_fault_that_cannot_be_planted_is_not_found_but_refused()
    {
        var gone = new Mutant("gone", "Ops/ContractOp.cs", "no such text", "", "");
        var twice = gone with { Original = "Shape" };
        Assert.Contains("no longer holds", Assert.Throws<InvalidOperationException>(() => GeneratorSources.Compile(gone)).Message, StringComparison.Ordinal);
        Assert.Contains("more than once", Assert.Throws<InvalidOperationException>(() => GeneratorSources.Compile(twice)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_generator_passes_the_trial_of_Winograd() => Assert.Null(Trial.OfWinograd.Value.Find(null));
}
