using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>The status of a step in device memory: an int that is 0 until something fails. What is guarded by it does nothing from then on, until the host sets it to 0 again.</summary>
internal static class PtxGuard
{
    /// <summary>The loss was not finite.</summary>
    public const int LossNotFinite = 1;

    /// <summary>The norm of the gradients was not finite.</summary>
    public const int GradientNotFinite = 2;

    /// <summary>The entry's parameter that holds its address.</summary>
    public const string Parameter = "status";

    /// <summary>Goes to the end where a step failed. Behind the check of the thread's number: a thread that has nothing to do does not look at what another may write.</summary>
    /// <returns>The status's address.</returns>
    public static string Write(PtxWriter writer, string done)
    {
        string status = writer.Emit(Integer64, "cvta.to.global.u64", writer.Emit(Integer64, "ld.param.u64", $"[{Parameter}]"));
        writer.BranchIf(writer.Emit(Predicate, "setp.ne.s32", writer.Emit(Integer32, "ld.global.s32", $"[{status}]"), "0"), done);
        return status;
    }
}
