namespace DlGen.Tests.Emulation;

/// <summary>
/// A device for whole programs: memory that stays between launches, and the entries of the modules that were loaded. Results of a launch are there when it
/// returns.
/// </summary>
/// <param name="seed">Of the order in which warps run.</param>
internal sealed class PtxDevice(int seed = 1)
{
    private readonly Dictionary<string, PtxProgram> entries = [];

    public DeviceMemory Memory { get; } = new();

    public void Load(string ptx)
    {
        foreach (var (name, program) in PtxParser.Parse(ptx))
            if (!entries.TryAdd(name, program)) throw new PtxException($"an entry {name} is loaded already");
    }

    /// <summary>The address of so many bytes, aligned for every access; they have no value yet.</summary>
    /// <param name="name">What faults call it.</param>
    public ulong Allocate(string name, int bytes) => Memory.Allocate(name, bytes);

    /// <summary>The address of a copy of the values.</summary>
    public ulong Allocate<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ulong address = Memory.Allocate(name, values.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        Memory.CopyIn(address, values);
        return address;
    }

    public void CopyIn<T>(ulong address, ReadOnlySpan<T> values)
        where T : unmanaged
        => Memory.CopyIn(address, values);

    /// <summary>So many values; to copy out what nobody wrote is a fault.</summary>
    public T[] CopyOut<T>(ulong address, int count)
        where T : unmanaged
        => Memory.CopyOut<T>(address, count);

    /// <param name="sharedBytes">Of the shared variable whose length the text leaves open.</param>
    /// <param name="arguments">By the order of the parameters; the address of a buffer, or a float, as its bits.</param>
    public void Launch(string entry, int blocks, int threads, int sharedBytes, params long[] arguments)
    {
        if (!entries.TryGetValue(entry, out var program)) throw new PtxException($"no entry {entry} is loaded");
        new PtxMachine(program, Memory, seed).Launch(blocks, threads, sharedBytes, arguments);
    }
}
