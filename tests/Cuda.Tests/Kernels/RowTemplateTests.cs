using DlGen.Kernels;
using DlGen.Ptx;

namespace DlGen.Tests.Kernels;

public class RowTemplateTests
{
    /// <summary>A lane of a warp keeps its elements, 32 at most: each is loaded once, and no pass is a loop.</summary>
    [Theory, InlineData(1024, 32), InlineData(96, 3)]
    public void A_softmax_of_a_warp_reads_its_row_once(int length, int loads)
    {
        var softmax = LoopModels.Sequential($"Input({length}), Softmax").Kernels.OfType<RowKernel>().First();
        string text = PtxPrinter.Print([softmax], float64: false).Text;
        Assert.Equal(loads, text.Split("ld.global.f32").Length - 1);
        Assert.DoesNotContain("$again", text, StringComparison.Ordinal);
    }
}
