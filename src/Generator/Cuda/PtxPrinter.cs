using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// Kernel records → PTX, plainly: a thread for each element of a result, or for each row, that does all of its additions in the order of the record.
/// The text asks for the oldest machine that has all of it.
/// </summary>
internal sealed partial class PtxPrinter
{
    private const string Header = ".version 6.0\n.target sm_70\n.address_size 64\n";

    /// <summary>Threads of a block where nothing else decides.</summary>
    private const int BlockThreads = 256;

    private readonly Kernel kernel;
    private readonly PtxWriter writer = new();
    private readonly PtxMath math;
    private readonly List<(string Type, string Name)> parameters = [];
    private readonly string[] buffers;
    private readonly string draws;
    private readonly string rows;

    private PtxPrinter(Kernel kernel, bool float64)
    {
        this.kernel = kernel;
        math = new PtxMath(writer, float64);
        buffers = new string[BufferCount(kernel)];
        for (int i = 0; i < buffers.Length; i++)
        {
            string address = Parameter(".u64", "buffer" + PtxWriter.Number(i));
            buffers[i] = writer.Emit(Integer64, "cvta.to.global.u64", address);
        }
        draws = kernel is RandomKernel ? writer.Emit(Integer64, "cvta.to.global.u64", Parameter(".u64", "draws")) : "";
        rows = writer.Emit(Integer64, "cvt.s64.s32", Parameter(".s32", "rows"));
    }

    /// <summary>A module in which each kernel has its entries.</summary>
    public static PtxModule Print(IReadOnlyList<Kernel> kernels, bool float64) => PrintInWay(kernels, float64, null);

    /// <summary>The same with all contractions that the way takes in it, instead of the cheapest of each.</summary>
    public static PtxModule PrintInWay(IReadOnlyList<Kernel> kernels, bool float64, ContractionWay? contractions)
    {
        var printed = kernels.Select((kernel, number) => Print(kernel, number, float64, contractions)).ToList();
        string declarations = string.Concat(printed.SelectMany(p => p.Declarations).Distinct().Select(d => d + "\n"));
        return new PtxModule(string.Join("\n", new[] { Header + declarations }.Concat(printed.SelectMany(p => p.Texts))), printed.Select(p => p.Kernel).ToEquatableArray());
    }

    private static (List<string> Texts, PtxKernel Kernel, List<string> Declarations) Print(Kernel kernel, int number, bool float64, ContractionWay? contractions)
    {
        string name = kernel.GetType().Name.Replace("Kernel", "").ToLowerInvariant() + "_" + PtxWriter.Number(number);
        if (kernel is ContractionKernel contraction) return Print(contraction, number, name, float64, contractions);
        var printed = PlainEntry.Of(kernel).Select(plain => PrintPlain(kernel, plain, name, float64)).ToList();
        var variant = new PtxVariant(0, printed.Select(p => p.Entry).ToEquatableArray());
        return ([.. printed.Select(p => p.Text)], new PtxKernel(number, BufferCount(kernel), Draws: kernel is RandomKernel, new[] { variant }), [.. printed.SelectMany(p => p.Declarations)]);
    }

    private static PrintedEntry PrintPlain(Kernel kernel, PlainEntry plain, string name, bool float64)
    {
        var printer = new PtxPrinter(kernel, float64);
        plain.Print(printer);
        return printer.Entry(name + plain.Suffix, plain.Elements, BlockThreads * plain.PerThread);
    }

    /// <summary>Without a processor's scratch, which stands behind all others.</summary>
    private static int BufferCount(Kernel kernel) => kernel switch
    {
        RowKernel { Kept.Count: > 0 } => kernel.Buffers.Count - 1,
        ScatterKernel scatter => Math.Min(scatter.List, scatter.Ends),
        AttentionKernel attention => attention.Scratch,
        OneQueryAttentionKernel attention => attention.Scores,
        _ => kernel.Buffers.Count,
    };

    private void Print(ReductionKernel reduction, string[] kept)
    {
        string sum = math.Variable(reduction.Kind.Neutral());
        Nest(reduction.Reduced, [], reduced =>
        {
            var source = new PtxBody(reduction.Source, math, Leaf(reduction.Source, [.. kept, .. reduced], null));
            Accumulate(reduction.Kind, sum, Last(source, reduction.Source));
        });
        Finish(reduction.Epilogue, kept, sum);
    }

    /// <summary>Where the largest value stands, the first of equal ones and of those that are not numbers, which count as larger than all.</summary>
    private void PrintPlace(ReductionKernel reduction, string[] kept)
    {
        string largest = math.Variable(reduction.Kind.Neutral()), place = math.Variable(0);
        Nest(reduction.Reduced, [], reduced =>
        {
            string candidate = Last(new PtxBody(reduction.Source, math, Leaf(reduction.Source, [.. kept, .. reduced], null)), reduction.Source);
            string isFirstNaN = math.And(math.IsNaN(candidate), math.Not(math.IsNaN(largest)));
            string isLarger = math.Or(math.Less(largest, candidate), isFirstNaN);
            string number = "0";
            for (int axis = reduced.Length - 1, stride = 1; axis >= 0; stride *= reduction.Reduced[axis--].Constant)
                if (reduced[axis] != "0") number = Plus(number, reduced[axis], stride);
            math.Assign(place, math.Select(isLarger, IndexAsNumber(number), place));
            math.Assign(largest, math.Select(isLarger, candidate, largest));
        });
        Finish(reduction.Epilogue, kept, place);
    }

    /// <summary>What a body ends in, where that is reduced.</summary>
    private static string Last(PtxBody values, KernelBody body)
    {
        int last = body.Code.Count - 1;
        values.Compute([last]);
        return values.Number(last);
    }

    /// <summary>A body over one element: everything is computed before anything is stored.</summary>
    private void Finish(KernelBody body, string[] indices, string? accumulator)
    {
        var values = new PtxBody(body, math, Leaf(body, indices, accumulator));
        values.Compute([.. body.Stores.Select(s => s.Value)]);
        foreach (var store in body.Stores) Store(body.Accesses[store.Access], indices, values.Number(store.Value));
    }

    private void Accumulate(ReduceKind kind, string sum, string value) => math.Assign(sum, kind switch
    {
        ReduceKind.Sum => math.Add(sum, value),
        ReduceKind.Max => math.Maximum(sum, value),
        _ => math.Minimum(sum, value),
    });

    private Func<BodyInstruction, string> Leaf(KernelBody body, string[] indices, string? accumulator) => code => code.Op switch
    {
        BodyOp.Load => Load(body.Accesses[code.A], indices),
        BodyOp.Accumulator => accumulator ?? throw new ArgumentException("a body without a sum before it refers to the accumulator"),
        BodyOp.Scalar => IndexAsNumber(indices[code.A]),
        _ => throw new ArgumentException($"{code.Op} stands in the body of a kernel that has no rows; only row kernels reduce within a body"),
    };

    private string IndexAsNumber(string index) => writer.Emit(math.Kind, $"cvt.rn.{math.Type}.s64", index);

    private string Parameter(string type, string name)
    {
        parameters.Add((type, name));
        return writer.Emit(type == ".s32" ? Integer32 : Integer64, "ld.param" + type, $"[{name}]");
    }
}
