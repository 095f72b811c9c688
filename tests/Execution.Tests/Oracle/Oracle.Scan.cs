using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Tests.Oracles;

/// <summary>Recurrences: the body is run step by step, by an oracle of its own.</summary>
internal sealed partial class Oracle
{
    /// <summary>What the leaves of a body stand for at the step that is run.</summary>
    private Func<BodyInputOp, DualTensor>? leaves;

    private DualTensor Leaf(BodyInputOp op)
        => leaves is null ? throw new OracleException("a leaf of a body stands outside of one") : leaves(op);

    /// <summary>
    /// Slots of (time + 1, width): that of the beginning, then one per step, in the order of time. Running backwards, the beginning is the last one.
    /// </summary>
    private DualTensor Scan(ScanOp op, DualTensor[] operands)
    {
        var outputs = op.Body.Outputs.Items;
        int carries = outputs.Count(o => o.Role == OutputRole.Carry);
        var state = operands[op.Sequences..(op.Sequences + carries)];
        var slots = new DualTensor[op.Steps + 1][];
        var body = new Oracle(op.Body, inputs);
        for (int step = 0; step < op.Steps; step++)
        {
            int time = op.Reverse ? op.Steps - 1 - step : step;
            var before = state;
            body.leaves = leaf => leaf.Kind switch
            {
                BodyInputKind.Sequence => At(operands[leaf.Index], time, op.Steps),
                BodyInputKind.Carry => before[leaf.Index],
                _ => operands[op.Sequences + carries + leaf.Index],
            };
            body.Run([]);
            var results = outputs.Select(o => body.values[o.Node]).ToArray();
            slots[op.Reverse ? time : time + 1] = results;
            state = results[..carries];
        }
        var zeros = slots[op.Reverse ? 0 : 1][carries..].Select(o => new DualTensor(o.Extents, rows, true, active: false));
        slots[op.Reverse ? op.Steps : 0] = [.. operands[op.Sequences..(op.Sequences + carries)], .. zeros];
        return SideBySide(slots);
    }

    private DualTensor At(DualTensor sequence, int time, int steps)
    {
        if (sequence.Rank == 0 || sequence.Extents[0] != steps) throw new OracleException("a sequence has one element per step");
        var element = new DualTensor(sequence.Extents[1..], rows, sequence.PerRow, sequence.IsActive);
        for (int row = 0; row < element.Rows; row++)
            for (int i = 0; i < element.Count; i++) element.Copy(element.RowStart(row) + i, sequence, sequence.RowStart(row) + (time * element.Count) + i);
        return element;
    }

    private DualTensor SideBySide(DualTensor[][] slots)
    {
        int width = slots[0].Sum(part => part.Count);
        var result = new DualTensor([slots.Length, width], rows, true, slots.Any(slot => slot.Any(part => part.IsActive)));
        for (int row = 0; row < rows; row++)
        {
            int element = result.RowStart(row);
            foreach (var part in slots.SelectMany(slot => slot))
                for (int i = 0; i < part.Count; i++) result.Copy(element++, part, part.RowStart(row) + i);
        }
        return result;
    }
}
