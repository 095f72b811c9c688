using System.Runtime.CompilerServices;

namespace DlGen.Tests.Emulation;

/// <summary>
/// A buffer in global memory, or a variable in shared memory: its bytes, and who touched which. To read what nobody wrote is a fault, and so is it where
/// two threads meet at one place, one of them writing, and nothing makes one wait for the other.
/// </summary>
internal sealed class Allocation(string name, int length)
{
    private readonly byte[] bytes = new byte[length];

    /// <summary>By words of 32 bits, or by bytes since something shorter was written.</summary>
    private Place[] places = new Place[(length + 3) / 4];
    private int placeBits = 2;

    private struct Place
    {
        public Touch Writes;
        public Touch Reads;
        public bool LastIsAtomic;
        public bool InFlight;
    }

    public string Name => name;

    public int Length => length;

    /// <summary>The bytes, for reading.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<byte> Load(int offset, int size, Accessor now)
    {
        for (int i = offset >> placeBits; i <= (offset + size - 1) >> placeBits; i++)
        {
            ref var place = ref places[i];
            if (place.Writes.Epoch == 0) throw Fault(i, "is read, which nobody wrote");
            if (place.InFlight) throw Fault(i, "is read while an asynchronous copy to it is under way");
            if (!place.Writes.IsBefore(now)) throw Fault(i, "is read, which another thread wrote, and nothing makes this one wait for it");
            place.Reads.Add(now);
        }
        return bytes.AsSpan(offset, size);
    }

    /// <summary>The bytes, to be written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Span<byte> Store(int offset, int size, Accessor now)
    {
        if (size < 4) DistinguishBytes();
        for (int i = offset >> placeBits; i <= (offset + size - 1) >> placeBits; i++)
        {
            ref var place = ref places[i];
            CheckWrite(in place, i, now);
            if (!place.Writes.IsBefore(now)) throw Fault(i, "is written by two threads, and nothing makes one wait for the other");
            place.Writes.Add(now);
            place.LastIsAtomic = false;
        }
        return bytes.AsSpan(offset, size);
    }

    /// <summary>The bytes, to be read and written at once: other threads may do the same, and nothing else, without a barrier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Span<byte> Exchange(int offset, int size, Accessor now)
    {
        for (int i = offset >> placeBits; i <= (offset + size - 1) >> placeBits; i++)
        {
            ref var place = ref places[i];
            if (place.Writes.Epoch == 0) throw Fault(i, "is read, which nobody wrote");
            CheckWrite(in place, i, now);
            if (!place.LastIsAtomic && !place.Writes.IsBefore(now)) throw Fault(i, "is written by one thread and changed by another, and nothing makes one wait for the other");
            place.Writes.Add(now);
            place.LastIsAtomic = true;
        }
        return bytes.AsSpan(offset, size);
    }

    /// <summary>A copy begins that will write the bytes; what stands there until then is no number.</summary>
    public void BeginCopy(int offset, int size, Accessor now)
    {
        Store(offset, size, now).Fill(0xFF);
        for (int i = offset >> placeBits; i <= (offset + size - 1) >> placeBits; i++) places[i].InFlight = true;
    }

    public void EndCopy(int offset, ReadOnlySpan<byte> copied, Accessor now)
    {
        for (int i = offset >> placeBits; i <= (offset + copied.Length - 1) >> placeBits; i++) places[i].InFlight = false;
        copied.CopyTo(Store(offset, copied.Length, now));
    }

    /// <summary>Whether somebody wrote the byte.</summary>
    public bool IsWritten(int offset) => places[offset >> placeBits].Writes.Epoch > 0;

    /// <summary>Whether a thread of the launch that began in the epoch wrote it.</summary>
    public bool IsWrittenSince(int epoch, int offset) => places[offset >> placeBits].Writes.Epoch >= epoch;

    /// <summary>From outside of a launch.</summary>
    public void CopyIn(int offset, ReadOnlySpan<byte> values, int epoch)
    {
        if (values.Length % 4 != 0 || offset % 4 != 0) DistinguishBytes();
        values.CopyTo(bytes.AsSpan(offset));
        for (int i = offset >> placeBits; i < (offset + values.Length) >> placeBits; i++) places[i].Writes.ByHost(epoch);
    }

    /// <summary>From outside of a launch.</summary>
    public ReadOnlySpan<byte> CopyOut(int offset, int size) => bytes.AsSpan(offset, size);

    /// <summary>A block ends: nothing is under way any more.</summary>
    public void Forget() => Array.Clear(places);

    private void CheckWrite(in Place place, int i, Accessor now)
    {
        if (place.InFlight) throw Fault(i, "is written while an asynchronous copy to it is under way");
        if (!place.Reads.IsBefore(now)) throw Fault(i, "is written, which another thread reads, and nothing makes this one wait for it");
    }

    private void DistinguishBytes()
    {
        if (placeBits == 0) return;
        var words = places;
        places = new Place[length];
        for (int i = 0; i < length; i++) places[i] = words[i / 4];
        placeBits = 0;
    }

    private PtxException Fault(int place, string what) => new($"byte {place << placeBits} of {name} {what}");
}
