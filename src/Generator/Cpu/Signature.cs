using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>The formal parameters of a kernel's entry method: buffers b0, b1, … (each with its shard stride s0, s1, … where sharded), then the rows.</summary>
internal static class Signature
{
    public static bool IsSharded(Kernel kernel) => kernel is ContractionKernel { Sharded: true } or ReductionKernel { Sharded: true } or MomentsKernel or ScatterKernel;

    /// <summary>Whether shares of its result can be computed by themselves: its method then takes which share of how many, as its last parameters.</summary>
    public static bool IsDivided(Kernel kernel) => kernel is ContractionKernel { Sharded: true } or ReductionKernel { Sharded: true };

    /// <summary>Elements of the row scratch that a row kernel needs as its last buffer; 0 for none.</summary>
    public static int ScratchLength(Kernel kernel) => kernel is RowKernel row ? row.Kept.Count * row.Inner : 0;

    public static string Parameters(Kernel kernel, CpuOptions options)
    {
        var parts = new List<string>();
        for (int i = 0; i < kernel.Buffers.Count; i++)
        {
            parts.Add($"ref {kernel.Buffers[i].ElementType(options.Element)} b{Literal.Of(i)}");
            if (IsSharded(kernel)) parts.Add($"nint s{Literal.Of(i)}");
        }
        parts.Add("int rows");
        if (IsSharded(kernel)) parts.Add("int shardRows");
        if (IsDivided(kernel)) parts.AddRange(["int part", "int parts"]);
        if (kernel is RandomKernel) parts.AddRange(["long firstRow", "long seed", "ulong step"]);
        return string.Join(", ", parts);
    }

    /// <summary>The same names as arguments, for handing on to the method of one instruction set.</summary>
    public static string Arguments(Kernel kernel)
    {
        var parts = new List<string>();
        for (int i = 0; i < kernel.Buffers.Count; i++)
        {
            parts.Add("ref b" + Literal.Of(i));
            if (IsSharded(kernel)) parts.Add("s" + Literal.Of(i));
        }
        parts.Add("rows");
        if (IsSharded(kernel)) parts.Add("shardRows");
        if (IsDivided(kernel)) parts.AddRange(["part", "parts"]);
        return string.Join(", ", parts);
    }
}
