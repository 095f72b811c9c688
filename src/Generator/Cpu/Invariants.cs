using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>What of a body stays the same along an axis, so that it is computed before the loop.</summary>
internal static class Invariants
{
    /// <summary>
    /// The instructions that don't vary and that something varying or a store uses. Sums vary; so do loads from a buffer that the body writes, because
    /// nobody says that no element of it is written before.
    /// </summary>
    public static int[] Of(KernelBody body, Func<Access, bool> accessVaries, Func<int, bool> indexVaries)
    {
        bool[] varies = new bool[body.Code.Count];
        var used = new HashSet<int>(body.Stores.Select(s => s.Value));
        for (int i = 0; i < varies.Length; i++)
        {
            var code = body.Code[i];
            varies[i] = code.Op switch
            {
                BodyOp.Load => accessVaries(body.Accesses[code.A]) || IsWritten(body, body.Accesses[code.A].Buffer),
                BodyOp.Scalar when code.Function == ScalarOp.Index => indexVaries(code.A),
                BodyOp.Scalar => false,
                _ => true,
            };
            for (int k = 0; k < code.Arity; k++) varies[i] |= varies[code.Operand(k)];
            if (varies[i]) for (int k = 0; k < code.Arity; k++) used.Add(code.Operand(k));
        }
        return [.. Enumerable.Range(0, varies.Length).Where(i => !varies[i] && used.Contains(i))];
    }

    private static bool IsWritten(KernelBody body, int buffer) => body.Stores.Any(s => body.Accesses[s.Access].Buffer == buffer);
}
