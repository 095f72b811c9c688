using DlGen.Emission;
using DlGen.Kernels;
using DlGen.Lowering;
using DlGen.Ptx;
using DlGen.Tests.Compiling;

namespace DlGen.Tests.Kernels;

/// <summary>Recurrences as they are lowered for a device, and their loops as one kernel each.</summary>
internal static class LoopModels
{
    /// <summary>Sums that threads share, weights that do not fit beside the rest everywhere, several rows to a thread; one with a number of states that no vector fits.</summary>
    public static IReadOnlyList<Kernel> Wide(bool float64) => [.. LoopsOf(Sequential("Input(3, 2), Lstm(64), Linear(2), MeanSquaredError", float64)), .. LoopsOf(Sequential("Input(2, 3), Gru(19), Linear(2), MeanSquaredError", float64))];

    /// <summary>The loops of one of the models that the processor's tests have.</summary>
    public static IReadOnlyList<Kernel> LoopsOf(string model, bool float64) => LoopsOf(ModelKernelTests.ModuleOf(model, float64));

    public static IReadOnlyList<Kernel> LoopsOf(Module lowered) => [.. JoinLoops.Run(lowered).Kernels.Where(kernel => kernel is LoopKernel)];

    /// <summary>A network of these attributes, before its loops are joined.</summary>
    public static Module Sequential(string attributes, bool float64 = false)
    {
        string precision = float64 ? "(Precision = Precision.Float64)" : "";
        var declaration = CompiledModels.Read($"[Model{precision}, {attributes}] public partial class Recurrent;").Single();
        return Lower.Run(declaration.Training!, declaration.Prediction!, [.. ModelSignature.Of(declaration).Variables.Select(v => v.Name)], float64, LoweringOptions.Device);
    }
}
