using System.Globalization;
using System.Threading;
using DlGen.Diagnostics;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>What keeps the reading of a network finite, whatever is written: one count over Forward, Loss and all that they call, other models included.</summary>
internal sealed class ReadingBounds
{
    /// <summary>Elements of arrays and lists, so that a list which is added to itself ends.</summary>
    private const int MostElements = 1_000_000;

    private const int MostSteps = 10_000, MostDepth = 64, MostNodes = 20_000, MostCharacters = 1_000;

    private int steps;
    private int depth;
    private int elements;

    public void CountStep(Location place, string what, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (++steps > MostSteps) throw TooLarge(place, $"more than {Text(MostSteps)} loop turns and calls in all; do the {what} end?");
    }

    /// <summary>Begins a call; <see cref="Leave"/> ends it.</summary>
    public void Enter(Location place, CancellationToken cancellation)
    {
        CountStep(place, "calls", cancellation);
        if (++depth > MostDepth) throw TooLarge(place, $"calls are nested more than {MostDepth} deep; does the recursion end?");
    }

    public void Leave() => depth--;

    public void CountElements(Location place, int count)
    {
        elements = count < 0 || count > MostElements - elements ? MostElements + 1 : elements + count;
        if (elements > MostElements) throw TooLarge(place, $"arrays and lists get more than {Text(MostElements)} elements in all; make them smaller");
    }

    public void CheckNodes(Location place, int count)
    {
        if (count > MostNodes) throw TooLarge(place, $"the network has more than {Text(MostNodes)} operations; make it smaller");
    }

    public static void CheckText(Location place, int length)
    {
        if (length > MostCharacters) throw TooLarge(place, $"a text has more than {Text(MostCharacters)} characters; make it shorter");
    }

    private static ReadException TooLarge(Location place, string reason) => new(Descriptors.TooLarge, place, reason);

    private static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
