using System.Globalization;
using System.Text.RegularExpressions;

namespace DlGen.Tests.Emulation;

/// <summary>
/// Reads a module, and nothing but what it knows: a table of constants, shared variables, and entries with parameters, registers, labels and the instructions
/// of <see cref="InstructionSet"/>, each operand of the kind that its place asks for.
/// </summary>
internal static partial class PtxParser
{
    public static IReadOnlyDictionary<string, PtxProgram> Parse(string text)
    {
        var reader = new TextReader(text);
        reader.Expect(HeaderPart(), "version, target and address size");
        var table = ConstantTable.None;
        var shared = new List<SharedVariable>();
        var programs = new Dictionary<string, PtxProgram>();
        while (!reader.IsAtEnd)
        {
            if (reader.Take(TablePart()) is { } declaration)
            {
                if (table.Name.Length > 0) throw reader.Fault("there are two tables of constants");
                table = ReadTable(declaration, reader);
            }
            else if (reader.Take(SharedPart()) is { } variable)
            {
                shared.Add(ReadShared(variable, reader));
            }
            else
            {
                var program = new EntryReader(reader, table, shared).Read();
                if (!programs.TryAdd(program.Name, program)) throw reader.Fault($"there are two entries {program.Name}");
            }
        }
        return programs;
    }

    private static ConstantTable ReadTable(Match declaration, TextReader reader)
    {
        var words = declaration.Groups[3].Value.Split(',')
            .Select(word => ulong.TryParse(word.Trim().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits) ? bits : throw reader.Fault("words of a table are hexadecimal")).ToList();
        if (words.Count != Integer(declaration.Groups[2].Value)) throw reader.Fault($"the table {declaration.Groups[1].Value} has {words.Count} words");
        return new ConstantTable(declaration.Groups[1].Value, words);
    }

    private static SharedVariable ReadShared(Match declaration, TextReader reader)
    {
        bool isOpen = declaration.Groups[5].Length == 0;
        if (declaration.Groups[1].Success != isOpen) throw reader.Fault("a shared variable has a length or is .extern");
        int elementSize = Integer(declaration.Groups[3].Value) / 8;
        int alignment = declaration.Groups[2].Success ? Integer(declaration.Groups[2].Value) : elementSize;
        return new SharedVariable(declaration.Groups[4].Value, alignment, isOpen ? -1 : elementSize * Integer(declaration.Groups[5].Value));
    }

    private static int Integer(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\G\.version \d+\.\d+\s+\.target sm_\d+a?\s+\.address_size 64\s")]
    private static partial Regex HeaderPart();

    [GeneratedRegex(@"\G\.const \.align 8 \.u64 ([a-z]\w*)\[(\d+)\] = \{([^}]*)\};")]
    private static partial Regex TablePart();

    [GeneratedRegex(@"\G(\.extern )?\.shared (?:\.align (\d+) )?\.[bufs](8|16|32|64) (\w+)\[(\d*)\];")]
    private static partial Regex SharedPart();

    /// <summary>A text without its comments, read piece by piece.</summary>
    private sealed partial class TextReader
    {
        private readonly string text;
        private int at;

        public TextReader(string text)
        {
            this.text = Comment().Replace(text, comment => new string('\n', comment.Value.Count(c => c == '\n')));
            SkipSpace();
        }

        public bool IsAtEnd => at == text.Length;

        /// <summary>Of the piece that was taken last.</summary>
        public int Line { get; private set; } = 1;

        /// <summary>What stands here, if it is that.</summary>
        public Match? Take(Regex part)
        {
            var match = part.Match(text, at);
            if (!match.Success) return null;
            Line = LineOf(at);
            at += match.Length;
            SkipSpace();
            return match;
        }

        public Match Expect(Regex part, string what)
        {
            if (Take(part) is { } match) return match;
            Line = LineOf(at);
            throw Fault($"this is not {what}");
        }

        public PtxException Fault(string message) => new($"line {Line}: {text.Split('\n')[Line - 1].Trim()}\n{message}");

        private int counted;
        private int countedLines = 1;

        private int LineOf(int place)
        {
            for (; counted < place; counted++) if (text[counted] == '\n') countedLines++;
            return countedLines;
        }

        private void SkipSpace()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        }

        [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
        private static partial Regex Comment();
    }
}
