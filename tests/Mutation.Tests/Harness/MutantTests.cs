using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>How a table of mutants is tried: one class a table, because classes run side by side.</summary>
public abstract class MutantTests(ITestOutputHelper output)
{
    private protected void MustBeFound(IReadOnlyList<Mutant> table, string name, Trial trial)
    {
        GeneratorSources.MustHold(table);
        var mutant = table.Single(m => m.Name == name);
        string? how = trial.Find(mutant);
        Assert.True(how is not null, $"\"{mutant.Name}\" in {mutant.File} was not found, though {mutant.Reason}: the models or their checks are too weak");
        output.WriteLine(how);
    }
}
