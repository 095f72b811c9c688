using System.ComponentModel;
using System.Numerics;

namespace DlGen.Compiled;

/// <summary>Adds up an evaluation, batch by batch.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class EvaluationBuilder
{
    /// <summary>A table of more classes, such as a vocabulary, would take more memory than most models do: 32 MB at this bound, 20 GB for 50,000 tokens.</summary>
    private const int MostClassesOfTable = 2048;

    private double lossSum;
    private double weight;
    private int rows;
    private long correct;
    private long counted;
    private int classes;
    private long[,]? confusion;

    /// <summary>Adds the loss of a batch.</summary>
    /// <param name="lossSum">The sum of the rows' losses, each times its weight.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="weight">The sum of their weights; without any the number of rows.</param>
    public void Add(double lossSum, int rows, double weight)
    {
        this.lossSum += lossSum;
        this.rows += rows;
        this.weight += weight;
    }

    /// <summary>Adds classifications: the class is the position of the greatest output, the first of equals as in <c>torch.argmax</c>.</summary>
    /// <param name="outputs">Logits or probabilities, (rows, classes, positions).</param>
    /// <param name="labels">The true classes; others than 0 to classes - 1 are left out (an ignored label).</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="positions">How many labels of a row lie side by side, with the classes before them; 1 where the classes of each label lie side by side.</param>
    /// <param name="ignored">A label that is left out though it may be a class.</param>
    public void AddClassification(ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, int classes, int positions = 1, int? ignored = null) => Classify(outputs, labels, classes, positions, ignored);

    /// <inheritdoc cref="AddClassification(ReadOnlySpan{float}, ReadOnlySpan{int}, int, int, int?)"/>
    public void AddClassification(ReadOnlySpan<double> outputs, ReadOnlySpan<int> labels, int classes, int positions = 1, int? ignored = null) => Classify(outputs, labels, classes, positions, ignored);

    /// <summary>The labels that a model's program found to count, which it gives as numbers; -1 for those that do not.</summary>
    /// <param name="numbers">The program's result.</param>
    public static int[] Labels<T>(ReadOnlySpan<T> numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var labels = new int[numbers.Length];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = int.CreateTruncating(numbers[i]);
        return labels;
    }

    /// <summary>The evaluation of everything added.</summary>
    public Evaluation Build() => new(
        rows == 0 ? double.NaN : lossSum / Check.TotalWeight(weight),
        rows,
        counted == 0 ? null : (double)correct / counted,
        confusion is null ? null : new ConfusionMatrix((long[,])confusion.Clone()));

    private void Classify<T>(ReadOnlySpan<T> outputs, ReadOnlySpan<int> labels, int classes, int positions, int? ignored)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check.Length("outputs", outputs.Length, labels.Length, classes);
        if (this.classes == 0)
        {
            this.classes = classes;
            confusion = classes <= MostClassesOfTable ? new long[classes, classes] : null;
        }

        if (this.classes != classes)
            throw new BatchShapeException($"This evaluation counts {this.classes} classes, the batch has {classes}.");

        for (int place = 0; place < labels.Length; place++)
        {
            int label = labels[place];
            if ((uint)label >= (uint)classes || label == ignored)
                continue;
            int predicted = Check.ClassAt(outputs, place, classes, positions);
            counted++;
            correct += predicted == label ? 1 : 0;
            if (confusion is not null)
                confusion[label, predicted]++;
        }
    }
}
