using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>The formal buffers of one kernel, shared by its bodies and operands.</summary>
internal sealed class FormalBuffers
{
    private readonly List<KernelBuffer> formals = [];

    public List<BufferRef> Actuals { get; } = [];

    public EquatableArray<KernelBuffer> Formals => formals.ToEquatableArray();

    public int Add(BufferRef actual, bool isInteger, bool isExact, bool isWritten, bool isBytes = false)
    {
        int index = Actuals.IndexOf(actual);
        if (index < 0)
        {
            Actuals.Add(actual);
            formals.Add(new KernelBuffer(isInteger, isExact, isWritten, isBytes));
            return Actuals.Count - 1;
        }
        formals[index] = formals[index] with { IsExact = formals[index].IsExact || isExact, IsWritten = formals[index].IsWritten || isWritten };
        return index;
    }
}

/// <summary>
/// Writes the scalar code of a kernel: follows the graph from a wanted node down to what is in memory, with every value once. Axes are numbered as
/// the kernel's loops; a node is asked for together with the loop that each of its axes is walked by (-1: an extent of 1).
/// </summary>
internal sealed class BodyBuilder(FusedGraph fused, FormalBuffers buffers, Func<int, bool> isComputedHere, int axisCount, int rowsAxis)
{
    private readonly List<Access> accesses = [];
    private readonly List<BodyInstruction> code = [];
    private readonly Dictionary<BodyInstruction, int> known = [];
    private readonly List<BodyStore> stores = [];

    private Graph Graph => fused.Graph;

    /// <summary>The node whose value is the finished sum of the contraction or reduction.</summary>
    public int Accumulator { get; set; } = -1;

    public KernelBody Build() => new(accesses.ToEquatableArray(), code.ToEquatableArray(), stores.ToEquatableArray());

    public int Emit(int index, int[] axes)
    {
        (index, axes) = ThroughReshapes(index, axes);
        var node = Graph[index];
        if (index == Accumulator) return Instruction(new BodyInstruction(BodyOp.Accumulator));
        if (node.Op is MapOp map && (isComputedHere(index) || fused.IsComputedByReaders(index))) return Map(node, map, axes);
        if (node.Op is ReduceOp reduce && isComputedHere(index))
        {
            // The operand has the same rank; the reduced axes are the kernel's last ones.
            var operand = Graph[node.Operands[0]];
            int shift = rowsAxis >= 0 && operand.PerRow ? rowsAxis + 1 : 0;
            int[] positions = Fuse.Positions(operand.Shape).Select(p => p < 0 ? -1 : p + shift).ToArray();
            return Instruction(new BodyInstruction(BodyOp.Reduce, A: Emit(node.Operands[0], positions), B: (int)reduce.Kind));
        }
        return Instruction(new BodyInstruction(BodyOp.Load, A: AddAccess(node.Op is GatherOp && isComputedHere(index) ? GatherAccess(node, axes) : ReadAccess(index, axes))));
    }

    public void Store(int index, int[] axes) => stores.Add(new BodyStore(AddAccess(WriteAccess(index, axes)), Emit(index, axes)));

    /// <summary>Writes instruction <paramref name="value"/> into the part of a node's buffer that begins at <paramref name="offset"/> and has these strides.</summary>
    public void StoreInto(int index, int[] axes, int[] strides, int offset, int value)
        => stores.Add(new BodyStore(AddAccess(WriteAccess(index, axes, strides, offset)), value));

    /// <summary>Writes instruction <paramref name="value"/> into a node's buffer, where an id names the place along an axis.</summary>
    public void StoreAt(int index, int[] axes, int axis, int id, int value)
    {
        var place = new Indirection(ReadAccess(id, [], byElement: true), Graph[index].Shape.Strides()[axis], IsPanelled: false);
        stores.Add(new BodyStore(AddAccess(WriteAccess(index, axes) with { Id = place }), value));
    }

    public int Constant(double value) => Instruction(new BodyInstruction(BodyOp.Scalar, ScalarOp.Constant, Value: value));

    /// <summary>How the loops reach the elements of a value in memory.</summary>
    /// <param name="byElement">Read one element at a time, which never touches what lies behind the last.</param>
    public Access ReadAccess(int index, int[] axes, bool byElement = false)
    {
        var view = fused.ViewOf(index) ?? throw new InvalidOperationException($"node {index} can't be addressed; Layout should have copied it");
        var root = Graph[view.Root];
        var memory = fused.MemoryOf(view.Root);
        int buffer = buffers.Add(memory.Buffer with { Offset = memory.Buffer.Offset + view.Offset }, memory.IsInteger, memory.IsExact && !byElement, isWritten: false, memory.IsBytes);
        return Walk(buffer, Graph[index], axes, view.Strides, root.Shape, memory.RowStride, fused.PanelsRead(view.Root));
    }

    /// <summary>How the loops reach the entries of a table that ids name: one more loop, which stands for the id, walks the table's first axis.</summary>
    private Access GatherAccess(Node gather, int[] axes)
    {
        int idAxes = Graph[gather.Operands[1]].Shape.Rank;
        var table = new BodyBuilder(fused, buffers, isComputedHere, axisCount + 1, rowsAxis).ReadAccess(gather.Operands[0], [axisCount, .. axes.Skip(idAxes)]);
        bool isPanelled = table.PanelAxis == axisCount;
        return table with
        {
            Strides = table.Strides.Take(axisCount).ToEquatableArray(),
            PanelAxis = isPanelled ? -1 : table.PanelAxis,
            Id = new Indirection(ReadAccess(gather.Operands[1], [.. axes.Take(idAxes)], byElement: true), isPanelled ? 0 : table.Strides[axisCount], isPanelled),
        };
    }

    /// <summary>How the loops reach the elements of a node's own buffer, from <paramref name="offset"/> on.</summary>
    public Access WriteAccess(int index, int[] axes, int offset = 0) => WriteAccess(index, axes, fused.InsideOf(index)?.Strides ?? Graph[index].Shape.Strides(), offset);

    private Access WriteAccess(int index, int[] axes, int[] strides, int offset)
    {
        var node = Graph[index];
        var memory = fused.MemoryOf(index);
        int buffer = buffers.Add(memory.Buffer with { Offset = memory.Buffer.Offset + offset }, isInteger: false, isExact: false, isWritten: true);
        return Walk(buffer, node, axes, strides, node.Shape, memory.RowStride, fused.PanelsWritten(index));
    }

    private Access Walk(int buffer, Node node, int[] axes, int[] strides, Shape root, int rowStride, (int Axis, int Width) panels)
    {
        int[] walked = new int[axisCount];
        int panelAxis = -1, panelStride = 0;
        for (int axis = 0; axis < axes.Length; axis++)
        {
            if (axes[axis] < 0) continue;
            if (panels.Axis < 0)
            {
                walked[axes[axis]] += strides[axis];
                continue;
            }
            // A matrix in panels: its row-major stride tells which of its two axes this is.
            int matrixAxis = root[1] == 1 || strides[axis] == root[1] ? 0 : 1;
            if (matrixAxis == panels.Axis)
            {
                panelAxis = axes[axis];
                panelStride = panels.Width * root[1 - matrixAxis];
                walked[axes[axis]] = 1;
            }
            else
            {
                walked[axes[axis]] = panels.Width;
            }
        }
        if (node.PerRow && rowsAxis >= 0) walked[rowsAxis] = rowStride;
        return new Access(buffer, walked, panelAxis, panelAxis < 0 ? 0 : panels.Width, panelStride);
    }

    private (int Index, int[] Axes) ThroughReshapes(int index, int[] axes)
    {
        while (Fuse.Resolve(Graph, index) != index)
        {
            var walked = new Queue<int>(axes.Where((_, a) => Graph[index].Shape[a] != 1));
            index = Graph[index].Operands[0];
            var source = Graph[index].Shape;
            axes = Enumerable.Range(0, source.Rank).Select(a => source[a] == 1 ? -1 : walked.Dequeue()).ToArray();
        }
        return (index, axes);
    }

    private int Map(Node node, MapOp map, int[] axes)
    {
        var expression = map.Expression;
        int[] values = new int[expression.Code.Count];
        for (int i = 0; i < values.Length; i++)
        {
            var instruction = expression.Code[i];
            values[i] = instruction.Op switch
            {
                ScalarOp.Operand => Emit(node.Operands[instruction.A], Fuse.Align(axes, node.Shape, Graph[node.Operands[instruction.A]].Shape)),
                ScalarOp.Constant => Constant(instruction.Value),
                ScalarOp.Index => axes[instruction.A] < 0 ? Constant(0) : Instruction(new BodyInstruction(BodyOp.Scalar, ScalarOp.Index, axes[instruction.A])),
                _ => Instruction(Apply(instruction, values)),
            };
        }
        return values[values.Length - 1];
    }

    private static BodyInstruction Apply(Instruction instruction, int[] values)
    {
        int arity = ScalarFunction.Of(instruction.Op).Arity;
        return new BodyInstruction(BodyOp.Scalar, instruction.Op, values[instruction.A], arity > 1 ? values[instruction.B] : -1, arity > 2 ? values[instruction.C] : -1);
    }

    private int AddAccess(Access access)
    {
        int index = accesses.IndexOf(access);
        if (index >= 0) return index;
        accesses.Add(access);
        return accesses.Count - 1;
    }

    private int Instruction(BodyInstruction instruction)
    {
        if (known.TryGetValue(instruction, out int index)) return index;
        code.Add(instruction);
        known.Add(instruction, code.Count - 1);
        return code.Count - 1;
    }
}
