using System.ComponentModel;
using System.Globalization;
using System.Numerics;

namespace DlGen.Compiled;

/// <summary>The lengths of what a network needs to run step by step, in elements.</summary>
/// <param name="MemoryLength">What steps hand on to later ones.</param>
/// <param name="Positions">The most steps, where positions are told apart; else 0.</param>
/// <param name="Input">One step of the input; of ids, one.</param>
/// <param name="Outputs">One step of each output.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record StepShapes(int MemoryLength, int Positions, int Input, int[] Outputs)
{
    /// <summary>What is computed once and read by all steps, behind what they hand on.</summary>
    public int GivenLength { get; init; }

    /// <summary>One row of each floating-point input that is given for all steps.</summary>
    public int[] Numbers { get; init; } = [];

    /// <summary>One row of each such input of ids.</summary>
    public int[] Ids { get; init; } = [];

    /// <summary>One row of each such input of bytes.</summary>
    public int[] Bytes { get; init; } = [];
}

/// <summary>A sequence of steps: what is given for all of them, what they hand on, the input of the last one and its outputs. Allocated once.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class StepMemory<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ModelCore<T> core;
    private readonly StepShapes shapes;
    private readonly AlignedBuffer<T> memory;
    private readonly AlignedBuffer<T>[] outputs;
    private readonly AlignedBuffer<T> input;
    private readonly AlignedBuffer<byte> bytes;
    private readonly AlignedBuffer<int> id = new(1);
    private readonly AlignedBuffer<int> position = new(1);
    private readonly AlignedBuffer<T>[] givenNumbers;
    private readonly AlignedBuffer<int>[] givenIds;
    private readonly AlignedBuffer<byte>[] givenBytes;
    private long version;
    private long? begunVersion;

    /// <summary>Allocates everything.</summary>
    /// <param name="core">The model's state.</param>
    /// <param name="shapes">The lengths.</param>
    public StepMemory(ModelCore<T> core, StepShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        this.core = core;
        this.shapes = shapes;
        memory = new AlignedBuffer<T>(shapes.MemoryLength + shapes.GivenLength);
        outputs = Array.ConvertAll(shapes.Outputs, length => new AlignedBuffer<T>(length));
        input = new AlignedBuffer<T>(shapes.Input);
        bytes = new AlignedBuffer<byte>(shapes.Input);
        givenNumbers = Array.ConvertAll(shapes.Numbers, length => new AlignedBuffer<T>(length));
        givenIds = Array.ConvertAll(shapes.Ids, length => new AlignedBuffer<int>(length));
        givenBytes = Array.ConvertAll(shapes.Bytes, length => new AlignedBuffer<byte>(length));
    }

    /// <summary>The steps since the beginning.</summary>
    public long Position { get; private set; }

    /// <summary>What steps hand on, then what is computed once for all of them.</summary>
    public Span<T> Memory => memory.Span;

    /// <summary>The number of the step, as generated code reads it.</summary>
    public ReadOnlySpan<int> PositionId => position.Span;

    /// <summary>Where an output goes.</summary>
    /// <param name="output">Which.</param>
    public Span<T> OutputMemory(int output) => outputs[output].Span;

    /// <summary>An output of the last step.</summary>
    /// <param name="output">Which.</param>
    /// <exception cref="InvalidOperationException">There was no step.</exception>
    public ReadOnlySpan<T> Output(int output) => Position > 0
        ? outputs[output].Span
        : throw new InvalidOperationException("There was no step yet since the beginning; call Step first.");

    /// <summary>Opens a step and gives it working memory.</summary>
    /// <exception cref="InvalidOperationException">All positions are taken, or the parameters are no longer those of the first step.</exception>
    public Arena<T> Begin()
    {
        if (Position == 0)
        {
            version = core.Parameters.Version;
        }
        else if (version != core.Parameters.Version)
        {
            throw new InvalidOperationException(
                "The parameters changed after the first of these steps, so what it left behind belongs to no model; call Reset and begin again.");
        }

        if (shapes.Positions > 0 && Position == shapes.Positions)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"All {shapes.Positions} positions of this network are taken; call Reset, and begin again with the most recent of its inputs."));
        }

        position.Span[0] = (int)Math.Min(Position, int.MaxValue);
        return core.RentArena();
    }

    /// <summary>Whether the step that is open is the first with what is given, or with these parameters: what all steps have in common must be computed before it.</summary>
    public bool BeginsSequence => Position == 0 && begunVersion != version;

    /// <summary>What all steps have in common is computed.</summary>
    public void HasBegun() => begunVersion = version;

    /// <summary>Numbers that are given for all steps.</summary>
    /// <param name="number">Which of their kind.</param>
    public ReadOnlySpan<T> Given(int number) => givenNumbers[number].Span;

    /// <summary>Ids that are given for all steps.</summary>
    /// <param name="number">Which of their kind.</param>
    public ReadOnlySpan<int> GivenIds(int number) => givenIds[number].Span;

    /// <summary>Bytes that are given for all steps.</summary>
    /// <param name="number">Which of their kind.</param>
    public ReadOnlySpan<byte> GivenBytes(int number) => givenBytes[number].Span;

    /// <summary>Gives numbers, which the caller has checked; the sequence must begin again.</summary>
    /// <param name="number">Which of their kind.</param>
    /// <param name="values">One row.</param>
    public void Give(int number, ReadOnlySpan<T> values) => Give(values, givenNumbers[number]);

    /// <summary>Gives ids.</summary>
    /// <param name="number">Which of their kind.</param>
    /// <param name="values">One row.</param>
    public void Give(int number, ReadOnlySpan<int> values) => Give(values, givenIds[number]);

    /// <summary>Gives bytes.</summary>
    /// <param name="number">Which of their kind.</param>
    /// <param name="values">One row.</param>
    public void Give(int number, ReadOnlySpan<byte> values) => Give(values, givenBytes[number]);

    /// <summary>Takes over what another sequence of the same model was given.</summary>
    /// <param name="other">The other's memory.</param>
    public void TakeGiven(StepMemory<T> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < givenNumbers.Length; i++)
            Give(i, other.Given(i));
        for (int i = 0; i < givenIds.Length; i++)
            Give(i, other.GivenIds(i));
        for (int i = 0; i < givenBytes.Length; i++)
            Give(i, other.GivenBytes(i));
    }

    /// <summary>The step is complete, or failed.</summary>
    /// <param name="arena">What <see cref="Begin"/> gave.</param>
    /// <param name="isComplete">Whether it counts.</param>
    public void End(Arena<T> arena, bool isComplete)
    {
        core.ReturnArena(arena);
        if (isComplete)
            Position++;
    }

    /// <summary>Before the first step, with what is given.</summary>
    public void Reset()
    {
        Position = 0;
        memory.Span[..shapes.MemoryLength].Clear();
    }

    /// <summary>Copies a step's input to where slack lies behind it.</summary>
    /// <param name="name">The argument's name.</param>
    /// <param name="values">Its values.</param>
    /// <exception cref="BatchShapeException">They are not one step.</exception>
    public ReadOnlySpan<T> Keep(string name, ReadOnlySpan<T> values)
    {
        CheckLength(name, values.Length);
        values.CopyTo(input.Span);
        return input.Span;
    }

    /// <summary>Copies a step's input of bytes.</summary>
    /// <param name="name">The argument's name.</param>
    /// <param name="values">Its values.</param>
    /// <exception cref="BatchShapeException">They are not one step.</exception>
    public ReadOnlySpan<byte> KeepBytes(string name, ReadOnlySpan<byte> values)
    {
        CheckLength(name, values.Length);
        values.CopyTo(bytes.Span);
        return bytes.Span;
    }

    /// <summary>Keeps a step's id.</summary>
    /// <param name="name">The argument's name.</param>
    /// <param name="value">The id.</param>
    /// <param name="vocabulary">How many ids there are.</param>
    /// <exception cref="TokenRangeException">It is none of them.</exception>
    public ReadOnlySpan<int> KeepId(string name, int value, int vocabulary)
    {
        if ((uint)value >= (uint)vocabulary)
            throw new TokenRangeException(string.Create(CultureInfo.InvariantCulture, $"{name} is the id {value}; a vocabulary of {vocabulary} has the ids 0 to {vocabulary - 1}."));
        id.Span[0] = value;
        return id.Span;
    }

    private void Give<TValue>(ReadOnlySpan<TValue> values, AlignedBuffer<TValue> to)
        where TValue : unmanaged
    {
        values.CopyTo(to.Span);
        begunVersion = null;
    }

    private void CheckLength(string name, int length)
    {
        if (length != shapes.Input)
            throw new BatchShapeException(string.Create(CultureInfo.InvariantCulture, $"{name} has {length} values, but one step has {shapes.Input}; give one step at a time."));
    }
}
