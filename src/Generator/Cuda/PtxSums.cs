using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// Sums in doubles, which no record states: of a batch's losses, and of the squares of all gradients. Threads of a fixed number add every so manieth term each and leave a part; a single warp adds
/// <see cref="Parts"/> of them. So the order of the additions depends on the number of terms alone. All entries are guarded (<see cref="PtxGuard"/>); they take addresses, the status's last, then, where
/// it says so, the number of terms, an integer of 32 bits.
/// </summary>
internal sealed class PtxSums
{
    /// <summary>Threads of a block.</summary>
    public const int Threads = 256;

    /// <summary>What the last warp adds: a part for each thread of one block.</summary>
    public const int Parts = Threads;

    /// <summary>Blocks that square gradients, with a part for each of their threads.</summary>
    public const int SquareBlocks = 64;

    /// <summary>Of the warp that adds the last parts.</summary>
    private const int Lanes = PtxLanes.WarpLanes;

    private readonly PtxWriter writer = new();
    private readonly PtxMath math;
    private readonly List<(string Type, string Name)> parameters = [];
    private readonly string done;

    private PtxSums()
    {
        math = new PtxMath(writer, float64: true);
        done = writer.Label("end");
    }

    /// <summary>losses, parts, status, rows: one block.</summary>
    public static string LossParts(string name, bool float64) => new PtxSums().PrintParts(name, "losses", Parts, float64, squares: false);

    /// <summary>parts, sum, status: one warp. The sum is a double; that it is not finite is the step's failure.</summary>
    public static string Loss(string name)
    {
        var print = new PtxSums();
        string parts = print.Address("parts"), sum = print.Address("sum");
        var (lane, status) = print.Begin(Lanes);
        string total = print.AddParts(parts, lane);
        print.writer.Do("st.global.f64", $"[{sum}]", total);
        return print.End(name, status, total, PtxGuard.LossNotFinite);
    }

    /// <summary>gradients, parts, status, rows (the elements): <see cref="SquareBlocks"/> blocks.</summary>
    public static string Squares(string name, bool float64) => new PtxSums().PrintParts(name, "gradients", SquareBlocks * Threads, float64, squares: true);

    /// <summary>terms, parts, status, rows: one block, from any number of parts to <see cref="Parts"/>.</summary>
    public static string FewerParts(string name) => new PtxSums().PrintParts(name, "terms", Parts, float64: true, squares: false);

    /// <summary>
    /// parts, limit, norm, scale, status: one warp. Limit and norm are doubles; the scale is a number of the gradients' type: limit / (norm + 1e-6), but at most 1. That the norm is not finite is the
    /// step's failure.
    /// </summary>
    public static string Norm(string name, bool float64)
    {
        var print = new PtxSums();
        var (writer, math) = (print.writer, print.math);
        string parts = print.Address("parts"), limit = print.Address("limit"), norm = print.Address("norm"), scale = print.Address("scale");
        var (lane, status) = print.Begin(Lanes);
        string total = math.SquareRoot(print.AddParts(parts, lane));
        writer.Do("st.global.f64", $"[{norm}]", total);
        string ratio = math.Divide(writer.Emit(Float64, "ld.global.f64", $"[{limit}]"), math.Add(total, math.Constant(1e-6)));
        string factor = math.Select(math.Less(ratio, math.Constant(1)), ratio, math.Constant(1));
        if (float64) writer.Do("st.global.f64", $"[{scale}]", factor);
        else writer.Do("st.global.f32", $"[{scale}]", writer.Emit(Float32, "cvt.rn.f32.f64", factor));
        return print.End(name, status, total, PtxGuard.GradientNotFinite);
    }

    private string PrintParts(string name, string source, int parts, bool float64, bool squares)
    {
        string from = Address(source), to = Address("parts");
        var (thread, _) = Begin(parts);
        string count = writer.Emit(Integer64, "cvt.s64.s32", Parameter(".s32", "rows"));
        string sum = math.Variable(0), index = writer.Emit(Integer64, "mov.b64", thread), again = writer.Label("again"), last = writer.Label("done");
        writer.Place(again);
        writer.BranchIf(writer.Emit(Predicate, "setp.ge.s64", index, count), last);
        string term = float64 ? LoadDouble(from, index) : writer.Emit(Float64, "cvt.f64.f32", writer.Emit(Float32, "ld.global.f32", Element(from, index, 4)));
        if (squares) math.Accumulate(sum, term, term);
        else math.Assign(sum, math.Add(sum, term));
        writer.Do("add.s64", index, index, PtxWriter.Number(parts));
        writer.Do("bra", again);
        writer.Place(last);
        writer.Do("st.global.f64", Element(to, thread, 8), sum);
        return Close(name);
    }

    /// <summary>All of <see cref="Parts"/> parts; only the first lane goes on.</summary>
    private string AddParts(string parts, string lane)
    {
        string total = Enumerable.Range(0, Parts / Lanes)
            .Select(i => LoadDouble(parts, i == 0 ? lane : writer.Emit(Integer64, "add.s64", lane, PtxWriter.Number(i * Lanes)))).ToList().Aggregate(math.Add);
        total = math.SumOfLanes(total, Lanes);

        // The status that all lanes have read may be written.
        writer.Do("bar.warp.sync", "0xffffffff");
        writer.BranchIf(writer.Emit(Predicate, "setp.ne.s64", lane, "0"), done);
        return total;
    }

    private string LoadDouble(string address, string index) => writer.Emit(Float64, "ld.global.f64", Element(address, index, 8));

    private string Element(string address, string index, int bytes) => $"[{writer.Emit(Integer64, "mad.lo.s64", index, PtxWriter.Number(bytes), address)}]";

    /// <summary>The thread's number and the status's address; threads beyond so many go to the end, and all of them do after a failure.</summary>
    private (string Thread, string Status) Begin(int threads)
    {
        string before = writer.Emit(Integer64, "mul.wide.u32", writer.Emit(Integer32, "mov.u32", "%ctaid.x"), writer.Emit(Integer32, "mov.u32", "%ntid.x"));
        string thread = writer.Emit(Integer64, "add.s64", before, writer.Emit(Integer64, "cvt.u64.u32", writer.Emit(Integer32, "mov.u32", "%tid.x")));
        writer.BranchIf(writer.Emit(Predicate, "setp.ge.s64", thread, PtxWriter.Number(threads)), done);
        parameters.Add((".u64", PtxGuard.Parameter));
        return (thread, PtxGuard.Write(writer, done));
    }

    /// <summary>What is not finite is written down as a failure.</summary>
    private string End(string name, string status, string value, int failure)
    {
        writer.BranchIf(math.Less(math.Abs(value), math.Constant(double.PositiveInfinity)), done);
        writer.Do("st.global.s32", $"[{status}]", PtxWriter.Number(failure));
        return Close(name);
    }

    private string Close(string name)
    {
        writer.Place(done);
        return writer.Entry(name, parameters);
    }

    private string Address(string name) => writer.Emit(Integer64, "cvta.to.global.u64", Parameter(".u64", name));

    private string Parameter(string type, string name)
    {
        parameters.Add((type, name));
        return writer.Emit(type == ".s32" ? Integer32 : Integer64, "ld.param" + type, $"[{name}]");
    }
}
