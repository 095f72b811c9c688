using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// A warp for each id, or for a part of what an id has, one lane an element, or several where there are many ids. The warp looks at 128 positions at a time, and
/// where its id stands all lanes add what is there, position by position in their order: sums have the bits of a loop, and no two threads write to one place.
/// </summary>
internal sealed class ScatterTemplate
{
    private const int WarpLanes = 32;
    private const int Threads = 128;

    /// <summary>Positions that a lane looks at together: most of them have other ids, and one vote passes them all.</summary>
    private const int Looks = 4;

    /// <summary>So many warps keep a device busy: from there on each has more elements, so that ids are read by fewer.</summary>
    private const int EnoughWarps = 8192;
    private const int MostElements = 8;

    private readonly ScatterKernel scatter;
    private readonly PtxPrinter printer;
    private readonly PtxWriter writer;
    private readonly PtxMath math;
    private readonly int inner;
    private readonly int elements;
    private readonly int parts;

    private ScatterTemplate(PtxPrinter printer, ScatterKernel scatter)
    {
        (this.printer, this.scatter) = (printer, scatter);
        (writer, math) = (printer.Writer, printer.Math);
        (inner, elements, parts) = Division(scatter);
    }

    public static PtxPlan Plan(ScatterKernel scatter) => new(0,
    [
        new PtxEntryPlan("", Threads, [new PtxGridAxis(new[] { Extent.Of(scatter.Count), Extent.Of(Division(scatter).Parts) }, Threads / WarpLanes)], printer => new ScatterTemplate(printer, scatter).Print()),
    ]);

    /// <summary>What each id has, how much of that is a lane's, and how many warps share an id.</summary>
    private static (int Inner, int Elements, int Parts) Division(ScatterKernel scatter)
    {
        int inner = scatter.Inner.Aggregate(1, (product, axis) => product * axis.Constant), warps = (inner + WarpLanes - 1) / WarpLanes;
        int elements = (int)Math.Max(1, Math.Min(Math.Min(MostElements, warps), (long)scatter.Count * warps / EnoughWarps));
        return (inner, elements, (inner + (WarpLanes * elements) - 1) / (WarpLanes * elements));
    }

    private void Print()
    {
        string done = writer.Label("end"), thread = writer.Emit(Integer32, "mov.u32", "%tid.x");
        string lane = writer.Emit(Integer32, "and.b32", thread, PtxWriter.Number(WarpLanes - 1));
        string warp = writer.Emit(Integer32, "mad.lo.s32", writer.Emit(Integer32, "mov.u32", "%ctaid.x"), PtxWriter.Number(Threads / WarpLanes), writer.Emit(Integer32, "shr.u32", thread, "5"));
        writer.BranchIf(writer.Emit(Predicate, "setp.ge.u32", warp, PtxWriter.Number(scatter.Count * parts)), done);
        string id = scatter.Count == 1 ? "0" : writer.Quotient(warp, PtxWriter.Number(parts)), part = writer.Remainder(warp, PtxWriter.Number(parts));
        string first = part == "0" ? lane : writer.Emit(Integer32, "mad.lo.s32", part, PtxWriter.Number(elements * WarpLanes), lane);

        string[] places = [.. Enumerable.Range(0, elements).Select(e => e == 0 ? first : writer.Emit(Integer32, "add.s32", first, PtxWriter.Number(e * WarpLanes)))];
        string last = PtxWriter.Number(inner - 1);
        // A lane without an element adds what another does, and stores nothing.
        string[][] indices = [.. places.Select(place => (string[])[id, .. printer.Indices(inner % WarpLanes == 0 && parts * elements * WarpLanes == inner ? place : writer.Emit(Integer32, "min.s32", place, last), scatter.Inner)])];
        string[] sums = [.. places.Select(_ => math.Variable(0))];
        AddPositions(id, lane, indices, sums);
        for (int e = 0; e < elements; e++)
        {
            string behind = writer.Label("behind");
            writer.BranchIf(writer.Emit(Predicate, "setp.ge.u32", places[e], PtxWriter.Number(inner)), behind);
            printer.Finish(scatter.Epilogue, indices[e], sums[e]);
            writer.Place(behind);
        }
        writer.Place(done);
    }

    private void AddPositions(string id, string lane, string[][] indices, string[] sums)
    {
        string count = printer.Product(scatter.Positions), wideLane = writer.Emit(Integer64, "cvt.u64.u32", lane);
        using var loop = new PtxLoop(writer, count, PtxWriter.Number(Looks * WarpLanes));
        string own = writer.Emit(Integer64, "add.s64", loop.Index, wideLane), next = writer.Label("next");
        string[] stands = [.. Enumerable.Range(0, Looks).Select(look => Stands(id, look == 0 ? own : writer.Emit(Integer64, "add.s64", own, PtxWriter.Number(look * WarpLanes)), count))];
        writer.BranchIf(math.Not(writer.Emit(Predicate, "vote.sync.any.pred", stands.Aggregate(math.Or), "-1")), next);
        for (int look = 0; look < Looks; look++) AddWhere(writer.Emit(Integer32, "vote.sync.ballot.b32", stands[look], "-1"), writer.Emit(Integer64, "add.s64", loop.Index, PtxWriter.Number(look * WarpLanes)), indices, sums);
        writer.Place(next);
    }

    /// <summary>Whether the id stands at a position, if there is one.</summary>
    private string Stands(string id, string position, string count)
    {
        string exists = writer.Emit(Predicate, "setp.lt.s64", position, count), found = writer.Emit(Integer32, "mov.b32", "-1");
        string[] place = [.. Enumerable.Repeat("0", 1 + scatter.Inner.Count), .. printer.Indices(position, scatter.Positions)];
        writer.Do($"@{exists} ld.global.s32", found, printer.Address(scatter.Ids, place));
        return writer.Emit(Predicate, "setp.eq.s32", found, id);
    }

    /// <summary>Adds what stands at the positions of a mask, beginning with the lowest bit.</summary>
    private void AddWhere(string mask, string firstPosition, string[][] indices, string[] sums)
    {
        string again = writer.Label("again"), empty = writer.Label("empty"), left = writer.Emit(Integer32, "mov.b32", mask);
        writer.Place(again);
        writer.BranchIf(writer.Emit(Predicate, "setp.eq.s32", left, "0"), empty);
        string lowest = writer.Emit(Integer32, "and.b32", left, writer.Emit(Integer32, "neg.s32", left));
        string bit = writer.Emit(Integer32, "sub.s32", "31", writer.Emit(Integer32, "clz.b32", lowest));
        string[] position = printer.Indices(writer.Emit(Integer64, "add.s64", firstPosition, writer.Emit(Integer64, "cvt.u64.u32", bit)), scatter.Positions);
        string[] terms = [.. indices.Select(index => PtxPrinter.Last(new PtxBody(scatter.Source, math, printer.Leaf(scatter.Source, [.. index, .. position], null)), scatter.Source))];
        for (int e = 0; e < sums.Length; e++) math.Assign(sums[e], math.Add(sums[e], terms[e]));
        writer.Do("xor.b32", left, left, lowest);
        writer.Do("bra", again);
        writer.Place(empty);
    }
}
