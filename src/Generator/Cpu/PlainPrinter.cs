using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Every record as nested scalar loops, in the order that the record states: the reference that templates are tested against, and what runs where no
/// template applies.
/// </summary>
internal sealed partial class PlainPrinter(SourceWriter writer, Kernel kernel, CpuOptions options)
{
    private readonly ScalarNotation notation = new(options.Float64);

    public void Print(string name)
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (writer.Block($"internal static void {name}({Signature.Parameters(kernel, options)})"))
        {
            if (Signature.IsDivided(kernel)) writer.Line(KernelShare.FirstAlone);
            switch (kernel)
            {
                case MapKernel map: Print(map); break;
                case RowKernel row: Print(row); break;
                case ReductionKernel { Kind: ReduceKind.ArgMax } place: PrintPlace(place); break;
                case ReductionKernel reduction: Print(reduction); break;
                case ContractionKernel contraction: Print(contraction); break;
                case MomentsKernel moments: Print(moments); break;
                case AttentionKernel attention: Print(attention); break;
                case OneQueryAttentionKernel attention: Print(attention); break;
                case ScatterKernel scatter: Print(scatter); break;
                case WindowKernel window: Print(window); break;
                case RandomKernel random: Print(random); break;
                default: throw new ArgumentException($"{kernel.GetType().Name} has no printer for the processor");
            }
        }
    }

    private void Print(MapKernel map)
    {
        using var nest = new LoopNest(writer, map.Axes, LoopNest.Numbered("i", map.Axes.Count));
        PrintBody(map.Body, nest.Indices, null);
    }

    private void Print(ReductionKernel reduction)
    {
        using var kept = new LoopNest(writer, reduction.Kept, LoopNest.Numbered("i", reduction.Kept.Count));
        writer.Line($"{options.Element} sum = {notation.Constant(reduction.Kind.Neutral())};");
        using (new ShardLoop(writer, reduction.Sharded))
        using (var reduced = new LoopNest(writer, reduction.Reduced, LoopNest.Numbered("k", reduction.Reduced.Count), reduction.Sharded ? "shard" : "rows"))
        {
            string?[] indices = [.. kept.Indices, .. reduced.Indices];
            // The epilogue's locals stand in the scope around this one: C# wants other names here.
            var printer = new BodyPrinter(reduction.Source, notation, Leaf(reduction.Source, indices, null, reduction.Sharded), "k");
            int result = reduction.Source.Stores.Count > 0 ? reduction.Source.Stores[0].Value : reduction.Source.Code.Count - 1;
            printer.Print(writer, [result]);
            writer.Line(Accumulate(reduction.Kind, "sum", printer.Whole(result)));
        }
        PrintBody(reduction.Epilogue, kept.Indices, "sum");
    }

    private void Print(ContractionKernel contraction)
    {
        Extent[] axes = [.. contraction.Outer, contraction.M, contraction.N];
        using var nest = new LoopNest(writer, axes, [.. LoopNest.Numbered("o", contraction.Outer.Count), "m", "n"]);
        writer.Line($"{options.Element} sum = {notation.Constant(0)};");
        using (new ShardLoop(writer, contraction.Sharded))
        using (var inner = new LoopNest(writer, contraction.K, LoopNest.Numbered("k", contraction.K.Count), contraction.Sharded ? "shard" : "rows"))
        {
            string?[] indices = [.. nest.Indices, .. inner.Indices];
            writer.Line($"sum += {Load(contraction.Left, indices, contraction.Sharded)} * {Load(contraction.Right, indices, contraction.Sharded)};");
        }
        PrintBody(contraction.Epilogue, nest.Indices, "sum");
    }

    private void Print(RandomKernel random)
    {
        string length = Literal.Of(random.RowLength);
        string draw = random.Kind == Ops.RandomKind.Normal ? "Normal" : "Uniform";
        writer.Line($"Philox.{draw}(MemoryMarshal.CreateSpan(ref b0, checked(rows * {length})), firstRow * {length}, Philox.Key(seed, {Literal.Of(random.Stream)}), step);");
    }

    private void PrintBody(KernelBody body, IReadOnlyList<string?> indices, string? accumulator)
    {
        var printer = new BodyPrinter(body, notation, Leaf(body, indices, accumulator, false));
        printer.Print(writer, [.. body.Stores.Select(s => s.Value)]);
        foreach (var store in body.Stores) Store(body.Accesses[store.Access], indices, printer.Whole(store.Value));
    }

    private Func<BodyInstruction, string> Leaf(KernelBody body, IReadOnlyList<string?> indices, string? accumulator, bool sharded) => code => code.Op switch
    {
        BodyOp.Load => Load(body.Accesses[code.A], indices, sharded),
        BodyOp.Accumulator => accumulator ?? throw new ArgumentException("a body without a sum before it refers to the accumulator"),
        BodyOp.Scalar => indices[code.A] is { } index ? $"({options.Element}){index}" : notation.Constant(0),
        _ => throw new ArgumentException($"{code.Op} stands in the body of a kernel that has no rows; only row kernels reduce within a body"),
    };

    private string Load(Access access, IReadOnlyList<string?> indices, bool sharded)
    {
        string buffer = Literal.Of(access.Buffer);
        string element = Addressing.Element("b" + buffer, Addressing.Offset(access, indices, sharded));
        return kernel.Buffers[access.Buffer].IsNumbers ? element : $"({options.Element}){element}";
    }

    private void Store(Access access, IReadOnlyList<string?> indices, string value)
    {
        string element = Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, indices));
        writer.Line($"{element} = {(kernel.Buffers[access.Buffer].IsInteger ? $"(int)({value})" : value)};");
    }

    private string Accumulate(ReduceKind kind, string sum, string value)
        => kind == ReduceKind.Sum ? $"{sum} += {value};" : $"{sum} = {(options.Float64 ? "Math" : "MathF")}.{kind}({sum}, {value});";
}
