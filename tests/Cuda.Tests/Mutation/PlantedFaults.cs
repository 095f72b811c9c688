using DlGen.Tests.Emulation;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace DlGen.Tests.Mutation;

/// <summary>How a table of faults in the printer of PTX is tried: checks that the printer as it is passes must fail with each of them.</summary>
public abstract class PlantedFaults(ITestOutputHelper output)
{
    [Fact]
    public void The_printer_as_it_is_passes_the_checks() => Assert.Null(Find(null));

    /// <summary>Throws what is wrong with what the printer prints.</summary>
    private protected abstract void Check(MutatedPrinter printer);

    private protected void MustBeFound(IReadOnlyList<Mutant> table, string name)
    {
        GeneratorSources.MustHold(table);
        var mutant = table.Single(m => m.Name == name);
        string? how = Find(mutant);
        Assert.True(how is not null, $"\"{mutant.Name}\" in {mutant.File} was not found, though {mutant.Reason}: the checks are too weak");
        output.WriteLine(how);
    }

    /// <summary>How a fault shows, or null; without one, what the checks say of the printer as it is.</summary>
    private string? Find(Mutant? mutant)
    {
        using var printer = new MutatedPrinter(GeneratorSources.Compile(mutant));
        try
        {
            Check(printer);
            return null;
        }
        catch (Exception difference) when (difference is XunitException or PtxException)
        {
            return difference.Message.Split('\n')[0];
        }
    }
}
