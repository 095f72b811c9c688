using System.Runtime.InteropServices;

namespace DlGen.Compiled;

/// <summary>
/// Asks Linux for pages of 2 MiB in large memory. A training step walks through all of its values once forwards and once backwards, many more than the processor
/// remembers addresses of pages of 4 KiB for. It is advice: a system without such pages, or with none left, goes on with small ones.
/// </summary>
internal static class HugePages
{
    public const nuint Size = 1 << 21;

    private const int MadvHugePage = 14;

    /// <summary>Asks for the huge pages that lie wholly within memory which nobody has written to yet: what was written before stays in the pages where it is.</summary>
    public static void Advise(nuint address, nuint bytes)
    {
        if (!OperatingSystem.IsLinux()) return;
        nuint start = (address + Size - 1) & ~(Size - 1), end = (address + bytes) & ~(Size - 1);
        if (end > start) Advise((nint)start, end - start);
    }

    private static void Advise(nint start, nuint bytes)
    {
        try
        {
            _ = MAdvise(start, bytes, MadvHugePage);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A Linux without that function: its pages stay small.
        }
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int MAdvise(nint address, nuint bytes, int advice);
}
