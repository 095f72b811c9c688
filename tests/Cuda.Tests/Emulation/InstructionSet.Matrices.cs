using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DlGen.Tests.Emulation;

internal static partial class InstructionSet
{
    /// <summary>
    /// Small matrices that a warp holds together, as the tables of "PTX ISA" lay them out. Within a pair of 16-bit numbers the first is the lower half.
    /// </summary>
    private static void AddMatrices(Action<string, string, Semantics> add)
    {
        foreach (int count in new[] { 1, 2, 4 })
        {
            string form = $"{{{new string('r', count)}}}=[";
            add($"ldmatrix.sync.aligned.m8n8.x{count}.shared.b16", form, LoadMatrices(count, transposed: false));
            add($"ldmatrix.sync.aligned.m8n8.x{count}.trans.shared.b16", form, LoadMatrices(count, transposed: true));
        }
        add("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", "{ffff}={rrrr}{rr}{ffff}", Multiply(8, UnpackTf32));
        add("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32", "{ffff}={rrrr}{rr}{ffff}", Multiply(16, UnpackBFloat16));
    }

    private static void RequireWholeWarp(uint lanes)
    {
        if (lanes != ~0u) throw new PtxException($"all {Warp.Size} lanes work on a matrix together, and {lanes:x8} are here");
    }

    /// <summary>Each lane states where a row of eight numbers begins: the first eight lanes those of the first matrix, and so on.</summary>
    private static Semantics LoadMatrices(int count, bool transposed) => [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
    {
        RequireWholeWarp(lanes);
        uint addressing = count == 4 ? ~0u : (1u << (8 * count)) - 1;
        warp.CheckAddress(o, count, addressing);
        Span<ushort> numbers = stackalloc ushort[8 * 8 * 4];
        foreach (int lane in Warp.Each(addressing))
        {
            var accessor = warp.As(lane);
            var allocation = warp.Block.Shared.Find(warp.Address(o, count, lane), 16, out int offset);
            MemoryMarshal.Cast<byte, ushort>(allocation.Load(offset, 16, accessor)).CopyTo(numbers[(8 * lane)..]);
        }
        for (int matrix = 0; matrix < count; matrix++)
        {
            var result = warp.Write<uint>(o[matrix], lanes);
            var of = numbers.Slice(64 * matrix, 64);
            for (int lane = 0; lane < Warp.Size; lane++)
            {
                int row = lane / 4, column = 2 * (lane % 4);
                result[lane] = transposed
                    ? of[(8 * column) + row] | ((uint)of[(8 * (column + 1)) + row] << 16)
                    : of[(8 * row) + column] | ((uint)of[(8 * row) + column + 1] << 16);
            }
        }
    };

    /// <summary>Puts what a lane holds in one register into a matrix of so many numbers in depth: at rows of the left one, or at columns of the right one.</summary>
    private delegate void Unpack(uint register, Span<float> line, int first);

    /// <summary>The last 13 bits are not looked at.</summary>
    private static void UnpackTf32(uint register, Span<float> line, int first) => line[first] = BitConverter.UInt32BitsToSingle(register & 0xFFFFE000);

    private static void UnpackBFloat16(uint register, Span<float> line, int first)
    {
        line[2 * first] = BitConverter.UInt32BitsToSingle(register << 16);
        line[(2 * first) + 1] = BitConverter.UInt32BitsToSingle(register & 0xFFFF0000);
    }

    /// <summary>16×8 += 16×depth · depth×8. The order of the machine's sums is not stated; here it is that of the depth, by multiply-adds.</summary>
    private static Semantics Multiply(int depth, Unpack unpack) => [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
    {
        RequireWholeWarp(lanes);
        Span<float> left = stackalloc float[16 * depth], right = stackalloc float[8 * depth], sums = stackalloc float[16 * 8];
        for (int i = 0; i < 4; i++)
        {
            // Registers step over the lower half of the rows first, then over the second half of the depth.
            var a = warp.Read<uint>(o[4 + i], lanes);
            var c = warp.Read<float>(o[10 + i], lanes);
            for (int lane = 0; lane < Warp.Size; lane++)
            {
                int row = (lane / 4) + (8 * (i % 2));
                unpack(a[lane], left.Slice(row * depth, depth), (lane % 4) + (4 * (i / 2)));
                sums[SumAt(lane, i)] = c[lane];
            }
        }
        for (int i = 0; i < 2; i++)
        {
            var b = warp.Read<uint>(o[8 + i], lanes);
            for (int lane = 0; lane < Warp.Size; lane++) unpack(b[lane], right.Slice(lane / 4 * depth, depth), (lane % 4) + (4 * i));
        }
        for (int row = 0; row < 16; row++)
        {
            for (int column = 0; column < 8; column++)
            {
                float sum = sums[(8 * row) + column];
                for (int k = 0; k < depth; k++) sum = MathF.FusedMultiplyAdd(left[(row * depth) + k], right[(column * depth) + k], sum);
                sums[(8 * row) + column] = sum;
            }
        }
        for (int i = 0; i < 4; i++)
        {
            var d = warp.Write<float>(o[i], lanes);
            for (int lane = 0; lane < Warp.Size; lane++) d[lane] = sums[SumAt(lane, i)];
        }
    };

    /// <summary>Two neighbours of a row, then two of the row eight further.</summary>
    private static int SumAt(int lane, int register) => (8 * ((lane / 4) + (8 * (register / 2)))) + (2 * (lane % 4)) + (register % 2);
}
