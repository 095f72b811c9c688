using System.Globalization;
using System.Text;
using DlGen.Compiled;

namespace DlGen;

/// <summary>How often each class was taken for which: rows are true classes, columns predicted ones. Precision, recall and F1 are those of scikit-learn with
/// <c>labels=range(classes)</c>: a quotient whose divisor is 0 is 0, so a class that never occurs counts as 0 in a macro average.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[,] counts;
    private readonly long[] support;
    private readonly long[] predicted;

    /// <summary>Counts predictions beside true classes: <c>new ConfusionMatrix(model.Classify(images), labels, classes: 10)</c>.</summary>
    /// <param name="predictions">The predicted classes, one per row.</param>
    /// <param name="labels">The true classes, one per row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="BatchShapeException">There are more of one than of the other.</exception>
    /// <exception cref="TargetRangeException">One is no class.</exception>
    public ConfusionMatrix(ReadOnlySpan<int> predictions, ReadOnlySpan<int> labels, int classes)
        : this(Count(predictions, labels, classes))
    {
    }

    /// <summary>Takes the counts over; nobody may change them afterwards.</summary>
    internal ConfusionMatrix(long[,] counts)
    {
        this.counts = counts;
        support = new long[Classes];
        predicted = new long[Classes];
        for (int row = 0; row < Classes; row++)
        {
            for (int column = 0; column < Classes; column++)
            {
                support[row] += counts[row, column];
                predicted[column] += counts[row, column];
            }

            Total += support[row];
            Correct += counts[row, row];
        }
    }

    /// <summary>The number of classes.</summary>
    public int Classes => counts.GetLength(0);

    /// <summary>How many predictions were counted.</summary>
    public long Total { get; }

    /// <summary>How many of them are right.</summary>
    public long Correct { get; }

    /// <summary>The share of right predictions, from 0 to 1; NaN when none was counted.</summary>
    public double Accuracy => (double)Correct / Total;

    /// <summary>How often the class <paramref name="trueClass"/> was taken for <paramref name="predictedClass"/>.</summary>
    /// <param name="trueClass">The true class, from 0.</param>
    /// <param name="predictedClass">The predicted class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is no class.</exception>
    public long this[int trueClass, int predictedClass] => counts[InRange(trueClass, nameof(trueClass)), InRange(predictedClass, nameof(predictedClass))];

    /// <summary>How often a class is the true one.</summary>
    /// <param name="trueClass">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long Support(int trueClass) => support[InRange(trueClass, nameof(trueClass))];

    /// <summary>The share of the predictions of a class that are right: true positives / (true positives + false positives).</summary>
    /// <param name="predictedClass">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double Precision(int predictedClass) => Quotient(this[predictedClass, predictedClass], predicted[predictedClass]);

    /// <summary>The precision over all classes.</summary>
    /// <param name="average">How they are averaged.</param>
    public double Precision(Average average) => Averaged(average, Precision);

    /// <summary>The share of the rows of a class that are found: true positives / (true positives + false negatives).</summary>
    /// <param name="trueClass">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double Recall(int trueClass) => Quotient(this[trueClass, trueClass], support[trueClass]);

    /// <summary>The recall over all classes.</summary>
    /// <param name="average">How they are averaged; the macro average is also called balanced accuracy.</param>
    public double Recall(Average average) => Averaged(average, Recall);

    /// <summary>The harmonic mean of precision and recall: 2·true positives / (2·true positives + false positives + false negatives).</summary>
    /// <param name="ofClass">The class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double F1(int ofClass) => Quotient(2 * this[ofClass, ofClass], support[ofClass] + predicted[ofClass]);

    /// <summary>F1 over all classes: the average of their F1, not F1 of averages.</summary>
    /// <param name="average">How they are averaged.</param>
    public double F1(Average average) => Averaged(average, F1);

    /// <summary>A table, true classes downwards, with recall at the end of each row, precision below each column, and the accuracy. Lines end with \n
    /// everywhere.</summary>
    public override string ToString()
    {
        const string Corner = "true \\ predicted", Recalls = "recall", Precisions = "precision";
        int width = Math.Max("0.000".Length, counts.Cast<long>().Max(count => Number(count).Length));
        var table = new StringBuilder(Corner);
        for (int column = 0; column < Classes; column++)
            table.Append("  ").Append(Number(column).PadLeft(width));
        table.Append("  ").Append(Recalls).Append('\n');
        for (int row = 0; row < Classes; row++)
        {
            table.Append(Number(row).PadLeft(Corner.Length));
            for (int column = 0; column < Classes; column++)
                table.Append("  ").Append(Number(counts[row, column]).PadLeft(width));
            table.Append("  ").Append(Share(Recall(row)).PadLeft(Recalls.Length)).Append('\n');
        }

        table.Append(Precisions.PadLeft(Corner.Length));
        for (int column = 0; column < Classes; column++)
            table.Append("  ").Append(Share(Precision(column)).PadLeft(width));
        return table.Append(CultureInfo.InvariantCulture, $"\naccuracy {Accuracy:F3} ({Correct} of {Total})\n").ToString();
    }

    private static long[,] Count(ReadOnlySpan<int> predictions, ReadOnlySpan<int> labels, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        Check.Length(nameof(predictions), predictions.Length, labels.Length, perRow: 1);
        Check.Labels(nameof(predictions), predictions, classes);
        Check.Labels(nameof(labels), labels, classes);
        var counts = new long[classes, classes];
        for (int row = 0; row < labels.Length; row++)
            counts[labels[row], predictions[row]]++;
        return counts;
    }

    private double Averaged(Average average, Func<int, double> score)
    {
        double sum = 0;
        switch (average)
        {
            case Average.Macro:
                for (int i = 0; i < Classes; i++)
                    sum += score(i);
                return sum / Classes;
            case Average.Micro:
                return Quotient(Correct, Total);
            case Average.Weighted:
                for (int i = 0; i < Classes; i++)
                    sum += score(i) * support[i];
                return Total == 0 ? 0 : sum / Total;
            default:
                throw new ArgumentOutOfRangeException(nameof(average), average, "The average is Macro, Micro or Weighted.");
        }
    }

    private static double Quotient(long dividend, long divisor) => divisor == 0 ? 0 : (double)dividend / divisor;

    private static string Number(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Share(double share) => share.ToString("F3", CultureInfo.InvariantCulture);

    private int InRange(int value, string name) => (uint)value < (uint)Classes
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"The classes are 0 to {Classes - 1}.");
}
