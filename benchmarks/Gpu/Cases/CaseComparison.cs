using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace DlGen.Gpu.Cases;

/// <summary>What a buffer holds against what it should: bytes that nobody should write must be as they were, numbers may differ by a bound.</summary>
internal static class CaseComparison
{
    /// <summary>The largest error, and the first element that differs too much; null where none does.</summary>
    public static (double Error, string? Difference) Of(CaseBuffer buffer, ReadOnlySpan<byte> actual, double bound) => buffer.Element switch
    {
        CaseElement.Byte => Exact(buffer.Expected, actual),
        CaseElement.Int32 => Exact(MemoryMarshal.Cast<byte, int>(buffer.Expected), MemoryMarshal.Cast<byte, int>(actual)),
        CaseElement.BFloat16 => Close(Widen(buffer.Expected), Widen(actual), bound),
        CaseElement.Float32 => Close(MemoryMarshal.Cast<byte, float>(buffer.Expected), MemoryMarshal.Cast<byte, float>(actual), bound),
        _ => Close(MemoryMarshal.Cast<byte, double>(buffer.Expected), MemoryMarshal.Cast<byte, double>(actual), bound),
    };

    private static (double Error, string? Difference) Exact<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual)
        where T : unmanaged, IBinaryInteger<T>
    {
        int place = expected.CommonPrefixLength(actual);
        return place == expected.Length ? (0, null) : (0, string.Create(CultureInfo.InvariantCulture, $"element {place} is 0x{actual[place]:x} instead of 0x{expected[place]:x}"));
    }

    private static (double Error, string? Difference) Close<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, double bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double largest = 0;
        string? difference = null;
        for (int i = 0; i < expected.Length; i++)
        {
            if (IsSame(expected[i], actual[i])) continue;
            double here = double.CreateTruncating(expected[i]), error = Math.Abs(here - double.CreateTruncating(actual[i])) / Math.Max(1, Math.Abs(here));
            if (double.IsNaN(error)) error = double.PositiveInfinity;
            largest = Math.Max(largest, error);
            if (error > bound) difference ??= string.Create(CultureInfo.InvariantCulture, $"element {i} is {actual[i]} instead of {expected[i]}");
        }

        return (largest, difference);
    }

    /// <summary>Equal, or both no number; of what nobody should write, the bits.</summary>
    private static bool IsSame<T>(T expected, T actual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> here = [expected], there = [actual];
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(here);
        if (!bytes.ContainsAnyExcept(CaseBuffer.Unwritten)) return bytes.SequenceEqual(MemoryMarshal.AsBytes(there));
        return expected.Equals(actual);
    }

    private static float[] Widen(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(bytes);
        var values = new float[halves.Length];
        for (int i = 0; i < values.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
        return values;
    }
}
