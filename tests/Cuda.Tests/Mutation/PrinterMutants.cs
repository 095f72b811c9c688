using DlGen.Kernels;
using DlGen.Tests.Emulation;
using DlGen.Tests.Functions;
using DlGen.Tests.Kernels;
using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults planted in the printer: each must be found by the checks that the printer as it is passes.</summary>
public class PrinterMutants(ITestOutputHelper output) : PlantedFaults(output)
{
    private static readonly Mutant[] All =
    [
        new("wrong stride", "Cuda/PtxPrinter.Places.cs", "Plus(offset, indices[axis], access.Strides[axis])", "Plus(offset, indices[axis], access.Strides[0])", "each axis steps by its own stride"),
        new("panel as wide as long", "Cuda/PtxPrinter.Places.cs", "width), access.PanelStride)", "width), access.PanelWidth)", "the next panel lies a panel further"),
        new("place in the panel", "Cuda/PtxPrinter.Places.cs", "Remainder(index, width), 1)", "Quotient(index, width), 1)", "within a panel elements lie side by side"),
        new("elements of four bytes", "Cuda/PtxPrinter.Places.cs", "|| math.Kind == Float32 ? 4 : 8", "|| math.Kind == Float32 ? 4 : 4", "a double has eight bytes"),
        new("no end for threads", "Cuda/PtxPrinter.Places.cs", "writer.BranchIf(writer.Emit(Predicate, \"setp.ge.s64\", rest, count), done);", "_ = count;", "the last block has threads beyond the last element"),
        new("axes the other way round", "Cuda/PtxPrinter.Places.cs", "rest = writer.Quotient(rest, extent);", "rest = writer.Remainder(rest, extent);", "what is left is the index of the outer axes"),
        new("integers read as numbers", "Cuda/PtxPrinter.Places.cs", "if (kernel.Buffers[buffer].IsNumbers) return", "if (kernel.Buffers.Count > 0) return", "the bits of an integer are another number"),
        new("bytes read as integers", "Cuda/PtxPrinter.Places.cs", "kernel.Buffers[buffer].IsBytes ? \"ld.global.u8\"", "kernel.Buffers.Count == 0 ? \"ld.global.u8\"", "four bytes are another number"),
        new("a loop that begins late", "Cuda/PtxLoop.cs", "$\"mov.b{bits}\", first)", "$\"mov.b{bits}\", first == \"0\" ? \"1\" : first)", "the first term belongs to the sum"),
        new("a loop one too long", "Cuda/PtxLoop.cs", "$\"setp.ge.s{bits}\", Index, count)", "$\"setp.gt.s{bits}\", Index, count)", "behind the last term is another's memory"),
        new("a product that rounds twice", "Cuda/PtxMath.cs", "writer.Do($\"fma.rn.{type}\", variable, x, y, variable)", "Assign(variable, Add(Multiply(x, y), variable))", "a contraction's multiply-adds round once"),
        new("contraction left to the assembler", "Cuda/PtxMath.cs", "Emit($\"mul.rn.{type}\", x, y)", "Emit($\"mul.{type}\", x, y)", "a plain product may be contracted with a sum"),
        new("swapped operands of a difference", "Cuda/PtxMath.cs", "Emit($\"sub.rn.{type}\", x, y)", "Emit($\"sub.rn.{type}\", y, x)", "x − y is not y − x"),
        new("swapped operands of a quotient", "Cuda/PtxMath.cs", "Emit($\"div.rn.{type}\", x, y)", "Emit($\"div.rn.{type}\", y, x)", "x / y is not y / x"),
        new("swapped operands of a choice", "Cuda/PtxMath.cs", "Emit($\"selp.{type}\", x, y, condition)", "Emit($\"selp.{type}\", y, x, condition)", "the first is taken where the condition holds"),
        new("swapped signs", "Cuda/PtxMath.cs", "Emit($\"copysign.{type}\", sign, magnitude)", "Emit($\"copysign.{type}\", magnitude, sign)", "the sign is one's and the magnitude the other's"),
        new("extrema without NaN", "Cuda/PtxMath.cs", "Select(Compare(\"nan\", x, y), Constant(double.NaN), extremum)", "extremum", "NaN would vanish from a maximum"),
        new("rounding down", "Cuda/PtxMath.cs", "Emit($\"cvt.rni.{type}.{type}\", x)", "Emit($\"cvt.rmi.{type}.{type}\", x)", "the rest would be twice as large as the polynomials are for"),
        new("a sum that begins at 0", "Ops/ReduceOp.cs", "ReduceKind.Max or ReduceKind.ArgMax => double.NegativeInfinity,", "ReduceKind.Max or ReduceKind.ArgMax => 0,", "the largest of negative numbers is negative"),
        new("stored before all is loaded", "Cuda/PtxPrinter.cs", "values.Compute([.. body.Stores.Select(s => s.Value)]);\n        foreach (var store in body.Stores) Store(body.Accesses[store.Access], indices, values.Number(store.Value));", "foreach (var store in body.Stores)\n        {\n            values.Compute([store.Value]);\n            Store(body.Accesses[store.Access], indices, values.Number(store.Value));\n        }", "one result overwrites what another is made of"),
        new("maximum for minimum", "Cuda/PtxPrinter.cs", "_ => math.Minimum(sum, value),", "_ => math.Maximum(sum, value),", "the smallest is not the largest"),
        new("a position that is not there", "Cuda/PtxPrinter.Windows.cs", "writer.BranchIf(writer.Emit(Predicate, \"setp.ge.u64\", position, PtxWriter.Number((long)window.Positions * window.Stride)), next);", "_ = next;", "windows end with their last position"),
        new("every place a position", "Cuda/PtxPrinter.Windows.cs", "writer.BranchIf(writer.Emit(Predicate, \"setp.ne.s64\", writer.Remainder(position, stride), \"0\"), next);", "_ = stride;", "between two positions a tap reaches nothing"),
        new("squares for distances", "Cuda/PtxPrinter.Moments.cs", "math.Subtract(term, mean)", "math.Add(term, math.Constant(0))", "a variance is of distances from the mean"),
        new("statistics side by side", "Cuda/PtxPrinter.Moments.cs", "i * moments.StatisticStride", "i", "each statistic has a row of its own"),
        new("a query that does not see its own key", "Cuda/PtxPrinter.Attention.cs", "writer.Emit(Integer64, \"add.s64\", i, \"1\"));\n        using var keys", "writer.Emit(Integer64, \"add.s64\", i, \"0\"));\n        using var keys", "causal is up to and with the query's own key"),
        new("no mask", "Cuda/PtxPrinter.Attention.cs", "if (attention.Mask is { } mask) writer.BranchIf(math.Equal(Load(mask, [.. outer, i, j])", "if (attention.Mask is { } mask && attention.Keys == 0) writer.BranchIf(math.Equal(Load(mask, [.. outer, i, j])", "what is hidden adds nothing"),
        new("no mask for one query", "Cuda/PtxPrinter.Attention.cs", "writer.BranchIf(math.Equal(Load(mask, [.. outer, keys.Index, \"0\"]), math.Constant(0)), next);", "_ = mask;", "what is hidden adds nothing"),
        new("a query that sees nothing", "Cuda/PtxPrinter.Attention.cs", "math.Assign(total, math.Select(seesNone, math.Constant(1), total));", "_ = seesNone;", "0 / 0 is no number"),
        new("the largest score twice", "Cuda/PtxPrinter.Attention.cs", "math.Add(largest, math.Log(total))", "math.Add(largest, math.Add(largest, math.Log(total)))", "the logarithm is relative to the largest score"),
        new("keys that see later queries", "Cuda/PtxPrinter.Attention.cs", "\"setp.lt.u64\", i, j), next", "\"setp.lt.u64\", j, i), next", "a key is seen by later queries, not by earlier ones"),
        new("a slope without its centre", "Cuda/PtxPrinter.Attention.cs", "math.Subtract(byWeight, Load(backward.Centre, [.. outer, i, \"0\"]))", "math.Add(byWeight, math.Constant(0))", "softmax subtracts the mean of what comes from above"),
        new("one key less for one query", "Cuda/PtxPrinter.Attention.cs", "LoadInteger(position, [.. outer, \"0\", \"0\"]), \"1\")", "LoadInteger(position, [.. outer, \"0\", \"0\"]), \"0\")", "position p sees p + 1 keys"),
        new("elements of the next group", "Cuda/PtxPrinter.Random.cs", "private const int LanesOfGroup = 16;", "private const int LanesOfGroup = 32;", "the words of a block belong to elements 16 apart"),
        new("numbers behind the last", "Cuda/PtxPrinter.Random.cs", "\"setp.lt.u64\", element, count)", "\"setp.lt.u64\", first, count)", "the last block has more words than elements"),
        new("a round less", "Cuda/PtxMath.Random.cs", "public const int Rounds = 10;", "public const int Rounds = 9;", "every round changes every bit"),
        new("one bit too many", "Cuda/PtxMath.Random.cs", "PtxWriter.Number(32 - count)", "PtxWriter.Number(31 - count)", "the upper 24 bits are a number below 1"),
        new("the first block again", "Cuda/PtxMath.Random.cs", "Word(1u << 31)", "Word(1u << 30)", "the low bits of a double are those of the second block"),
        new("fused polynomials of random numbers", "Cuda/PtxMath.Random.cs", "sum = Add(Multiply(sum, x), Constant(coefficient));", "sum = MultiplyAdd(sum, x, Constant(coefficient));", "their bits are those of products that round"),
        new("no barrier before a tile", "Cuda/AttentionWalk.cs", "            // What the last tile was read for is done.\n            writer.Do(\"bar.sync\", \"0\");", "", "a slow warp still reads what the tile overwrites"),
        new("no barrier behind a tile", "Cuda/AttentionWalk.cs", "Stage(each, tiles.Index);\n            writer.Do(\"bar.sync\", \"0\");", "Stage(each, tiles.Index);", "a tile is read when all of it is there"),
        new("rows behind the last of a tile", "Cuda/AttentionWalk.cs", "string? isRow = tiling.Passing % tiling.TileRows == 0 ? null", "string? isRow = tiling.Passing > 0 ? null", "behind the last row is another's memory"),
        new("keys that are not there", "Cuda/AttentionWalk.cs", "if (!isWhole) Only(", "if (!isWhole && tiling.Passing == 0) Only(", "a row of zeros has a score too"),
        new("lanes that keep their part", "Cuda/PtxMath.Lanes.cs", "Add(x, FromLane(x, distance))", "Add(x, FromLane(Constant(0), distance))", "a product is the sum of what all lanes have"),
        new("all lanes store a number", "Cuda/AttentionWalk.cs", "tiling.Lanes == 1 ? null : writer.Emit(Predicate, \"setp.eq.s32\", Lane, \"0\")", "null", "one place has one writer"),
        new("queries before the block's keys only", "Cuda/AttentionTemplate.cs", "walk.BlockRows.First : \"0\"", "walk.BlockRows.End : \"0\"", "a key is seen by the queries of its own block"),
        new("sums that do not shrink", "Cuda/AttentionTemplate.cs", "foreach (string sum in sums) math.Assign(sum, math.Multiply(sum, shrink));", "", "sums are relative to the largest score"),
        new("exponentials relative to nothing", "Cuda/AttentionTemplate.cs", "math.Select(math.Equal(larger, math.Constant(double.NegativeInfinity)), math.Constant(0), larger)", "math.Add(larger, math.Constant(0))", "−∞ − −∞ is no number"),
        new("one id for all", "Cuda/ScatterTemplate.cs", "\"setp.eq.s32\", found, id", "\"setp.eq.s32\", found, \"0\"", "each id sums its own positions"),
        new("later positions first", "Cuda/ScatterTemplate.cs", "for (int look = 0; look < Looks; look++)", "for (int look = Looks - 1; look >= 0; look--)", "a sum adds in the order of the positions"),
        new("positions behind the last", "Cuda/ScatterTemplate.cs", "\"setp.lt.s64\", position, count", "\"setp.lt.s64\", \"0\", count", "the last look is beyond the last position"),
        new("elements of the next warp", "Cuda/ScatterTemplate.cs", "PtxWriter.Number(elements * WarpLanes), lane)", "PtxWriter.Number(WarpLanes), lane)", "a warp's elements begin where another's end"),
        new("one factor for a power of two", "Cuda/PtxMath.FloatingPoint.cs", "EmitInteger($\"shr.{IntegerType}\", exponent, \"1\")", "EmitInteger($\"add.{IntegerType}\", exponent, \"0\")", "the power itself need not be a normal number"),
        new("logarithm of a denormal", "Cuda/PtxMath.FloatingPoint.cs", "Select(denormal, Constant(MantissaBits), Constant(0))", "Constant(0)", "a denormal was scaled before it was taken apart"),
        new("reduction without its low part", "Cuda/PtxMath.Exponential.cs", "MultiplyAdd(n, Constant(-Exp32.Ln2Low), r)", "Add(n.Length > 0 ? r : n, Constant(0))", "the high part of ln 2 has few digits"),
        new("a coefficient's last digits", "Cuda/PtxMath.Logarithm.cs", "6.666666666666735130e-01", "6.66666666666e-01", "the last digits of a double come from those of the coefficients"),
        new("nothing comes back of what 1 + x lost", "Cuda/PtxMath.Logarithm.cs", "MultiplyAdd(mantissa, lost, Subtract(mantissa, One))", "Subtract(mantissa, One)", "near zero 1 + x loses x"),
        new("odd powers without a sign", "Cuda/PtxMath.Power.cs", "Select(odd, CopySign(x, magnitude), magnitude)", "magnitude", "a negative number cubed is negative"),
        new("cosine for sine", "Cuda/PtxMath.Trigonometric.cs", "IsBitSet(quadrant, 1), cosine, sine)", "IsBitSet(quadrant, 1), sine, cosine)", "even quadrants take the sine"),
        new("a large angle's carry", "Cuda/PtxMath.LargeAngles.cs", "upper = EmitInteger(\"add.s64\", upper, carry);", "_ = carry;", "beside a multiple of π/2 only the last digits are left"),
        new("a digit of 2/π", "Cuda/PtxMath.LargeAngles.cs", "0xDB6295993C439041", "0xDB6295993C439051", "the table holds the digits of 2/π"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    private static readonly Lazy<List<(IReadOnlyList<Kernel> Kernels, bool Float64)>> Models = new(() =>
        [.. from name in new[] { "CustomLoss", "ResidualMlp" } from float64 in new[] { false, true } select ((IReadOnlyList<Kernel>)ModelKernelTests.ModuleOf(name, float64).Kernels, float64)]);

    [Theory, MemberData(nameof(Names))]
    public void Is_found(string name) => MustBeFound(All, name);

    private protected override void Check(MutatedPrinter printer)
    {
        KernelChecks.HandMade(printer.Print);
        KernelChecks.HandMade(printer.PrintPlain);
        KernelChecks.Order(printer.Print, printer.PrintPlain);
        AttentionTemplateTests.CheckBorders(float64: false, printer.Print);
        ScatterTemplateTests.CheckBorders(printer.Print);
        foreach (var (kernels, float64) in Models.Value) KernelChecks.Definition(kernels, float64, ModelKernelTests.Bound(float64), printer.Print);
        ExactFunctionTests.CheckAll(printer.Print);
        FunctionChecks.All(density: 1, printer.Print);
    }
}
