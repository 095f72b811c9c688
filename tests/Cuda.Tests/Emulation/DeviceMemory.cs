namespace DlGen.Tests.Emulation;

/// <summary>
/// Global memory: buffers that end exactly where their last element ends. An access outside of them, a read of what nobody wrote, and two threads of one
/// launch that meet at one place, one of them writing, are faults.
/// </summary>
internal sealed class DeviceMemory
{
    private const ulong Base = 0x7000_0000_0000;
    private const int SpacingBits = 36;
    private const int Nobody = -1;
    private const int Several = -2;

    private readonly List<Buffer> buffers = [];

    /// <summary>Words of 32 bits, and what is known of each; of the last one, bytes beyond the length are not there.</summary>
    private sealed record Buffer(string Name, int Length, uint[] Words, bool[] Written, int[] Writer, int[] Reader);

    /// <summary>The address of a buffer of so many bytes, which have no value yet.</summary>
    public ulong Allocate(string name, int bytes)
    {
        int words = (bytes + 3) / 4;
        buffers.Add(new Buffer(name, bytes, new uint[words], new bool[words], new int[words], new int[words]));
        return Base + ((ulong)(buffers.Count - 1) << SpacingBits);
    }

    /// <summary>A new launch: what earlier ones wrote is there, and nobody has touched it.</summary>
    public void BeginLaunch()
    {
        foreach (var buffer in buffers)
        {
            Array.Fill(buffer.Writer, Nobody);
            Array.Fill(buffer.Reader, Nobody);
        }
    }

    /// <summary>From outside of a launch.</summary>
    public void Set(ulong address, int word, uint bits)
    {
        var (buffer, at) = Find(address, 1);
        buffer.Words[at + word] = bits;
        buffer.Written[at + word] = true;
    }

    /// <summary>From outside of a launch; null where nobody wrote.</summary>
    public uint? Get(ulong address, int word)
    {
        var (buffer, at) = Find(address, 1);
        return buffer.Written[at + word] ? buffer.Words[at + word] : null;
    }

    public ulong Load(ulong address, int bytes, int thread)
    {
        var (buffer, at) = Find(address, bytes);
        ulong bits = 0;
        for (int i = 0; i <= (bytes - 1) / 4; i++)
        {
            if (!buffer.Written[at + i]) throw new PtxException($"word {at + i} of {buffer.Name} is read, which nobody wrote");
            if (buffer.Writer[at + i] != Nobody && buffer.Writer[at + i] != thread) throw Race(buffer, at + i, "is read by another thread than wrote it in the same launch");
            buffer.Reader[at + i] = buffer.Reader[at + i] == Nobody || buffer.Reader[at + i] == thread ? thread : Several;
            bits |= (ulong)buffer.Words[at + i] << (32 * i);
        }
        return bytes == 1 ? (byte)(bits >> (8 * (int)(address % 4))) : bits;
    }

    public void Store(ulong address, int bytes, ulong bits, int thread)
    {
        var (buffer, at) = Find(address, bytes);
        for (int i = 0; i < bytes / 4; i++)
        {
            if (buffer.Writer[at + i] != Nobody && buffer.Writer[at + i] != thread) throw Race(buffer, at + i, "is written by two threads");
            if (buffer.Reader[at + i] != Nobody && buffer.Reader[at + i] != thread) throw Race(buffer, at + i, "is written by another thread than read it in the same launch");
            buffer.Writer[at + i] = thread;
            buffer.Written[at + i] = true;
            buffer.Words[at + i] = (uint)(bits >> (32 * i));
        }
    }

    private static PtxException Race(Buffer buffer, int word, string what) => new($"word {word} of {buffer.Name} {what}");

    private (Buffer Buffer, int Word) Find(ulong address, int bytes)
    {
        ulong number = (address - Base) >> SpacingBits;
        if (address < Base || number >= (ulong)buffers.Count) throw new PtxException($"the address {address:x} lies in no buffer");
        var buffer = buffers[(int)number];
        ulong offset = address - Base - (number << SpacingBits);
        if (offset % (ulong)bytes != 0) throw new PtxException($"{buffer.Name} is accessed at byte {offset}, which is no multiple of {bytes}");
        if (offset + (ulong)bytes > (ulong)buffer.Length) throw new PtxException($"{buffer.Name} is accessed at byte {offset} and has {buffer.Length}");
        return (buffer, (int)(offset / 4));
    }
}
