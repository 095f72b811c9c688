using System.ComponentModel;
using System.Numerics;

namespace DlGen.Compiled;

/// <summary>The lengths of a pass's buffers, in elements.</summary>
/// <param name="ShardRows">The rows of a shard.</param>
/// <param name="Outputs">One row of each output.</param>
/// <param name="Inputs">One row of each floating-point input.</param>
/// <param name="Ids">One row of each input of ids.</param>
/// <param name="Bytes">One row of each input of bytes.</param>
/// <param name="SharedLength">The part of the arena that all shards share.</param>
/// <param name="ShardLength">The part of each shard.</param>
/// <param name="ScratchLength">The part for short-lived values.</param>
/// <param name="LossLength">The arena of the loss alone.</param>
/// <param name="States">The running statistics that a forward pass of training updates.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record PassShapes(
    int ShardRows, int[] Outputs, int[] Inputs, int[] Ids, int[] Bytes, int SharedLength, int ShardLength, int ScratchLength, int LossLength,
    StateUpdate[]? States = null);

/// <summary>The buffers of one pass: inputs copied, values kept between forward and backward, output and gradients. Allocated once.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PassMemory<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ModelCore<T> core;
    private readonly PassShapes shapes;
    private readonly int maxRows;
    private readonly AlignedBuffer<T> arena;
    private readonly AlignedBuffer<T> lossArena;
    private readonly AlignedBuffer<T>[] outputs;
    private readonly AlignedBuffer<T>[] outputGradients;
    private readonly AlignedBuffer<T>[] inputs;
    private readonly AlignedBuffer<T>[] inputGradients;
    private readonly AlignedBuffer<int>[] ids;
    private readonly AlignedBuffer<byte>[] bytes;
    private int rows;
    private long version;
    private bool isReady;
    private bool hasGradient;

    /// <summary>Allocates everything for up to <paramref name="maxRows"/> rows.</summary>
    /// <param name="core">The model's state.</param>
    /// <param name="maxRows">The most rows of one pass.</param>
    /// <param name="shapes">The lengths.</param>
    public PassMemory(ModelCore<T> core, int maxRows, PassShapes shapes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
        ArgumentNullException.ThrowIfNull(shapes);
        this.core = core;
        this.shapes = shapes;
        this.maxRows = maxRows;
        long shards = ((long)maxRows + shapes.ShardRows - 1) / shapes.ShardRows;
        arena = new AlignedBuffer<T>(checked((int)(shapes.SharedLength + (shards * shapes.ShardLength) + shapes.ScratchLength)));
        lossArena = new AlignedBuffer<T>(shapes.LossLength);
        outputs = Array.ConvertAll(shapes.Outputs, Buffer);
        outputGradients = Array.ConvertAll(shapes.Outputs, Buffer);
        inputs = Array.ConvertAll(shapes.Inputs, Buffer);
        inputGradients = Array.ConvertAll(shapes.Inputs, Buffer);
        ids = Array.ConvertAll(shapes.Ids, perRow => new AlignedBuffer<int>(checked(perRow * maxRows)));
        bytes = Array.ConvertAll(shapes.Bytes, perRow => new AlignedBuffer<byte>(checked(perRow * maxRows)));
    }

    /// <summary>Values kept between the two passes.</summary>
    public Span<T> Arena => arena.Span;

    /// <summary>Working memory of the loss.</summary>
    public Span<T> LossArena => lossArena.Span;

    /// <summary>Where the forward pass writes an output.</summary>
    /// <param name="output">Which.</param>
    public Span<T> OutputMemory(int output) => outputs[output].Span[..(rows * shapes.Outputs[output])];

    /// <summary>The gradient by an output: of the loss, or a copy of what the user gave.</summary>
    /// <param name="output">Which.</param>
    public Span<T> OutputGradientMemory(int output) => outputGradients[output].Span[..(rows * shapes.Outputs[output])];

    /// <summary>An output of the last forward pass.</summary>
    /// <param name="output">Which.</param>
    /// <exception cref="InvalidOperationException">There was no forward pass.</exception>
    public ReadOnlySpan<T> Output(int output) => isReady ? OutputMemory(output) : throw NoForward();

    /// <summary>Whether the last forward pass was one of training.</summary>
    public bool Training { get; private set; }

    /// <summary>The counter of the random ops: this pass's own, so that every forward pass draws anew.</summary>
    public long Step { get; private set; } = -1;

    /// <summary>Opens a forward pass.</summary>
    /// <param name="count">Its rows.</param>
    /// <param name="training">Whether it is one of training.</param>
    /// <exception cref="BatchShapeException">More rows than the pass was created for.</exception>
    public void Begin(int count, bool training)
    {
        if (count > maxRows)
            throw new BatchShapeException($"This pass was created for at most {maxRows} rows, but got {count}; call CreatePass({count}).");
        isReady = hasGradient = false;
        rows = count;
        Training = training;
        Step = core.NextPassStep();
    }

    /// <summary>The forward pass is complete: one of training updates the running statistics, as in PyTorch.</summary>
    public void FinishForward()
    {
        if (Training && shapes.States is { } states)
            core.UpdateStates(states, Arena);
        version = CurrentVersion;
        isReady = true;
    }

    /// <summary>Opens a backward pass: its rows.</summary>
    /// <exception cref="InvalidOperationException">There was no forward pass, or the parameters are no longer those it saw.</exception>
    public int BeginBackward()
    {
        if (!isReady) throw NoForward();
        if (version != CurrentVersion)
        {
            throw new InvalidOperationException(
                "The parameters changed after this pass went forward, so its backward pass would belong to no model; call Forward again.");
        }

        return rows;
    }

    /// <summary>The backward pass is complete.</summary>
    public void FinishBackward() => hasGradient = true;

    /// <summary>Copies the gradient by an output to where slack lies behind it.</summary>
    /// <param name="output">Which.</param>
    /// <param name="values">One value per element of the output.</param>
    public ReadOnlySpan<T> KeepOutputGradient(int output, ReadOnlySpan<T> values)
    {
        Span<T> own = OutputGradientMemory(output);
        if (!values.Overlaps(own)) values.CopyTo(own);
        return own;
    }

    /// <summary>Copies an input.</summary>
    /// <param name="input">Which.</param>
    /// <param name="values">Its values.</param>
    public ReadOnlySpan<T> Keep(int input, ReadOnlySpan<T> values)
    {
        values.CopyTo(inputs[input].Span);
        return inputs[input].Span[..values.Length];
    }

    /// <summary>Copies an input of ids.</summary>
    /// <param name="input">Which.</param>
    /// <param name="values">Its ids.</param>
    public ReadOnlySpan<int> KeepIds(int input, ReadOnlySpan<int> values)
    {
        values.CopyTo(ids[input].Span);
        return ids[input].Span[..values.Length];
    }

    /// <summary>Copies an input of bytes.</summary>
    /// <param name="input">Which.</param>
    /// <param name="values">Its bytes.</param>
    public ReadOnlySpan<byte> KeepBytes(int input, ReadOnlySpan<byte> values)
    {
        values.CopyTo(bytes[input].Span);
        return bytes[input].Span[..values.Length];
    }

    /// <summary>The input of the last forward pass.</summary>
    /// <param name="input">Which.</param>
    public ReadOnlySpan<T> Kept(int input) => inputs[input].Span[..(rows * shapes.Inputs[input])];

    /// <summary>The ids of the last forward pass.</summary>
    /// <param name="input">Which.</param>
    public ReadOnlySpan<int> KeptIds(int input) => ids[input].Span[..(rows * shapes.Ids[input])];

    /// <summary>The bytes of the last forward pass.</summary>
    /// <param name="input">Which.</param>
    public ReadOnlySpan<byte> KeptBytes(int input) => bytes[input].Span[..(rows * shapes.Bytes[input])];

    /// <summary>Where the backward pass writes the gradient by an input.</summary>
    /// <param name="input">Which.</param>
    public Span<T> InputGradientMemory(int input) => inputGradients[input].Span[..(rows * shapes.Inputs[input])];

    /// <summary>The gradient by an input.</summary>
    /// <param name="input">Which.</param>
    /// <exception cref="InvalidOperationException">The last forward pass has not gone backwards.</exception>
    public ReadOnlySpan<T> InputGradient(int input) => hasGradient
        ? InputGradientMemory(input)
        : throw new InvalidOperationException("The last forward pass has no gradient yet; call Backward or BackwardLoss first.");

    /// <summary>In training no result depends on the running statistics, which other passes may have moved on.</summary>
    private long CurrentVersion => Training ? core.Parameters.TrainedVersion : core.Parameters.Version;

    private static InvalidOperationException NoForward() => new("This pass has no forward pass yet, or its last one failed; call Forward first.");

    private AlignedBuffer<T> Buffer(int perRow) => new(checked(perRow * maxRows));
}
