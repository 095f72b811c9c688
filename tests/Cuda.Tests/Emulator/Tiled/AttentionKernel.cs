using static DlGen.Tests.Emulator.Tiled.PtxText;

namespace DlGen.Tests.Emulator.Tiled;

/// <summary>
/// softmax(Q·Kᵀ / 8)·V of heads of 64 numbers in bf16 without the matrix of scores: 64 queries a block, 16 a warp; keys and values in tiles of 64, of which
/// the next is copied while one is worked on. Also the logarithm of each row's sum.
/// </summary>
internal sealed class AttentionKernel
{
    private const int Width = 64;
    private const int Steps = 192;
    private const int TileBytes = 64 * Width * 2;
    private const double Scale = 1.4426950408889634 / 8;
    private const string Product = "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32";

    private readonly PtxText text = new("attention", 128, "sm_80");
    private readonly string lane;
    private readonly string low;
    private readonly string target;
    private readonly string keys;
    private readonly string values;
    private readonly string filled;
    private readonly string[] sums;
    private readonly string[] largest;
    private readonly string[] totals;

    private AttentionKernel()
    {
        string q = text.Buffer("q"), k = text.Buffer("k"), v = text.Buffer("v"), o = text.Buffer("o"), logarithms = text.Buffer("logarithms");
        string block = text.R("mov.u32", "%ctaid.x"), thread = text.R("mov.u32", "%tid.x"), warp = text.R("shr.u32", thread, 5), tile = text.Shared(5 * TileBytes);
        lane = text.R("and.b32", thread, 31);

        // A thread copies four chunks of 16 bytes of a tile, 16 rows apart; chunks are permuted within eight rows.
        string row = text.R("shr.u32", thread, 3), chunk = text.R("and.b32", thread, 7), rowBytes = text.R("shl.b32", row, 7);
        target = text.R("add.u32", text.R("add.u32", rowBytes, text.R("shl.b32", text.R("xor.b32", text.R("and.b32", row, 7), chunk), 4)), tile);
        string source = text.L("cvt.u64.u32", text.R("add.u32", rowBytes, text.R("shl.b32", chunk, 4)));
        (keys, values) = (text.L("add.u64", k, source), text.L("add.u64", v, source));
        string queries = text.L("add.u64", text.L("add.u64", q, text.L("mul.wide.u32", block, TileBytes)), source);
        for (int i = 0; i < 4; i++) text.Do("cp.async.cg.shared.global", $"[{target}+{2048 * i}]", $"[{queries}+{2048 * i}]", 16);
        filled = text.R("mov.u32", TileBytes);
        Copy();
        text.Do("cp.async.commit_group");

        low = text.R("and.b32", lane, 7);
        string low4 = text.R("and.b32", lane, 15), high = text.R("shr.u32", lane, 4), half = text.R("and.b32", text.R("shr.u32", lane, 3), 1);
        string queryRow = text.R("add.u32", text.R("shl.b32", text.R("add.u32", text.R("shl.b32", warp, 4), low4), 7), tile);
        string keyRow = text.R("add.u32", text.R("shl.b32", text.R("add.u32", text.R("shl.b32", high, 3), low), 7), tile);
        string valueRow = text.R("add.u32", text.R("shl.b32", low4, 7), tile);
        string[] chunks = [.. Enumerable.Range(0, 4).Select(i => Chunk(high, 2 * i))], keyChunks = [.. Enumerable.Range(0, 4).Select(i => Chunk(half, 2 * i))];
        (sums, largest, totals) = (text.Floats(32), text.Floats(2), text.Floats(2));
        foreach (string register in sums.Concat(totals)) text.Do("mov.f32", register, Float(0));
        foreach (string register in largest) text.Do("mov.f32", register, Float(double.NegativeInfinity));
        string step = text.R("mov.u32", 0), read = text.R("mov.u32", TileBytes);
        text.Do("cp.async.wait_group 0");
        text.Do("bar.sync 0");
        string[][] query = [.. Enumerable.Range(0, 4).Select(_ => text.Integers(4))];
        for (int i = 0; i < 4; i++) text.Do("ldmatrix.sync.aligned.m8n8.x4.shared.b16", Vector(query[i]), $"[{text.R("add.u32", queryRow, chunks[i])}]");

        text.Place("$loop");
        text.Do($"@{text.P("setp.ge.u32", step, (Steps / 64) - 1)} bra $copied");
        Copy();
        text.Place("$copied");
        text.Do("cp.async.commit_group");
        string[] scores = Scores(text.R("add.u32", keyRow, read), keyChunks, query);
        for (int part = 0; part < 2; part++) Exponentials(scores, part);
        Accumulate(scores, text.R("add.u32", valueRow, read), chunks);
        text.Do("xor.b32", read, read, TileBytes ^ (2 * TileBytes));
        text.Do("cp.async.wait_group 0");
        text.Do("bar.sync 0");
        text.Do("add.u32", step, step, 1);
        text.Do($"@{text.P("setp.lt.u32", step, Steps / 64)} bra $loop");
        string outRow = text.R("add.u32", text.R("add.u32", text.R("shl.b32", block, 6), text.R("shl.b32", warp, 4)), text.R("shr.u32", lane, 2));
        Finish(outRow, o, logarithms);
    }

    public static TiledKernel Of()
    {
        TiledBuffer q = TiledBuffer.Draw("q", Steps * Width, 2, true), k = TiledBuffer.Draw("k", Steps * Width, 2, true), v = TiledBuffer.Draw("v", Steps * Width, 1, true);
        double[] expected = new double[Steps * Width], logarithms = new double[Steps];
        for (int i = 0; i < Steps; i++)
        {
            double[] weights = [.. Enumerable.Range(0, Steps).Select(j => Math.Exp(Enumerable.Range(0, Width).Sum(c => q.Values[(i * Width) + c] * k.Values[(j * Width) + c]) / 8))];
            logarithms[i] = Math.Log(weights.Sum());
            for (int c = 0; c < Width; c++) expected[(i * Width) + c] = Enumerable.Range(0, Steps).Sum(j => weights[j] * v.Values[(j * Width) + c]) / weights.Sum();
        }
        return new TiledKernel(new AttentionKernel().text.ToString(), Steps / 64, 128, 0, [q, k, v], [new TiledBuffer("o", expected, true), new TiledBuffer("logarithms", logarithms)], 1e-2, null);
    }

    private string Chunk(string first, int further) => text.R("shl.b32", text.R("xor.b32", text.R("add.u32", first, further), low), 4);

    private void Copy()
    {
        string to = text.R("add.u32", target, filled);
        for (int i = 0; i < 4; i++) text.Do("cp.async.cg.shared.global", $"[{to}+{2048 * i}]", $"[{keys}+{2048 * i}]", 16);
        for (int i = 0; i < 4; i++) text.Do("cp.async.cg.shared.global", $"[{to}+{(2 * TileBytes) + (2048 * i)}]", $"[{values}+{2048 * i}]", 16);
        text.Do("add.u64", keys, keys, TileBytes);
        text.Do("add.u64", values, values, TileBytes);
        text.Do("xor.b32", filled, filled, TileBytes ^ (2 * TileBytes));
    }

    /// <summary>16×64 scores: eight matrices of four numbers a lane, of the rows lane/4 and that eight further.</summary>
    private string[] Scores(string from, string[] chunks, string[][] query)
    {
        string[] scores = text.Floats(32);
        foreach (string score in scores) text.Do("mov.f32", score, Float(0));
        for (int depth = 0; depth < 4; depth++)
        {
            string address = text.R("add.u32", from, chunks[depth]);
            for (int j = 0; j < 4; j++)
            {
                string[] key = text.Integers(4);
                text.Do("ldmatrix.sync.aligned.m8n8.x4.shared.b16", Vector(key), $"[{address}+{2048 * j}]");
                for (int z = 0; z < 2; z++) text.Do(Product, Vector(Four(scores, (2 * j) + z)), Vector(query[depth]), Vector(key.Skip(2 * z).Take(2)), Vector(Four(scores, (2 * j) + z)));
            }
        }
        return scores;
    }

    private static string[] Four(string[] registers, int matrix) => registers[(4 * matrix)..((4 * matrix) + 4)];

    /// <summary>What a lane holds of one of its two rows.</summary>
    private static IEnumerable<string> OfRow(string[] registers, int part) => registers.Where((_, i) => i % 4 / 2 == part);

    private void Exponentials(string[] scores, int part)
    {
        string highest = OfRow(scores, part).Aggregate(largest[part], (x, y) => text.F("max.f32", x, y));
        foreach (int distance in new[] { 1, 2 }) highest = text.F("max.f32", highest, text.F("shfl.sync.bfly.b32", highest, distance, 31, "0xffffffff"));
        string factor = text.F("ex2.approx.f32", text.F("mul.rn.f32", text.F("sub.rn.f32", largest[part], highest), Float(Scale)));
        text.Do("mov.f32", largest[part], highest);
        string shift = text.F("mul.rn.f32", highest, Float(-Scale));
        text.Do("mul.rn.f32", totals[part], totals[part], factor);
        foreach (string score in OfRow(scores, part))
        {
            text.Do("fma.rn.f32", score, score, Float(Scale), shift);
            text.Do("ex2.approx.f32", score, score);
            text.Do("add.rn.f32", totals[part], totals[part], score);
        }
        foreach (string sum in OfRow(sums, part)) text.Do("mul.rn.f32", sum, sum, factor);
    }

    private void Accumulate(string[] weights, string from, string[] chunks)
    {
        for (int depth = 0; depth < 4; depth++)
        {
            string[] left = [.. Enumerable.Range(0, 4).Select(i =>
            {
                int first = (4 * ((2 * depth) + (i / 2))) + (2 * (i % 2));
                return text.R("cvt.rn.bf16x2.f32", weights[first + 1], weights[first]);
            })];
            for (int j = 0; j < 4; j++)
            {
                string[] value = text.Integers(4);
                text.Do("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16", Vector(value), $"[{text.R("add.u32", from, chunks[j])}+{(2 * TileBytes) + (2048 * depth)}]");
                for (int z = 0; z < 2; z++) text.Do(Product, Vector(Four(sums, (2 * j) + z)), Vector(left), Vector(value.Skip(2 * z).Take(2)), Vector(Four(sums, (2 * j) + z)));
            }
        }
    }

    private void Finish(string row, string o, string logarithms)
    {
        string column = text.R("and.b32", lane, 3), to = text.L("add.u64", o, text.L("cvt.u64.u32", text.R("add.u32", text.R("shl.b32", row, 7), text.R("shl.b32", column, 2))));
        string at = text.At(logarithms, row, 4), isFirst = text.P("setp.eq.u32", column, 0);
        for (int part = 0; part < 2; part++)
        {
            string total = totals[part];
            foreach (int distance in new[] { 1, 2 }) total = text.F("add.rn.f32", total, text.F("shfl.sync.bfly.b32", total, distance, 31, "0xffffffff"));
            string factor = text.F("rcp.approx.f32", total);
            for (int j = 0; j < 8; j++)
            {
                string[] pair = [.. Enumerable.Range(0, 2).Select(z => text.F("mul.rn.f32", sums[(4 * j) + (2 * part) + z], factor))];
                text.Do("st.global.b32", $"[{to}+{(part * 8 * 128) + (16 * j)}]", text.R("cvt.rn.bf16x2.f32", pair[1], pair[0]));
            }
            string logarithm = text.F("fma.rn.f32", largest[part], Float(0.125), text.F("mul.rn.f32", text.F("lg2.approx.f32", total), Float(0.6931471805599453)));
            text.Do($"@{isFirst} st.global.f32 [{at}+{part * 32}], {logarithm}");
        }
    }
}
