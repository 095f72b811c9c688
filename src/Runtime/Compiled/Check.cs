using System.ComponentModel;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DlGen.Compiled;

/// <summary>The checks at the door of generated members. Each throws before anything changed.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Check
{
    /// <summary>The rows in a span of whole rows.</summary>
    /// <param name="name">The argument's name.</param>
    /// <param name="length">How many values were given.</param>
    /// <param name="perRow">How many make a row.</param>
    /// <exception cref="BatchShapeException">There are none, or a row is not whole.</exception>
    public static int Rows(string name, int length, int perRow)
    {
        if (length == 0)
            throw new BatchShapeException($"{name} is empty; at least one row of {perRow} values is needed.");
        (int rows, int rest) = Math.DivRem(length, perRow);
        if (rest != 0)
            throw new BatchShapeException($"{name} has {length} values, which is not a multiple of the {perRow} values of one row.");
        return rows;
    }

    /// <summary>What the mean over a batch divides by: its rows, of which these are all or a part.</summary>
    /// <param name="rows">The rows at hand.</param>
    /// <param name="batchRows">The rows that the batch is said to have; 0 if those at hand are all.</param>
    /// <exception cref="BatchShapeException">It has fewer than its part.</exception>
    public static double Divisor(int rows, int batchRows)
    {
        if (batchRows == 0)
            return rows;
        if (batchRows < rows)
            throw new BatchShapeException($"batchRows is {batchRows}, but this part of the batch has {rows} rows already; give the rows of all parts together, or 0 if this is all.");
        return batchRows;
    }

    /// <summary>What the weighted mean over a whole dataset divides by.</summary>
    /// <param name="weight">The sum over all rows.</param>
    /// <exception cref="LossWeightException">The sum is not a positive number.</exception>
    public static double TotalWeight(double weight) => weight > 0 && double.IsFinite(weight)
        ? weight
        : throw new LossWeightException(string.Create(CultureInfo.InvariantCulture,
            $"The weights of the loss add up to {weight} over this dataset, but their sum must be above 0 and finite, since the mean divides by it (labels that are ignored have the weight 0); evaluate rows of which some count."));

    /// <summary>What the weighted mean over a batch divides by: the sum of the weights, of which these are all or a part.</summary>
    /// <param name="weight">The sum over the rows at hand.</param>
    /// <param name="batchWeight">The sum that the batch is said to have; 0 if those at hand are all.</param>
    /// <exception cref="LossWeightException">The sum is not a positive number, or less than its part.</exception>
    public static double Weight(double weight, double batchWeight = 0)
    {
        // A float's reciprocal must be finite too: it is the seed of the gradients.
        if (!double.IsFinite(weight) || weight < 0 || (batchWeight == 0 && !float.IsFinite((float)(1 / weight))))
        {
            string advice = weight == 0 ? "leave such batches out, or make them larger" : "check the weights that the loss is given";
            throw new LossWeightException(string.Create(CultureInfo.InvariantCulture,
                $"The weights of the loss add up to {weight} over this batch, but their sum must be above 0 and finite, since the mean divides by it (labels that are ignored have the weight 0). "
                + $"Nothing was updated; {advice}."));
        }

        // A part may round to a little more than the whole.
        if (batchWeight != 0 && !(batchWeight >= weight * (1 - 1e-6) && double.IsFinite(batchWeight)))
        {
            throw new LossWeightException(string.Create(CultureInfo.InvariantCulture,
                $"batchWeight is {batchWeight}, but this part of the batch weighs {weight} already; give the sum of BatchWeight over all parts, or 0 if this is all."));
        }

        return batchWeight == 0 ? weight : batchWeight;
    }

    /// <summary>That a span has as many rows as another argument said.</summary>
    /// <param name="name">The argument's name.</param>
    /// <param name="length">How many values were given.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="perRow">How many values make a row.</param>
    /// <exception cref="BatchShapeException">The length is another one.</exception>
    public static void Length(string name, int length, int rows, int perRow)
    {
        if (length != (long)rows * perRow)
        {
            throw new BatchShapeException(
                $"{name} has {length} values, but {rows} rows of {perRow} need {((long)rows * perRow).ToString(CultureInfo.InvariantCulture)}.");
        }
    }

    /// <summary>That what is given for all steps of a sequence is that of one row.</summary>
    /// <param name="name">The argument's name.</param>
    /// <param name="length">How many values were given.</param>
    /// <param name="perRow">How many values make a row.</param>
    /// <exception cref="BatchShapeException">The length is another one.</exception>
    public static void Given(string name, int length, int perRow)
    {
        if (length != perRow)
            throw new BatchShapeException(string.Create(CultureInfo.InvariantCulture, $"{name} has {length} values, but one row has {perRow}; give that of one sequence, padded as for Predict."));
    }

    /// <summary>That every label is a class.</summary>
    /// <param name="name">The argument's name.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="ignored">A further label that is allowed: of what does not count.</param>
    /// <exception cref="TargetRangeException">One is not.</exception>
    public static void Labels(string name, ReadOnlySpan<int> labels, int classes, int? ignored = null)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes && labels[i] != ignored)
                throw OutOfRange(name, i, labels[i], classes, ignored);
        }
    }

    /// <summary>That every id is one of the vocabulary: generated code reads its tables where they say.</summary>
    /// <param name="name">The argument's name.</param>
    /// <param name="ids">The ids.</param>
    /// <param name="perRow">How many make a row.</param>
    /// <param name="vocabulary">How many ids there are.</param>
    /// <exception cref="TokenRangeException">One is not.</exception>
    public static void Tokens(string name, ReadOnlySpan<int> ids, int perRow, int vocabulary)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)vocabulary)
                throw OutOfVocabulary(name, i, perRow, ids[i], vocabulary);
        }
    }

    /// <summary>That every length is one that a padded sequence can have.</summary>
    /// <param name="name">The argument's name.</param>
    /// <param name="lengths">The lengths, one a row.</param>
    /// <param name="time">The steps of a padded sequence.</param>
    /// <exception cref="TokenRangeException">One is not.</exception>
    public static void Lengths(string name, ReadOnlySpan<int> lengths, int time)
    {
        for (int row = 0; row < lengths.Length; row++)
        {
            if ((uint)lengths[row] > (uint)time)
                throw OutOfTime(name, row, lengths[row], time);
        }
    }

    /// <summary>That a batch has a variance: statistics over a single value are none.</summary>
    /// <param name="rows">The rows of the batch.</param>
    /// <param name="layer">The layer that takes the statistics, one value a row and channel.</param>
    /// <exception cref="BatchShapeException">There is one row.</exception>
    public static void Statistics(int rows, string layer)
    {
        if (rows < 2)
            throw new BatchShapeException($"{layer} takes mean and variance over the batch, but the batch has one row; train on at least two rows.");
    }

    /// <summary>The number of values in so many rows of output.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="perRow">Values of one row.</param>
    /// <exception cref="BatchShapeException">More than one array holds.</exception>
    public static int OutputLength(int rows, int perRow) => (long)rows * perRow <= Array.MaxLength
        ? rows * perRow
        : throw new BatchShapeException(string.Create(CultureInfo.InvariantCulture,
            $"{rows} rows of {perRow} outputs are {(long)rows * perRow} values, more than one array holds; predict fewer rows at a time."));

    /// <summary>That a destination is not memory of an input or of another destination: the first rows written would be inputs of later ones.</summary>
    /// <param name="name">The name of the input or other destination.</param>
    /// <param name="values">Its memory.</param>
    /// <param name="destinationName">The destination's name.</param>
    /// <param name="destination">Where an output goes.</param>
    /// <exception cref="ArgumentException">They overlap.</exception>
    public static void Apart<T>(string name, ReadOnlySpan<T> values, string destinationName, ReadOnlySpan<T> destination)
    {
        if (values.Overlaps(destination))
            throw new ArgumentException($"{destinationName} overlaps {name}; give it memory of its own.", destinationName);
    }

    /// <summary>The position of the greatest value, the first of equal ones.</summary>
    /// <param name="values">At least one value.</param>
    public static int ArgMax<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            best = values[i] > values[best] ? i : best;
        return best;
    }

    /// <summary>The class of each label's place: the position of its greatest output, the first of equal ones.</summary>
    /// <param name="outputs">Logits or probabilities, (rows, classes, positions).</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="positions">How many places of a row lie side by side, with the classes before them; 1 where the classes of each lie side by side.</param>
    public static int[] Classes<T>(ReadOnlySpan<T> outputs, int classes, int positions = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var greatest = new int[outputs.Length / classes];
        for (int place = 0; place < greatest.Length; place++)
            greatest[place] = ClassAt(outputs, place, classes, positions);
        return greatest;
    }

    /// <summary>The class of one place, as <see cref="Classes"/> numbers places.</summary>
    internal static int ClassAt<T>(ReadOnlySpan<T> outputs, int place, int classes, int positions)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int row, int position) = Math.DivRem(place, positions);
        ReadOnlySpan<T> values = outputs.Slice(row * classes * positions, classes * positions)[position..];
        if (positions == 1)
            return ArgMax(values);
        int best = 0;
        for (int i = 1; i < classes; i++)
            best = values[i * positions] > values[best * positions] ? i : best;
        return best;
    }

    /// <summary>Whether no value is NaN or infinite.</summary>
    /// <param name="values">The values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool AllFinite<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // x - x is 0 for every finite x and NaN otherwise, and NaN stays in the sum. Several sums, because an addition waits for the one before.
        Vector<T> a = Vector<T>.Zero, b = a, c = a, d = a;
        ref T first = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i <= values.Length - 4 * Vector<T>.Count; i += 4 * Vector<T>.Count)
        {
            ref T four = ref Unsafe.Add(ref first, i);
            Vector<T> x = Vector.LoadUnsafe(ref four), y = Vector.LoadUnsafe(ref four, (nuint)Vector<T>.Count);
            Vector<T> z = Vector.LoadUnsafe(ref four, (nuint)(2 * Vector<T>.Count)), w = Vector.LoadUnsafe(ref four, (nuint)(3 * Vector<T>.Count));
            (a, b, c, d) = (a + (x - x), b + (y - y), c + (z - z), d + (w - w));
        }

        T rest = Vector.Sum(a + b + (c + d));
        for (; i < values.Length; i++)
            rest += values[i] - values[i];
        return rest == T.Zero;
    }

    /// <summary>The sum of a batch's losses, added in the order of its rows: the same whoever computed them.</summary>
    /// <param name="losses">The loss of each row.</param>
    /// <param name="rows">The rows of the batch.</param>
    public static double Sum(ReadOnlySpan<double> losses, int rows)
    {
        double sum = 0;
        foreach (double loss in losses[..rows])
            sum += loss;
        return sum;
    }

    /// <summary>A number of threads.</summary>
    /// <param name="threads">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    public static int Threads(int threads) => threads >= 1
        ? threads
        : throw new ArgumentOutOfRangeException(nameof(threads), threads, "The number of threads must be at least 1; as many as the machine has processors is a good choice (Environment.ProcessorCount).");

    /// <summary>The threads that work on some rows: one where they are too few to share, whatever was asked for.</summary>
    /// <param name="threads">How many were asked for.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="atLeast">The rows from which several threads are worth it.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    public static int Threads(int threads, int rows, int atLeast) => rows >= atLeast ? Math.Min(Threads(threads), rows) : Math.Min(Threads(threads), 1);

    /// <summary>That inputs and targets of a training step are numbers: an infinite one may vanish from the loss in a saturating activation, but not
    /// from the gradients. Says which one is none, once a step has found that not all are.</summary>
    /// <param name="loss">What the exception gives as the loss.</param>
    /// <param name="name">The argument's name.</param>
    /// <param name="values">Its values.</param>
    /// <param name="perRow">How many make a row.</param>
    /// <exception cref="NonFiniteLossException">One is NaN or infinite.</exception>
    public static void Finite<T>(double loss, string name, ReadOnlySpan<T> values, int perRow)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (AllFinite(values))
            return;
        int at = FirstNonFinite(values);
        string value = values[at].ToString(null, CultureInfo.InvariantCulture);
        throw new NonFiniteLossException(
            $"{name} holds {value} in row {at / perRow} at position {at % perRow}. Nothing was updated; clean the data.",
            loss, null) { At = (name, at) };
    }

    /// <summary>Finds where a loss that is not finite came from when inputs and targets are: the parameters, else the layer that generated code names.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="core">The model's state.</param>
    /// <param name="firstLayer">The first layer whose output was not finite, if generated code found one.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static NonFiniteLossException NonFinite<T>(double loss, ModelCore<T> core, string? firstLayer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string text = loss.ToString(CultureInfo.InvariantCulture);
        foreach (Parameter parameter in core.Parameters)
        {
            if (!parameter.IsFinite())
            {
                return new NonFiniteLossException(
                    $"The loss is {text}: the parameter {parameter.Name} holds values that are not finite. Nothing was updated now, so an earlier step did it: "
                    + "load the last good file and use a lower learning rate or ClipGradients.",
                    loss, null);
            }
        }

        string where = firstLayer is null ? "inputs and parameters are finite" : firstLayer == "loss" ? "what the layers give is finite, the loss of it is not" : $"{firstLayer} was the first layer whose output was not finite";
        return new NonFiniteLossException(
            $"The loss is {text}: {where}. Nothing was updated; use a lower learning rate, scale the inputs, or check the targets.", loss, firstLayer);
    }

    private static int FirstNonFinite<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!T.IsFinite(values[i]))
                return i;
        }

        return -1;
    }

    private static TokenRangeException OutOfVocabulary(string name, int place, int perRow, int id, int vocabulary) => new(string.Create(CultureInfo.InvariantCulture,
        $"{name} holds the id {id} in row {place / perRow} at position {place % perRow}; a vocabulary of {vocabulary} has the ids 0 to {vocabulary - 1}.")) { At = (name, place) };

    private static TokenRangeException OutOfTime(string name, int row, int length, int time) => new(string.Create(CultureInfo.InvariantCulture,
        $"{name} holds the length {length} in row {row}; the sequences have {time} steps, so lengths go from 0 to {time}.")) { At = (name, row) };

    private static TargetRangeException OutOfRange(string name, int index, int label, int classes, int? ignored) => new(string.Create(CultureInfo.InvariantCulture,
        $"{name}[{index}] is {label}; a label of {classes} classes is from 0 to {classes - 1}{(ignored is null ? "" : $", or {ignored} where it does not count")}.")) { At = (name, index) };
}
