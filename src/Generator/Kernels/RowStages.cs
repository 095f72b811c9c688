using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>
/// The passes over the row of a Row kernel. An instruction's stage is the number of reductions that must be finished before it: stage s first
/// computes its scalars, then runs once along the row to compute the elements that its reductions and stores need.
/// </summary>
internal sealed class RowStages
{
    private RowStages(bool[] isElement, int[] stage, int count)
    {
        IsElement = isElement;
        Stage = stage;
        Count = count;
    }

    /// <summary>Per instruction: one value per element of the row (true) or one per row.</summary>
    public bool[] IsElement { get; }

    public int[] Stage { get; }

    /// <summary>Number of passes.</summary>
    public int Count { get; }

    public static RowStages Of(KernelBody body, int outerAxes)
    {
        var code = body.Code;
        bool[] isElement = new bool[code.Count];
        int[] stage = new int[code.Count];
        int last = 0;
        for (int i = 0; i < code.Count; i++)
        {
            var instruction = code[i];
            switch (instruction.Op)
            {
                case BodyOp.Load:
                    isElement[i] = body.Accesses[instruction.A].Varies(outerAxes);
                    break;
                case BodyOp.Scalar when instruction.Function == ScalarOp.Index:
                    isElement[i] = instruction.A == outerAxes;
                    break;
            }
            for (int k = 0; k < instruction.Arity; k++)
            {
                int operand = instruction.Operand(k);
                isElement[i] |= instruction.Op != BodyOp.Reduce && isElement[operand];
                stage[i] = Math.Max(stage[i], stage[operand] + (code[operand].Op == BodyOp.Reduce ? 1 : 0));
            }
            last = Math.Max(last, stage[i]);
        }
        return new RowStages(isElement, stage, last + 1);
    }
}
