using System.Numerics;
using DlGen.Compiled;

namespace DlGen;

/// <summary>What an optimizer remembers of one parameter set. Each parameter counts its own steps, as in PyTorch: one that is thawed late starts with the
/// bias correction of its first step.</summary>
internal abstract class OptimizerState(ParameterSet parameters)
{
    private readonly long[] steps = new long[parameters.Count];

    /// <summary>Updates neighbours that have made equally many steps in one run; usually that is a single run over everything.</summary>
    public void Step()
    {
        Parameter[] inOrder = parameters.InMemoryOrder;
        for (int i = 0; i < inOrder.Length;)
        {
            if (inOrder[i].Frozen)
            {
                i++;
                continue;
            }

            int start = i;
            long step = ++steps[i++];
            while (i < inOrder.Length && !inOrder[i].Frozen && steps[i] + 1 == step)
                steps[i++]++;
            Parameter last = inOrder[i - 1];
            Update(inOrder[start].Offset..(last.Offset + last.HomeLength), step);
        }
    }

    /// <summary>Updates a range of the flat memory, padding included: where value, gradient and moments are zero they stay zero.</summary>
    protected abstract void Update(Range range, long step);
}

/// <summary>State beside parameters of one number type, in the same home layout.</summary>
internal abstract class OptimizerState<T>(ParameterSet parameters, int moments) : OptimizerState(parameters)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ParameterStorage<T> storage = (ParameterStorage<T>)parameters.Storage;
    private readonly AlignedBuffer<T>? first = moments >= 1 ? new(parameters.Storage.Length) : null;
    private readonly AlignedBuffer<T>? second = moments >= 2 ? new(parameters.Storage.Length) : null;

    /// <summary>The first moment (Adam) or the momentum; empty where the rule has none.</summary>
    internal ReadOnlySpan<T> First => first is null ? default : first.Span;

    /// <summary>The second moment; empty where the rule has none.</summary>
    internal ReadOnlySpan<T> Second => second is null ? default : second.Span;

    protected void Run<TRule>(TRule rule, Range range)
        where TRule : struct, IUpdateRule<T> => UpdatePass.Run(
            rule,
            storage.Values[range],
            storage.Gradients[range],
            first is null ? default : first.Span[range],
            second is null ? default : second.Span[range]);
}
