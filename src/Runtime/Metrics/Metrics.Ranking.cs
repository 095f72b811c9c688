using System.Numerics;
using DlGen.Compiled;
using static System.FormattableString;

namespace DlGen;

/// <summary>Scores of predictions that are more than a class: rankings, probabilities, numbers. What counts classes is <see cref="ConfusionMatrix"/>.
/// The definitions are scikit-learn's, the order of arguments is (predictions, truth) as everywhere in this library, and sums are made in double.</summary>
public static partial class Metrics
{
    /// <summary>The share of rows whose label is among the k highest scores. Of equal scores the higher class counts first, as in scikit-learn.</summary>
    /// <param name="scores">Logits or probabilities, (rows, classes).</param>
    /// <param name="labels">The true classes, one per row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="k">How many of the highest scores count, from 1.</param>
    /// <exception cref="BatchShapeException">There are no rows, or the lengths do not fit.</exception>
    /// <exception cref="TargetRangeException">A label is no class.</exception>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static double TopKAccuracy(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, int classes, int k) => TopK(scores, labels, classes, k);

    /// <inheritdoc cref="TopKAccuracy(ReadOnlySpan{float}, ReadOnlySpan{int}, int, int)"/>
    public static double TopKAccuracy(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels, int classes, int k) => TopK(scores, labels, classes, k);

    /// <summary>The area under the ROC curve of two classes: how probable it is that a row of class 1 scores higher than one of class 0, equal scores counting
    /// half.</summary>
    /// <param name="scores">How much each row looks like class 1; only their order matters.</param>
    /// <param name="labels">0 or 1 for each row.</param>
    /// <returns>From 0 to 1; NaN where one of the two classes does not occur, for which the area is not defined.</returns>
    /// <exception cref="BatchShapeException">There are no rows, or the lengths do not fit.</exception>
    /// <exception cref="TargetRangeException">A label is neither 0 nor 1.</exception>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static double RocAuc(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels) => Binary(scores, labels, AreaUnderRoc);

    /// <inheritdoc cref="RocAuc(ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public static double RocAuc(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels) => Binary(scores, labels, AreaUnderRoc);

    /// <summary>The mean over the classes of the area under the ROC curve of each against all others (one-vs-rest, macro).</summary>
    /// <param name="scores">Logits or probabilities, (rows, classes).</param>
    /// <param name="labels">The true classes, one per row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <returns>From 0 to 1; NaN where a class does not occur or is the only one.</returns>
    /// <exception cref="BatchShapeException">There are no rows, or the lengths do not fit.</exception>
    /// <exception cref="TargetRangeException">A label is no class.</exception>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static double RocAuc(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, int classes) => OneVsRest(scores, labels, classes, AreaUnderRoc);

    /// <inheritdoc cref="RocAuc(ReadOnlySpan{float}, ReadOnlySpan{int}, int)"/>
    public static double RocAuc(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels, int classes) => OneVsRest(scores, labels, classes, AreaUnderRoc);

    /// <summary>The average precision of two classes: Σ (recall - recall before)·precision over the thresholds from the highest score down, without
    /// interpolation.</summary>
    /// <param name="scores">How much each row looks like class 1; only their order matters.</param>
    /// <param name="labels">0 or 1 for each row.</param>
    /// <returns>From 0 to 1; 0 where class 1 does not occur.</returns>
    /// <exception cref="BatchShapeException">There are no rows, or the lengths do not fit.</exception>
    /// <exception cref="TargetRangeException">A label is neither 0 nor 1.</exception>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static double AveragePrecision(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels) => Binary(scores, labels, PrecisionOverRecall);

    /// <inheritdoc cref="AveragePrecision(ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels) => Binary(scores, labels, PrecisionOverRecall);

    /// <summary>The mean over the classes of the average precision of each against all others (macro).</summary>
    /// <param name="scores">Logits or probabilities, (rows, classes).</param>
    /// <param name="labels">The true classes, one per row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <returns>From 0 to 1; a class that does not occur counts as 0.</returns>
    /// <exception cref="BatchShapeException">There are no rows, or the lengths do not fit.</exception>
    /// <exception cref="TargetRangeException">A label is no class.</exception>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static double AveragePrecision(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, int classes) =>
        OneVsRest(scores, labels, classes, PrecisionOverRecall);

    /// <inheritdoc cref="AveragePrecision(ReadOnlySpan{float}, ReadOnlySpan{int}, int)"/>
    public static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels, int classes) =>
        OneVsRest(scores, labels, classes, PrecisionOverRecall);

    private static double TopK<T>(ReadOnlySpan<T> scores, ReadOnlySpan<int> labels, int classes, int k)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        CheckScores(scores, labels, classes);
        int hits = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<T> ofRow = scores.Slice(row * classes, classes);
            int before = 0;
            for (int i = 0; i < classes; i++)
                before += ofRow[i] > ofRow[labels[row]] || (ofRow[i] == ofRow[labels[row]] && i > labels[row]) ? 1 : 0;
            hits += before < k ? 1 : 0;
        }

        return (double)hits / labels.Length;
    }

    private static double Binary<T>(ReadOnlySpan<T> scores, ReadOnlySpan<int> labels, Func<double[], bool[], double> measure)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check.Length(nameof(scores), scores.Length, labels.Length, perRow: 1);
        Check.Rows(nameof(scores), scores.Length, perRow: 1);
        Check.Labels(nameof(labels), labels, classes: 2);
        CheckNumbers(nameof(scores), scores);
        return OfClass(scores, labels, stride: 1, column: 0, positive: 1, measure);
    }

    private static double OneVsRest<T>(ReadOnlySpan<T> scores, ReadOnlySpan<int> labels, int classes, Func<double[], bool[], double> measure)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckScores(scores, labels, classes);
        double sum = 0;
        for (int i = 0; i < classes; i++)
            sum += OfClass(scores, labels, classes, i, positive: i, measure);
        return sum / classes;
    }

    /// <summary>Measures one column of scores in ascending order, beside whether each row is of the class.</summary>
    private static double OfClass<T>(ReadOnlySpan<T> scores, ReadOnlySpan<int> labels, int stride, int column, int positive, Func<double[], bool[], double> measure)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var ascending = new double[labels.Length];
        var positives = new bool[labels.Length];
        for (int row = 0; row < labels.Length; row++)
        {
            ascending[row] = double.CreateTruncating(scores[row * stride + column]);
            positives[row] = labels[row] == positive;
        }

        Array.Sort(ascending, positives);
        return measure(ascending, positives);
    }

    /// <summary>Counts pairs: a positive beats every negative below it, and half of those of its own score. Twice the count is a whole number, so nothing
    /// rounds.</summary>
    private static double AreaUnderRoc(double[] ascending, bool[] positives)
    {
        long twiceBeaten = 0, negativesBelow = 0, positiveCount = 0;
        for (int from = 0; from < ascending.Length;)
        {
            (int end, int positivesHere) = Ties(ascending, positives, from, step: 1);
            long negativesHere = end - from - positivesHere;
            twiceBeaten += positivesHere * (2 * negativesBelow + negativesHere);
            negativesBelow += negativesHere;
            positiveCount += positivesHere;
            from = end;
        }

        return twiceBeaten / (2.0 * positiveCount * negativesBelow);
    }

    private static double PrecisionOverRecall(double[] ascending, bool[] positives)
    {
        long truePositives = 0;
        double sum = 0;
        for (int from = ascending.Length - 1; from >= 0;)
        {
            (int end, int positivesHere) = Ties(ascending, positives, from, step: -1);
            truePositives += positivesHere;
            sum += positivesHere * ((double)truePositives / (ascending.Length - 1 - end));
            from = end;
        }

        return truePositives == 0 ? 0 : sum / truePositives;
    }

    /// <summary>Where the run of equal scores ends that begins at <paramref name="from"/>, and how many of it are positive.</summary>
    private static (int End, int Positives) Ties(double[] sorted, bool[] positives, int from, int step)
    {
        int end = from, count = 0;
        for (; (uint)end < (uint)sorted.Length && sorted[end] == sorted[from]; end += step)
            count += positives[end] ? 1 : 0;
        return (end, count);
    }

    private static void CheckScores<T>(ReadOnlySpan<T> scores, ReadOnlySpan<int> labels, int classes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        Check.Length(nameof(scores), scores.Length, labels.Length, classes);
        Check.Rows(nameof(scores), scores.Length, classes);
        Check.Labels(nameof(labels), labels, classes);
        CheckNumbers(nameof(scores), scores);
    }

    private static void CheckNumbers<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (T.IsNaN(values[i]))
            {
                throw new ArgumentException(
                    Invariant($"{name}[{i}] is NaN, which has no place in an order; look where the model's outputs stop being numbers."), name);
            }
        }
    }
}
