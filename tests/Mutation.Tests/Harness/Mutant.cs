namespace DlGen.Tests.Mutation;

/// <summary>One planted fault: in one file of the generator, a text that occurs exactly once becomes another.</summary>
/// <param name="Name">The fault in a few words.</param>
/// <param name="File">Relative to the generator's folder.</param>
/// <param name="Reason">What it breaks, so what the tests must see.</param>
internal sealed record Mutant(string Name, string File, string Original, string Replacement, string Reason);
