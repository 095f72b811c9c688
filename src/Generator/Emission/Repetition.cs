using System.Globalization;
using System.Text.RegularExpressions;
using DlGen.Cpu;
using DlGen.Kernels;

namespace DlGen.Emission;

/// <summary>
/// Launches that are printed once and run <paramref name="Count"/> times: those of equal blocks of a network, which differ from block to block by constant steps of their arguments and of the numbers in
/// the names of their layers. Twelve blocks have the code of one.
/// </summary>
/// <param name="Launches">Those of the first block.</param>
/// <param name="Next">Those of the second; empty where there is one.</param>
internal sealed record Repetition(IReadOnlyList<Launch> Launches, IReadOnlyList<Launch> Next, int Count)
{
    /// <summary>A launch, or those of a loop, as they stand.</summary>
    public static Repetition Once(IReadOnlyList<Launch> launches) => new(launches, [], 1);

    /// <summary>The variable that counts the blocks.</summary>
    public const string Variable = "block";

    /// <summary>So many launches must be saved, for a loop reads less easily than a few lines.</summary>
    private const int LeastSaved = 8;

    /// <summary>Numbers that are written as they are printed.</summary>
    private static readonly Regex Numbers = new("(?<![0-9])(0|[1-9][0-9]{0,7})(?![0-9])", RegexOptions.CultureInvariant);

    /// <summary>What is written once, launch by launch, and what repeats, in their order.</summary>
    public static IEnumerable<Repetition> Of(IReadOnlyList<Launch> launches)
    {
        var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
        var alike = launches.Select(l => Likeness.Of(l, kinds)).ToList();
        for (int at = 0; at < launches.Count;)
        {
            var (period, count) = Longest(alike, at);
            yield return new([.. launches.Skip(at).Take(period)], count == 1 ? [] : [.. launches.Skip(at + period).Take(period)], count);
            at += period * count;
        }
    }

    /// <summary>How far an argument goes on with every block, in elements.</summary>
    public int Stride(int launch, int argument) => Count == 1 ? 0 : Next[launch].Arguments[argument].Offset - Launches[launch].Arguments[argument].Offset;

    /// <summary>A name in a launch of the first block for all blocks, as in an interpolated string: block_{block + 2}.</summary>
    public string NameOfAll(int launch, Func<Launch, string> name)
    {
        if (Count == 1) return name(Launches[launch]);
        string[] pieces = Numbers.Split(name(Launches[launch])), next = Numbers.Split(name(Next[launch]));
        return string.Concat(pieces.Select((piece, i) => piece == next[i] ? piece : $"{{{NumberOfAll(Value(piece), Value(next[i]))}}}"));
    }

    private static string NumberOfAll(int first, int second)
    {
        int step = second - first;
        return step == -1 ? $"{Literal.Of(first)} - {Variable}" : (step == 1 ? Variable : $"{Variable} * {Literal.Of(step)}") + (first == 0 ? "" : " + " + Literal.Of(first));
    }

    private static int Value(string number) => int.Parse(number, CultureInfo.InvariantCulture);

    /// <summary>Of the repetitions that begin at a launch, the one that saves most: of how many launches, and how often. One launch, once, if none saves enough.</summary>
    private static (int Period, int Count) Longest(IReadOnlyList<Likeness> launches, int at)
    {
        var best = (Period: 1, Count: 1);
        for (int period = 1; at + (3 * period) <= launches.Count; period++)
        {
            int count = CountAt(launches, at, period);
            int saved = period * (count - 1);
            if (count >= 3 && saved >= LeastSaved && saved > best.Period * (best.Count - 1)) best = (period, count);
        }
        return best;
    }

    /// <summary>How many blocks of so many launches follow each other, the first included.</summary>
    private static int CountAt(IReadOnlyList<Likeness> launches, int at, int period)
    {
        int end = at + period;
        while (end < launches.Count && launches[end].Continues(launches[end - period], end < at + (2 * period) ? null : launches[end - (2 * period)])) end++;
        return (end - at) / period;
    }

    /// <summary>A launch taken apart: what repetitions have in common, by number, and what goes on from one to the next.</summary>
    private sealed record Likeness(int Kind, IReadOnlyList<int> Values)
    {
        public static Likeness Of(Launch launch, Dictionary<string, int> kinds)
        {
            string[][] names = [.. launch.Forward.Select(f => f.Layer).Prepend(launch.Comment).Select(name => Numbers.Split(name))];
            var arguments = launch.Arguments.Select(a => (a.Region, a.Index, a.RowStride, a.StepStride));
            var written = launch.Forward.Select(f => (f.Argument, f.Lines, f.LineLength, f.LineStride, f.RowStride));
            // Of a name taken apart, every second piece is a number.
            string text = $"{launch.Kernel}|{string.Join("", arguments)}|{string.Join("", written)}|{string.Join("|", names.Select(pieces => string.Join("#", pieces.Where((_, i) => i % 2 == 0))))}";
            if (!kinds.TryGetValue(text, out int kind)) kinds.Add(text, kind = kinds.Count);
            return new(kind, [.. launch.Arguments.Select(a => a.Offset), .. names.SelectMany(pieces => pieces.Where((_, i) => i % 2 == 1)).Select(Value)]);
        }

        /// <summary>Whether it is the launch of the block before with other values, as far from it as that one is from the one of the block before that.</summary>
        public bool Continues(Likeness before, Likeness? first)
        {
            if (Kind != before.Kind) return false;
            if (first is null) return true;
            for (int i = 0; i < Values.Count; i++)
                if ((long)Values[i] - before.Values[i] != (long)before.Values[i] - first.Values[i]) return false;
            return true;
        }
    }
}
