using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace DlGen.Tests.Mutation;

/// <summary>What this process itself runs on: no reference assemblies to fetch. Neither the runtime library nor the generator belong to it.</summary>
internal static class Platform
{
    public static ImmutableArray<MetadataReference> References { get; } = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator).Where(IsReference).Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)).ToImmutableArray();

    private static bool IsReference(string path)
        => Path.GetFileName(path) is { } name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "mscorlib.dll" or "netstandard.dll");
}
