namespace DlGen.Tests.Emulation;

/// <summary>Launches an entry. What goes on at once on a device happens in an order drawn from the seed.</summary>
internal sealed class PtxMachine(PtxProgram program, DeviceMemory memory, int seed = 1)
{
    private const int MostThreads = 1024;

    /// <param name="sharedBytes">Of the shared variable whose length the text leaves open.</param>
    /// <param name="arguments">By the order of the parameters; the address of a buffer, or a float, as its bits.</param>
    public void Launch(int blocks, int blockThreads, int sharedBytes, params long[] arguments)
    {
        if (arguments.Length != program.Parameters.Count) throw new PtxException($"{program.Name} takes {program.Parameters.Count} arguments, {arguments.Length} given");
        for (int i = 0; i < arguments.Length; i++)
        {
            var parameter = program.Parameters[i];
            bool fits = parameter.Is64 || (parameter.Type == ".s32" ? arguments[i] == (int)arguments[i] : arguments[i] == (uint)arguments[i]);
            if (!fits) throw new PtxException($"{parameter.Name} of {program.Name} is {parameter.Type}, given {arguments[i]}");
        }
        if (blockThreads is < 1 or > MostThreads) throw new PtxException($"{program.Name} is launched with {blockThreads} threads in a block, which has 1 to {MostThreads}");
        if (program.RequiredThreads > 0 && blockThreads != program.RequiredThreads) throw new PtxException($"{program.Name} requires {program.RequiredThreads} threads in a block, launched with {blockThreads}");
        if (program.MostThreads > 0 && blockThreads > program.MostThreads) throw new PtxException($"{program.Name} has at most {program.MostThreads} threads in a block, launched with {blockThreads}");
        if (sharedBytes > 0 && program.Shared.All(v => v.Length >= 0)) throw new PtxException($"{program.Name} leaves no shared variable's length open, and is launched with {sharedBytes} bytes for it");

        var block = new Block(program, memory, arguments, blocks, blockThreads, sharedBytes, seed);
        for (int number = 0; number < blocks; number++) block.Run(number);
    }
}
