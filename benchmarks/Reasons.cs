namespace DlGen.Benchmarks;

/// <summary>Why a bar is missed, where it is: by what the kernels stand at, as docs/performance.md derives it.</summary>
internal static class Reasons
{
    private static readonly Dictionary<string, string> ByWorkload = new(StringComparer.Ordinal)
    {
        ["linear 512"] = "an operand of 1 MB comes from the third-level cache, which the machine shares",
        ["linear-gradients 100"] = "100 of 112 lanes count, and what the gradients held is added to",
        ["linear-gradients 512"] = PowerOfTwo,
        ["linear-gradients 1024"] = PowerOfTwo,
        ["linear-gradients 1024 input"] = "the weights are transposed first, panel by panel",
        ["resnet-step 32"] = "what gradients by taps read passes through memory once, and transforms are a quarter of the step",
        ["lenet-step 1"] = FewChannels,
        ["lenet-step 32"] = FewChannels,
        ["lenet-step 128"] = FewChannels,
        ["lenet-predict 1"] = FirstConvolution,
        ["lenet-predict 32"] = FirstConvolution,
        ["lenet-predict 128"] = FirstConvolution,
        ["recurrent-step lstm"] = "970 µs of products at the FMA peak, and five exponentials for each unit and step",
        ["recurrent-step gru"] = "730 µs of products at the FMA peak, and three exponentials for each unit and step",
        ["gpt-step 12"] = "32.4 ms of products at the FMA peak; what gradients by weights read comes from beyond the second-level cache, and GELU, attention's exponentials and copies between heads and positions are the rest",
        ["attention 2048"] = "18.2 ms of products at the FMA peak, and 17 million exponentials",
        ["attention-pass 2048"] = "64 ms of products at the FMA peak, and 34 million exponentials",
        ["convolution 64 at 56 direct"] = UsersOrder,
        ["convolution 64 at 28 direct"] = UsersOrder,
        ["mlp-step 1"] = "Adam's square roots and divisions are 28 µs of it; by hand they are taken in the registers of the weight gradient, here in a pass of their own, which any optimizer has",
        ["mlp-step 32"] = "111 µs of products at the FMA peak and 28 µs of square roots and divisions",
        ["mlp-step 128"] = "444 µs of products at the FMA peak and 28 µs of square roots and divisions",
        ["mlp-predict 1"] = "every weight is read once, at the 30 bytes a cycle of the second-level cache",
        ["mlp-predict 32"] = AtThePeak,
        ["mlp-predict 128"] = AtThePeak,
        ["small-predict 64-32-10"] = "64 and 32 multiply-adds wait four cycles for each other, in the order in which every batch adds them: 104 ns; the softmax is the rest",
        ["gelu-step adam"] = Gelu,
        ["gelu-step sgd"] = Gelu,
        ["threads mlp-step 128"] = Crossing,
        ["threads mlp-step 512"] = Crossing,
    };

    /// <summary>Of what the median of the rounds reaches and their lower quartile does not.</summary>
    public const string OfSomeRounds = "half of the rounds reach it; the machine is shared";

    private const string FewChannels = "of the second convolution's gradients six of eight lanes count, and half of their time is transforms; the first convolution is a sum";

    private const string FirstConvolution = "the first convolution, of one channel, is a sum, a third of the time at 89 % of the peak: 28 pixels of a line fill 28 of 32 lanes";

    private const string UsersOrder = "with the way from the user's order of an image and back";

    private const string SixByTwo = "16 registers hold a tile of 6 rows by 2 vectors, which reads 8 operands for 12 multiply-adds: every line that comes late shows";

    private const string PowerOfTwo = "both operands are copied first, block by block: read where they lie, a power of two apart, they would fall into few sets of the caches";

    private const string AtThePeak = "the products run at 97 % of the FMA peak";

    private const string Gelu = "9.1 ms of products at the FMA peak; weights, gradients and moments come from beyond the second-level cache, and two weights are transposed";

    private const string Crossing = "half of the weights cross from core to core in each step, which is dear where a fork is (above the table)";

    /// <summary>Of a workload by its name; empty where no reason is known.</summary>
    public static string Of(string workload, Tables table)
        => table == Tables.Avx2 && workload.StartsWith("linear ", StringComparison.Ordinal) ? SixByTwo : ByWorkload.GetValueOrDefault(workload, "");
}
