using System.Globalization;
using DlGen.Compiled;

namespace DlGen;

/// <summary>A field of <see cref="Dataset.FromWindows"/>: a sequence, and which of its steps each window has of it, counted from where the window begins. <c>..64</c> are its first 64 steps,
/// <c>1..65</c> those one step later, <c>168..192</c> the 24 behind 168. The array is not copied.</summary>
public readonly struct WindowField
{
    private WindowField(string name, Array values, Range steps, int perStep)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perStep);
        if (steps.Start.IsFromEnd || steps.End.IsFromEnd || steps.Start.Value >= steps.End.Value)
        {
            throw new ArgumentOutOfRangeException(
                nameof(steps), steps, $"The steps of {name} are counted from the begin of a window and end behind their begin, as 0..64 or 1..65.");
        }

        (Name, Values, PerStep) = (name, values, perStep);
        (Start, End) = (steps.Start.Value, steps.End.Value);
        if (values.Length % perStep != 0)
            throw new BatchShapeException(string.Create(CultureInfo.InvariantCulture, $"{name} has {values.Length} values, which is not a multiple of the {perStep} of a step."));
    }

    /// <summary>The field's name in the declaration.</summary>
    public string Name { get; }

    internal Array Values { get; }

    internal int PerStep { get; }

    internal int Start { get; }

    internal int End { get; }

    internal int Steps => Values.Length / PerStep;

    internal int PerRow => (End - Start) * PerStep;

    internal FieldKind Kind => Values is int[] ? FieldKind.Int : FieldKind.Float;

    /// <summary>Numbers; a Float64 model reads them too.</summary>
    /// <param name="name">The field's name, as the model names its input or target.</param>
    /// <param name="values">The sequence, step after step.</param>
    /// <param name="steps">Which steps of a window.</param>
    /// <param name="perStep">How many values make a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The steps are none, or counted from the end.</exception>
    /// <exception cref="BatchShapeException">The last step is not whole.</exception>
    public static WindowField Floats(string name, float[] values, Range steps, int perStep = 1) => new(name, values, steps, perStep);

    /// <summary>Numbers in double; a Float32 model reads them rounded.</summary>
    /// <param name="name">The field's name, as the model names its input or target.</param>
    /// <param name="values">The sequence, step after step.</param>
    /// <param name="steps">Which steps of a window.</param>
    /// <param name="perStep">How many values make a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The steps are none, or counted from the end.</exception>
    /// <exception cref="BatchShapeException">The last step is not whole.</exception>
    public static WindowField Floats(string name, double[] values, Range steps, int perStep = 1) => new(name, values, steps, perStep);

    /// <summary>Ids or labels.</summary>
    /// <param name="name">The field's name, as the model names its input or target.</param>
    /// <param name="values">The sequence, step after step.</param>
    /// <param name="steps">Which steps of a window.</param>
    /// <param name="perStep">How many values make a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The steps are none, or counted from the end.</exception>
    /// <exception cref="BatchShapeException">The last step is not whole.</exception>
    public static WindowField Ints(string name, int[] values, Range steps, int perStep = 1) => new(name, values, steps, perStep);
}
