namespace DlGen.Gpu.Cases;

/// <summary>What the elements of a buffer are.</summary>
internal enum CaseElement : byte
{
    Byte,
    Int32,
    BFloat16,
    Float32,
    Float64,
}

/// <summary>A buffer of a case.</summary>
/// <param name="Element">What lies in it.</param>
/// <param name="Before">Its bytes before the launches.</param>
/// <param name="Expected">Its bytes behind them; null where they are of no interest.</param>
internal sealed record CaseBuffer(CaseElement Element, byte[] Before, byte[]? Expected)
{
    /// <summary>What nobody wrote; as a number it is none.</summary>
    public const byte Unwritten = 0xFF;
}

/// <summary>An argument: an address in a buffer, or a number.</summary>
/// <param name="Buffer">Which of the buffers; -1 for a number.</param>
/// <param name="Value">The number, or bytes from the beginning of the buffer.</param>
internal readonly record struct CaseArgument(int Buffer, long Value)
{
    public static CaseArgument Number(long value) => new(-1, value);
}

/// <summary>A launch, with all of the case's arguments.</summary>
internal sealed record CaseLaunch(string Entry, int Blocks, int Threads, int SharedBytes);

/// <summary>Launches of one module on buffers of their own, and what they must leave there.</summary>
/// <param name="Name">Which of the cases of its form it is.</param>
/// <param name="Form">What is tried by it: the kind of kernel, or the instruction.</param>
/// <param name="Bound">The largest error of a floating-point element, relative to it or to 1; others must be equal.</param>
/// <param name="Buffers">The buffers.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="Launches">One behind the other.</param>
internal sealed record KernelCase(string Name, string Form, double Bound, CaseBuffer[] Buffers, CaseArgument[] Arguments, CaseLaunch[] Launches);
