using DlGen.Tests.Emulation;

namespace DlGen.Tests.Emulator;

/// <summary>Small matrices that a warp holds together, element by element.</summary>
public class MatrixTests
{
    /// <summary>The input lies in the tile, four words a thread; %r4 is the lane's row of eight 16-bit numbers.</summary>
    private const string Tile = """
        mul.wide.u32 %rd3, %r0, 16;
        add.u64 %rd3, %rd0, %rd3;
        ld.global.v4.u32 {%r10, %r11, %r12, %r13}, [%rd3];
        mov.u32 %r4, tile;
        shl.b32 %r3, %r0, 4;
        add.u32 %r4, %r4, %r3;
        st.shared.v4.u32 [%r4], {%r10, %r11, %r12, %r13};
        bar.warp.sync 0xffffffff;
        """;

    /// <summary>The numbers 0, 1, 2, … of 16 bits.</summary>
    private static readonly uint[] Numbers = [.. Enumerable.Range(0, 128).Select(i => (uint)((2 * i) | (((2 * i) + 1) << 16)))];

    private static Snippet Of(string body) => new(Tile + body, ".shared .align 16 .b8 tile[512];");

    [Theory]
    [InlineData("x1.shared.b16 {%r9}, [%r4];", 0, false)]
    [InlineData("x2.shared.b16 {%r8, %r9}, [%r4];", 1, false)]
    [InlineData("x4.shared.b16 {%r6, %r7, %r8, %r9}, [%r4];", 3, false)]
    [InlineData("x4.shared.b16 {%r6, %r9, %r8, %r7}, [%r4];", 1, false)]
    [InlineData("x1.trans.shared.b16 {%r9}, [%r4];", 0, true)]
    [InlineData("x4.trans.shared.b16 {%r6, %r7, %r9, %r8}, [%r4];", 2, true)]
    public void Loading(string load, int matrix, bool transposed)
    {
        uint Number(int row, int column) => (uint)((64 * matrix) + (transposed ? (8 * column) + row : (8 * row) + column));
        var expected = Enumerable.Range(0, 32).Select(lane => Number(lane / 4, 2 * (lane % 4)) | (Number(lane / 4, (2 * (lane % 4)) + 1) << 16));
        Assert.Equal(expected, Of("ldmatrix.sync.aligned.m8n8." + load).Run(input: Numbers));
    }

    [Theory]
    [InlineData("setp.ne.u32 %p0, %r0, 0; @%p0 ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r9}, [%r4]; mov.u32 %r9, 1;", "all 32 lanes")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r9}, [%r4+8];", "no multiple of 16")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r6, %r7, %r8, %r9}, [%r4+16];", "tile is accessed at byte 512")]
    [InlineData("setp.eq.u32 %p0, %r0, 3; @%p0 bra $end; mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%f0, %f1, %f2, %f3}, {%r0, %r0, %r0, %r0}, {%r0, %r0}, {%f0, %f1, %f2, %f3};", "all 32 lanes")]
    public void Takes_a_whole_warp_and_what_is_there(string body, string because) => Of(body).Fails(because, input: Numbers);

    /// <summary>
    /// Each lane reads what "PTX ISA" says that it holds of two matrices in the input, of numbers that both types have exactly; the sums are exact as well.
    /// </summary>
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Product(int depth)
    {
        bool tf32 = depth == 8;
        var random = new Random(depth);
        float[,] left = new float[16, depth], right = new float[depth, 8], sums = new float[16, 8];
        foreach (float[,] matrix in new[] { left, right, sums })
            for (int i = 0; i < matrix.GetLength(0); i++) for (int j = 0; j < matrix.GetLength(1); j++) matrix[i, j] = random.Next(-8, 9) / 4f;

        // Per lane four registers of the left one, two of the right one, four of the sums.
        uint Word(Func<int, float> at, int k) => tf32 ? BitConverter.SingleToUInt32Bits(at(k)) : InstructionSet.ToBFloat16(at(2 * k)) | ((uint)InstructionSet.ToBFloat16(at((2 * k) + 1)) << 16);
        var input = new List<uint>();
        for (int lane = 0; lane < 32; lane++)
        {
            int group = lane / 4, within = lane % 4;
            for (int i = 0; i < 4; i++) input.Add(Word(k => left[group + (8 * (i % 2)), k], within + (4 * (i / 2))));
            for (int i = 0; i < 2; i++) input.Add(Word(k => right[k, group], within + (4 * i)));
            for (int i = 0; i < 4; i++) input.Add(BitConverter.SingleToUInt32Bits(sums[group + (8 * (i / 2)), (2 * within) + (i % 2)]));
        }
        string type = tf32 ? "m16n8k8.row.col.f32.tf32.tf32.f32" : "m16n8k16.row.col.f32.bf16.bf16.f32";
        string loads = string.Concat(Enumerable.Range(10, 6).Select(r => $"ld.global.b32 %r{r}, [%rd3+{4 * (r - 10)}];")) + string.Concat(Enumerable.Range(0, 4).Select(f => $"ld.global.f32 %f{f}, [%rd3+{24 + (4 * f)}];"));
        for (int register = 0; register < 4; register++)
        {
            uint[] actual = new Snippet($$"""
                mul.wide.u32 %rd3, %r0, 40;
                add.u64 %rd3, %rd0, %rd3;
                {{loads}}
                mma.sync.aligned.{{type}} {%f0, %f1, %f2, %f3}, {%r10, %r11, %r12, %r13}, {%r14, %r15}, {%f0, %f1, %f2, %f3};
                mov.b32 %r9, %f{{register}};
                """).Run(input: [.. input]);
            for (int lane = 0; lane < 32; lane++)
            {
                int row = (lane / 4) + (8 * (register / 2)), column = (2 * (lane % 4)) + (register % 2);
                float expected = sums[row, column] + Enumerable.Range(0, depth).Sum(k => left[row, k] * right[k, column]);
                Assert.Equal(expected, BitConverter.UInt32BitsToSingle(actual[lane]));
            }
        }
    }
}
