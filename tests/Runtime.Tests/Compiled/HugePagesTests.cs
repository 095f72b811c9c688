using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DlGen.Compiled;
using Xunit;

namespace DlGen.Runtime.Tests;

public class HugePagesTests
{
    [Fact]
    public void Large_buffers_are_advised_to_lie_in_huge_pages()
    {
        if (!File.Exists("/sys/kernel/mm/transparent_hugepage/enabled")) return;
        var buffer = new AlignedBuffer<float>(4 << 20);
        Assert.Contains("hg", FlagsAt(AddressOf(buffer) + HugePages.Size));
        GC.KeepAlive(buffer);
    }

    private static unsafe nuint AddressOf(AlignedBuffer<float> buffer) => (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer.Span));

    /// <summary>The flags of the mapping that an address lies in, as the kernel tells them.</summary>
    private static string[] FlagsAt(nuint address)
    {
        bool within = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0].Split('-') is [var from, var to] && TryParse(from, out nuint start) && TryParse(to, out nuint end)) within = start <= address && address < end;
            else if (within && words[0] == "VmFlags:") return words[1..];
        }
        return [];
    }

    private static bool TryParse(string hex, out nuint value) => nuint.TryParse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value);
}
