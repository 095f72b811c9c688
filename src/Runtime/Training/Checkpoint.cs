namespace DlGen;

/// <summary>A file with everything a training needs to go on as if nothing had happened: parameters, the optimizer's state, schedules, averages, the best epoch, random
/// numbers and the place in the data. It is written after every epoch and when the training is cancelled. When the file exists, <c>Train</c> goes on from it, and the
/// result is bit for bit that of a training without the interruption; delete it to begin anew. Model, data, optimizer and batch size must
/// be the same; Epochs may grow. The file tells data by the number of rows and the first of them. Reports of epochs before the interruption have no confusion matrix.</summary>
/// <param name="path">The file, in safetensors format; always either the old one or the whole new one.</param>
public sealed class Checkpoint(string path)
{
    /// <summary>The file.</summary>
    public string Path { get; } = string.IsNullOrEmpty(path) ? throw new ArgumentException("A checkpoint needs a path.", nameof(path)) : path;

    /// <summary>Writes it after every so many steps too, if given.</summary>
    public int? EverySteps { get; init; }
}
