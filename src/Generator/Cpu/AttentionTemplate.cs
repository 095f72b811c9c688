using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Attention by blocks of queries and keys whose scores stay in the first-level cache (Dao et al. 2022). Queries are turned, so that they lie side by side: scores, their largest and
/// the sum of their exponentials are then vectors of queries, and nothing is added across lanes. Products are contraction templates over a block. A block's exponentials are relative to
/// the largest score so far; what was added before is scaled where a later block has a larger one. Lanes behind the last query hold anything: nothing of them is stored or added.
/// </summary>
internal sealed partial class AttentionTemplate
{
    /// <summary>Vectors of queries that a loop over the keys takes together: more would not stay in registers.</summary>
    private const int MostTogether = 4;

    private readonly SourceWriter writer;
    private readonly AttentionKernel attention;
    private readonly string name;
    private readonly string shared;
    private readonly VectorForm form;
    private readonly CpuSchedule schedule;
    private readonly int block;
    private readonly int rest;

    /// <param name="name">The method for one width of vectors; the kernel's own name, an underscore and the bits.</param>
    public AttentionTemplate(SourceWriter writer, AttentionKernel attention, string name, VectorForm form, CpuSchedule schedule)
    {
        this.writer = writer;
        this.attention = attention;
        this.name = name;
        this.form = form;
        this.schedule = schedule;
        shared = name.Substring(0, name.LastIndexOf('_'));
        block = attention.QueryBlock;
        rest = attention.Queries % block;
    }

    public static bool Fits(AttentionKernel attention)
    {
        int feature = attention.Outer.Count + 1;
        Access[] accesses = [attention.Query, attention.Key, attention.Value, attention.Result, .. attention.Backward is { } b ? new[] { b.Upstream, b.ByKey, b.ByValue } : []];
        return attention.Scale > 0
            && accesses.All(a => a.IsAffine && a.Strides[feature] == 1 && attention.Buffers[a.Buffer].IsNumbers)
            && (attention.Backward is not { } backward || (IsWhole(backward.ByKey, attention.Width) && IsWhole(backward.ByValue, attention.ValueWidth)));

        // Cleared as one piece.
        bool IsWhole(Access access, int width) => attention.Keys == 1 || access.Strides[feature - 1] == width;
    }

    /// <summary>The turning of a block of queries, and of their upstream gradients; the same for all widths of vectors.</summary>
    public static void PrintTurning(SourceWriter writer, AttentionKernel attention, string name, CpuOptions options)
    {
        int block = attention.QueryBlock, rest = attention.Queries % block;
        void Print(string part, Access access, int width, int queries)
        {
            int position = attention.Outer.Count;
            var buffers = new[] { attention.Buffers[access.Buffer], new KernelBuffer(IsInteger: false, IsExact: false, IsWritten: true) };
            var from = new Access(0, new[] { access.Strides[position], 1 });
            var map = new MapKernel(buffers, new[] { Extent.Of(queries), Extent.Of(width) },
                new KernelBody(new[] { from, new Access(1, new[] { 1, block }) }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, new[] { new BodyStore(1, 0) }));
            writer.Line();
            writer.Line($"// {Literal.Of(queries)} queries side by side, feature by feature");
            if (TranspositionTemplate.Fits(map)) new TranspositionTemplate(writer, map, options).Print(name + part);
            else new PlainPrinter(writer, map, options).Print(name + part);
        }

        foreach (int queries in new[] { attention.Queries >= block ? block : 0, rest })
        {
            if (queries == 0) continue;
            string suffix = queries == block ? "" : Rest;
            Print(Turn + suffix, attention.Query, attention.Width, queries);
            if (attention.Backward is { } backward) Print(TurnUpstream + suffix, backward.Upstream, attention.ValueWidth, queries);
        }
    }

    public void Print()
    {
        if (attention.Backward is null) PrintForward();
        else PrintBackward(attention.Backward);
        if (attention.IsCausal || attention.Mask is not null) PrintHide();
    }

    private const string Turn = "_turn", TurnUpstream = "_turn_upstream", Rest = "_rest";

    private string Block => Literal.Of(block);

    private string Lanes => Literal.Of(form.Lanes);

    /// <summary>Vectors of queries that a loop takes together.</summary>
    private int Together => Math.Min(MostTogether, block / form.Lanes);

    /// <summary>The method's head, and refs to the parts of the scratch.</summary>
    private SourceWriter.BlockScope Method(params (string Name, int Length)[] parts)
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        var method = writer.Block($"internal static void {name}({Signature.Parameters(attention, new CpuOptions(form.Float64, false))})");
        string scratch = "b" + Literal.Of(attention.Scratch);
        int start = 0;
        foreach (var (part, length) in parts)
        {
            writer.Line($"ref {form.Element} {part} = ref {Addressing.Element(scratch, Literal.Of(start))};");
            start += length + AttentionKernel.Gap;
        }
        return method;
    }

    /// <summary>The loop over blocks of queries, i and how many they are.</summary>
    private SourceWriter.BlockScope Queries()
    {
        var loop = writer.Block($"for (nint i = 0; i < {Literal.Of(attention.Queries)}; i += {Block})");
        writer.Line($"int queries = {(rest == 0 ? Block : $"(int)Math.Min({Block}, {Literal.Of(attention.Queries)} - i)")};");
        return loop;
    }

    /// <summary>The loop over the blocks of keys that some query of the block sees, j and how many they are.</summary>
    private SourceWriter.BlockScope Keys()
    {
        string all = Literal.Of(attention.Keys), most = Literal.Of(AttentionKernel.KeyBlock);
        writer.Line($"nint seen = {(attention.IsCausal ? $"Math.Min(i + queries, {all})" : all)};");
        var loop = writer.Block($"for (nint j = 0; j < seen; j += {most})");
        writer.Line($"int keys = (int)Math.Min({most}, seen - j);");
        return loop;
    }

    /// <summary>A call with whole blocks of queries, or with what they leave.</summary>
    private void PrintCall(string method, string arguments)
    {
        if (rest == 0) writer.Line($"{method}({arguments});");
        else if (attention.Queries < block) writer.Line($"{method}{Rest}({arguments});");
        else
        {
            writer.Line($"if (queries == {Block}) {method}({arguments});");
            writer.Line($"else {method}{Rest}({arguments});");
        }
    }

    /// <summary>A contraction over a block of a left and a right operand, added to what stands in the result, or stored.</summary>
    private void PrintProduct(string part, Extent m, int n, Extent k, Access left, Access right, Access result, KernelBuffer rightBuffer, bool adds)
    {
        writer.Line();
        var body = adds
            ? new KernelBody(new[] { result }, new[] { new BodyInstruction(BodyOp.Accumulator), new BodyInstruction(BodyOp.Load, A: 0), new BodyInstruction(BodyOp.Scalar, ScalarOp.Add, 0, 1) }, new[] { new BodyStore(0, 2) })
            : new KernelBody(new[] { result }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        var contraction = new ContractionKernel(new[] { default, rightBuffer, new KernelBuffer(IsInteger: false, IsExact: false, IsWritten: true) },
            Array.Empty<Extent>(), m, Extent.Of(n), new[] { k }, Sharded: false, left, right, body);
        new ContractionTemplate(writer, contraction, name + part, form, schedule).Print();
    }

    private int Stride(Access access) => access.Strides[attention.Outer.Count];

    private KernelBuffer Buffer(Access access) => attention.Buffers[access.Buffer];

    private static string Place(Access access, string?[] outer, string position) => "ref " + Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, [.. outer, position, null]));

    /// <summary>Scores of keys that a query does not see become -∞, so that their exponentials are 0.</summary>
    private void PrintHide()
    {
        writer.Line();
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"private static void {name}_hide(ref {form.Element} scores, {(attention.Mask is null ? "" : $"ref {form.Element} mask, int queries, ")}int keys, nint ahead)");
        if (attention.IsCausal)
        {
            writer.Line("// Key j + k is beyond query i + q where k + ahead > q.");
            using var loop = writer.Block("for (nint k = Math.Max(0, 1 - ahead); k < keys; k++)");
            writer.Line($"{form.Type} key = {form.Broadcast($"({form.Element})(k + ahead)")};");
            using var lanes = writer.Block($"for (nint q = 0; q < {Block}; q += {Lanes})");
            writer.Line($"ref {form.Element} score = ref Unsafe.Add(ref scores, k * {Block} + q);");
            writer.Line($"{form.Name}.ConditionalSelect({form.Name}.LessThanOrEqual(key, {form.Indices("q")}), {form.Name}.LoadUnsafe(ref score), {form.Broadcast($"{form.Element}.NegativeInfinity")}).StoreUnsafe(ref score);");
        }
        if (attention.Mask is not { } mask) return;
        int query = Stride(mask), key1 = mask.Strides[attention.Outer.Count + 1];
        using var masked = writer.Block("for (nint k = 0; k < keys; k++)");
        using var each = writer.Block("for (nint q = 0; q < queries; q++)");
        string place = string.Join(" + ", new[] { Addressing.Scaled("q", query), Addressing.Scaled("k", key1) }.Where(t => t.Length > 0));
        writer.Line($"if ({Addressing.Element("mask", place)} == 0) Unsafe.Add(ref scores, k * {Block} + q) = {form.Element}.NegativeInfinity;");
    }

    private void PrintHideCall(string?[] outer)
    {
        string condition = attention.Mask is not null ? "" : "if (j + keys > i + 1) ";
        if (!attention.IsCausal && attention.Mask is null) return;
        string mask = attention.Mask is { } access ? $"ref {Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, [.. outer, "i", "j"]))}, queries, " : "";
        writer.Line($"{condition}{name}_hide(ref scores, {mask}keys, j - i);");
    }

    /// <summary>A loop over the vectors of queries, a few together: text for each of them by its number and its lanes' place.</summary>
    private SourceWriter.BlockScope? Groups(out string?[] places)
    {
        bool isOne = Together * form.Lanes == block;
        var loop = isOne ? (SourceWriter.BlockScope?)null : writer.Block($"for (nint q = 0; q < {Block}; q += {Literal.Of(Together * form.Lanes)})");
        places = [.. Enumerable.Range(0, Together).Select(v => isOne ? Literal.Of(v * form.Lanes) : v == 0 ? "q" : $"q + {Literal.Of(v * form.Lanes)}")];
        return loop;
    }
}
