using static DlGen.Tests.Emulator.Tiled.PtxText;

namespace DlGen.Tests.Emulator.Tiled;

/// <summary>Kernels whose threads share rows or columns: accesses of 16 bytes, sums over a warp, sums over a block.</summary>
internal static class RowKernels
{
    /// <summary>GELU of rows plus a bias, four elements a thread.</summary>
    public static TiledKernel BiasGelu(int rows)
    {
        const int n = 96;
        var text = new PtxText("bias_gelu", 256);
        string x = text.Buffer("x"), bias = text.Buffer("bias"), y = text.Buffer("y"), count = text.Rows();
        string index = text.R("mad.lo.u32", text.R("mov.u32", "%ctaid.x"), 256, text.R("mov.u32", "%tid.x"));
        text.Do($"@{text.P("setp.ge.u32", index, text.R("mul.lo.u32", count, n / 4))} bra $done");
        string[] values = text.Floats(4), shifts = text.Floats(4);
        text.Do("ld.global.v4.f32", Vector(values), $"[{text.At(x, index, 16)}]");
        text.Do("ld.global.nc.v4.f32", Vector(shifts), $"[{text.At(bias, text.R("rem.u32", index, n / 4), 16)}]");
        var results = values.Zip(shifts, (v, s) => text.Gelu(text.F("add.rn.f32", v, s))).ToList();
        text.Do("st.global.v4.f32", $"[{text.At(y, index, 16)}]", Vector(results));
        text.Place("$done");

        TiledBuffer from = TiledBuffer.Draw("x", rows * n, 4), shift = TiledBuffer.Draw("bias", n);
        double[] expected = [.. from.Values.Select((v, i) => Gelu(v + shift.Values[i % n]))];
        return new TiledKernel(text.ToString(), ((rows * n / 4) + 255) / 256, 256, 0, [from, shift], [new TiledBuffer("y", expected)], 1e-6, rows);
    }

    /// <summary>Cross-entropy of logits with labels, and its gradient, in one pass: a warp for each row, four in a block.</summary>
    public static TiledKernel CrossEntropy(int rows)
    {
        const int classes = 100, columns = 4;
        var text = new PtxText("cross_entropy", 128);
        string x = text.Buffer("x"), labels = text.Buffer("labels"), loss = text.Buffer("loss"), gradient = text.Buffer("gradient"), count = text.Rows();
        string thread = text.R("mov.u32", "%tid.x"), lane = text.R("and.b32", thread, 31);
        string row = text.R("mad.lo.u32", text.R("mov.u32", "%ctaid.x"), 4, text.R("shr.u32", thread, 5));
        text.Do($"@{text.P("setp.ge.u32", row, count)} bra $done");
        string first = text.R("mad.lo.u32", row, classes, lane), from = text.At(x, first, 4), to = text.At(gradient, first, 4), isInside = text.P("setp.lt.u32", lane, classes % 32);
        string[] logits = text.Floats(columns);
        text.Do("mov.f32", logits[^1], Float(double.NegativeInfinity));
        for (int j = 0; j < columns; j++) text.Do($"{(j == columns - 1 ? $"@{isInside} " : "")}ld.global.f32 {logits[j]}, [{from}+{128 * j}]");
        string label = text.R("ld.global.nc.u32", $"[{text.At(labels, row, 4)}]");
        string largest = OverWarp(text, "max.f32", logits), shift = text.F("mul.rn.f32", largest, Float(-1.4426950408889634));
        string[] exponentials = [.. logits.Select(v => text.F("ex2.approx.f32", text.F("fma.rn.f32", v, Float(1.4426950408889634), shift)))];
        string sum = OverWarp(text, "add.rn.f32", exponentials);

        text.Do($"@{text.P("setp.ne.u32", lane, 0)} bra $gradient");
        string own = text.F("ld.global.f32", $"[{text.At(x, text.R("mad.lo.u32", row, classes, label), 4)}]");
        string logarithm = text.F("fma.rn.f32", text.F("lg2.approx.f32", sum), Float(0.6931471805599453), largest);
        text.Do("st.global.f32", $"[{text.At(loss, row, 4)}]", text.F("sub.rn.f32", logarithm, own));
        text.Place("$gradient");
        string share = text.F("rcp.rn.f32", text.F("cvt.rn.f32.u32", count)), scale = text.F("mul.rn.f32", text.F("rcp.rn.f32", sum), share);
        for (int j = 0; j < columns; j++)
        {
            string slope = text.F("mul.rn.f32", exponentials[j], scale);
            text.Do($"@{text.P("setp.eq.u32", text.R("add.u32", lane, 32 * j), label)} sub.rn.f32 {slope}, {slope}, {share}");
            text.Do($"{(j == columns - 1 ? $"@{isInside} " : "")}st.global.f32 [{to}+{128 * j}], {slope}");
        }
        text.Place("$done");

        var input = TiledBuffer.Draw("x", rows * classes, 5);
        double[] ids = [.. Enumerable.Range(0, rows).Select(i => (double)(i * 37 % classes))], losses = new double[rows], slopes = new double[rows * classes];
        for (int i = 0; i < rows; i++)
        {
            double[] powers = [.. input.Values.Skip(i * classes).Take(classes).Select(Math.Exp)];
            losses[i] = Math.Log(powers.Sum() / powers[(int)ids[i]]);
            for (int c = 0; c < classes; c++) slopes[(i * classes) + c] = ((powers[c] / powers.Sum()) - (c == (int)ids[i] ? 1 : 0)) / rows;
        }
        return new TiledKernel(text.ToString(), (rows + 3) / 4, 128, 0, [input, new TiledBuffer("labels", ids, IsInteger: true)], [new TiledBuffer("loss", losses), new TiledBuffer("gradient", slopes)], 3e-6, rows);
    }

    /// <summary>Sums of columns over up to 64 rows a block: eight warps add every eighth row, the first adds up theirs. A row of sums for each block.</summary>
    public static TiledKernel ColumnSums(int rows)
    {
        const int n = 64, blockRows = 64;
        var text = new PtxText("column_sums", 256);
        string x = text.Buffer("x"), sums = text.Buffer("sums"), count = text.Rows(), tile = text.Shared(8 * 33 * 4);
        string thread = text.R("mov.u32", "%tid.x"), block = text.R("mov.u32", "%ctaid.x"), lane = text.R("and.b32", thread, 31), warp = text.R("shr.u32", thread, 5);
        string part = text.R("div.u32", block, n / 32), column = text.R("mad.lo.u32", text.R("rem.u32", block, n / 32), 32, lane);
        string row = text.R("mad.lo.u32", part, blockRows, warp), end = text.R("min.u32", text.R("mad.lo.u32", part, blockRows, blockRows), count);
        string from = text.At(x, text.R("mad.lo.u32", row, n, column), 4), sum = text.F("mov.f32", Float(0)), value = text.Floats(1)[0];
        text.Place("$loop");
        text.Do($"@{text.P("setp.ge.u32", row, end)} bra $reduce");
        text.Do("ld.global.f32", value, $"[{from}]");
        text.Do("add.rn.f32", sum, sum, value);
        text.Do("add.u64", from, from, 8 * n * 4);
        text.Do("add.u32", row, row, 8);
        text.Do("bra $loop");
        text.Place("$reduce");
        string own = text.R("add.u32", tile, text.R("shl.b32", text.R("mad.lo.u32", warp, 33, lane), 2));
        text.Do("st.shared.f32", $"[{own}]", sum);
        text.Do("bar.sync 0");
        text.Do($"@{text.P("setp.ne.u32", warp, 0)} bra $done");
        for (int other = 1; other < 8; other++)
        {
            text.Do("ld.shared.f32", value, $"[{own}+{other * 33 * 4}]");
            text.Do("add.rn.f32", sum, sum, value);
        }
        text.Do("st.global.f32", $"[{text.At(sums, text.R("mad.lo.u32", part, n, column), 4)}]", sum);
        text.Place("$done");

        var input = TiledBuffer.Draw("x", rows * n);
        int parts = (rows + blockRows - 1) / blockRows;
        double[] expected = new double[parts * n];
        for (int i = 0; i < input.Values.Length; i++) expected[(i / n / blockRows * n) + (i % n)] += input.Values[i];
        return new TiledKernel(text.ToString(), parts * (n / 32), 256, 0, [input], [new TiledBuffer("sums", expected)], 1e-5, rows);
    }

    public static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(0.7978845608028654 * (x + (0.044715 * x * x * x))));

    /// <summary>Of a lane's values, then of all lanes.</summary>
    private static string OverWarp(PtxText text, string operation, IEnumerable<string> values)
    {
        string result = values.Aggregate((x, y) => text.F(operation, x, y));
        foreach (int distance in new[] { 16, 8, 4, 2, 1 }) result = text.F(operation, result, text.F("shfl.sync.bfly.b32", result, distance, 31, "0xffffffff"));
        return result;
    }
}
