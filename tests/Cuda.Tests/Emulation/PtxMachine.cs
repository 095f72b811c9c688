namespace DlGen.Tests.Emulation;

/// <summary>Runs an entry, one thread after the other: the plain kernels have no barriers and share no memory.</summary>
internal sealed class PtxMachine(PtxProgram program, DeviceMemory memory)
{
    /// <summary>More instructions than any thread of a test needs: a loop that does not end is a fault.</summary>
    private const int LongestThread = 10_000_000;

    /// <param name="arguments">By the order of the parameters; the address of a buffer as its bits.</param>
    public void Launch(int blocks, int blockThreads, params long[] arguments)
    {
        if (arguments.Length != program.Parameters.Count) throw new PtxException($"{program.Name} takes {program.Parameters.Count} arguments, {arguments.Length} given");
        for (int i = 0; i < arguments.Length; i++)
            if (program.Parameters[i].Type == ".s32" && arguments[i] != (int)arguments[i]) throw new PtxException($"{program.Parameters[i].Name} has 32 bits, given {arguments[i]}");

        memory.BeginLaunch();
        var thread = new PtxThread(program.Slots, memory, program.Table);
        for (int block = 0; block < blocks; block++)
        {
            for (int t = 0; t < blockThreads; t++)
            {
                thread.Begin((block * blockThreads) + t);
                foreach (var constant in program.Constants) thread.Write(constant.Slot, constant.Bits);
                for (int i = 0; i < arguments.Length; i++) thread.L(program.Parameters[i].Slot, arguments[i]);
                foreach (var (name, slot) in program.Special)
                {
                    thread.R(slot, name switch
                    {
                        "%ctaid.x" => block,
                        "%ntid.x" => blockThreads,
                        "%tid.x" => t,
                        _ => throw new PtxException($"the special register {name} is not known"),
                    });
                }
                Run(thread);
            }
        }
    }

    private void Run(PtxThread thread)
    {
        int at = 0;
        for (int steps = 0; steps < LongestThread; steps++)
        {
            if (at == program.Code.Count) throw new PtxException($"{program.Name}: a thread runs beyond the last instruction");
            var instruction = program.Code[at++];
            try
            {
                if (instruction.Guard >= 0 && !thread.P(instruction.Guard)) continue;
                if (instruction.Run is { } run) run(thread, instruction.Operands);
                else if (instruction.Target >= 0) at = instruction.Target;
                else return;
            }
            catch (PtxException fault)
            {
                throw new PtxException($"{program.Name}, line {instruction.Line}: {instruction.Text}\n{fault.Message} (thread {thread.Number})");
            }
        }
        throw new PtxException($"{program.Name}: thread {thread.Number} does not end");
    }
}
