namespace DlGen.Tests.Emulation;

/// <summary>
/// The registers of one thread, as bits, and its view of memory. A register that nobody wrote has no value: to read it is a fault.
/// </summary>
internal sealed class PtxThread(int slots, DeviceMemory memory, ConstantTable table)
{
    private readonly ulong[] bits = new ulong[slots];
    private readonly bool[] written = new bool[slots];

    public DeviceMemory Memory => memory;

    public ConstantTable Table => table;

    /// <summary>Its number in the launch.</summary>
    public int Number { get; private set; }

    public void Begin(int number)
    {
        Number = number;
        Array.Clear(written);
    }

    public ulong Bits(int slot) => written[slot] ? bits[slot] : throw new PtxException("a register is read before it is written");

    public void Write(int slot, ulong value)
    {
        bits[slot] = value;
        written[slot] = true;
    }

    public float F(int slot) => BitConverter.UInt32BitsToSingle((uint)Bits(slot));

    public double D(int slot) => BitConverter.UInt64BitsToDouble(Bits(slot));

    public int R(int slot) => unchecked((int)Bits(slot));

    public long L(int slot) => unchecked((long)Bits(slot));

    public bool P(int slot) => Bits(slot) != 0;

    public void F(int slot, float value) => Write(slot, BitConverter.SingleToUInt32Bits(value));

    public void D(int slot, double value) => Write(slot, BitConverter.DoubleToUInt64Bits(value));

    public void R(int slot, int value) => Write(slot, unchecked((uint)value));

    public void L(int slot, long value) => Write(slot, unchecked((ulong)value));

    public void P(int slot, bool value) => Write(slot, value ? 1UL : 0);
}
