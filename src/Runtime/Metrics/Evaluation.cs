using System.Globalization;

namespace DlGen;

/// <summary>How well a model does on a dataset.</summary>
public sealed class Evaluation
{
    internal Evaluation(double loss, int rows, double? accuracy, ConfusionMatrix? confusion)
    {
        Loss = loss;
        Rows = rows;
        Accuracy = accuracy;
        Confusion = confusion;
    }

    /// <summary>The mean loss over the rows.</summary>
    public double Loss { get; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The share of labels that are the class of the greatest output, from 0 to 1: of one label a row, of a sequence or a picture of labels, and of those alone that count (neither ignored nor of weight 0).
    /// Null without integer labels.</summary>
    public double? Accuracy { get; }

    /// <summary>Which class was taken for which, with precision, recall and F1; it prints as a table. Null without integer labels, and
    /// with more than 2048 classes, whose table would fill the memory.</summary>
    public ConfusionMatrix? Confusion { get; }

    /// <summary>One line: <c>loss 0.0812, accuracy 97.50 % (360 rows)</c>.</summary>
    public override string ToString()
    {
        string rows = string.Create(CultureInfo.InvariantCulture, $"({Rows} {(Rows == 1 ? "row" : "rows")})");
        string loss = $"loss {LossText.Of(Loss)}";
        return Accuracy is double accuracy
            ? string.Create(CultureInfo.InvariantCulture, $"{loss}, accuracy {accuracy * 100:F2} % {rows}")
            : $"{loss} {rows}";
    }
}
