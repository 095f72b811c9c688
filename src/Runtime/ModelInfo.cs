using System.Globalization;
using System.Text;

namespace DlGen;

/// <summary>A row of the layer table.</summary>
/// <param name="Name">The layer's name, which begins the names of its parameters.</param>
/// <param name="Kind">What it is: Linear, Relu.</param>
/// <param name="OutputShape">The extents of one row of its output.</param>
/// <param name="ParameterCount">Its trained and frozen numbers.</param>
/// <param name="Flops">Floating-point operations of the forward pass for one row; a multiplication with its addition counts two.</param>
public sealed record LayerInfo(string Name, string Kind, IReadOnlyList<int> OutputShape, long ParameterCount, long Flops);

/// <summary>What a model was compiled to: known without creating one.</summary>
/// <param name="Name">The name of the class.</param>
/// <param name="Layers">The layers, in the order of the declaration.</param>
/// <param name="ParameterCount">All parameters' numbers, padding not counted.</param>
/// <param name="InputSize">Numbers in one row of the inputs.</param>
/// <param name="OutputSize">Numbers in one row of the outputs.</param>
/// <param name="Flops">Floating-point operations of the forward pass for one row.</param>
/// <param name="PredictArenaBytes">Working memory of one caller of Predict.</param>
/// <param name="TrainingArenaBytes">Working memory of a training step over <paramref name="TrainingArenaRows"/> rows.</param>
/// <param name="TrainingArenaRows">The rows of a shard, for which that is stated.</param>
public sealed record ModelInfo(
    string Name,
    IReadOnlyList<LayerInfo> Layers,
    long ParameterCount,
    int InputSize,
    int OutputSize,
    long Flops,
    long PredictArenaBytes,
    long TrainingArenaBytes,
    int TrainingArenaRows)
{
    /// <summary>The layer table, aligned, as a reader of PyTorch summaries knows it: one line per layer, the totals below. Lines end with \n everywhere.</summary>
    public override string ToString()
    {
        string[] header = ["Layer", "Kind", "Output", "Parameters", "FLOPs"];
        string[][] lines = [header, .. Layers.Select(Line)];
        int[] widths = [.. Enumerable.Range(0, header.Length).Select(column => lines.Max(line => line[column].Length))];
        string rule = new('-', widths.Sum() + 2 * (widths.Length - 1));

        var table = new StringBuilder();
        table.Append(Name).Append('\n').Append(rule).Append('\n');
        AppendLine(table, header, widths);
        table.Append(rule).Append('\n');
        foreach (string[] line in lines.Skip(1))
            AppendLine(table, line, widths);
        table.Append(rule).Append('\n');
        table.Append(CultureInfo.InvariantCulture, $"Parameters: {ParameterCount:N0}\n");
        table.Append(CultureInfo.InvariantCulture, $"FLOPs per row, forward: {Flops:N0}\n");
        table.Append(CultureInfo.InvariantCulture, $"Numbers per row: {InputSize:N0} in, {OutputSize:N0} out\n");
        table.Append(CultureInfo.InvariantCulture, $"Working memory: {Size(PredictArenaBytes)} to predict, {Size(TrainingArenaBytes)} to train on {TrainingArenaRows:N0} rows\n");
        return table.ToString();
    }

    private static string[] Line(LayerInfo layer) =>
    [
        layer.Name,
        layer.Kind,
        $"({string.Join(", ", layer.OutputShape.Select(extent => extent.ToString(CultureInfo.InvariantCulture)))})",
        layer.ParameterCount.ToString("N0", CultureInfo.InvariantCulture),
        layer.Flops.ToString("N0", CultureInfo.InvariantCulture),
    ];

    /// <summary>Names to the left, numbers to the right.</summary>
    private static void AppendLine(StringBuilder table, string[] cells, int[] widths)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            table.Append(i == 0 ? "" : "  ");
            table.Append(i < 3 ? cells[i].PadRight(widths[i]) : cells[i].PadLeft(widths[i]));
        }

        table.Append('\n');
    }

    internal static string Size(long bytes) => bytes switch
    {
        < 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:F1} KiB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024.0):F1} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024.0 * 1024.0):F1} GiB"),
    };
}
