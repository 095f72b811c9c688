using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>
/// A buffer of slots of which a round writes one and reads that and the one before. Two of them lie in shared memory, which change places after each round; what is written goes to the buffer too, for those who read it
/// after the loop.
/// </summary>
/// <param name="At">Where the two lie.</param>
/// <param name="Width">Elements of a slot, for each row.</param>
/// <param name="Current">The number of the slot that the first round writes.</param>
/// <param name="Previous">That of the one before.</param>
internal sealed record LoopSlots(int At, int Width, int Current, int Previous)
{
    /// <summary>The slots of a buffer; null where a round reads elsewhere, or nothing of what rounds write.</summary>
    public static LoopSlots? Of(IReadOnlyList<LoopPart> parts, int buffer, int at)
    {
        var uses = parts.SelectMany(part => Enumerable.Range(0, part.Launch.Buffers.Count).Where(i => part.Launch.Buffers[i].Buffer == buffer).Select(i => (part, Formal: i, Use: part.Launch.Buffers[i]))).ToList();
        int[] strides = [.. uses.Select(use => use.Use.StepStride).Distinct()];
        if (strides.Length != 1 || strides[0] == 0 || !uses.Any(use => IsRead(use.part.Launch.Kernel, use.Formal))) return null;
        int width = Math.Abs(strides[0]);
        var written = new HashSet<int>();
        var read = new HashSet<int>();
        foreach (var (part, formal, use) in uses)
        {
            if (part.Nest.PerRow != 1 || part.Nest.OfRow(part.Launch.Kernel, formal) is not var (first, last)) return null;
            int slot = (use.Offset + first) / width;
            if (use.Offset + first < 0 || (use.Offset + last) / width != slot) return null;
            if (part.Launch.Kernel.Buffers[formal].IsWritten) written.Add(slot);
            else read.Add(slot);
        }
        if (written.Count != 1) return null;
        int current = written.Single(), previous = current - Math.Sign(strides[0]);
        return read.All(slot => slot == current || slot == previous) ? new(at, width, current, previous) : null;
    }

    /// <summary>Whether a use is of the slot before.</summary>
    public bool IsPrevious(LoopBuffer use) => use.Offset / Width == Previous;

    /// <summary>Where in its slot a use begins.</summary>
    public int Column(LoopBuffer use) => use.Offset % Width;

    /// <summary>The kernel where it reads some buffers in others that hold the same, and writes to both.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="nest">Its axes.</param>
    /// <param name="copies">For each buffer that there is a copy of, the copy's number and how far its rows lie apart.</param>
    public static Kernel WithCopies(Kernel kernel, RowNest nest, IReadOnlyDictionary<int, (int Number, int RowStride)> copies)
    {
        var written = new KernelBuffer(IsInteger: false, IsExact: false, IsWritten: true);
        var buffers = kernel.Buffers.Concat(copies.Select(_ => written)).ToEquatableArray();
        Access Copy(Access access) => access with
        {
            Buffer = copies[access.Buffer].Number,
            Strides = access.Strides.Select((stride, axis) => axis == nest.Axis ? copies[access.Buffer].RowStride : stride).ToEquatableArray(),
        };
        Access Operand(Access access) => copies.ContainsKey(access.Buffer) ? Copy(access) : access;
        KernelBody Body(KernelBody body)
        {
            var accesses = body.Accesses.ToList();
            var numbers = new Dictionary<int, int>();
            for (int i = 0; i < body.Accesses.Count; i++)
            {
                if (!copies.ContainsKey(body.Accesses[i].Buffer)) continue;
                numbers.Add(i, accesses.Count);
                accesses.Add(Copy(body.Accesses[i]));
            }
            return new KernelBody(
                accesses.ToEquatableArray(), body.Code.Select(code => code.Op == BodyOp.Load && numbers.TryGetValue(code.A, out int copy) ? code with { A = copy } : code).ToEquatableArray(),
                body.Stores.SelectMany(store => numbers.TryGetValue(store.Access, out int copy) ? new[] { store, store with { Access = copy } } : [store]).ToEquatableArray());
        }
        return kernel switch
        {
            MapKernel map => map with { Buffers = buffers, Body = Body(map.Body) },
            RowKernel row => row with { Buffers = buffers, Body = Body(row.Body) },
            ReductionKernel reduction => reduction with { Buffers = buffers, Source = Body(reduction.Source), Epilogue = Body(reduction.Epilogue) },
            WindowKernel window => window with { Buffers = buffers, Source = Body(window.Source), Epilogue = Body(window.Epilogue) },
            ContractionKernel contraction => contraction with { Buffers = buffers, Left = Operand(contraction.Left), Right = Operand(contraction.Right), Epilogue = Body(contraction.Epilogue) },
            _ => throw new ArgumentException($"{kernel.GetType().Name} is no kernel of a loop"),
        };
    }

    /// <summary>Whether a kernel reads a buffer.</summary>
    public static bool IsRead(Kernel kernel, int buffer)
        => RowNest.Bodies(kernel).Any(body => body.Code.Any(code => code.Op == BodyOp.Load && body.Accesses[code.A].Buffer == buffer))
        || (kernel is ContractionKernel contraction && (contraction.Left.Buffer == buffer || contraction.Right.Buffer == buffer))
        || RowNest.Accesses(kernel).Any(access => access.Id?.Ids.Buffer == buffer);
}
