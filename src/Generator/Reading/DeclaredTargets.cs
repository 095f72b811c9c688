using System.Threading;
using DlGen.Diagnostics;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>What a model is compiled for, as its attribute says.</summary>
internal static class DeclaredTargets
{
    private const int Cpu = 1, Cuda = 2;

    /// <summary>A type of the assembly that the generated members of a device call.</summary>
    private const string CudaMarker = "DlGen.Compiled.CudaNetwork";

    /// <summary>Whether it is compiled for CUDA too.</summary>
    public static bool IncludeCuda(INamedTypeSymbol model) => (Of(model) & Cuda) != 0;

    /// <summary>What is wrong with them, or null.</summary>
    public static Diagnostic? Problem(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        int targets = Of(model);
        string? problem = targets is not (Cpu or (Cpu | Cuda)) ? "the processor is always among them; write Targets.Cpu, or Targets.Cpu | Targets.Cuda"
            : (targets & Cuda) != 0 && compilation.GetTypeByMetadataName(CudaMarker) is null ? "Targets.Cuda needs the package DlGen.Cuda, which this project does not reference; run 'dotnet add package DlGen.Cuda', or leave Targets.Cuda out"
            : null;
        return problem is null ? null : Diagnostic.Create(Descriptors.InvalidTargets, model.FindAttribute("ModelAttribute")!.ApplicationSyntaxReference!.GetSyntax(cancellation).GetLocation(), problem);
    }

    private static int Of(INamedTypeSymbol model)
        => model.FindAttribute("ModelAttribute")!.NamedArguments.FirstOrDefault(a => a.Key == "Targets").Value.Value is int targets ? targets : Cpu;
}
