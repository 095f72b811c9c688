using System.Numerics;
using DlGen.Compiled;

namespace DlGen;

/// <content>Scores of predicted numbers. A row of several outputs is scored output by output; the scores are averaged.</content>
public static partial class Metrics
{
    /// <summary>The mean of |prediction - target|.</summary>
    /// <param name="predictions">The predictions, (rows, outputs).</param>
    /// <param name="targets">The true values, (rows, outputs).</param>
    /// <exception cref="BatchShapeException">There are no rows, or the lengths do not fit.</exception>
    public static double MeanAbsoluteError(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets) => AbsoluteError(predictions, targets);

    /// <inheritdoc cref="MeanAbsoluteError(ReadOnlySpan{float}, ReadOnlySpan{float})"/>
    public static double MeanAbsoluteError(ReadOnlySpan<double> predictions, ReadOnlySpan<double> targets) => AbsoluteError(predictions, targets);

    /// <summary>The root of the mean of (prediction - target)².</summary>
    /// <param name="predictions">The predictions, (rows, outputs).</param>
    /// <param name="targets">The true values, (rows, outputs).</param>
    /// <param name="outputs">The outputs of a row; of several the result is the mean of their roots.</param>
    /// <exception cref="BatchShapeException">There are no rows, or the lengths do not fit.</exception>
    public static double RootMeanSquaredError(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, int outputs = 1) =>
        RootError(predictions, targets, outputs);

    /// <inheritdoc cref="RootMeanSquaredError(ReadOnlySpan{float}, ReadOnlySpan{float}, int)"/>
    public static double RootMeanSquaredError(ReadOnlySpan<double> predictions, ReadOnlySpan<double> targets, int outputs = 1) =>
        RootError(predictions, targets, outputs);

    /// <summary>R², the coefficient of determination: 1 - Σ (target - prediction)² / Σ (target - mean target)². Predicting the mean gives 0, anything worse
    /// less.</summary>
    /// <param name="predictions">The predictions, (rows, outputs).</param>
    /// <param name="targets">The true values, (rows, outputs).</param>
    /// <param name="outputs">The outputs of a row; of several the result is the mean of their R².</param>
    /// <returns>At most 1. Where the targets of an output are all equal it is 1 for exact predictions and else 0; NaN for a single row.</returns>
    /// <exception cref="BatchShapeException">There are no rows, or the lengths do not fit.</exception>
    public static double R2(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, int outputs = 1) => Determination(predictions, targets, outputs);

    /// <inheritdoc cref="R2(ReadOnlySpan{float}, ReadOnlySpan{float}, int)"/>
    public static double R2(ReadOnlySpan<double> predictions, ReadOnlySpan<double> targets, int outputs = 1) => Determination(predictions, targets, outputs);

    private static double AbsoluteError<T>(ReadOnlySpan<T> predictions, ReadOnlySpan<T> targets)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RowsOf(predictions, targets, outputs: 1);
        double sum = 0;
        for (int i = 0; i < targets.Length; i++)
            sum += Math.Abs(Error(predictions, targets, i));
        return sum / targets.Length;
    }

    private static double RootError<T>(ReadOnlySpan<T> predictions, ReadOnlySpan<T> targets, int outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int rows = RowsOf(predictions, targets, outputs);
        double sum = 0;
        for (int output = 0; output < outputs; output++)
            sum += Math.Sqrt(SquaredErrors(predictions, targets, output, outputs) / rows);
        return sum / outputs;
    }

    private static double Determination<T>(ReadOnlySpan<T> predictions, ReadOnlySpan<T> targets, int outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int rows = RowsOf(predictions, targets, outputs);
        if (rows < 2)
            return double.NaN;
        double sum = 0;
        for (int output = 0; output < outputs; output++)
        {
            double errors = SquaredErrors(predictions, targets, output, outputs), deviations = SquaredDeviations(targets, output, outputs);
            sum += deviations != 0 ? 1 - errors / deviations : errors == 0 ? 1 : 0;
        }

        return sum / outputs;
    }

    private static double SquaredErrors<T>(ReadOnlySpan<T> predictions, ReadOnlySpan<T> targets, int output, int outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (int i = output; i < targets.Length; i += outputs)
        {
            double error = Error(predictions, targets, i);
            sum += error * error;
        }

        return sum;
    }

    /// <summary>In two passes: the square of a large mean is never subtracted from another.</summary>
    private static double SquaredDeviations<T>(ReadOnlySpan<T> targets, int output, int outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double mean = 0, sum = 0;
        for (int i = output; i < targets.Length; i += outputs)
            mean += double.CreateTruncating(targets[i]);
        mean /= targets.Length / outputs;
        for (int i = output; i < targets.Length; i += outputs)
        {
            double deviation = double.CreateTruncating(targets[i]) - mean;
            sum += deviation * deviation;
        }

        return sum;
    }

    private static double Error<T>(ReadOnlySpan<T> predictions, ReadOnlySpan<T> targets, int index)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => double.CreateTruncating(predictions[index]) - double.CreateTruncating(targets[index]);

    private static int RowsOf<T>(ReadOnlySpan<T> predictions, ReadOnlySpan<T> targets, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        int rows = Check.Rows(nameof(targets), targets.Length, outputs);
        Check.Length(nameof(predictions), predictions.Length, rows, outputs);
        return rows;
    }
}
