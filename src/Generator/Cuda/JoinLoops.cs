using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>
/// Makes one kernel, and one launch, of each loop whose rounds <see cref="LoopTemplate"/> takes. The launches of a loop stand for waiting of all rows for each other between any two of them; where no row sees another, none
/// needs to wait. What lives within a round gets memory of the kernel's own: the places that were planned for it are taken by other values too, whose rows are of other lengths, so rows that do not wait for each other would meet there.
/// Other loops stay launches.
/// </summary>
internal static class JoinLoops
{
    /// <summary>Elements that values of the kernel's own begin at multiples of.</summary>
    private const int Alignment = 4;

    public static Module Run(Module module)
    {
        var kernels = module.Kernels.ToList();
        var programs = module.Programs.Select(program => program with
        {
            Phases = program.Phases.Select(phase => phase with { Launches = Joined(phase.Launches, kernels, module.Float64).ToEquatableArray() }).ToEquatableArray(),
        }).ToList();

        // A kernel that only rounds launch has no entry of its own.
        var launched = new HashSet<int>(programs.SelectMany(program => program.Phases).SelectMany(phase => phase.Launches).Select(launch => launch.Kernel));
        var kept = Enumerable.Range(0, kernels.Count).Where(launched.Contains).ToList();
        var numbers = kept.Select((kernel, number) => (kernel, number)).ToDictionary(k => k.kernel, k => k.number);
        return module with
        {
            Kernels = kept.Select(kernel => kernels[kernel]).ToEquatableArray(),
            Programs = programs.Select(program => program with
            {
                Phases = program.Phases.Select(phase => phase with { Launches = phase.Launches.Select(launch => launch with { Kernel = numbers[launch.Kernel] }).ToEquatableArray() }).ToEquatableArray(),
            }).ToEquatableArray(),
        };
    }

    private static IEnumerable<Launch> Joined(EquatableArray<Launch> launches, List<Kernel> kernels, bool float64)
    {
        for (int first = 0, end; first < launches.Count; first = end)
        {
            end = first + 1;
            while (end < launches.Count && launches[first].Loop is { } loop && loop.Equals(launches[end].Loop)) end++;
            var round = launches.Skip(first).Take(end - first).ToList();
            if (Join(round, kernels) is var (kernel, arguments) && LoopTemplate.Fits(kernel, float64))
            {
                int number = kernels.IndexOf(kernel);
                if (number < 0)
                {
                    number = kernels.Count;
                    kernels.Add(kernel);
                }
                yield return new Launch(number, arguments.ToEquatableArray(), EquatableArray<Written>.Empty, $"{PtxWriter.Number(kernel.Steps)} rounds of {string.Join("; ", round.Select(launch => launch.Comment).Distinct())}");
                continue;
            }
            foreach (var launch in round) yield return launch;
        }
    }

    private static (LoopKernel Kernel, IReadOnlyList<Argument> Arguments)? Join(List<Launch> round, List<Kernel> kernels)
    {
        // A single launch has a template that knows more of it.
        if (round[0].Loop is not { } loop || loop.Steps * round.Count == 1) return null;
        var pieces = new Pieces(round.SelectMany(launch => kernels[launch.Kernel].Buffers.Zip(launch.Arguments, (buffer, argument) => (buffer, argument))));
        var launches = new List<(Kernel Kernel, List<LoopBuffer> Buffers)>();
        foreach (var launch in round)
        {
            var kernel = kernels[launch.Kernel];
            if (kernel is RowKernel { Kept.Count: > 0 } row) kernel = row with { Kept = EquatableArray<int>.Empty, Buffers = row.Buffers.Take(row.Buffers.Count - 1).ToEquatableArray() };
            if (RowNest.Of(kernel) is not { } nest) return null;
            var found = new List<LoopBuffer>();
            for (int i = 0; i < kernel.Buffers.Count; i++)
            {
                if (nest.RowStride(kernel, i) is not { } rowStride || pieces.Find(kernel.Buffers[i], launch.Arguments[i], rowStride) is not { } use) return null;
                found.Add(use);
            }
            launches.Add((kernel, found));
        }

        int length = Compact(launches.SelectMany(launch => launch.Buffers).Where(buffer => buffer.IsOwn), out var starts);
        var joined = launches.Select(launch => new LoopLaunch(launch.Kernel, launch.Buffers.Select(buffer => buffer.IsOwn ? buffer with { Start = starts[buffer.Start] } : buffer).ToEquatableArray()));
        return (new LoopKernel(pieces.Buffers.ToEquatableArray(), loop.Steps, length, joined.ToEquatableArray()), pieces.Arguments);
    }

    /// <summary>What the kernels of a round point into: values as a whole, of which they have parts.</summary>
    private sealed class Pieces
    {
        private readonly HashSet<(Region, int, int)> own;
        private readonly List<Argument> arguments = [];
        private readonly List<KernelBuffer> buffers = [];
        private readonly List<int> rowStrides = [];
        private readonly List<int> stepStrides = [];

        /// <param name="formals">All buffers of a round. What it writes in the same place in each round is its own; all else that it writes moves on with it.</param>
        public Pieces(IEnumerable<(KernelBuffer Buffer, Argument Argument)> formals)
            => own = [.. formals.Where(formal => formal is { Buffer.IsWritten: true, Argument: { Region: Region.Scratch, StepStride: 0 } }).Select(formal => PieceOf(formal.Argument))];

        public IReadOnlyList<KernelBuffer> Buffers => buffers;

        public IReadOnlyList<Argument> Arguments => arguments;

        /// <summary>Where a formal buffer lies; null where rows would meet there, or where its elements are of no one kind.</summary>
        public LoopBuffer? Find(KernelBuffer buffer, Argument argument, int rowStride)
        {
            var piece = PieceOf(argument);
            int within = argument.Offset - piece.Begin;
            bool isOwn = argument.StepStride == 0 && own.Contains(piece);
            if ((isOwn || buffer.IsWritten) && (rowStride == 0 || !buffer.IsNumbers)) return null;
            if (isOwn) return new LoopBuffer(LoopBuffer.Own, within, 0, rowStride, argument.Start);
            if (buffer.IsWritten && argument.StepStride == 0) return null;

            // Integers beside numbers have a place for a number each.
            if (!buffer.IsNumbers && argument.Region != Region.Input && (within != 0 || argument.StepStride != 0)) return null;
            int number = arguments.FindIndex(known => PieceOf(known) == piece);
            if (number < 0)
            {
                number = arguments.Count;
                arguments.Add(argument with { Offset = piece.Begin, StepStride = 0 });
                buffers.Add(buffer);
                rowStrides.Add(rowStride);
                stepStrides.Add(argument.StepStride);
            }
            var before = buffers[number];
            if (rowStrides[number] != rowStride || before.IsInteger != buffer.IsInteger || before.IsBytes != buffer.IsBytes) return null;

            // Threads wait for each other where places meet in one round, and so in all: what is written moves on by the same step for all who use it.
            if ((before.IsWritten || buffer.IsWritten) && stepStrides[number] != argument.StepStride) return null;
            buffers[number] = before with { IsExact = before.IsExact || buffer.IsExact, IsWritten = before.IsWritten || buffer.IsWritten };
            return new LoopBuffer(number, within, argument.StepStride, rowStride);
        }
    }

    /// <summary>What an argument points into as a whole: a value with rows, or what begins at its place.</summary>
    private static (Region Region, int Index, int Begin) PieceOf(Argument argument) => argument.Region switch
    {
        Region.Scratch or Region.Shard => (argument.Region, 0, argument.Start),
        Region.Input or Region.Output => (argument.Region, argument.Index, 0),
        _ => (argument.Region, argument.Index, argument.Offset),
    };

    /// <summary>Moves the values together: those that share places still do.</summary>
    private static int Compact(IEnumerable<LoopBuffer> values, out Dictionary<int, int> starts)
    {
        starts = [];
        int end = 0, length = 0, moved = 0;
        foreach (var value in values.OrderBy(value => value.Start))
        {
            if (value.Start >= end)
            {
                length = (length + Alignment - 1) / Alignment * Alignment;
                moved = value.Start - length;
            }
            starts[value.Start] = value.Start - moved;
            end = Math.Max(end, value.Start + value.RowStride);
            length = end - moved;
        }
        return length;
    }
}
