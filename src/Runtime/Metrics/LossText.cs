using System.Globalization;

namespace DlGen;

/// <summary>A loss in a line of text.</summary>
internal static class LossText
{
    /// <summary>Four decimals, so that the losses of successive lines stand under each other; four digits where that would show nothing or too much.</summary>
    public static string Of(double loss) => loss.ToString(Math.Abs(loss) is >= 1e-3 and < 1e5 ? "F4" : "G4", CultureInfo.InvariantCulture);
}
