using System.Numerics;
using DlGen.Compiled;
using static System.FormattableString;

namespace DlGen;

/// <content>Scores of probabilities.</content>
public static partial class Metrics
{
    /// <summary>How far the probabilities of a row may add up to something else than 1: a softmax in float over very many classes stays below, logits do
    /// not.</summary>
    private const double SumTolerance = 1e-3;

    /// <summary>The log loss, or cross-entropy: the mean of -log of what was given to the true class. Probabilities are first clipped to
    /// [ε, 1 - ε], ε being the machine epsilon of their type.</summary>
    /// <param name="probabilities">What <c>Predict</c> gives with <c>SoftmaxCrossEntropy</c>, (rows, classes); each row adds up to 1.</param>
    /// <param name="labels">The true classes, one per row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="BatchShapeException">There are no rows, or the lengths do not fit.</exception>
    /// <exception cref="TargetRangeException">A label is no class.</exception>
    /// <exception cref="ArgumentException">A row does not consist of probabilities.</exception>
    public static double LogLoss(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classes) =>
        CrossEntropy(probabilities, labels, classes, MathF.BitIncrement(1) - 1);

    /// <inheritdoc cref="LogLoss(ReadOnlySpan{float}, ReadOnlySpan{int}, int)"/>
    public static double LogLoss(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels, int classes) =>
        CrossEntropy(probabilities, labels, classes, Math.BitIncrement(1) - 1);

    /// <summary>The log loss of two classes, as above.</summary>
    /// <param name="probabilities">How probable class 1 is for each row.</param>
    /// <param name="labels">0 or 1 for each row.</param>
    /// <exception cref="BatchShapeException">There are no rows, or the lengths do not fit.</exception>
    /// <exception cref="TargetRangeException">A label is neither 0 nor 1.</exception>
    /// <exception cref="ArgumentException">One is no probability.</exception>
    public static double LogLoss(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels) => CrossEntropy(probabilities, labels, MathF.BitIncrement(1) - 1);

    /// <inheritdoc cref="LogLoss(ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public static double LogLoss(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels) => CrossEntropy(probabilities, labels, Math.BitIncrement(1) - 1);

    private static double CrossEntropy<T>(ReadOnlySpan<T> probabilities, ReadOnlySpan<int> labels, int classes, double epsilon)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        Check.Length(nameof(probabilities), probabilities.Length, labels.Length, classes);
        Check.Rows(nameof(probabilities), probabilities.Length, classes);
        Check.Labels(nameof(labels), labels, classes);
        double loss = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            double sum = 0;
            for (int i = 0; i < classes; i++)
                sum += Probability(probabilities, row * classes + i);
            if (Math.Abs(sum - 1) > SumTolerance)
            {
                throw new ArgumentException(
                    Invariant($"Row {row} of {nameof(probabilities)} adds up to {sum} instead of 1; give what Predict returns, after the softmax."),
                    nameof(probabilities));
            }

            loss -= Math.Log(Math.Clamp(Probability(probabilities, row * classes + labels[row]), epsilon, 1 - epsilon));
        }

        return loss / labels.Length;
    }

    private static double CrossEntropy<T>(ReadOnlySpan<T> probabilities, ReadOnlySpan<int> labels, double epsilon)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check.Length(nameof(probabilities), probabilities.Length, labels.Length, perRow: 1);
        Check.Rows(nameof(probabilities), probabilities.Length, perRow: 1);
        Check.Labels(nameof(labels), labels, classes: 2);
        double loss = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            double ofOne = Math.Clamp(Probability(probabilities, row), epsilon, 1 - epsilon);
            loss -= Math.Log(labels[row] == 1 ? ofOne : 1 - ofOne);
        }

        return loss / labels.Length;
    }

    private static double Probability<T>(ReadOnlySpan<T> probabilities, int index)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double probability = double.CreateTruncating(probabilities[index]);
        return probability >= 0 && probability <= 1 + SumTolerance
            ? probability
            : throw new ArgumentException(
                Invariant($"{nameof(probabilities)}[{index}] is {probability}, and a probability is from 0 to 1; give what Predict returns, not logits."),
                nameof(probabilities));
    }
}
