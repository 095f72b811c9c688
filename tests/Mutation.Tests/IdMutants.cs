using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults where ids lead: gathers, their loops and tables, and the sums by id that are their gradients.</summary>
public class IdMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("entries of another axis", "Ops/GatherOp.cs", "b.Index(idAxes)", "b.Index(0)", "the entries' axis stands behind those of the ids"),
        new("stride of an entry", "Lowering/BodyBuilder.cs", "isPanelled ? 0 : table.Strides[axisCount]", "isPanelled ? 0 : 1", "an entry lies as far from the next as it is long"),
        new("panels of entries", "Lowering/BodyBuilder.cs", "bool isPanelled = table.PanelAxis == axisCount;", "const bool isPanelled = false;", "the table of an output projection lies in panels of entries"),
        new("loops over ids that do not meet", "Kernels/Access.cs", "(Id is null || Id.Ids.WalksAsOne(outer, inner, innerCount))", "true", "a part of the ids has a gap between two rows"),
        new("an id varies", "Kernels/Access.cs", "|| (Id is not null && Id.Ids.Varies(axis));", ";", "what an id along the row names is no scalar of it"),
        new("entries in one loop with their ids", "Lowering/Fuse.Rows.cs", "if (node.Op is GatherOp) return false;", "", "no stride leads from the end of an entry to the one that the next id names"),
        new("table computed by its readers", "Lowering/Fuse.Stored.cs", "bool separate = graph[reader].Op is not MapOp &&", "bool separate = graph[reader].Op is not (MapOp or GatherOp) &&", "a table must be in memory where ids lead into it"),
        new("sums by id of one row", "Lowering/FusedGraph.cs", " or ScatterAddOp;", ";", "a table's gradient waits for all rows"),
        new("the gradient's own loops", "Lowering/KernelBuilder.Scatter.cs", "[.. positions, .. inner]", "[.. inner, .. positions]", "the axes of the ids come first"),
        new("list of one row", "Lowering/PlanMemory.cs", "ShardLength += Rounded(buffer.Index * shardRows)", "ShardLength += Rounded(buffer.Index)", "the list has all the ids of a shard"),
        new("ints per element", "Emission/ProgramWriter.Launches.cs", "isScratchOfInts && module.Float64 ? 2 : 1", "1", "two ints lie where a double would"),
        new("counts of the step before", "Cpu/PlainPrinter.Scatter.cs", "{Ends(\"id\")} = 0;", "{Ends(\"id\")} += 0;", "counting starts from nothing"),
        new("wrong start", "Cpu/PlainPrinter.Scatter.cs", "{Ends(\"id\")} = before;", "{Ends(\"id\")} = before + own;", "an id's positions begin where those of the id before it end"),
        new("list of one shard", "Cpu/PlainPrinter.Scatter.cs", "$\"{place} / perShard * s{Literal.Of(scatter.List)} + {place} % perShard\"", "place", "the list goes on in the next shard's block"),
        new("values of one shard", "Cpu/PlainPrinter.Scatter.cs", "s = at / perShard;", "s = 0;", "a position's values lie in the block of its shard"),
        new("positions within a row", "Cpu/PlainPrinter.Scatter.cs", "= at % {extent};", "= 0;", "a row has several ids"),
        new("entries that no id names", "Cpu/PlainPrinter.Scatter.cs", "using var ids = writer.Block($\"for (nint id = 0; id < {count}; id++)\");", "using var ids = writer.Block($\"for (nint id = 0; id < {count} && {Ends(\"id\")} > begin; id++)\");", "every entry is written, also what other readers of the table gave it"),
        new("one place too few", "Cpu/PlainPrinter.Scatter.cs", "place < end; place++)\")) PrintTerm", "place + 1 < end; place++)\")) PrintTerm", "the last position counts too"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfIds.Value);
}
