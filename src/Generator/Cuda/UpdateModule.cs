using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>
/// What a training step on the device does beside a network's own kernels, in both precisions: update rules, limits of gradients, the sum of the losses, copies of running statistics. One text serves every
/// model, and is printed once, into the assembly that executes it.
/// </summary>
internal static class UpdateModule
{
    private const string Header = ".version 6.0\n.target sm_70\n.address_size 64\n";

    public static string Text => Header + string.Concat(Entries().Select(entry => "\n" + entry));

    private static IEnumerable<string> Entries()
    {
        yield return PtxSums.Loss("loss");
        yield return PtxSums.FewerParts("fewer_parts");
        foreach (bool float64 in new[] { false, true })
        {
            string type = float64 ? "_f64" : "_f32";
            yield return PtxSums.LossParts("loss_parts" + type, float64);
            yield return PtxSums.Squares("squares" + type, float64);
            yield return PtxSums.Norm("norm" + type, float64);
            yield return PtxPrinter.PrintGuarded(StepMaps.Scale, "scale" + type, float64);
            yield return PtxPrinter.PrintGuarded(StepMaps.Limit, "limit" + type, float64);
            yield return PtxPrinter.PrintGuarded(StepMaps.Add, "add" + type, float64);
            yield return PtxPrinter.PrintGuarded(StepMaps.Copy, "copy" + type, float64);
            foreach (var rule in UpdateRule.All(float64)) yield return PtxPrinter.PrintGuarded(rule.Kernel, rule.Name + type, float64);
        }
    }
}
