using DlGen.Tests.Kernels;
using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults planted in the templates of rows, reductions and maps: the checks at their borders must find each of them.</summary>
public class RowMutants(ITestOutputHelper output) : PlantedFaults(output)
{
    private static readonly Mutant[] All =
    [
        new("a warp's last exchange is missing", "Cuda/PtxLanes.cs", "for (int distance = Math.Min(lanes, WarpLanes) / 2; distance > 0; distance /= 2)", "for (int distance = Math.Min(lanes, WarpLanes) / 2; distance > 1; distance /= 2)", "neighbouring lanes have the rest of the sum"),
        new("warps do not wait for each other", "Cuda/PtxLanes.cs", "writer.Do(\"bar.sync\", \"0\");", "", "the parts of other warps need not be there"),
        new("a row too many", "Cuda/PtxLanes.cs", "writer.Emit(Predicate, \"setp.ge.s64\", Row,", "writer.Emit(Predicate, \"setp.gt.s64\", Row,", "behind the last row is another's memory"),
        new("parts of warps in one place", "Cuda/PtxLanes.cs", "string own = writer.Emit(Integer32, \"mad.lo.s32\", warp,", "string own = writer.Emit(Integer32, \"mad.lo.s32\", \"0\",", "each warp has a part of its own"),
        new("columns do not wait", "Cuda/PtxColumns.cs", "writer.Do(\"bar.sync\", \"0\");", "", "what other threads of a column have need not be there"),
        new("half of a column", "Cuda/PtxColumns.cs", "for (int rows = Rows(width) / 2; rows > 0; rows /= 2)", "for (int rows = Rows(width) / 4; rows > 0; rows /= 2)", "the second half of the threads has elements too"),
        new("the last part of the rows is forgotten", "Cuda/ReductionEntry.cs", "Each(writer, Position, Bounded(PtxWriter.Number(parts)),", "Each(writer, Position, Bounded(PtxWriter.Number(parts - 1)),", "the last part is one of the sum"),
        new("parts longer than what there is", "Cuda/ReductionEntry.cs", "writer.Emit(Integer32, \"min.s32\", writer.Emit(Integer32, \"add.s32\", first, length), total)", "writer.Emit(Integer32, \"add.s32\", first, length)", "the last part ends where the elements do"),
        new("one step for several elements", "Cuda/PtxBatches.cs", "writer.Do(\"add.s32\", index, index, PtxWriter.Number(count * step));", "writer.Do(\"add.s32\", index, index, PtxWriter.Number(step));", "elements are added once"),
        new("NaN is no largest value", "Cuda/PtxAccumulation.cs", "Math.Or(Math.Less(largest, value), Math.And(Math.IsNaN(value), Math.Not(Math.IsNaN(largest))))", "Math.Less(largest, value)", "what is not a number counts as larger than all"),
        new("the last of equal ones", "Cuda/PtxAccumulation.cs", "Math.And(areEqual, Math.Less(other[1], state[1]))", "Math.And(areEqual, Math.Less(state[1], other[1]))", "the first of equal ones is taken"),
        new("means that lie apart", "Cuda/PtxAccumulation.cs", "Math.Add(Math.Add(state[2], other[2]), between)", "Math.Add(state[2], other[2].Length > 0 || between.Length > 0 ? other[2] : between)", "elements lie as far from the common mean as their own means do"),
        new("the rest of a row is forgotten", "Cuda/RowTemplate.cs", "if (rest == 0) return;", "if (rest >= 0) return;", "a row's length need be no multiple of the lanes"),
        new("a row's rest by all lanes", "Cuda/RowTemplate.cs", "lanes.Lane, PtxWriter.Number(rest)), beyond)", "lanes.Lane, PtxWriter.Number(stride)), beyond)", "the next row begins where the rest ends"),
        new("elements stored once", "Cuda/RowTemplate.cs", "elements.Address(store.Access, index, further), element.Number(store.Value))", "elements.Address(store.Access, \"0\", 0), element.Number(store.Value))", "each element has a place of its own"),
        new("sixteen bytes wherever they begin", "Cuda/MapTemplate.cs", "writer.Emit(Predicate, \"setp.ne.s64\", odd, \"0\")", "writer.Emit(Predicate, \"setp.lt.s64\", odd, \"0\")", "a buffer need not begin at a multiple of 16 bytes"),
        new("sixteen bytes at the end", "Cuda/MapTemplate.cs", "return last is null ? isOdd : math.Or(isOdd, Compare(\"gt\", Beyond(shape.Width - 1), last));", "return isOdd;", "the last thread may have fewer elements"),
        new("rows that begin between", "Cuda/MapShape.cs", "access.Strides[axis] % width == 0)", "access.Strides[axis] % 1 == 0)", "the next row need not begin at a multiple of 16 bytes"),
        new("threads without a row", "Cuda/MapTemplate.cs", "PtxWriter.Number(shape.OutersOfBlock * shape.PerOuter)), end);", "PtxWriter.Number(shape.Threads)), end);", "the next block has that row"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory, MemberData(nameof(Names))]
    public void Is_found(string name) => MustBeFound(All, name);

    private protected override void Check(MutatedPrinter printer)
    {
        KernelChecks.Borders(float64: false, printer.Print);
    }
}
