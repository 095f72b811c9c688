using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DlGen.Tests.Emulation;

/// <summary>
/// Threads that run together: their registers, lane beside lane, and their view of memory. A register that a lane did not write has no value there: to read
/// it is a fault.
/// </summary>
internal sealed partial class Warp
{
    public const int Size = 32;

    private readonly PtxProgram program;
    private readonly uint[] words;
    private readonly ulong[] longs;
    private readonly uint[] predicates;

    /// <summary>By register, the lanes that wrote it.</summary>
    private readonly uint[] wordLanes;
    private readonly uint[] longLanes;
    private readonly uint[] predicateLanes;

    public Warp(PtxProgram program, Block block)
    {
        (this.program, Block) = (program, block);
        var files = program.Files;
        (words, wordLanes) = (new uint[files.Words * Size], new uint[files.Words]);
        (longs, longLanes) = (new ulong[files.Longs * Size], new uint[files.Longs]);
        (predicates, predicateLanes) = (new uint[files.Predicates], new uint[files.Predicates]);
        foreach (var (register, bits) in files.ConstantWords) Write<uint>(register, ~0u).Fill(bits);
        foreach (var (register, bits) in files.ConstantLongs) Write<ulong>(register, ~0u).Fill(bits);
        for (int i = 0; i < program.Parameters.Count; i++)
        {
            if (program.Parameters[i].Is64) Write<long>(program.Parameters[i].Register, ~0u).Fill(block.Arguments[i]);
            else Write<uint>(program.Parameters[i].Register, ~0u).Fill(unchecked((uint)block.Arguments[i]));
        }
    }

    public Block Block { get; }

    public ConstantTable Table => program.Table;

    public CopyQueue Copies { get; } = new();

    /// <summary>The access that is made: its lane's, at this time.</summary>
    public Accessor Accessor { get; } = new();

    /// <summary>The lane whose access is made, for the report of a fault; -1 where all lanes act together.</summary>
    public int Lane { get; private set; } = -1;

    /// <summary>Its first thread, counted in the block.</summary>
    public int FirstThread { get; private set; }

    /// <summary>All of its registers are without value, and its threads stand before the first instruction.</summary>
    public void Begin(int number)
    {
        FirstThread = number * Size;
        Array.Clear(wordLanes, 0, program.Files.Declared.Words);
        Array.Clear(longLanes, 0, program.Files.Declared.Longs);
        Array.Clear(predicateLanes);
        Accessor.Synchronizations = 0;
        Copies.Clear();
        BeginFlow(Math.Min(Size, Block.Threads - FirstThread));
        foreach (var (name, register) in program.Files.Special)
        {
            var lanes = Write<int>(register, ~0u);
            var (first, step) = name switch
            {
                "%tid.x" => (FirstThread, 1),
                "%ntid.x" => (Block.Threads, 0),
                "%ctaid.x" => (Block.Number, 0),
                "%nctaid.x" => (Block.Count, 0),
                "%laneid" => (0, 1),
                _ => throw new PtxException($"the special register {name} is not known"),
            };
            for (int lane = 0; lane < Size; lane++) lanes[lane] = first + (step * lane);
        }
    }

    /// <summary>A register's lanes, each of which is read: of longs where the type has 64 bits, otherwise of words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<T> Read<T>(int register, uint lanes)
        where T : unmanaged
    {
        if ((lanes & ~(Unsafe.SizeOf<T>() == 8 ? longLanes : wordLanes)[register]) != 0) throw Unwritten();
        return Lanes<T>(register);
    }

    /// <summary>A register's lanes, which are to be written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Write<T>(int register, uint lanes)
        where T : unmanaged
    {
        (Unsafe.SizeOf<T>() == 8 ? longLanes : wordLanes)[register] |= lanes;
        return Lanes<T>(register);
    }

    /// <summary>The lanes in which the predicate holds.</summary>
    public uint Read(int predicate, uint lanes)
        => (lanes & ~predicateLanes[predicate]) == 0 ? predicates[predicate] & lanes : throw Unwritten();

    public void Write(int predicate, uint lanes, uint holds)
    {
        predicates[predicate] = (predicates[predicate] & ~lanes) | (holds & lanes);
        predicateLanes[predicate] |= lanes;
    }

    /// <summary>A lane acts; what goes wrong is its fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Accessor As(int lane)
    {
        Lane = lane;
        Accessor.Thread = Accessor.BlockStart + FirstThread + lane;
        return Accessor;
    }

    /// <summary>Where an address that stands at this operand and the next lies in a lane: a register, or a word's complement, and a distance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Address(int[] operands, int at, int lane)
    {
        int register = operands[at];
        return unchecked((register >= 0 ? longs[(register * Size) + lane] : words[(~register * Size) + lane]) + (ulong)operands[at + 1]);
    }

    /// <summary>Whether the register of an address has a value in all lanes.</summary>
    public void CheckAddress(int[] operands, int at, uint lanes)
    {
        int register = operands[at];
        if ((lanes & ~(register >= 0 ? longLanes[register] : wordLanes[~register])) != 0) throw Unwritten();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<T> Lanes<T>(int register)
        where T : unmanaged
        => Unsafe.SizeOf<T>() == 8
            ? MemoryMarshal.Cast<ulong, T>(longs.AsSpan(register * Size, Size))
            : MemoryMarshal.Cast<uint, T>(words.AsSpan(register * Size, Size));

    private static PtxException Unwritten() => new("a register is read before it is written");

    /// <summary>The lanes of a mask, the lowest first.</summary>
    public static LaneList Each(uint lanes) => new(lanes);

    internal ref struct LaneList(uint rest)
    {
        private uint rest = rest;

        public int Current { get; private set; }

        public readonly LaneList GetEnumerator() => this;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool MoveNext()
        {
            if (rest == 0) return false;
            Current = BitOperations.TrailingZeroCount(rest);
            rest &= rest - 1;
            return true;
        }
    }
}
