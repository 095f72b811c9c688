namespace DlGen.Tests.Emulation;

/// <summary>Elements of one type in device memory.</summary>
internal sealed class DeviceBuffer
{
    /// <summary>Stands for an element that nobody wrote: no kernel computes it.</summary>
    public const double Unwritten = -9.25e307;

    private readonly DeviceMemory memory;
    private readonly int length;
    private readonly bool float64;
    private readonly bool isInteger;

    public DeviceBuffer(DeviceMemory memory, string name, double[] values, bool float64, bool isInteger)
    {
        (this.memory, length, this.float64, this.isInteger) = (memory, values.Length, float64, isInteger);
        Address = memory.Allocate(name, values.Length * WordsPerElement);
        for (int i = 0; i < length; i++)
        {
            if (values[i] == Unwritten) continue;
            ulong bits = isInteger ? unchecked((uint)(int)values[i]) : float64 ? BitConverter.DoubleToUInt64Bits(values[i]) : BitConverter.SingleToUInt32Bits((float)values[i]);
            for (int word = 0; word < WordsPerElement; word++) memory.Set(Address, (i * WordsPerElement) + word, (uint)(bits >> (32 * word)));
        }
    }

    public ulong Address { get; }

    private int WordsPerElement => float64 && !isInteger ? 2 : 1;

    public double[] Read() => [.. Enumerable.Range(0, length).Select(Read)];

    private double Read(int element)
    {
        if (memory.Get(Address, element * WordsPerElement) is not { } low) return Unwritten;
        if (isInteger) return unchecked((int)low);
        return float64 ? BitConverter.UInt64BitsToDouble(low | ((ulong)memory.Get(Address, (element * 2) + 1)!.Value << 32)) : BitConverter.UInt32BitsToSingle(low);
    }
}
