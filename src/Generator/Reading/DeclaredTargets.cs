using System.Threading;
using DlGen.Diagnostics;
using DlGen.Ptx;
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

    /// <summary>What a GPU rounds the operands of contractions to.</summary>
    public static MatrixNumbers Matrices(INamedTypeSymbol model) => (MatrixNumbers)Argument(model, "CudaPrecision", 0);

    /// <summary>Whether the model computes in double.</summary>
    public static bool IsFloat64(INamedTypeSymbol model) => Argument(model, "Precision", 0) == 1;

    /// <summary>What is wrong with them, or null.</summary>
    public static Diagnostic? Problem(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        int targets = Of(model);
        string? problem = targets is not (Cpu or (Cpu | Cuda)) ? "the processor is always among them; write Targets.Cpu, or Targets.Cpu | Targets.Cuda"
            : (targets & Cuda) != 0 && compilation.GetTypeByMetadataName(CudaMarker) is null ? "Targets.Cuda needs DlGen.Cuda, to which this project does not refer; add a reference to src/Cuda/DlGen.Cuda.csproj, or leave Targets.Cuda out"
            : Matrices(model) is var matrices && matrices == MatrixNumbers.None ? null
            : matrices is not (MatrixNumbers.Tf32 or MatrixNumbers.BFloat16) ? "CudaPrecision is Fp32, Tf32 or Bf16"
            : (targets & Cuda) == 0 ? "CudaPrecision is what a GPU multiplies, and this model is not compiled for one; write Targets = Targets.Cpu | Targets.Cuda, or leave CudaPrecision out"
            : IsFloat64(model) ? "CudaPrecision.Tf32 and Bf16 round floats, and this model computes in double; leave CudaPrecision or Precision.Float64 out"
            : null;
        return problem is null ? null : Diagnostic.Create(Descriptors.InvalidTargets, model.FindAttribute("ModelAttribute")!.ApplicationSyntaxReference!.GetSyntax(cancellation).GetLocation(), problem);
    }

    private static int Of(INamedTypeSymbol model) => Argument(model, "Targets", Cpu);

    private static int Argument(INamedTypeSymbol model, string name, int unlessStated)
        => model.FindAttribute("ModelAttribute")!.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value is int value ? value : unlessStated;
}
