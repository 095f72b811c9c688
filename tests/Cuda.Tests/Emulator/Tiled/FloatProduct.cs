using static DlGen.Tests.Emulator.Tiled.PtxText;

namespace DlGen.Tests.Emulator.Tiled;

/// <summary>
/// GELU(A·B + bias) in floats: tiles of 128×128 and 8 in depth, two in shared memory, of which one is filled while the other is read; 8×8 sums a thread.
/// </summary>
internal static class FloatProduct
{
    private const int N = 128;
    private const int Depth = 32;
    private const int LeftPitch = 132;
    private const int LeftBytes = 8 * LeftPitch * 4;
    private const int StageBytes = LeftBytes + (8 * N * 4);

    public static TiledKernel Of(int rows)
    {
        var text = new PtxText("float_product", 256);
        string a = text.Buffer("a"), b = text.Buffer("b"), bias = text.Buffer("bias"), y = text.Buffer("y"), count = text.Rows(), tile = text.Shared(2 * StageBytes);
        string thread = text.R("mov.u32", "%tid.x"), firstRow = text.R("shl.b32", text.R("mov.u32", "%ctaid.x"), 7);

        // A thread copies four elements of a row of A and four of B; rows beyond the last are the last again.
        string row = text.R("shr.u32", thread, 1), depth = text.R("shl.b32", text.R("and.b32", thread, 1), 2);
        string clamped = text.R("min.u32", text.R("add.u32", firstRow, row), text.R("sub.u32", count, 1));
        string left = text.At(a, text.R("mad.lo.u32", clamped, Depth, depth), 4);
        string depthOfB = text.R("shr.u32", thread, 5), columnOfB = text.R("shl.b32", text.R("and.b32", thread, 31), 2);
        string right = text.At(b, text.R("mad.lo.u32", depthOfB, N, columnOfB), 4);
        string leftStore = text.R("add.u32", tile, text.R("shl.b32", text.R("mad.lo.u32", depth, LeftPitch, row), 2));
        string rightStore = text.R("add.u32", tile, text.R("shl.b32", text.R("mad.lo.u32", depthOfB, N, columnOfB), 2));
        string down = text.R("shr.u32", thread, 4), across = text.R("and.b32", thread, 15);
        string leftLoad = text.R("add.u32", tile, text.R("shl.b32", down, 4)), rightLoad = text.R("add.u32", tile, text.R("shl.b32", across, 4));
        string[] leftValues = text.Floats(4), rightValues = text.Floats(4), sums = text.Floats(64), lefts = text.Floats(8), rights = text.Floats(8);
        foreach (string sum in sums) text.Do("mov.f32", sum, Float(0));
        void Load()
        {
            text.Do("ld.global.nc.v4.f32", Vector(leftValues), $"[{left}]");
            text.Do("ld.global.nc.v4.f32", Vector(rightValues), $"[{right}]");
        }

        void Store()
        {
            for (int j = 0; j < 4; j++) text.Do("st.shared.f32", $"[{leftStore}+{j * LeftPitch * 4}]", leftValues[j]);
            text.Do("st.shared.v4.f32", $"[{rightStore}+{LeftBytes}]", Vector(rightValues));
        }

        Load();
        Store();
        text.Do("bar.sync 0");
        string step = text.R("mov.u32", 0), other = text.R("mov.u32", StageBytes);
        text.Place("$loop");
        string isLast = text.P("setp.eq.u32", step, (Depth / 8) - 1);
        text.Do($"@{isLast} bra $products");
        text.Do("add.u64", left, left, 8 * 4);
        text.Do("add.u64", right, right, 8 * N * 4);
        Load();
        text.Place("$products");
        for (int k = 0; k < 8; k++)
        {
            for (int half = 0; half < 2; half++)
            {
                text.Do("ld.shared.v4.f32", Vector(lefts.Skip(4 * half).Take(4)), $"[{leftLoad}+{(k * LeftPitch * 4) + (half * 256)}]");
                text.Do("ld.shared.v4.f32", Vector(rights.Skip(4 * half).Take(4)), $"[{rightLoad}+{LeftBytes + (k * N * 4) + (half * 256)}]");
            }
            for (int i = 0; i < 64; i++) text.Do("fma.rn.f32", sums[i], lefts[i / 8], rights[i % 8], sums[i]);
        }
        text.Do($"@{isLast} bra $epilogue");
        foreach (string address in new[] { leftStore, rightStore }) text.Do("add.u32", address, address, other);
        Store();
        foreach (string address in new[] { leftLoad, rightLoad }) text.Do("add.u32", address, address, other);
        text.Do("neg.s32", other, other);
        text.Do("bar.sync 0");
        text.Do("add.u32", step, step, 1);
        text.Do("bra $loop");

        text.Place("$epilogue");
        string outRow = text.R("add.u32", firstRow, text.R("shl.b32", down, 2)), outColumn = text.R("shl.b32", across, 2);
        string shiftAt = text.At(bias, outColumn, 4), to = text.At(y, text.R("mad.lo.u32", outRow, N, outColumn), 4);
        string[] shifts = text.Floats(8);
        for (int half = 0; half < 2; half++) text.Do("ld.global.nc.v4.f32", Vector(shifts.Skip(4 * half).Take(4)), $"[{shiftAt}+{half * 256}]");
        for (int i = 0; i < 8; i++)
        {
            int rowOffset = (i % 4) + (64 * (i / 4));
            text.Do($"@{text.P("setp.ge.u32", text.R("add.u32", outRow, rowOffset), count)} bra $row{i}");
            for (int half = 0; half < 2; half++)
            {
                var results = Enumerable.Range(4 * half, 4).Select(j => text.Gelu(text.F("add.rn.f32", sums[(8 * i) + j], shifts[j]))).ToList();
                text.Do("st.global.v4.f32", $"[{to}+{(rowOffset * N * 4) + (half * 256)}]", Vector(results));
            }
            text.Place($"$row{i}");
        }
        return Products.Kernel(text.ToString(), 0, TiledBuffer.Draw("a", rows * Depth), TiledBuffer.Draw("b", Depth * N), N, Depth, rightIsTransposed: false, bound: 1e-5);
    }
}
