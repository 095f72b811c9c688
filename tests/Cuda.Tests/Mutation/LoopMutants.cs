using DlGen.Tests.Kernels;
using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults planted in the template of loops: the checks that it passes as it is must find each of them.</summary>
public class LoopMutants(ITestOutputHelper output) : PlantedFaults(output)
{
    private const string Template = "Cuda/LoopTemplate.cs", Block = "Cuda/LoopBlock.cs", Product = "Cuda/LoopProduct.cs", Slots = "Cuda/LoopSlots.cs", Touches = "Cuda/LoopTouches.cs";

    private static readonly Mutant[] All =
    [
        new("kernels that do not wait", Template, "if (touches.MustWait(part, layout.ProductOf(part) is { IsDirect: false })) block.Wait();", "_ = touches;", "a kernel reads what other threads wrote in the one before"),
        new("rounds that do not wait", Template, "            block.Wait();\n            Advance();", "            Advance();", "a round reads what other threads wrote in the one before"),
        new("no wait before the first round", Template, "        CopyFirstSlots();\n        block.Wait();", "        CopyFirstSlots();", "weights and states are copied by other threads than read them"),
        new("sums that are not waited for", Template, "                block.Wait();\n                product.FinishSums", "                product.FinishSums", "a sum goes on in another thread"),
        new("a stride forgotten", Template, "PtxWriter.Number((long)origin.Key.StepStride * entry.BytesPerElement(origin.Key.Buffer))", "PtxWriter.Number(0L * origin.Key.StepStride)", "each round has steps of its own"),
        new("slots that stay", Template, "            writer.Do(\"mov.b32\", current, previous);\n", "            writer.Do(\"mov.b32\", current, current);\n", "what was written last is what the next round reads"),
        new("a state that nobody brings", Template, "if (!copied.Add((use.Buffer, use.Offset + first, use.Offset + last))) continue;", "if (copied.Count >= 0) continue;", "the first round reads the slot before it"),
        new("a weight's copy cut short", Template, "block.Each((long)weight.Columns * weight.Terms, number", "block.Each((long)weight.Columns * (weight.Terms - 1), number", "the last term has weights too"),
        new("weights the other way", Template, "(indices[axes - 1], indices[axes - 2]) = (found[0], found[1]);", "(indices[axes - 1], indices[axes - 2]) = (found[1], found[0]);", "a weight has a column and a term"),
        new("rows in one place", Template, "(((long)use.Start * layout.Rows) + use.Offset) * entry.Math.Bytes", "((long)use.Start + use.Offset) * entry.Math.Bytes", "a value has a place for each row of the block"),
        new("the first rows in each block", Template, "writer.Emit(Integer64, \"mad.lo.s64\", block.FirstRow,", "writer.Emit(Integer64, \"mad.lo.s64\", \"0\",", "each block has rows of its own"),
        new("rows behind the last are written", Block, "writer.Emit(Integer32, \"cvt.u32.u64\", writer.Emit(Integer64, \"min.s64\", left, PtxWriter.Number(layout.Rows)))", "PtxWriter.Number(layout.Rows)", "behind the last row is another's memory"),
        new("rows behind the last are read", Block, ": writer.Emit(Integer32, \"min.s32\", row.Length == 0 ? PtxWriter.Number(constant) : row, writer.Emit(Integer32, \"sub.s32\", rows, \"1\"));", ": row.Length == 0 ? PtxWriter.Number(constant) : row;", "the last block need not have all rows"),
        new("a block too many", Block, "writer.ReturnIf(writer.Emit(Predicate, \"setp.le.s64\", left, \"0\"));", "", "a block without rows has nothing to do"),
        new("elements once for each warp", Block, "PtxWriter.Number(Layout.Threads / lanes), warp,", "PtxWriter.Number(Layout.Threads / lanes), \"0\",", "each warp has rows of its own"),
        new("parts in one place", Product, "if (part != \"0\") place = writer", "if (part == \"\") place = writer", "each part of a sum has a place of its own"),
        new("every part from the first term on", Product, "writer.Emit(Integer32, \"mul.lo.s32\", part, PtxWriter.Number(TermsOfPart))", "writer.Emit(Integer32, \"mul.lo.s32\", part, \"0\")", "the parts share all terms"),
        new("the last terms left out", Product, "if (TermsOfPart > whole) Add(TermsOfPart - whole);", "", "the terms need be no multiple of what is loaded at once"),
        new("the first row's group for all", Product, "\"mad.lo.s32\", group, PtxWriter.Number(ThreadRows), PtxWriter.Number(row))", "\"mad.lo.s32\", group, \"0\", PtxWriter.Number(row))", "each group of threads has rows of its own"),
        new("results for the next round alone", Slots, "? new[] { store, store with { Access = copy } } : [store]", "? new[] { store with { Access = copy } } : [store]", "what rounds give is read after the loop"),
        new("values that nobody waits for", Touches, "(long)use.Start + use.RowStride - 1, isWrite)", "(long)use.Start + use.RowStride - 1, IsWrite: false)", "what lives within a round goes from thread to thread too"),
        new("sums that nobody waits for", Touches, "new Touch(Sums, 0, 0, IsWrite: true)", "new Touch(Sums, 0, 0, IsWrite: false)", "the next product's sums overwrite what others still read"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory, MemberData(nameof(Names))]
    public void Is_found(string name) => MustBeFound(All, name);

    private protected override void Check(MutatedPrinter printer)
    {
        LoopKernelTests.CheckModel("Elman", float64: false, printer.Print);
        LoopKernelTests.CheckModel("GatedCell", float64: false, printer.Print);
        LoopKernelTests.CheckModel("ConvolvingCell", float64: false, printer.Print);
        LoopKernelTests.CheckWide(float64: false, printer.Print);
    }
}
