using DlGen;

namespace Forecasting;

/// <summary>The demand of the next 24 hours from a week of demand and temperature: what it was at these hours a week ago, and a correction to that from all seven days.</summary>
[Model, MeanSquaredError]
public partial class Forecaster
{
    /// <summary>Hours that it looks back and ahead, and the numbers of each hour behind: demand, then temperature.</summary>
    public const int History = 7 * Day, Horizon = Day, Series = 2;

    private const int Day = 24;

    private static Tensor Forward([Input(History, Series)] Tensor history)
    {
        // The convolution reads day by day; the same hours a week ago are the first day of the history.
        var days = history.Standardize().Conv1d(32, kernel: Day, stride: Day).Gelu();
        return history[..Horizon, 0] + days.Flatten().Linear(64).Gelu().Linear(Horizon);
    }
}
