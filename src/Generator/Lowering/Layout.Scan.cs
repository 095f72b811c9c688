using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Loops: their bodies are laid out as graphs of their own, in which captured parameters are themselves, so that they are read in their home layout. The
/// copies that this makes of them are made before the loop.
/// </summary>
internal sealed partial class Layout
{
    private Value Scan(ScanOp scan, Value[] operands)
    {
        var body = Run(WithParameters(scan, operands), parameters);
        var (loop, outside) = ScanLift.Invariants(builder, scan with { Body = body }, operands);
        int captured = loop.Sequences + loop.Carries;
        var readable = outside.Select((o, i) =>
            i < loop.Sequences ? SideBySide(o, firstAxis: 1) : i < captured ? Addressable(o, o.Shape) : SideBySide(o, firstAxis: 0)).ToArray();
        return builder.Add(loop, readable);
    }

    private static Graph WithParameters(ScanOp scan, Value[] operands)
        => new(scan.Body.Nodes.Select(n => n.Op is BodyInputOp leaf && operands[scan.Operand(leaf)].Node.Op is (ParameterOp or StateOp) and var op ? n with { Op = op } : n).ToEquatableArray(),
            scan.Body.Outputs);

    /// <summary>The operand, or a copy of it if the elements of a step do not lie side by side.</summary>
    private Value SideBySide(Value operand, int firstAxis)
    {
        if (IsPanelled(operand) || View.Of(k => builder[k], operand.Index) is not { } view) return Copy(operand);
        int[] dense = operand.Shape.Strides();
        bool fits = Enumerable.Range(firstAxis, operand.Shape.Rank - firstAxis).All(a => operand.Shape[a] == 1 || view.Strides[a] == dense[a]);
        return fits ? operand : Copy(operand);
    }
}
