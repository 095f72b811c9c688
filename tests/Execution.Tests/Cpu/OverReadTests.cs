using System.Text.RegularExpressions;
using DlGen.Cpu;
using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

/// <summary>
/// Reading behind memory changes no result, so no run can tell: here the text is asked. A vector that is only partly inside of the caller's memory is
/// read lane by lane; memory with slack behind it is read whole, which is one instruction.
/// </summary>
public class OverReadTests
{
    /// <summary>Of the caller's bytes too.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void The_last_bytes_are_read_no_further_than_they_go(bool isExact)
    {
        const int width = 21;
        KernelBuffer[] buffers = [new KernelBuffer(false, isExact, false, IsBytes: true), new(false, false, true)];
        var body = new KernelBody(new Access[] { new(0, new[] { width + 1, 1 }), new(1, new[] { width + 2, 1 }) }, new BodyInstruction[] { new(BodyOp.Load, A: 0) }, new[] { new BodyStore(1, 0) });
        foreach (bool float64 in new[] { false, true })
        {
            var writer = new SourceWriter();
            KernelPrinter.Print(writer, new MapKernel(buffers, new[] { Extent.Rows, Extent.Of(width) }, body), "K", new CpuOptions(float64, Plain: false));
            // The tail of each width: 21 elements are no whole number of vectors of any.
            Assert.Equal(isExact ? 3 : 0, Regex.Count(writer.ToString(), @"ByteVector\.(Singles|Doubles)(512|256|128)\(ref Unsafe\.Add\(ref b0, [^()]*\), \d+\)"));
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void The_last_vector_of_the_callers_memory_is_read_no_further_than_it_goes(bool isExact)
    {
        const int width = 21;
        KernelBuffer[] buffers = [new(false, isExact, false), new(false, false, true)];
        Access[] along = [new(0, new[] { width + 1, 1 }), new(1, new[] { width + 2, 1 })], transposed = [new(0, new[] { 1, width + 1 }), new(1, new[] { 1 })];
        BodyInstruction[] load = [new(BodyOp.Load, A: 0)], sum = [new(BodyOp.Accumulator)], softmax = [load[0], new(BodyOp.Reduce, A: 0, B: (int)ReduceKind.Max), ContractionTests.Apply(ScalarOp.Subtract, 0, 1)];
        BodyStore[] store = [new(1, 0)], last = [new(0, 0)];
        Kernel[] kernels =
        [
            new MapKernel(buffers, new[] { Extent.Rows, Extent.Of(width) }, new KernelBody(along, load, store)),
            new RowKernel(buffers, new[] { Extent.Rows }, width, new KernelBody(along, softmax, new[] { new BodyStore(1, 2) }), EquatableArray<int>.Empty),
            new ReductionKernel(buffers, new[] { Extent.Of(width) }, new[] { Extent.Rows }, ReduceKind.Sum, false, new KernelBody(transposed[..1], load, EquatableArray<BodyStore>.Empty), new KernelBody(transposed[1..], sum, last)),
            new ContractionKernel(buffers, EquatableArray<Extent>.Empty, Extent.Rows, Extent.Of(width), new[] { Extent.Of(4) }, false,
                new Access(1, new[] { 4, 0, 1 }), new Access(0, new[] { 0, 1, width }), new KernelBody(new[] { new Access(1, new[] { width, 1 }) }, sum, last)),
        ];
        foreach (var kernel in kernels)
        {
            var writer = new SourceWriter();
            KernelPrinter.Print(writer, kernel, "K", new CpuOptions(Float64: false, Plain: false));
            string text = writer.ToString();
            int tails = Regex.Count(text, @"TailVector\.Load(512|256|128)\(ref (Unsafe\.Add\(ref )?(b0|right)\b");
            Assert.True(isExact ? tails >= 3 : tails == 0, $"{tails} partial loads\n{text}");
        }
    }
}
