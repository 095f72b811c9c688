using System.Globalization;

namespace DlGen;

/// <summary>Prints one line per epoch:
/// <c>epoch  3/10  loss 0.1234  validation loss 0.1419, accuracy 95.83 % (360 rows)  2.4 s</c>.</summary>
/// <param name="writer">Where it is printed; the console unless given.</param>
public sealed class ConsoleProgress(TextWriter? writer = null) : IProgress<EpochReport>
{
    private readonly TextWriter writer = writer ?? Console.Out;

    /// <summary>Prints the line at once, on the thread that trains.</summary>
    /// <param name="value">The finished epoch.</param>
    public void Report(EpochReport value)
    {
        ArgumentNullException.ThrowIfNull(value);
        string epochs = value.Epochs.ToString(CultureInfo.InvariantCulture);
        string epoch = value.Epoch.ToString(CultureInfo.InvariantCulture).PadLeft(epochs.Length);
        string validation = value.Validation is null ? "" : $"  validation {value.Validation}";
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"epoch {epoch}/{epochs}  loss {LossText.Of(value.Loss)}{validation}  {value.Elapsed.TotalSeconds:F1} s"));
    }
}
