using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Kernels;

internal static partial class HandMadeKernels
{
    private const int Heads = 2;

    public enum Mask { None, OfKeys, OfPairs }

    /// <summary>Both ways: more keys than queries and fewer, values wider than keys, one of everything.</summary>
    private static IEnumerable<Kernel> Attentions =>
    [
        .. from backward in new[] { false, true }
           from kernel in new[]
           {
               Attention(backward, queries: 5, keys: 7, width: 3, valueWidth: 4, isCausal: false, Mask.None), Attention(backward, 6, 4, 2, 2, isCausal: true, Mask.OfKeys),
               Attention(backward, 3, 5, 1, 2, isCausal: true, Mask.OfPairs), Attention(backward, 1, 1, 1, 1, isCausal: false, Mask.OfPairs),
           }
           select kernel,
        OneQueryAttention(keys: 6, width: 3, valueWidth: 5, hasPosition: true, hasMask: false), OneQueryAttention(3, 1, 1, hasPosition: true, hasMask: true),
        OneQueryAttention(7, 2, 3, hasPosition: false, hasMask: false), OneQueryAttention(5, 3, 2, hasPosition: false, hasMask: true),
    ];

    /// <summary>Query, key and value with their heads side by side in each position, as a projection leaves them; the rest head by head.</summary>
    public static AttentionKernel Attention(bool isBackward, int queries, int keys, int width, int valueWidth, bool isCausal, Mask mask)
    {
        int operands = isBackward ? 6 : 3, results = operands + (mask == Mask.None ? 0 : 1), count = results + (isBackward ? 3 : 1);
        var backward = isBackward
            ? new AttentionBackward(HeadByHead(3, queries, 1), SideBySide(4, queries, valueWidth), HeadByHead(5, queries, 1), HeadByHead(results + 1, keys, width), HeadByHead(results + 2, keys, valueWidth))
            : null;
        var seen = mask switch
        {
            Mask.None => null,
            Mask.OfKeys => new Access(operands, new[] { keys, 0, 0, 1 }),
            _ => new Access(operands, new[] { queries * keys, 0, keys, 1 }),
        };
        var buffers = Enumerable.Range(0, count).Select(b => b < results ? Read : Written).Append(Scratch with { IsInteger = false });
        return new AttentionKernel(buffers.ToEquatableArray(), new[] { Extent.Rows, Extent.Of(Heads) }, queries, keys, width, valueWidth, isCausal, 0.5, SideBySide(0, queries, width),
            SideBySide(1, keys, width), SideBySide(2, keys, valueWidth), seen, backward, HeadByHead(results, queries, isBackward ? width : valueWidth + 1), count);
    }

    private static OneQueryAttentionKernel OneQueryAttention(int keys, int width, int valueWidth, bool hasPosition, bool hasMask)
    {
        int result = 3 + (hasPosition ? 1 : 0) + (hasMask ? 1 : 0);
        KernelBuffer[] buffers = [Read, Read, Read, .. hasPosition ? [Read with { IsInteger = true }] : Array.Empty<KernelBuffer>(), .. hasMask ? [Read] : Array.Empty<KernelBuffer>(), Written, Scratch with { IsInteger = false }];
        return new OneQueryAttentionKernel(buffers, new[] { Extent.Rows, Extent.Of(Heads) }, keys, width, valueWidth, 0.5, new Access(0, new[] { Heads * width, width, 0, 1 }),
            new Access(1, new[] { Heads * width * keys, width * keys, 1, keys }), SideBySide(2, keys, valueWidth),
            hasPosition ? new Access(3, new[] { 1, 0, 0, 0 }) : null, hasMask ? new Access(result - 1, new[] { keys, 0, 1, 0 }) : null, new Access(result, new[] { Heads * valueWidth, valueWidth, 0, 1 }), Scores: result + 1);
    }

    private static Access SideBySide(int buffer, int positions, int features) => new(buffer, new[] { positions * Heads * features, features, Heads * features, 1 });

    private static Access HeadByHead(int buffer, int positions, int features) => new(buffer, new[] { Heads * positions * features, positions * features, features, 1 });
}
