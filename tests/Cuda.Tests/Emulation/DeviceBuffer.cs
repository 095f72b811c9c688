using DlGen.Kernels;

namespace DlGen.Tests.Emulation;

/// <summary>Elements of one type in device memory.</summary>
internal sealed class DeviceBuffer
{
    /// <summary>Stands for an element that nobody wrote: no kernel computes it.</summary>
    public const double Unwritten = -9.25e307;

    private readonly DeviceMemory memory;
    private readonly int length;
    private readonly bool float64;
    private readonly KernelBuffer type;

    public DeviceBuffer(DeviceMemory memory, string name, double[] values, bool float64, KernelBuffer type)
    {
        (this.memory, length, this.float64, this.type) = (memory, values.Length, float64, type);
        Address = memory.Allocate(name, values.Length * BytesPerElement);
        for (int i = 0; i < length; i++)
        {
            if (values[i] == Unwritten) continue;
            ulong bits = type.IsBytes ? (ulong)values[i] << (8 * (i % 4))
                : type.IsInteger ? unchecked((uint)(int)values[i])
                : float64 ? BitConverter.DoubleToUInt64Bits(values[i]) : BitConverter.SingleToUInt32Bits((float)values[i]);
            int first = i * BytesPerElement / 4;
            if (type.IsBytes) bits |= memory.Get(Address, first) ?? 0;
            for (int word = 0; word <= (BytesPerElement - 1) / 4; word++) memory.Set(Address, first + word, (uint)(bits >> (32 * word)));
        }
    }

    public ulong Address { get; }

    private int BytesPerElement => type.IsBytes ? 1 : float64 && !type.IsInteger ? 8 : 4;

    public double[] Read() => [.. Enumerable.Range(0, length).Select(Read)];

    private double Read(int element)
    {
        if (memory.Get(Address, element * BytesPerElement / 4) is not { } low) return Unwritten;
        if (type.IsBytes) return (byte)(low >> (8 * (element % 4)));
        if (type.IsInteger) return unchecked((int)low);
        return float64 ? BitConverter.UInt64BitsToDouble(low | ((ulong)memory.Get(Address, (element * 2) + 1)!.Value << 32)) : BitConverter.UInt32BitsToSingle(low);
    }
}
