using static DlGen.Tests.Emulator.Tiled.PtxText;

namespace DlGen.Tests.Emulator.Tiled;

/// <summary>
/// GELU(A·B + bias) by the matrix instructions: tiles of 128×128 and 128 bytes in depth, copied asynchronously into three stages whose 16-byte chunks are
/// permuted within eight rows; eight warps, each of 64×32 sums. tf32: B lies transposed; bf16: row by row, as the result does.
/// </summary>
internal sealed class MatrixProduct
{
    private const int N = 128;
    private const int Stages = 3;
    private const int StageBytes = 32768;
    private const int Steps = 4;

    private readonly bool tf32;
    private readonly int size;
    private readonly int depth;
    private readonly PtxText text;
    private readonly string tile;
    private readonly string lane;
    private readonly string warpRow;
    private readonly string warpColumn;
    private readonly string[] left = new string[4];
    private readonly string right;
    private readonly string leftTarget;
    private readonly string rightTarget;
    private readonly string filled;

    private MatrixProduct(bool tf32, int rows)
    {
        this.tf32 = tf32;
        size = tf32 ? 4 : 2;
        depth = Steps * 128 / size;
        text = new PtxText(tf32 ? "tf32_product" : "bf16_product", 256, "sm_80");
        string a = text.Buffer("a"), b = text.Buffer("b"), bias = text.Buffer("bias"), y = text.Buffer("y"), count = text.Rows();
        string thread = text.R("mov.u32", "%tid.x"), firstRow = text.R("shl.b32", text.R("mov.u32", "%ctaid.x"), 7);
        tile = text.OpenShared();
        lane = text.R("and.b32", thread, 31);
        string warp = text.R("shr.u32", thread, 5);
        (warpRow, warpColumn) = (text.R("shr.u32", warp, 2), text.R("and.b32", warp, 3));

        // A thread copies four chunks of A, 32 rows apart, and four of B: 32 rows apart, or 16 where a row of B has 16 chunks.
        string row = text.R("shr.u32", thread, 3), chunk = text.R("and.b32", thread, 7);
        leftTarget = text.R("add.u32", text.R("shl.b32", row, 7), Permuted(chunk, row));
        string inDepth = text.R("shl.b32", chunk, tf32 ? 2 : 3);
        for (int i = 0; i < 4; i++)
        {
            string clamped = text.R("min.u32", text.R("add.u32", text.R("add.u32", firstRow, row), 32 * i), text.R("sub.u32", count, 1));
            left[i] = text.At(a, text.R("mad.lo.u32", clamped, depth, inDepth), size);
        }
        if (tf32)
        {
            rightTarget = leftTarget;
            right = text.At(b, text.R("mad.lo.u32", row, depth, inDepth), size);
        }
        else
        {
            string rowOfB = text.R("shr.u32", thread, 4), chunkOfB = text.R("and.b32", thread, 15);
            rightTarget = text.R("add.u32", text.R("shl.b32", rowOfB, 8), Permuted(chunkOfB, rowOfB));
            right = text.At(b, text.R("mad.lo.u32", rowOfB, N, text.R("shl.b32", chunkOfB, 3)), size);
        }
        filled = text.R("mov.u32", tile);
        string[] sums = Multiply();
        Finish(sums, bias, y, firstRow, count);
    }

    public static TiledKernel Of(bool tf32, int rows)
    {
        var product = new MatrixProduct(tf32, rows);
        var a = TiledBuffer.Draw("a", rows * product.depth, 1, !tf32);
        var b = TiledBuffer.Draw("b", product.depth * N, 0.1, !tf32);
        return Products.Kernel(product.text.ToString(), Stages * StageBytes, a, b, N, product.depth, tf32, tf32 ? 2e-3 : 2e-2);
    }

    /// <summary>Where a chunk of a row lies in the row, in bytes.</summary>
    private string Permuted(string chunk, string row) => text.R("shl.b32", text.R("xor.b32", chunk, text.R("and.b32", row, 7)), 4);

    private void NextStage(string stage)
    {
        text.Do("add.u32", stage, stage, StageBytes);
        text.Do($"@{text.P("setp.ge.u32", stage, text.R("add.u32", tile, Stages * StageBytes))} mov.u32 {stage}, {tile}");
    }

    private void Copy()
    {
        string toLeft = text.R("add.u32", filled, leftTarget), toRight = text.R("add.u32", filled, rightTarget);
        for (int i = 0; i < 4; i++) text.Do("cp.async.cg.shared.global", $"[{toLeft}+{4096 * i}]", $"[{left[i]}]", 16);
        for (int i = 0; i < 4; i++) text.Do("cp.async.cg.shared.global", $"[{toRight}+{16384 + (4096 * i)}]", $"[{right}+{(tf32 ? 32 * depth * 4 : 16 * N * 2) * i}]", 16);
        foreach (string address in left) text.Do("add.u64", address, address, 128);
        text.Do("add.u64", right, right, tf32 ? 128 : 64 * N * 2);
        NextStage(filled);
    }

    /// <summary>The sums of a thread: 4×4 matrices of four each.</summary>
    private string[] Multiply()
    {
        for (int stage = 0; stage < Stages - 1; stage++)
        {
            Copy();
            text.Do("cp.async.commit_group");
        }
        string low = text.R("and.b32", lane, 7), low4 = text.R("and.b32", lane, 15), high = text.R("shr.u32", lane, 4);
        string leftRow = text.R("shl.b32", text.R("add.u32", low4, text.R("shl.b32", warpRow, 6)), 7);
        string[] leftChunks = [.. Enumerable.Range(0, 4).Select(k => text.R("add.u32", leftRow, Permuted(text.R("add.u32", high, 2 * k), low)))];
        string[] rightChunks = RightChunks(low, low4, high);
        string[] sums = text.Floats(64);
        foreach (string sum in sums) text.Do("mov.f32", sum, Float(0));
        string step = text.R("mov.u32", 0), read = text.R("mov.u32", tile);
        string instruction = tf32 ? "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32" : "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32";
        text.Place("$loop");
        text.Do($"cp.async.wait_group {Stages - 2}");
        text.Do("bar.sync 0");
        text.Do($"@{text.P("setp.ge.u32", step, Steps - (Stages - 1))} bra $copied");
        Copy();
        text.Place("$copied");
        text.Do("cp.async.commit_group");
        for (int k = 0; k < 4; k++)
        {
            string[][] lefts = [.. Enumerable.Range(0, 4).Select(_ => text.Integers(4))], rights = [.. Enumerable.Range(0, 2).Select(_ => text.Integers(4))];
            string from = text.R("add.u32", read, leftChunks[k]);
            for (int i = 0; i < 4; i++) text.Do("ldmatrix.sync.aligned.m8n8.x4.shared.b16", Vector(lefts[i]), $"[{from}+{i * 16 * 128}]");
            for (int j = 0; j < 2; j++)
            {
                if (tf32) text.Do("ldmatrix.sync.aligned.m8n8.x4.shared.b16", Vector(rights[j]), $"[{text.R("add.u32", read, rightChunks[k])}+{j * 16 * 128}]");
                else text.Do("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16", Vector(rights[j]), $"[{text.R("add.u32", read, rightChunks[j])}+{k * 16 * 256}]");
            }
            if (tf32) foreach (string register in lefts.Concat(rights).SelectMany(r => r)) text.Do("cvt.rna.tf32.f32", register, register);
            for (int i = 0; i < 4; i++)
            {
                for (int j = 0; j < 4; j++)
                {
                    string sum = Vector(sums.Skip(4 * ((4 * i) + j)).Take(4));
                    text.Do(instruction, sum, Vector(lefts[i]), Vector(rights[j / 2].Skip(2 * (j % 2)).Take(2)), sum);
                }
            }
        }
        NextStage(read);
        text.Do("add.u32", step, step, 1);
        text.Do($"@{text.P("setp.lt.u32", step, Steps)} bra $loop");
        return sums;
    }

    /// <summary>By step in depth for tf32, by half of the columns for bf16.</summary>
    private string[] RightChunks(string low, string low4, string high)
    {
        if (!tf32)
        {
            string rowInBytes = text.R("shl.b32", low4, 8), column = text.R("shl.b32", warpColumn, 2);
            return [.. Enumerable.Range(0, 2).Select(j => text.R("add.u32", text.R("add.u32", rowInBytes, Permuted(text.R("add.u32", text.R("add.u32", high, 2 * j), column), low)), 16384))];
        }
        string columnRow = text.R("add.u32", text.R("add.u32", text.R("shl.b32", high, 3), low), text.R("shl.b32", warpColumn, 5));
        string inBytes = text.R("shl.b32", columnRow, 7), half = text.R("and.b32", text.R("shr.u32", lane, 3), 1);
        return [.. Enumerable.Range(0, 4).Select(k => text.R("add.u32", text.R("add.u32", inBytes, Permuted(text.R("add.u32", half, 2 * k), low)), 16384))];
    }

    private void Finish(string[] sums, string bias, string y, string firstRow, string count)
    {
        string row = text.R("add.u32", text.R("add.u32", firstRow, text.R("shl.b32", warpRow, 6)), text.R("shr.u32", lane, 2));
        string column = text.R("add.u32", text.R("shl.b32", warpColumn, 5), text.R("shl.b32", text.R("and.b32", lane, 3), 1));
        string shiftAt = text.At(bias, column, 4), to = text.At(y, text.R("mad.lo.u32", row, N, column), size);
        string[][] shifts = [.. Enumerable.Range(0, 4).Select(_ => text.Floats(2))];
        for (int j = 0; j < 4; j++) text.Do("ld.global.nc.v2.f32", Vector(shifts[j]), $"[{shiftAt}+{32 * j}]");
        for (int part = 0; part < 8; part++)
        {
            text.Do($"@{text.P("setp.ge.u32", text.R("add.u32", row, 8 * part), count)} bra $row{part}");
            for (int j = 0; j < 4; j++)
            {
                string[] results = [.. Enumerable.Range(0, 2).Select(z => text.Gelu(text.F("add.rn.f32", sums[(4 * ((4 * (part / 2)) + j)) + (2 * (part % 2)) + z], shifts[j][z])))];
                int offset = ((8 * part * N) + (8 * j)) * size;
                if (tf32) text.Do("st.global.v2.f32", $"[{to}+{offset}]", Vector(results));
                else text.Do("st.global.b32", $"[{to}+{offset}]", text.R("cvt.rn.bf16x2.f32", results[1], results[0]));
            }
            text.Place($"$row{part}");
        }
    }
}
