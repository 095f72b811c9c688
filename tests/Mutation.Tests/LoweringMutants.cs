using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in folding, Fuse, Layout, phases, the kernel builders, PlanMemory and the plain loops.</summary>
public class LoweringMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("join without dependencies", "Lowering/Fuse.cs", " && !sources.Any(s => s != candidate && DependsOn(s, candidate))", "", "a kernel would wait for itself"),
        new("rows of other lengths", "Lowering/Fuse.Rows.cs", "if (cluster.Kind != ClusterKind.Row || cluster.Inner != inner) continue;", "if (cluster.Kind != ClusterKind.Row) continue;", "a sum along two axes is no sum along the last"),
        new("operands always fit", "Lowering/Fuse.cs", "if (!OperandsFit(index, cluster)) continue;", "", "operands of equal extents may lie on other axes"),
        new("axes by extent alone", "Lowering/Fuse.cs", "if (own[axis] != met[axis]) return false;", "_ = own[axis] == met[axis];", "a square value's rows are not its columns"),
        new("moved view of the kernel's own result", "Lowering/Fuse.cs", "if (ClusterOf[source] < 0 && (SourcesOf(source).Contains(cluster.Number))) return false;", "", "a transposed value can be read only when all of it is written"),
        new("recomputed from what is not stored", "Lowering/Fuse.Stored.cs", "else if (!Stored[source])", "else if (source < 0)", "a recomputed map reads memory that nobody wrote"),
        new("scalar of a recomputed map", "Lowering/Fuse.Stored.cs", "foreach (int source in added) Stored[source] = true;", "_ = added;", "the scalar that a recomputed map reads must be stored"),
        new("clusters in the order they were opened", "Lowering/Lower.cs", "new Queue<int>(cluster.Sources.OrderBy(s => s))", "new Queue<int>()", "a cluster may have joined something that was opened later"),
        new("one buffer for two outputs", "Lowering/Layout.cs", "taken.Add(value.Index)", "(taken.Add(value.Index) || true)", "two gradients of one value have two homes"),
        new("slice of what is padded", "Lowering/Simplify.Slices.cs", "Math.Max(0, start - pad.Before)", "Math.Max(0, start)", "the numbers stand behind the zeros"),
        new("slice of zeros and numbers", "Lowering/Simplify.Slices.cs", "before = first + pad.Before - start, after = length - before - (end - first)", "before = 0, after = length - (end - first)", "a slice across the border has both"),
        new("parts in panels", "Lowering/Layout.cs", "parameters[o.Name].PanelAxis >= 0;", "parameters[o.Name].PanelAxis >= 2;", "a part's rows do not lie side by side in a panel"),
        new("slice's offset", "Lowering/View.cs", "slice.Start * along", "slice.Start", "a slice of an outer axis starts whole strides further"),
        new("reshape across a gap", "Lowering/View.cs", "if (remaining % to[axis] != 0) return null;", "", "elements that do not lie side by side need a copy"),
        new("row stride of a slice", "Lowering/BodyBuilder.cs", "view.Strides, root.Shape, memory.RowStride, fused", "view.Strides, root.Shape, Graph[index].Shape.Count, fused", "the next row of a slice is a row of the whole further"),
        new("panel stride", "Lowering/BodyBuilder.cs", "panels.Width * root[1 - matrixAxis]", "panels.Width * root[matrixAxis]", "a panel is as long as the other axis"),
        new("length of a second layout", "Lowering/FusedGraph.cs", "ParameterLayout.RoundUp(Graph[node].Shape[1], width)", "Graph[node].Shape[1]", "the last panel of a transposed weight has columns that nothing fills, but place"),
        new("variance of the rows' means", "Lowering/Simplify.RowByRow.cs", "ofMeans.Slice(0, MomentsOp.Variance, 1) + meanVariance", "meanVariance", "rows whose means differ vary more than each of them"),
        new("elements of a row in a count", "Lowering/Simplify.RowByRow.cs", "ofMeans.Slice(0, MomentsOp.Count, 1) * count", "ofMeans.Slice(0, MomentsOp.Count, 1)", "the running variance is divided by one less than all elements"),
        new("merged loops that do not meet", "Kernels/Access.cs", "Strides[outer] == (long)Strides[inner] * innerCount", "Strides[outer] >= (long)Strides[inner] * innerCount", "two loops are one only without a gap"),
        new("stride of merged loops", "Lowering/LoopAxes.cs", "strides => known.Select(g => strides[g[g.Length - 1]])", "strides => known.Select(g => strides[g[0]])", "merged loops step as the innermost"),
        new("kept loops merged with reduced ones", "Lowering/LoopAxes.cs", "axis > 0 && classes[axis] == classes[axis - 1]", "axis > 0", "what stays and what is summed are different loops"),
        new("contraction's merged stride", "Lowering/ContractionBuilder.cs", "g[0] < 0 ? 0 : strides[g[g.Length - 1]]", "g[0] < 0 ? 0 : strides[g[0]]", "merged loops step as the innermost"),
        new("contraction without the batch in k", "Lowering/ContractionBuilder.cs", "var summed = new[] { Rows }.Concat(leftLabels)", "var summed = leftLabels", "a weight's gradient sums over the rows"),
        new("contraction of one shard", "Lowering/ContractionBuilder.cs", "contract.OverRows, Sums(", "false, Sums(", "kept values lie shard by shard"),
        new("concat's stride", "Lowering/KernelBuilder.Assembly.cs", "start * strides[axis]", "start", "parts along an outer axis lie whole strides apart"),
        new("zeros behind a padded part", "Lowering/KernelBuilder.Assembly.cs", "(node.Shape[pad.Axis] - pad.After) * along", "pad.Before * along", "the zeros belong behind the part"),
        new("blocks that lie in one place", "Emission/Repetition.cs", "Next[launch].Arguments[argument].Offset - Launches[launch].Arguments[argument].Offset", "0 * Next[launch].Arguments[argument].Offset", "every block has parameters of its own"),
        new("blocks at any distance", "Emission/Repetition.cs", "if ((long)Values[i] - before.Values[i] != (long)before.Values[i] - first.Values[i]) return false;", "_ = before.Values[i];", "a loop goes on by the same step"),
        new("lifetime one launch short", "Lowering/PlanMemory.cs", "(known.First, end) : (position, end)", "(known.First, end - 1) : (position, end)", "the last reader's own result takes the place of what it reads"),
        new("the loss dies", "Lowering/PlanMemory.cs", "(lifetimes[buffer].First, int.MaxValue)", "(lifetimes[buffer].First, position)", "losses are added up when the shard is done"),
        new("row scratch shared", "Lowering/PlanMemory.cs", "buffer.Kind == BufferKind.RowScratch ? count : count * shardRows", "buffer.Kind == BufferKind.RowScratch ? 0 : count * shardRows", "a row kernel's scratch overlaps what it reads"),
        new("nothing outlives a shard", "Lowering/PlanMemory.cs", "PlaceFixed(buffer, phase.Kind) || kept.ContainsKey(buffer)", "PlaceFixed(buffer, phase.Kind) || (kept.Remove(buffer) && phase.Time < 0)", "the next shard overwrites what the batch-wide phase reads"),
        new("kept values of one row", "Lowering/PlanMemory.cs", "gaps.Take(Life(buffer), Rounded(count * shardRows))", "gaps.Take(Life(buffer), Rounded(count))", "a shard keeps the values of all its rows"),
        new("kept values a phase short", "Lowering/PlanMemory.cs", "stays ? int.MaxValue : phases.Max(order.IndexOf)", "stays ? int.MaxValue : phases.Min(order.IndexOf)", "later phases read them"),
        new("common factor lost", "Lowering/Simplify.Sums.cs", "return sum * Product(common, sum.Shape, sum.PerRow);", "return sum;", "what is the same for all summands multiplies their sum"),
        new("arena too short", "Lowering/PlanMemory.cs", "Length = Math.Max(Length, offset + length);", "Length = Math.Max(Length, offset);", "the last buffer lies behind the end"),
        new("shard stride of an input", "Emission/ProgramWriter.References.cs", "argument.RowStride * module.ShardRows", "argument.RowStride", "the next shard's inputs lie a shard further"),
        new("statistics before their shards", "Lowering/Lower.cs", "latest % 2 == 1 ? latest + 1 : latest)", "latest % 2 == 1 ? latest - 1 : latest)", "where rows meet, all shards are done"),
        new("what follows statistics, before them", "Lowering/Lower.cs", "latest % 2 == 0 ? latest + 1 : latest)", "latest % 2 == 0 ? latest - 1 : latest)", "rows that read statistics wait for them"),
        new("folded shift", "Lowering/AffineForm.cs", "body.Binary(code.Op, x.Shift, y.Shift)", "body.Add(x.Shift, y.Shift)", "the running mean is subtracted"),
        new("shift left out of the scale", "Lowering/AffineForm.cs", "body.Multiply(linear.Shift, factor)", "linear.Shift", "what was shifted before is scaled too"),
        new("means of shards apart", "Cpu/PlainPrinter.Moments.cs", " + apart * apart * count * share", "", "the distance between the shards' means is variance"),
        new("shards of one weight", "Cpu/PlainPrinter.Moments.cs", "count += shardCount;", "count = shardCount;", "a mean over shards weighs them by their rows"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfLowering.Value);
}
