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

    /// <param name="lead">So many elements, which nobody writes, lie before the first one.</param>
    public DeviceBuffer(DeviceMemory memory, string name, double[] values, bool float64, KernelBuffer type, int lead = 0)
    {
        (this.memory, length, this.float64, this.type) = (memory, values.Length, float64, type);
        Address = memory.Allocate(name, (lead + values.Length) * BytesPerElement) + (ulong)(lead * BytesPerElement);
        for (int i = 0; i < length; i++)
        {
            if (values[i] == Unwritten) continue;
            ulong at = Address + (ulong)(i * BytesPerElement);
            if (type.IsBytes) memory.CopyIn<byte>(at, [(byte)values[i]]);
            else if (type.IsInteger) memory.CopyIn<int>(at, [(int)values[i]]);
            else if (float64) memory.CopyIn<double>(at, [values[i]]);
            else memory.CopyIn<float>(at, [(float)values[i]]);
        }
    }

    public ulong Address { get; }

    public ulong AddressOf(long element) => Address + (ulong)(element * BytesPerElement);

    private int BytesPerElement => type.IsBytes ? 1 : float64 && !type.IsInteger ? 8 : 4;

    public double[] Read() => [.. Enumerable.Range(0, length).Select(Read)];

    private double Read(int element)
    {
        ulong at = Address + (ulong)(element * BytesPerElement);
        if (!memory.IsWritten(at)) return Unwritten;
        if (type.IsBytes) return memory.CopyOut<byte>(at, 1)[0];
        if (type.IsInteger) return memory.CopyOut<int>(at, 1)[0];
        return float64 ? memory.CopyOut<double>(at, 1)[0] : memory.CopyOut<float>(at, 1)[0];
    }
}
