using System.Runtime.CompilerServices;

namespace DlGen.Tests.Emulation;

/// <summary>
/// The order in which the threads of a warp go on. Those that stand at one instruction go together, and of several such groups the one furthest behind goes
/// first, so that branches meet again where they end.
/// </summary>
internal sealed partial class Warp
{
    /// <summary>More instructions than any warp of a test needs: a loop that does not end is a fault.</summary>
    private const int LongestRun = 10_000_000;

    private enum State
    {
        Ready,

        /// <summary>The next instruction is one that lanes carry out together, and others of the warp may still come to it, or return.</summary>
        AwaitsLanes,

        /// <summary>The next instruction is a barrier, which they have reached.</summary>
        AtBarrier,
    }

    /// <param name="At">The instruction that is next.</param>
    private readonly record struct Group(int At, uint Lanes, State State = State.Ready);

    private readonly List<Group> groups = [];
    private int instructions;

    /// <summary>The lanes that have not returned.</summary>
    public uint Running { get; private set; }

    /// <summary>Whether all threads that have not returned have reached a barrier.</summary>
    public bool Waits => groups is [{ State: State.AtBarrier }];

    private void BeginFlow(int threads)
    {
        Running = threads == Size ? ~0u : (1u << threads) - 1;
        groups.Clear();
        groups.Add(new Group(0, Running));
        instructions = 0;
    }

    /// <summary>All other threads of the block have reached the barrier too.</summary>
    public void PassBarrier() => groups[0] = new Group(groups[0].At + 1, groups[0].Lanes);

    /// <summary>Goes on until every thread has returned or waits at a barrier.</summary>
    public void Run()
    {
        while (Furthest(out int next) is { } group) Run(group, next);
        if (groups.Count <= 1) return;
        int first = groups[0].At;
        throw Fault(program.Code[groups.Find(g => g.At != first).At], $"threads of one warp wait here, and others at line {program.Code[first].Line}: only a whole warp passes a barrier");
    }

    /// <summary>
    /// Takes the group that goes first, with all that stand there. It is one that awaits others only where nobody is left who could come; null where all are
    /// at a barrier.
    /// </summary>
    /// <param name="next">Where the next one of the others stands.</param>
    private Group? Furthest(out int next)
    {
        next = int.MaxValue;
        Group? first = null;
        foreach (var group in groups)
        {
            if (group.State == State.AtBarrier) continue;
            if (first is not { } found || group.State < found.State || (group.State == found.State && group.At < found.At)) first = group;
        }
        if (first is not { } chosen) return null;
        uint lanes = 0;
        for (int i = groups.Count - 1; i >= 0; i--)
        {
            if (groups[i].State == State.AtBarrier) continue;
            if (groups[i].At == chosen.At)
            {
                lanes |= groups[i].Lanes;
                groups.RemoveAt(i);
            }
            else if (groups[i].At > chosen.At)
            {
                next = Math.Min(next, groups[i].At);
            }
        }
        return chosen with { Lanes = lanes };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run(Group group, int next)
    {
        int at = group.At;
        uint together = group.Lanes;
        bool mayAwait = group.State == State.Ready;
        while (at < next)
        {
            if (at == program.Code.Count) throw new PtxException($"{program.Name}: a thread runs beyond the last instruction");
            if (++instructions > LongestRun) throw new PtxException($"{program.Name}: thread {Accessor.BlockStart + FirstThread} does not end");
            var instruction = program.Code[at];
            try
            {
                uint lanes = together;
                if (instruction.Guard >= 0)
                {
                    lanes = Read(instruction.Guard, together);
                    if (instruction.GuardedByFalse) lanes = together & ~lanes;
                }
                switch (instruction.Flow)
                {
                    case Flow.Next:
                        Lane = -1;
                        if (lanes != 0) instruction.Run!(this, lanes, instruction.Operands);
                        at++;
                        break;
                    case Flow.Together when lanes != Running && groups.Exists(g => g.State == State.Ready ? mayAwait : g.State == State.AwaitsLanes && g.At == at):
                        groups.Add(new Group(at, together, State.AwaitsLanes));
                        return;
                    case Flow.Together:
                        Lane = -1;
                        if (lanes != 0) instruction.Run!(this, lanes, instruction.Operands);
                        mayAwait = true;
                        at++;
                        break;
                    case Flow.Branch when lanes == together:
                        at = instruction.Target;
                        break;
                    case Flow.Branch when lanes != 0:
                        groups.Add(new Group(instruction.Target, lanes));
                        groups.Add(new Group(at + 1, together & ~lanes));
                        return;
                    case Flow.Return when lanes != 0:
                        Running &= ~lanes;
                        together &= ~lanes;
                        if (together == 0) return;
                        at++;
                        break;
                    case Flow.Barrier when lanes == together:
                        Wait(at, lanes);
                        return;
                    case Flow.Barrier when lanes != 0:
                        throw new PtxException("a barrier is passed by a part of the threads only");
                    default:
                        at++;
                        break;
                }
            }
            catch (PtxException fault)
            {
                throw Fault(instruction, fault.Message);
            }
        }
        groups.Add(new Group(at, together));
    }

    private void Wait(int at, uint lanes)
    {
        int same = groups.FindIndex(g => g.State == State.AtBarrier && g.At == at);
        if (same >= 0) groups[same] = new Group(at, groups[same].Lanes | lanes, State.AtBarrier);
        else groups.Add(new Group(at, lanes, State.AtBarrier));
    }

    private PtxException Fault(PtxInstruction instruction, string message)
    {
        string who = Lane >= 0 ? $"thread {Accessor.BlockStart + FirstThread + Lane}" : $"warp {FirstThread / Size} of block {Block.Number}";
        return new PtxException($"{program.Name}, line {instruction.Line}: {instruction.Text}\n{message} ({who})");
    }
}
