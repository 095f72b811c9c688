using System.Text.RegularExpressions;
using DlGen.Emission;

namespace DlGen.Tests.Compiling;

/// <summary>That the texts of kernels are recognised: where none were, tests would only be slow again.</summary>
public partial class ThisMachineTests
{
    [Fact]
    public void Each_kernel_keeps_the_text_of_one_width()
    {
        var model = Assert.Single(CompiledModels.Read("[Model, Input(3, 8, 8), Conv2d(6, Kernel = 3), Relu, Flatten, Linear(4), SoftmaxCrossEntropy] public partial class Net;"));
        string all = ModelSource.Emit(model), chosen = ThisMachine.Of(all);
        var heads = Heads().Matches(all).Select(m => m.Value).ToList();
        Assert.Equal(heads, Heads().Matches(chosen).Select(m => m.Value));
        var kept = heads.Where(head => !chosen.Contains(head + " => throw", StringComparison.Ordinal)).ToList();
        var kernels = heads.GroupBy(head => Entry().Match(head).Groups["kernel"].Value).ToList();
        Assert.NotEmpty(kernels);
        Assert.All(kernels, kernel => Assert.Single(kernel.Where(kept.Contains).Select(head => Entry().Match(head).Groups["bits"].Value).Distinct()));
    }

    [GeneratedRegex(@"static void \w+_(512|256|128)(_\w+)?\([^\n)]*\)")]
    private static partial Regex Heads();

    [GeneratedRegex(@"(?<kernel>\w+?)_(?<bits>512|256|128)")]
    private static partial Regex Entry();
}
