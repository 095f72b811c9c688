using System.Numerics;
using System.Runtime.Intrinsics;
using DlGen.Compiled;

namespace DlGen;

/// <summary>What an optimizer remembers of one parameter set. Each parameter counts its own steps, as in PyTorch: one that is thawed late starts with the
/// bias correction of its first step.</summary>
internal abstract class OptimizerState(Optimizer optimizer, ParameterSet parameters)
{
    /// <summary>Elements that one thread takes at least: a share of two cache lines would cost more to hand over than to update.</summary>
    private const int SmallestShare = 4096;

    private readonly long[] steps = new long[parameters.Count];
    private readonly ParameterGroup?[] groups = optimizer.GroupsOf(parameters.InMemoryOrder);
    private readonly StepRates rates = new(parameters.Storage.Float64);
    private Range shared;

    /// <summary>Steps made so far, in the order of the memory.</summary>
    internal Span<long> Steps => steps;

    /// <summary>How many numbers of state an element has.</summary>
    internal abstract int Moments { get; }

    /// <summary>A moment of a parameter in PyTorch's order, a float[] or double[].</summary>
    internal abstract Array ReadMoment(int moment, int parameter);

    /// <summary>Sets a moment of a parameter, in PyTorch's order.</summary>
    internal abstract void WriteMoment(int moment, int parameter, Array values);

    /// <summary>Updates all parameters that are not frozen, run by run; usually that is a single run over everything.</summary>
    public void Step(Team? team)
    {
        int next = 0;
        while (NextRun(ref next) is { } run)
        {
            optimizer.WriteRates(rates, run.Step, run.Rates);
            Update(run.Range, team);
        }
    }

    /// <summary>Counts the step of the next neighbours of one group that have made equally many steps and are not frozen; null where there are no more.</summary>
    /// <param name="next">The parameter, in the order of the memory, at which to look on: 0 for the first run of a step.</param>
    internal UpdateRun? NextRun(ref int next)
    {
        Parameter[] inOrder = parameters.InMemoryOrder;
        while (next < inOrder.Length && inOrder[next].Frozen)
            next++;
        if (next == inOrder.Length)
            return null;

        int start = next;
        long step = ++steps[next++];
        while (next < inOrder.Length && !inOrder[next].Frozen && steps[next] + 1 == step && groups[next] == groups[start])
            steps[next++]++;
        Parameter last = inOrder[next - 1];
        return new UpdateRun(inOrder[start].Offset..(last.Offset + last.HomeLength), step, optimizer.RatesOf(groups[start]));
    }

    /// <summary>The last so many steps, of all that is not frozen, did nothing.</summary>
    internal void TakeBack(int count)
    {
        Parameter[] inOrder = parameters.InMemoryOrder;
        for (int i = 0; i < inOrder.Length; i++)
            steps[i] -= inOrder[i].Frozen ? 0 : count;
    }

    private void Update(Range range, Team? team)
    {
        int shares = (range.End.Value - range.Start.Value) / SmallestShare;
        if (team is null || shares < 2)
        {
            Update(range, rates);
            return;
        }

        shared = range;
        var frame = new Frame { Owner = this };
        team.Run(in frame, static (in Frame frame, int part, int parts) => ((OptimizerState)frame.Owner!).UpdateShare(part, parts), shares);
    }

    /// <summary>Shares begin at cache lines.</summary>
    private void UpdateShare(int part, int parts)
    {
        int start = shared.Start.Value, length = shared.End.Value - start;
        Update((start + Share.Row(length, 64, part, parts))..(start + Share.Row(length, 64, part + 1, parts)), rates);
    }

    /// <summary>Updates a range of the flat memory, padding included: where value, gradient and moments are zero they stay zero.</summary>
    /// <param name="range">The elements.</param>
    /// <param name="rates">The numbers of the step.</param>
    protected abstract void Update(Range range, StepRates rates);
}

/// <summary>Neighbours in the flat memory that a step updates alike.</summary>
/// <param name="Range">The elements, padding included.</param>
/// <param name="Step">The number of this step for them, from 1.</param>
/// <param name="Rates">What holds for their group.</param>
internal readonly record struct UpdateRun(Range Range, long Step, UpdateRates Rates);

/// <summary>State beside parameters of one number type, in the same home layout.</summary>
internal abstract class OptimizerState<T>(Optimizer optimizer, ParameterSet parameters, int moments) : OptimizerState(optimizer, parameters)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ParameterStorage<T> storage = (ParameterStorage<T>)parameters.Storage;
    private readonly AlignedBuffer<T>? first = moments >= 1 ? new(parameters.Storage.Length) : null;
    private readonly AlignedBuffer<T>? second = moments >= 2 ? new(parameters.Storage.Length) : null;
    private readonly AlignedBuffer<T>? third = moments >= 3 ? new(parameters.Storage.Length) : null;

    /// <summary>The first moment (Adam) or the momentum; empty where the rule has none.</summary>
    internal Span<T> First => first is null ? default : first.Span;

    /// <summary>The second moment; empty where the rule has none.</summary>
    internal Span<T> Second => second is null ? default : second.Span;

    /// <summary>The third moment; empty where the rule has none.</summary>
    internal Span<T> Third => third is null ? default : third.Span;

    /// <summary>One of them: 0 to 2.</summary>
    internal Span<T> Moment(int moment) => moment switch { 0 => First, 1 => Second, _ => Third };

    internal override int Moments => moments;

    internal override Array ReadMoment(int moment, int parameter)
    {
        ParameterDefinition definition = storage.Definitions[parameter];
        var values = new T[definition.LogicalLength()];
        ParameterLayout.ToLogical<T, T>(definition, HomeOf(moment, definition), values);
        return values;
    }

    internal override void WriteMoment(int moment, int parameter, Array values)
        => ParameterLayout.ToHome<T, T>(storage.Definitions[parameter], (T[])values, HomeOf(moment, storage.Definitions[parameter]));

    private Span<T> HomeOf(int moment, ParameterDefinition definition)
        => Moment(moment).Slice(definition.Offset, definition.HomeLength());

    protected sealed override void Update(Range range, StepRates rates)
    {
        var elements = new UpdatePass<T>(
            storage.Values[range],
            storage.Gradients[range],
            first is null ? default : first.Span[range],
            second is null ? default : second.Span[range],
            third is null ? default : third.Span[range]);
        int done = Vector512.IsHardwareAccelerated ? Update<Lanes512<T>>(elements, 0, rates)
            : Vector256.IsHardwareAccelerated ? Update<Lanes256<T>>(elements, 0, rates)
            : Vector128.IsHardwareAccelerated ? Update<Lanes128<T>>(elements, 0, rates)
            : 0;
        if (done < elements.Length)
            Update<LanesSingle<T>>(elements, done, rates);
    }

    /// <summary>Runs the optimizer's rule over whole groups of lanes, from a position on.</summary>
    protected abstract int Update<TLanes>(in UpdatePass<T> elements, int from, StepRates rates)
        where TLanes : struct, ILanes<TLanes, T>;

    protected static int Run<TRule, TLanes>(in UpdatePass<T> elements, int from, TRule rule, StepRates rates)
        where TRule : struct, IUpdateRule<TLanes>
        where TLanes : struct, ILanes<TLanes, T>
        => rates[UpdateRate.L1] == 0
            ? elements.Run<TRule, TLanes>(rule, from)
            : elements.Run<PenalisedRule<T, TRule, TLanes>, TLanes>(new(rule, TLanes.Of(rates[UpdateRate.L1])), from);
}
