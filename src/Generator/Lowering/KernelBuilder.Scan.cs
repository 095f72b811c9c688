using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// A Scan needs no kernel record of its own: the slot where the carries begin is copied together, then the kernels of the body run in a loop, on buffers that
/// advance by a step. Carries are read in one slot of the result and written in the next; what lives within a step lies in scratch, step after step in
/// the same place.
/// </summary>
internal sealed partial class KernelBuilder
{
    private IEnumerable<PlannedLaunch> Scan(Cluster cluster)
    {
        var node = Graph[cluster.Root];
        var scan = (ScanOp)node.Op;
        int slot = scan.InitialSlot * scan.Width, carries = scan.Carries;
        for (int i = 0; i < carries; i++)
        {
            int operand = node.Operands[scan.Sequences + i];
            yield return Copy(cluster, operand, Graph[operand].Shape.Strides(), slot + scan.Column(i));
        }
        int further = scan.Width - scan.Column(carries);
        if (further > 0) yield return Fill(cluster, 0, Shape.Of(further), [1], slot + scan.Column(carries));

        var body = fused.Body(cluster.Root, MemoryOfBody(cluster.Root, scan));
        var builder = new KernelBuilder(body);
        var loop = new PlannedLoop(cluster.Root, scan.Steps, body);
        foreach (var inner in Lower.InOrder(body).Where(c => c.Members.Any(body.Stored)))
            foreach (var launch in builder.Build(inner)) yield return launch with { Loop = loop };
    }

    /// <summary>Where the body's leaves and outputs lie at the first step that runs, and how far they move from step to step.</summary>
    private Dictionary<int, Memory> MemoryOfBody(int index, ScanOp scan)
    {
        var result = fused.MemoryOf(index);
        int direction = scan.Reverse ? -1 : 1, firstTime = scan.Reverse ? scan.Steps - 1 : 0;
        Memory At(Memory memory, int start, int stepStride) => memory with
        {
            Buffer = memory.Buffer with { Offset = memory.Buffer.Offset + start + (firstTime * stepStride), StepStride = direction * stepStride },
        };

        var places = new Dictionary<int, Memory>();
        for (int i = 0; i < scan.Body.Nodes.Count; i++)
        {
            if (scan.Body[i].Op is not BodyInputOp leaf) continue;
            if (leaf.Kind == BodyInputKind.Carry)
            {
                places[i] = At(result, (scan.FirstSource * scan.Width) + scan.Column(leaf.Index), scan.Width);
                continue;
            }
            var view = View.Of(Graph, Graph[index].Operands[scan.Operand(leaf)])!;
            places[i] = At(fused.MemoryOf(view.Root), view.Offset, leaf.Kind == BodyInputKind.Sequence ? view.Strides[0] : 0);
        }
        for (int i = 0; i < scan.Body.Outputs.Count; i++)
            places[scan.Body.Outputs[i].Node] = At(result, (scan.FirstResult * scan.Width) + scan.Column(i), scan.Width);
        return places;
    }
}
