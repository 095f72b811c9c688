using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Gives every buffer its place: predictions and gradients go where they are wanted; what later phases read takes the first gap of the shard's block that is free from its first
/// phase to its last; what the step shares lies in Shared (or Derived, for programs that run between changes of the parameters); the rest takes the first gap of the scratch
/// that is free from its first write to its last read. Sizes are per shard; every buffer starts on a 64-byte boundary.
/// </summary>
internal sealed class PlanMemory
{
    private readonly FusedGraph fused;
    private readonly int shardRows;
    private readonly IReadOnlyList<(PhaseOrder Phase, PlannedLaunch Launch)> launches;
    private readonly IReadOnlyDictionary<string, int> inputs;
    private readonly bool isTraining;
    private readonly bool separateBuffers;
    private readonly Dictionary<BufferRef, (Region Region, int Index, int Offset, int RowStride)> places = [];
    private readonly Dictionary<int, (FusedGraph Body, int Last)> loops = [];
    private readonly Memories memories;

    private PlanMemory(FusedGraph fused, int shardRows, IReadOnlyList<(PhaseOrder, PlannedLaunch)> launches, IReadOnlyDictionary<string, int> inputs, bool isTraining, int derivedStart, bool separateBuffers, Memories memories)
    {
        this.fused = fused;
        this.shardRows = shardRows;
        this.launches = launches;
        this.inputs = inputs;
        this.isTraining = isTraining;
        this.separateBuffers = separateBuffers;
        this.memories = memories;
        DerivedLength = derivedStart;
        for (int position = 0; position < launches.Count; position++)
            if (this.launches[position].Launch.Loop is { } loop) loops[loop.Scan] = (loop.Body, position);
    }

    public int SharedLength { get; private set; }

    public int ShardLength { get; private set; }

    public int ScratchLength { get; private set; }

    public int DerivedLength { get; private set; }

    public int LossScaleOffset { get; private set; } = -1;

    public static PlanMemory Run(
        FusedGraph fused, int shardRows, IReadOnlyList<(PhaseOrder, PlannedLaunch)> launches, IReadOnlyDictionary<string, int> inputs, bool isTraining, int derivedStart, bool separateBuffers, Memories memories)
    {
        var plan = new PlanMemory(fused, shardRows, launches, inputs, isTraining, derivedStart, separateBuffers, memories);
        plan.Place();
        return plan;
    }

    public Argument ArgumentOf(BufferRef buffer, IReadOnlyList<ParameterBuffer> parameters, IReadOnlyDictionary<int, int> constants)
    {
        switch (buffer.Kind)
        {
            case BufferKind.Parameter:
                return new Argument(Region.Parameters, 0, parameters[buffer.Index].Offset + buffer.Offset, 0, buffer.StepStride);
            case BufferKind.Input:
                return new Argument(Region.Input, inputs[((InputOp)fused.Graph[buffer.Index].Op).Variable], buffer.Offset, fused.Graph[buffer.Index].Shape.Count, buffer.StepStride);
            case BufferKind.Constant:
                return new Argument(Region.Constants, 0, constants[buffer.Index] + buffer.Offset, 0, buffer.StepStride);
            case BufferKind.Memory:
                return new Argument(Region.Memory, 0, memories[((MemoryOp)fused.Graph[buffer.Index].Op).Number] + buffer.Offset, fused.Graph[buffer.Index].Shape.Count, buffer.StepStride);
            case BufferKind.LossScale:
                return new Argument(Region.Shared, 0, LossScaleOffset, 0);
        }
        var (region, index, offset, rowStride) = places[WholeBuffer(buffer)];
        return new Argument(region, index, offset + buffer.Offset, rowStride, buffer.StepStride) { Start = offset };
    }

    private void Place()
    {
        if (launches.Any(l => l.Launch.Buffers.Any(b => b.Kind == BufferKind.LossScale)))
        {
            LossScaleOffset = 0;
            SharedLength = ParameterLayout.Alignment;
        }
        var kept = launches.SelectMany(l => l.Launch.Buffers.Select(b => (Buffer: WholeBuffer(b), l.Phase))).Distinct()
            .GroupBy(b => b.Buffer, b => b.Phase).Where(g => g.Count() > 1 && g.Key is { Kind: BufferKind.Node, Scan: < 0 } && fused.Graph[g.Key.Index].PerRow).ToDictionary(g => g.Key, g => g.ToList());
        var lifetimes = new Dictionary<BufferRef, (int First, int Last)>();
        int loss = fused.Graph.Find(OutputRole.Loss);
        var untilTheEnd = new HashSet<int>(fused.Graph.All(OutputRole.Memory).Select(o => o.Node)) { loss };
        for (int position = 0; position < launches.Count; position++)
        {
            var (phase, launch) = launches[position];
            foreach (var buffer in launch.Buffers.Select(WholeBuffer))
            {
                if (buffer.Kind == BufferKind.DerivedScratch && !places.ContainsKey(buffer))
                {
                    places[buffer] = (Region.Derived, 0, DerivedLength, 0);
                    DerivedLength += Rounded(buffer.Index);
                }
                if (buffer.Kind == BufferKind.ShardScratch && !places.ContainsKey(buffer))
                {
                    places[buffer] = (Region.Shard, 0, ShardLength, buffer.Index);
                    ShardLength += Rounded(buffer.Index * shardRows);
                }
                if (buffer.Kind is not (BufferKind.Node or BufferKind.RowScratch)) continue;
                // A row kernel's scratch is its own: the same length elsewhere is another buffer, but may take the same place.
                if (buffer.Kind == BufferKind.RowScratch || !places.ContainsKey(buffer))
                {
                    if (buffer is { Kind: BufferKind.Node, Scan: < 0 } && (PlaceFixed(buffer, phase.Kind) || kept.ContainsKey(buffer))) continue;
                    // What a loop reads from outside of it, its later steps read again.
                    int end = launch.Loop is { } loop && buffer.Scan < 0 ? loops[loop.Scan].Last : position;
                    lifetimes[buffer] = lifetimes.TryGetValue(buffer, out var known) ? (known.First, end) : (position, end);
                    if (buffer is { Kind: BufferKind.Node, Scan: < 0 } && untilTheEnd.Contains(buffer.Index)) lifetimes[buffer] = (lifetimes[buffer].First, int.MaxValue);
                }
            }
        }
        PlaceScratch(lifetimes);
        foreach (var placed in kept.Keys.Where(places.ContainsKey).ToList()) kept.Remove(placed);
        PlaceKept(kept, loss);
    }

    private static BufferRef WholeBuffer(BufferRef buffer) => buffer with { Offset = 0, StepStride = 0 };

    private bool PlaceFixed(BufferRef buffer, PhaseKind phase)
    {
        var node = fused.Graph[buffer.Index];
        int count = node.Shape.Count;
        if (fused.DestinationOf(buffer.Index) is { } destination) places[buffer] = (Region.Output, destination, 0, count);
        else if (fused.InputGradientOf(buffer.Index) is { } input) places[buffer] = (Region.InputGradient, inputs[input], 0, count);
        else if (fused.GradientHome(buffer.Index) is { } home) places[buffer] = (Region.Gradients, 0, home.Offset, 0);
        else if (!node.PerRow && phase == PhaseKind.Prepare && !isTraining)
        {
            places[buffer] = (Region.Derived, 0, DerivedLength, 0);
            DerivedLength += Rounded(fused.LengthOf(buffer.Index));
        }
        else if (!node.PerRow)
        {
            places[buffer] = (Region.Shared, 0, SharedLength, 0);
            SharedLength += Rounded(fused.LengthOf(buffer.Index));
        }
        else return false;
        return true;
    }

    /// <summary>First fit by first write: the scratch of a shard is as small as the values that live together.</summary>
    private void PlaceScratch(Dictionary<BufferRef, (int First, int Last)> lifetimes)
    {
        var gaps = new Gaps(separateBuffers);
        foreach (var buffer in lifetimes.Keys.OrderBy(b => lifetimes[b].First).ThenBy(b => b.Kind).ThenBy(b => b.Scan).ThenBy(b => b.Index))
        {
            int count = buffer.Kind == BufferKind.RowScratch ? buffer.Index : (buffer.Scan < 0 ? fused : loops[buffer.Scan].Body).Graph[buffer.Index].Shape.Count;
            int length = Rounded(buffer.Kind == BufferKind.RowScratch ? count : count * shardRows);
            places[buffer] = (Region.Scratch, 0, gaps.Take(lifetimes[buffer], length), buffer.Kind == BufferKind.RowScratch ? 0 : count);
        }
        ScratchLength = gaps.Length;
    }

    /// <summary>
    /// What outlives its phase, by phases: those of a step run one after the other over all shards. What one call of a pass hands to another stays, because that one may come again.
    /// </summary>
    private void PlaceKept(Dictionary<BufferRef, List<PhaseOrder>> kept, int loss)
    {
        var order = launches.Select(l => l.Phase).Distinct().ToList();
        var gaps = new Gaps(separateBuffers);
        (int First, int Last) Life(BufferRef buffer)
        {
            var phases = kept[buffer];
            bool stays = buffer.Index == loss || phases.Any(p => p.Part != phases[0].Part);
            return (phases.Min(order.IndexOf), stays ? int.MaxValue : phases.Max(order.IndexOf));
        }
        foreach (var buffer in kept.Keys.OrderBy(b => Life(b).First).ThenBy(b => b.Index))
        {
            int count = fused.Graph[buffer.Index].Shape.Count;
            places[buffer] = (Region.Shard, 0, ShardLength + gaps.Take(Life(buffer), Rounded(count * shardRows)), count);
        }
        ShardLength += gaps.Length;
    }

    /// <summary>A piece of memory whose parts are taken for some time each.</summary>
    private sealed class Gaps(bool separate)
    {
        private readonly List<(int First, int Last, int Offset, int Length)> taken = [];

        public int Length { get; private set; }

        /// <summary>The first part that nobody else has in that time.</summary>
        public int Take((int First, int Last) life, int length)
        {
            int offset = 0;
            foreach (var other in taken.Where(t => separate || (t.First <= life.Last && life.First <= t.Last)).OrderBy(t => t.Offset))
                if (other.Offset < offset + length) offset = Math.Max(offset, other.Offset + other.Length);
            taken.Add((life.First, life.Last, offset, length));
            Length = Math.Max(Length, offset + length);
            return offset;
        }
    }

    private static int Rounded(int length) => ParameterLayout.RoundUp(length, ParameterLayout.Alignment);
}
