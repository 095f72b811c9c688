using System.ComponentModel;
using System.Numerics;
using DlGen.Execution;

namespace DlGen.Compiled;

/// <summary>A batch that is being handed to a device: its fields go in, its outputs come out. Valid until the next one begins.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct CudaBatch<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly CudaField[] fields;
    private readonly long[] outputs;

    internal CudaBatch(Slot slot, CudaField[] fields, long[] outputs) => (Slot, this.fields, this.outputs) = (slot, fields, outputs);

    internal Slot Slot { get; }

    /// <summary>Hands over a field of numbers.</summary>
    public void Put(int field, ReadOnlySpan<T> values)
    {
        Put<T>(field, values);
        Slot.HoldsNonFinite |= Slot.LooksAtNumbers && !Check.AllFinite(values);
    }

    /// <summary>Hands over ids or labels.</summary>
    public void Put(int field, ReadOnlySpan<int> values) => Put<int>(field, values);

    /// <summary>Hands over bytes.</summary>
    public void Put(int field, ReadOnlySpan<byte> values) => Put<byte>(field, values);

    /// <summary>A field of numbers as it was handed over.</summary>
    public ReadOnlySpan<T> Numbers(int field) => Field<T>(field);

    /// <summary>Ids or labels as they were handed over.</summary>
    public ReadOnlySpan<int> Ints(int field) => Field<int>(field);

    /// <summary>Bytes as they were handed over.</summary>
    public ReadOnlySpan<byte> Bytes(int field) => Field<byte>(field);

    /// <summary>Takes an output.</summary>
    /// <param name="output">Which.</param>
    /// <param name="destination">Where it goes: all of the batch's rows.</param>
    public void Get(int output, Span<T> destination) => Slot.Results.Values<T>(outputs[output], destination.Length).CopyTo(destination);

    private void Put<TValue>(int field, ReadOnlySpan<TValue> values)
        where TValue : unmanaged
        => values.CopyTo(Field<TValue>(field));

    private Span<TValue> Field<TValue>(int field)
        where TValue : unmanaged
        => Slot.Block.Values<TValue>(Slot.Layout!.Offsets[field], Slot.Rows * fields[field].PerRow);
}
