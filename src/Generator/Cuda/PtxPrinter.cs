using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// Kernel records → PTX: by a template where one takes the record, else plainly, a thread for each element of a result that does all of its additions in the
/// order of the record. The text asks for the oldest machine that has all of it. One object prints one entry.
/// </summary>
internal sealed partial class PtxPrinter
{
    private const string Header = ".version 6.0\n.target sm_70\n.address_size 64\n";

    /// <summary>Of a text with instructions for matrices of tf32 and bf16.</summary>
    private const string TensorCoreHeader = ".version 7.0\n.target sm_80\n.address_size 64\n";

    /// <summary>Threads of a block where nothing else decides.</summary>
    private const int BlockThreads = 256;

    private readonly Kernel kernel;
    private readonly PtxWriter writer;
    private readonly PtxMath math;
    private readonly List<(string Type, string Name)> parameters = [];
    private readonly string[] buffers;
    private readonly IReadOnlyCollection<int> shared = [];
    private readonly string draws;
    private readonly string workspace;
    private readonly string rows;

    private PtxPrinter(Kernel kernel, bool float64, bool hasWorkspace)
    {
        this.kernel = kernel;
        writer = new PtxWriter();
        math = new PtxMath(writer, float64);
        buffers = new string[BufferCount(kernel)];
        for (int i = 0; i < buffers.Length; i++)
        {
            string address = Parameter(".u64", "buffer" + PtxWriter.Number(i));
            buffers[i] = writer.Emit(Integer64, "cvta.to.global.u64", address);
        }
        draws = kernel is RandomKernel ? writer.Emit(Integer64, "cvta.to.global.u64", Parameter(".u64", "draws")) : "";
        workspace = hasWorkspace ? writer.Emit(Integer64, "cvta.to.global.u64", Parameter(".u64", "workspace")) : "";
        NarrowRows = Parameter(".s32", "rows");
        rows = writer.Emit(Integer64, "cvt.s64.s32", NarrowRows);
    }

    public PtxWriter Writer => writer;

    public PtxMath Math => math;

    /// <summary>The rows in 32 bits.</summary>
    public string NarrowRows { get; }

    /// <summary>The addresses of the buffers.</summary>
    public IReadOnlyList<string> Buffers => buffers;

    /// <summary>The address of what entries hand to each other; only where there is something.</summary>
    public string Workspace => workspace;

    /// <summary>A module in which each kernel has its entries.</summary>
    public static PtxModule Print(IReadOnlyList<Kernel> kernels, bool float64) => Print(kernels, float64, kernel => Plans(kernel, float64));

    /// <summary>The same of floats, where tensor cores multiply rounded operands of the contractions that are large enough.</summary>
    /// <param name="numbers">What they round operands to.</param>
    public static PtxModule PrintForTensorCores(IReadOnlyList<Kernel> kernels, MatrixNumbers numbers)
        => Print(kernels, float64: false, kernel => kernel is ContractionKernel contraction ? Plans(contraction, float64: false, forced: null, numbers) : Plans(kernel, float64: false));

    /// <summary>The same with all contractions that the way takes in it, instead of the cheapest of each.</summary>
    public static PtxModule PrintInWay(IReadOnlyList<Kernel> kernels, bool float64, ContractionWay? contractions)
        => Print(kernels, float64, kernel => kernel is ContractionKernel contraction ? Plans(contraction, float64, contractions) : Plans(kernel, float64));

    /// <summary>The same where each kernel that has a plain printing is printed plainly.</summary>
    public static PtxModule PrintPlain(IReadOnlyList<Kernel> kernels, bool float64)
        => Print(kernels, float64, kernel => kernel is MapKernel or RowKernel or ScatterKernel or LoopKernel ? Plans(kernel, float64) : [PlainPlan(kernel)]);

    private static PtxModule Print(IReadOnlyList<Kernel> kernels, bool float64, Func<Kernel, IReadOnlyList<PtxPlan>> plans)
    {
        var texts = new List<string>();
        var writers = new List<PtxWriter>();
        var printed = kernels.Select((kernel, number) => Print(kernel, number, float64, plans(kernel), texts, writers)).ToEquatableArray();
        bool needsTensorCores = writers.Any(writer => writer.NeedsTensorCores);
        string head = (needsTensorCores ? TensorCoreHeader : Header) + string.Concat(writers.SelectMany(writer => writer.Declarations).Distinct().Select(d => d + "\n"));
        return new PtxModule(string.Join("\n", new[] { head }.Concat(texts)), printed, needsTensorCores ? PtxModule.TensorCoreCapability : PtxModule.OldestCapability);
    }

    private static PtxKernel Print(Kernel kernel, int number, bool float64, IReadOnlyList<PtxPlan> plans, List<string> texts, List<PtxWriter> writers)
    {
        string name = kernel.GetType().Name.Replace("Kernel", "").ToLowerInvariant() + "_" + PtxWriter.Number(number);
        var variants = new List<PtxVariant>();
        var printed = new Dictionary<string, PtxEntry>();
        foreach (var plan in plans)
        {
            var entries = new List<PtxEntry>();
            foreach (var entry in plan.Entries)
            {
                if (!printed.ContainsKey(entry.Suffix))
                {
                    var printer = new PtxPrinter(entry.Kernel ?? kernel, float64, entry.Kernel is null && plan.WorkspaceBytes + plan.WorkspaceBytesPerRow > 0);
                    entry.Print(printer);
                    texts.Add(printer.writer.Entry(name + entry.Suffix, printer.parameters));
                    writers.Add(printer.writer);
                    printed.Add(entry.Suffix, new PtxEntry(name + entry.Suffix, entry.Threads, entry.SharedBytes, entry.Grid.ToEquatableArray()));
                }
                entries.Add(printed[entry.Suffix]);
            }
            variants.Add(new PtxVariant(plan.FromRows, entries.ToEquatableArray(), plan.WorkspaceBytes, plan.WorkspaceBytesPerRow));
        }
        return new PtxKernel(number, BufferCount(kernel), Draws: kernel is RandomKernel, variants.ToEquatableArray());
    }

    /// <summary>Without a processor's scratch, which stands behind all others.</summary>
    private static int BufferCount(Kernel kernel) => kernel switch
    {
        RowKernel { Kept.Count: > 0 } => kernel.Buffers.Count - 1,
        ScatterKernel scatter => System.Math.Min(scatter.List, scatter.Ends),
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
    public static string Last(PtxBody values, KernelBody body)
    {
        int last = body.Code.Count - 1;
        values.Compute([last]);
        return values.Number(last);
    }

    /// <summary>A body over one element: everything is computed before anything is stored.</summary>
    public void Finish(KernelBody body, string[] indices, string? accumulator)
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

    public Func<BodyInstruction, string> Leaf(KernelBody body, string[] indices, string? accumulator) => code => code.Op switch
    {
        BodyOp.Load => Load(body.Accesses[code.A], indices),
        BodyOp.Accumulator => accumulator ?? throw new ArgumentException("a body without a sum before it refers to the accumulator"),
        BodyOp.Scalar => IndexAsNumber(indices[code.A]),
        _ => throw new ArgumentException($"{code.Op} stands in the body of a kernel that has no rows; only row kernels reduce within a body"),
    };

    public string IndexAsNumber(string index) => writer.Emit(math.Kind, $"cvt.rn.{math.Type}.{(PtxWriter.IsNarrow(index) ? "s32" : "s64")}", index);

    private string Parameter(string type, string name)
    {
        parameters.Add((type, name));
        return writer.Emit(type == ".s32" ? Integer32 : Integer64, "ld.param" + type, $"[{name}]");
    }
}
