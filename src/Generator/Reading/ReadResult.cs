using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>
/// What reading a model yields: the declaration for the generator, which is null when no members can be added to the class at all (it is not
/// partial, say), and the diagnostics for the analyzer.
/// </summary>
internal sealed record ReadResult(Declaration? Declaration, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>The output shape of each layer at its place, as information; made when it is asked for.</summary>
    public IEnumerable<Diagnostic> Shapes { get; init; } = [];
}
