using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace DlGen.Compiled;

/// <summary>Where shares of a range begin. They are in order and of nearly equal size, and together they are the range.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Share
{
    /// <summary>The first unit of a share; of the share behind the last one, the number of units.</summary>
    /// <param name="units">How many units there are.</param>
    /// <param name="part">Which share.</param>
    /// <param name="parts">How many shares.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Start(int units, int part, int parts) => (int)((long)units * part / parts);

    /// <summary>The first row of a share, where only every <paramref name="step"/>-th row may begin one.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="step">The rows that stay together.</param>
    /// <param name="part">Which share.</param>
    /// <param name="parts">How many shares.</param>
    public static int Row(int rows, int step, int part, int parts) => (int)Math.Min(rows, (long)step * Start(Groups(rows, step), part, parts));

    /// <summary>In how many groups rows stay together, the last of which may be smaller: the most shares that they can be cut into.</summary>
    /// <param name="rows">How many rows there are, at least one.</param>
    /// <param name="step">The rows of a group.</param>
    public static int Groups(int rows, int step) => (rows - 1) / step + 1;
}
