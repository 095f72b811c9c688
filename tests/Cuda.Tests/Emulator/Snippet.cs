using System.Text.RegularExpressions;
using DlGen.Gpu.Cases;
using DlGen.Tests.Cases;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Emulator;

/// <summary>
/// A few lines of PTX as a whole entry. They find their number in the block in %r0 and in the launch in %r1, the address of the input in %rd0, of the output
/// in %rd1 and of their own word of it in %rd2; what they leave in %r9 is stored there. What is declared stands in the entry, but .extern before it. Registers are %r, %f (32 bits), %rd, %d (64), %h (16) and %p.
/// </summary>
internal sealed partial record Snippet(string Body, string Declarations = "", string Directives = "")
{
    public const uint Untouched = 0xDEADBEEF;

    public string Module => $$"""
        .version 7.0
        .target sm_80
        .address_size 64
        {{(Declarations.StartsWith(".extern", StringComparison.Ordinal) ? Declarations : "")}}
        .visible .entry snippet(
            .param .u64 input,
            .param .u64 output)
        {{Directives}}
        {
            .reg .f32 %f<32>;
            .reg .f64 %d<16>;
            .reg .b16 %h<8>;
            .reg .b32 %r<64>;
            .reg .b64 %rd<32>;
            .reg .pred %p<16>;
            {{(Declarations.StartsWith(".extern", StringComparison.Ordinal) ? "" : Declarations)}}
            ld.param.u64 %rd0, [input];
            ld.param.u64 %rd1, [output];
            cvta.to.global.u64 %rd0, %rd0;
            cvta.to.global.u64 %rd1, %rd1;
            mov.u32 %r0, %tid.x;
            mov.u32 %r1, %ctaid.x;
            mov.u32 %r2, %ntid.x;
            mad.lo.u32 %r1, %r1, %r2, %r0;
            mul.wide.u32 %rd2, %r1, 4;
            add.u64 %rd2, %rd1, %rd2;
            {{Body}}
            st.global.u32 [%rd2], %r9;
        $end:
            ret;
        }
        """;

    /// <summary>The output: a word for each thread, which holds something that no snippet leaves there before.</summary>
    public uint[] Run(int threads = 32, int blocks = 1, int sharedBytes = 0, uint[]? input = null, int seed = 1)
    {
        uint[] given = input ?? [];
        var (inputAfter, after) = Launch(threads, blocks, sharedBytes, given, seed);
        if (!CaseExport.IsAsked || seed != 1) return after;

        // A device takes threads in an order of its own: what depends on it is the emulator's alone.
        var (inputInOther, inOther) = Launch(threads, blocks, sharedBytes, given, seed + 1);
        if (inputAfter.AsSpan().SequenceEqual(inputInOther) && after.AsSpan().SequenceEqual(inOther)) CaseExport.Add(Module, Case(threads, blocks, sharedBytes, given, inputAfter, after));
        return after;
    }

    private (uint[] Input, uint[] Output) Launch(int threads, int blocks, int sharedBytes, uint[] input, int seed)
    {
        var device = new PtxDevice(seed);
        device.Load(Module);
        ulong from = device.Allocate<uint>("input", input), to = device.Allocate<uint>("output", Before(threads * blocks));
        device.Launch("snippet", blocks, threads, sharedBytes, (long)from, (long)to);
        return (device.CopyOut<uint>(from, input.Length), device.CopyOut<uint>(to, threads * blocks));
    }

    private static uint[] Before(int words)
    {
        uint[] before = new uint[words];
        Array.Fill(before, Untouched);
        return before;
    }

    /// <summary>The launch with what the emulator gave, which a device must give bit by bit.</summary>
    private KernelCase Case(int threads, int blocks, int sharedBytes, uint[] input, uint[] inputAfter, uint[] after) => new(
        string.Join(' ', Body.Split('\n').TakeLast(3)), FormOf(Body), Bound: 0,
        [CaseExport.Words(input, inputAfter), CaseExport.Words(Before(threads * blocks), after)], [new CaseArgument(0, 0), new CaseArgument(1, 0)], [new CaseLaunch("snippet", blocks, threads, sharedBytes)]);

    /// <summary>Its instructions that threads carry out together, or between memories; those for a matrix alone where there are any.</summary>
    private static string FormOf(string body)
    {
        string[] forms = [.. FormPart().Matches(body).Select(match => match.Value).Distinct()], ofMatrices = [.. forms.Where(form => form.StartsWith("mma", StringComparison.Ordinal) || form.StartsWith("ldmatrix", StringComparison.Ordinal))];
        return forms.Length == 0 ? "instructions of a thread" : string.Join(" + ", ofMatrices.Length > 0 ? ofMatrices : forms);
    }

    [GeneratedRegex(@"\b(mma|ldmatrix|cp\.async|shfl|vote|match|redux|atom|red|bar|activemask)\b[\w.]*")]
    private static partial Regex FormPart();

    /// <summary>It must be found in the order of every seed.</summary>
    public void Fails(string because, int threads = 32, int blocks = 1, int sharedBytes = 0, uint[]? input = null)
    {
        for (int seed = 1; seed <= 4; seed++)
        {
            var fault = Assert.Throws<PtxException>(() => Run(threads, blocks, sharedBytes, input, seed));
            Assert.Contains(because, fault.Message, StringComparison.Ordinal);
        }
    }
}
