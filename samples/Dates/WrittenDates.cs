using System.Globalization;
using DlGen;

namespace Dates;

/// <summary>Dates of a hundred years in forms that people write them in, and what they mean.</summary>
/// <param name="Texts">The dates as they are written.</param>
/// <param name="Days">What they mean.</param>
internal sealed record WrittenDates(string[] Texts, DateOnly[] Days)
{
    private static readonly DateOnly First = new(1950, 1, 1), End = new(2050, 1, 1);

    /// <summary>Format strings of .NET, but '#', for which the ending of the day is put. In numbers the day comes before the month unless the year is first; two digits of a year mean one of the hundred.</summary>
    private static readonly string[] Forms =
    [
        "d MMMM yyyy", "d MMM yyyy", "d MMM yy", "MMM d, yyyy", "MMMM d, yyyy", "MMM d yy", "d-MMM-yyyy", "yyyy, MMMM d",
        "dddd, d MMMM yyyy", "ddd, d MMM yyyy", "dddd, MMMM d, yyyy", "ddd d MMM yy",
        "d# MMMM yyyy", "d# 'of' MMMM yyyy", "MMMM d#, yyyy", "'the' d# 'of' MMMM, yyyy", "ddd d# MMM yyyy", "MMM d# yy",
        "dd/MM/yy", "d/M/yyyy", "dd/MM/yyyy", "dd.MM.yyyy", "d.M.yy", "dd-MM-yyyy", "dd MM yy", "yyyy/MM/dd", "yyyy.M.d", "yyyyMMdd",
    ];

    private static readonly CharacterTokenizer
        Characters = CharacterTokenizer.Train(" ,-./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", ["<pad>"]),
        Signs = CharacterTokenizer.Train("-0123456789", ["<start>"]);

    /// <summary>All days of the hundred years, in a random order.</summary>
    public static DateOnly[] ShuffledDays(int seed)
    {
        DateOnly[] days = [.. Enumerable.Range(0, End.DayNumber - First.DayNumber).Select(First.AddDays)];
        new Random(seed).Shuffle(days);
        return days;
    }

    /// <summary>Each of the days in a form drawn at random; one in four in small letters alone, one in four in capitals.</summary>
    public static WrittenDates Write(DateOnly[] days, int seed)
    {
        var random = new Random(seed);
        return new WrittenDates([.. days.Select(day => Write(day, random))], days);
    }

    /// <summary>The ids of the texts, each filled up to the network's length.</summary>
    public int[] TextIds() => [.. Texts.SelectMany(text => Characters.Encode(text + string.Concat(Enumerable.Repeat("<pad>", DateReader.Longest - text.Length)), specials: true))];

    /// <summary>The ids of the answers, each behind its beginning.</summary>
    public int[] AnswerIds() => [.. Days.SelectMany(day => Signs.Encode("<start>" + Iso(day), specials: true))];

    /// <summary>What a network answers to each of the texts, each sign the most probable one after those before it.</summary>
    public string[] AnswersOf(DateReader model)
    {
        int[] start = Signs.Encode("<start>", specials: true);
        var greedy = new Sampling { Temperature = 0 };
        return [.. TextIds().Chunk(DateReader.Longest).AsParallel().AsOrdered().Select(text => Signs.Decode([.. model.Generate(text, start, DateReader.AnswerLength, greedy)]))];
    }

    /// <summary>The share of answers that are right in every sign.</summary>
    public double Exact(string[] answers) => Days.Zip(answers).Count(pair => Iso(pair.First) == pair.Second) / (double)Days.Length;

    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Write(DateOnly day, Random random)
    {
        string text = day.ToString(Forms[random.Next(Forms.Length)], CultureInfo.InvariantCulture).Replace("#", Ending(day.Day), StringComparison.Ordinal);
        return random.Next(4) switch { 0 => text.ToLowerInvariant(), 1 => text.ToUpperInvariant(), _ => text };
    }

    private static string Ending(int day) => day switch { 1 or 21 or 31 => "st", 2 or 22 => "nd", 3 or 23 => "rd", _ => "th" };
}
