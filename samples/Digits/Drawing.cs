using System.Globalization;
using System.Text;

namespace Digits;

/// <summary>Digits as text, side by side, with what the model says below each.</summary>
internal static class Drawing
{
    private const int Side = 8;

    /// <summary>From paper to ink: a pixel of 0 is the first, one of 16 the last.</summary>
    private const string Ink = " .:-=+*#%@";

    /// <summary>Two characters a pixel, because characters are taller than wide; then a margin.</summary>
    private const int Width = 2 * Side + 3;

    /// <param name="rows">Which rows to draw.</param>
    /// <param name="pixels">(rows, 64), 0 to 16.</param>
    /// <param name="labels">The true digit of each row.</param>
    /// <param name="probabilities">(rows, 10), as Predict gives them.</param>
    public static string Of(IReadOnlyList<int> rows, ReadOnlySpan<float> pixels, ReadOnlySpan<int> labels, ReadOnlySpan<float> probabilities)
    {
        var text = new StringBuilder();
        for (int y = 0; y < Side; y++)
        {
            foreach (int row in rows)
            {
                ReadOnlySpan<float> line = pixels.Slice(row * DigitData.Pixels + y * Side, Side);
                foreach (float pixel in line)
                    text.Append(Ink[(int)(pixel / 16 * (Ink.Length - 1))], 2);
                text.Append(' ', Width - 2 * Side);
            }

            text.Append('\n');
        }

        foreach (int row in rows)
        {
            ReadOnlySpan<float> output = probabilities.Slice(row * 10, 10);
            int digit = Largest(output);
            string verdict = digit == labels[row] ? "" : string.Create(CultureInfo.InvariantCulture, $", is {labels[row]}");
            text.Append(string.Create(CultureInfo.InvariantCulture, $"{digit} ({output[digit] * 100:F1} %){verdict}").PadRight(Width));
        }

        return text.Append('\n').ToString();
    }

    private static int Largest(ReadOnlySpan<float> values)
    {
        int largest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[largest])
                largest = i;
        }

        return largest;
    }
}
