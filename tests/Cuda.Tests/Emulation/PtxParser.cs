using System.Globalization;
using System.Text.RegularExpressions;

namespace DlGen.Tests.Emulation;

/// <summary>
/// Reads a module line by line, and nothing but what it knows: entries with parameters, registers, labels and the instructions of
/// <see cref="InstructionSet"/>, each operand of the kind that its place asks for.
/// </summary>
internal static partial class PtxParser
{
    public static IReadOnlyDictionary<string, PtxProgram> Parse(string text)
    {
        string[] lines = text.Split('\n');
        if (lines is not [".version 6.0", ".target sm_70", ".address_size 64", ..]) throw new PtxException("the module does not begin with version, target and address size");
        int at = 3;
        var table = ReadTable(lines, ref at);
        var programs = new Dictionary<string, PtxProgram>();
        while (at < lines.Length)
        {
            if (lines[at].Length == 0)
            {
                at++;
                continue;
            }
            var reader = new EntryReader(lines, at, table);
            var program = reader.Read();
            if (!programs.TryAdd(program.Name, program)) throw new PtxException($"there are two entries {program.Name}");
            at = reader.End;
        }
        return programs;
    }

    /// <summary>The table of constants behind the directives, if one stands there.</summary>
    private static ConstantTable ReadTable(string[] lines, ref int at)
    {
        if (at == lines.Length || TableLine().Match(lines[at]) is not { Success: true } declaration) return ConstantTable.None;
        var words = new List<ulong>();
        while (lines[++at] != "};")
            words.AddRange(lines[at].TrimEnd(',').Split(',').Select(word => ulong.Parse(word.Trim().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)));
        at++;
        if (words.Count.ToString(CultureInfo.InvariantCulture) != declaration.Groups[2].Value) throw new PtxException($"{declaration.Value} has {words.Count} words");
        return new ConstantTable(declaration.Groups[1].Value, words);
    }

    [GeneratedRegex(@"^\.const \.align 8 \.u64 ([a-z]\w*)\[(\d+)\] = \{$")]
    private static partial Regex TableLine();

    private sealed partial class EntryReader(string[] lines, int start, ConstantTable table)
    {
        private readonly Dictionary<string, (Kind Kind, int Slot)> registers = [];
        private readonly Dictionary<string, int> labels = [];
        private readonly Dictionary<(Kind, string), int> constants = [];
        private readonly List<PtxConstant> constantBits = [];
        private readonly Dictionary<string, int> special = [];
        private readonly List<(string Name, string Type, int Slot)> parameters = [];
        private int slots;

        /// <summary>The line behind the entry.</summary>
        public int End { get; private set; } = start;

        public PtxProgram Read()
        {
            string name = Match(EntryLine(), "an entry").Groups[1].Value;
            while (lines[End] != ")")
            {
                var parameter = Match(ParameterLine(), "a parameter");
                if (parameters.Any(p => p.Name == parameter.Groups[2].Value)) throw Fault("the parameter has two declarations");
                parameters.Add((parameter.Groups[2].Value, parameter.Groups[1].Value, slots++));
                if (parameter.Groups[3].Success == (lines[End] == ")")) throw Fault("parameters are separated by commas");
            }
            Expect(")");
            Expect("{");
            while (RegisterLine().Match(lines[End]) is { Success: true } declaration) Declare(declaration);
            int body = End, count = 0;
            while (lines[End] != "}")
            {
                if (LabelLine().Match(lines[End]) is { Success: true } label)
                {
                    if (!labels.TryAdd(label.Groups[1].Value, count)) throw Fault("the label stands twice");
                }
                else
                {
                    count++;
                }
                if (++End == lines.Length) throw new PtxException($"the entry {name} is not closed");
            }
            var code = new List<PtxInstruction>();
            for (End = body; lines[End] != "}"; End++) if (!LabelLine().IsMatch(lines[End])) code.Add(Instruction());
            End++;
            return new PtxProgram(name, code, slots, constantBits, special, parameters, table);
        }

        private void Declare(Match declaration)
        {
            char letter = declaration.Groups[2].Value[0];
            string type = letter switch { 'f' => ".f32", 'd' => ".f64", 'r' => ".b32", 'l' => ".b64", _ => ".pred" };
            if (declaration.Groups[1].Value != type) throw Fault($"registers %{letter} are {type}");
            int count = int.Parse(declaration.Groups[3].Value, CultureInfo.InvariantCulture);
            for (int i = 0; i < count; i++)
                if (!registers.TryAdd($"%{letter}{i}", (InstructionSet.KindOf(letter), slots++))) throw Fault("registers are declared twice");
            End++;
        }

        private PtxInstruction Instruction()
        {
            var match = InstructionLine().Match(lines[End]);
            if (!match.Success) throw Fault("this is no instruction");
            int guard = match.Groups[1].Success ? Register(match.Groups[1].Value, Kind.Predicate) : -1;
            string operation = match.Groups[2].Value, text = lines[End].Trim();
            string[] operands = match.Groups[3].Success ? match.Groups[3].Value.Split(", ") : [];
            PtxInstruction Make(int target, Semantics? run, int[] slots) => new(text, End + 1, guard, target, run, slots);

            if (operation == "ret" && operands.Length == 0) return Make(-1, null, []);
            if (operation == "bra" && operands.Length == 1) return Make(labels.TryGetValue(operands[0], out int target) ? target : throw Fault("no such label"), null, []);
            if (operation.StartsWith("ld.param.", StringComparison.Ordinal) && operands.Length == 2) return Make(-1, (t, o) => t.Write(o[0], t.Bits(o[1])), LoadParameter(operation, operands));

            var forms = InstructionSet.Find(operation) ?? throw Fault("the instruction is not known");
            foreach (var form in forms)
                if (form.Operands.Length == operands.Length && TryOperands(form, operands) is { } found) return Make(-1, form.Run, found);
            throw Fault("the operands are of other kinds than the instruction's");
        }

        private int[] LoadParameter(string operation, string[] operands)
        {
            var parameter = parameters.Find(p => $"[{p.Name}]" == operands[1]);
            if (parameter.Name is null) throw Fault("no such parameter");
            if ("ld.param" + parameter.Type != operation) throw Fault($"the parameter is {parameter.Type}");
            return [Register(operands[0], parameter.Type == ".s32" ? Kind.Integer32 : Kind.Integer64), parameter.Slot];
        }

        /// <summary>The operands' slots, or null where one does not fit the form.</summary>
        private int[]? TryOperands(InstructionForm form, string[] operands)
        {
            int[] found = new int[operands.Length];
            for (int i = 0; i < operands.Length; i++)
            {
                var (role, kind) = form.Operands[i];
                string text = operands[i];
                if (role == Role.Address)
                {
                    if (text is not ['[', .., ']']) return null;
                    text = text[1..^1];
                }
                if (registers.TryGetValue(text, out var register))
                {
                    if (register.Kind != kind) return null;
                    found[i] = register.Slot;
                }
                else if (role == Role.Source && Constant(text, kind) is { } slot)
                {
                    found[i] = slot;
                }
                else
                {
                    return null;
                }
            }
            return found;
        }

        private int? Constant(string text, Kind kind)
        {
            if (constants.TryGetValue((kind, text), out int slot)) return slot;
            if (text.StartsWith('%')) return kind == Kind.Integer32 && text.Contains('.', StringComparison.Ordinal) ? Special(text) : null;
            ulong bits;
            switch (kind)
            {
                case Kind.Float32 when text.Length == 10 && text.StartsWith("0f", StringComparison.Ordinal) && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint single):
                    bits = single;
                    break;
                case Kind.Float64 when text.Length == 18 && text.StartsWith("0d", StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bits):
                    break;
                case Kind.Integer32 when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int integer):
                    bits = unchecked((uint)integer);
                    break;
                case Kind.Integer64 when text == table.Name:
                    bits = ConstantTable.Address;
                    break;
                case Kind.Integer64 when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer):
                    bits = unchecked((ulong)integer);
                    break;
                default:
                    return null;
            }
            constants.Add((kind, text), slots);
            constantBits.Add(new PtxConstant(slots, bits));
            return slots++;
        }

        private int Special(string name)
        {
            if (!special.TryGetValue(name, out int slot)) special.Add(name, slot = slots++);
            return slot;
        }

        private int Register(string name, Kind kind)
            => registers.TryGetValue(name, out var register) && register.Kind == kind ? register.Slot : throw Fault($"{name} is no register of the kind {kind}");

        private Match Match(Regex line, string what)
        {
            var match = line.Match(lines[End]);
            if (!match.Success) throw Fault($"this is not {what}");
            End++;
            return match;
        }

        private void Expect(string line)
        {
            if (lines[End] != line) throw Fault($"here stands {line}");
            End++;
        }

        private PtxException Fault(string message) => new($"line {End + 1}: {lines[End].Trim()}\n{message}");

        [GeneratedRegex(@"^\.visible \.entry ([a-z]\w*)\($")]
        private static partial Regex EntryLine();

        [GeneratedRegex(@"^    \.param (\.u64|\.s64|\.s32) ([a-z]\w*)(,)?$")]
        private static partial Regex ParameterLine();

        [GeneratedRegex(@"^    \.reg (\.\w+) %([fdrlp])<(\d+)>;$")]
        private static partial Regex RegisterLine();

        [GeneratedRegex(@"^(\$\w+):$")]
        private static partial Regex LabelLine();

        [GeneratedRegex(@"^    (?:@(%p\d+) )?([a-z][a-z0-9]*(?:\.[a-z0-9]+)*)(?: (\S.*))?;$")]
        private static partial Regex InstructionLine();
    }
}
