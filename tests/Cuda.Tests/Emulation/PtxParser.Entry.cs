using System.Text.RegularExpressions;

namespace DlGen.Tests.Emulation;

internal static partial class PtxParser
{
    /// <summary>Reads one entry: what it declares, where its labels stand, then its instructions.</summary>
    private sealed partial class EntryReader(TextReader reader, ConstantTable table, IReadOnlyList<SharedVariable> outside)
    {
        private readonly Dictionary<string, (Kind Kind, int Register)> registers = [];
        private readonly Dictionary<string, int> labels = [];
        private readonly Dictionary<(Kind, ulong), int> constants = [];
        private readonly List<PtxParameter> parameters = [];
        private readonly List<SharedVariable> shared = [.. outside];
        private readonly RegisterFiles files = new();

        private sealed record Statement(int Line, string Text, Match Parts);

        public PtxProgram Read()
        {
            string name = reader.Expect(EntryPart(), "an entry").Groups[1].Value;
            var declared = new List<(string Name, string Type)>();
            while (reader.Take(ParameterPart()) is { } parameter)
            {
                if (declared.Any(p => p.Name == parameter.Groups[2].Value)) throw reader.Fault("the parameter has two declarations");
                declared.Add((parameter.Groups[2].Value, parameter.Groups[1].Value));
                if (!parameter.Groups[3].Success) break;
            }
            reader.Expect(ParametersEnd(), "a parameter or the end of the parameters");
            int required = 0, most = 0;
            while (reader.Take(DirectivePart()) is { } directive)
            {
                int threads = Integer(directive.Groups[2].Value);
                if (directive.Groups[1].Value == "reqntid") required = threads;
                if (directive.Groups[1].Value == "maxntid") most = threads;
            }
            reader.Expect(BodyBegin(), "{");
            var statements = ReadBody();
            files.Declared = (files.Words, files.Longs);
            parameters.AddRange(declared.Select(p => new PtxParameter(p.Name, p.Type, p.Type.EndsWith("64", StringComparison.Ordinal) ? files.Longs++ : files.Words++)));
            var open = shared.Where(v => v.Length < 0).ToList();
            if (open.Count > 1) throw reader.Fault("two shared variables would lie at one place");
            shared.RemoveAll(v => v.Length < 0);
            shared.AddRange(open);
            return new PtxProgram(name, [.. statements.Select(Instruction)], files, parameters, shared, table, required, most);
        }

        private List<Statement> ReadBody()
        {
            var statements = new List<Statement>();
            while (reader.Take(BodyEnd()) is null)
            {
                // How the assembler goes about a loop changes nothing of what it does.
                if (reader.Take(PragmaPart()) is not null) continue;
                if (reader.Take(LabelPart()) is { } label)
                {
                    if (!labels.TryAdd(label.Groups[1].Value, statements.Count)) throw reader.Fault("the label stands twice");
                }
                else if (reader.Take(RegisterPart()) is { } declaration)
                {
                    Declare(declaration);
                }
                else if (reader.Take(SharedPart()) is { } variable)
                {
                    var declared = ReadShared(variable, reader);
                    if (declared.Length < 0) throw reader.Fault("a variable whose length the launch gives is declared outside of entries");
                    shared.Add(declared);
                }
                else
                {
                    var instruction = reader.Expect(InstructionPart(), "an instruction");
                    statements.Add(new Statement(reader.Line, instruction.Value, instruction));
                }
            }
            return statements;
        }

        private void Declare(Match declaration)
        {
            var kind = declaration.Groups[1].Value switch
            {
                "f32" => Kind.Float32,
                "f64" => Kind.Float64,
                "b16" => Kind.Integer16,
                "b32" => Kind.Integer32,
                "b64" => Kind.Integer64,
                "pred" => Kind.Predicate,
                _ => throw reader.Fault("registers are .f32, .f64, .b16, .b32, .b64 or .pred"),
            };
            for (int i = 0; i < Integer(declaration.Groups[3].Value); i++)
                if (!registers.TryAdd(declaration.Groups[2].Value + i, (kind, NewRegister(kind)))) throw reader.Fault("registers are declared twice");
        }

        private int NewRegister(Kind kind) => kind switch
        {
            Kind.Predicate => files.Predicates++,
            Kind.Float64 or Kind.Integer64 => files.Longs++,
            _ => files.Words++,
        };

        private PtxInstruction Instruction(Statement statement)
        {
            var parts = statement.Parts;
            int guard = -1;
            if (parts.Groups[2].Success)
                guard = registers.TryGetValue(parts.Groups[2].Value, out var predicate) && predicate.Kind == Kind.Predicate ? predicate.Register : throw Fault(statement, $"{parts.Groups[2].Value} is no predicate");
            string operation = parts.Groups[3].Value;
            var operands = Split(parts.Groups[4].Value.Trim());
            PtxInstruction Make(Flow flow, int target, Semantics? run, int[] places)
                => new(statement.Text, statement.Line, guard, parts.Groups[1].Length > 0, flow, target, run, places);

            if (operation is "ret" or "exit" && operands.Count == 0) return Make(Flow.Return, 0, null, []);
            if (operation is "bra" or "bra.uni" && operands.Count == 1) return Make(Flow.Branch, labels.TryGetValue(operands[0], out int target) ? target : throw Fault(statement, "no such label"), null, []);
            if (operation is "bar.sync" or "barrier.sync.aligned" && operands is ["0"]) return Make(Flow.Barrier, 0, null, []);
            if (operation.StartsWith("ld.param.", StringComparison.Ordinal) && operands.Count == 2) return LoadParameter(statement, operation, operands, Make);

            var forms = InstructionSet.Find(operation) ?? throw Fault(statement, "the instruction is not known");
            foreach (var form in forms)
                if (form.Operands.Count == operands.Count && Places(form, operands) is { } places) return Make(operation.Contains(".sync", StringComparison.Ordinal) ? Flow.Together : Flow.Next, 0, form.Run, places);
            throw Fault(statement, "the operands are of other kinds than the instruction's");
        }

        /// <summary>A parameter is a register like others: to load it is to move it.</summary>
        private PtxInstruction LoadParameter(Statement statement, string operation, List<string> operands, Func<Flow, int, Semantics?, int[], PtxInstruction> make)
        {
            var parameter = parameters.Find(p => $"[{p.Name}]" == operands[1]) ?? throw Fault(statement, "no such parameter");
            if ("ld.param" + parameter.Type != operation) throw Fault(statement, $"the parameter is {parameter.Type}");
            var form = InstructionSet.Find(parameter.Type == ".f32" ? "mov.f32" : parameter.Type == ".f64" ? "mov.f64" : parameter.Is64 ? "mov.u64" : "mov.u32")![0];
            if (!registers.TryGetValue(operands[0], out var register) || !InstructionSet.Takes(form.Operands[0].Letter, register.Kind)) throw Fault(statement, $"{operands[0]} is no register for {parameter.Type}");
            return make(Flow.Next, 0, form.Run, [register.Register, parameter.Register]);
        }

        private static PtxException Fault(Statement statement, string message) => new($"line {statement.Line}: {statement.Text}\n{message}");

        [GeneratedRegex(@"\G\.visible \.entry ([a-z]\w*)\(")]
        private static partial Regex EntryPart();

        [GeneratedRegex(@"\G\.param (\.u64|\.s64|\.u32|\.s32|\.f32|\.f64) ([a-zA-Z]\w*)(,)?")]
        private static partial Regex ParameterPart();

        [GeneratedRegex(@"\G\)")]
        private static partial Regex ParametersEnd();

        [GeneratedRegex(@"\G\.(reqntid|maxntid|minnctapersm) (\d+)(?:, 1, 1)?(?=\s)")]
        private static partial Regex DirectivePart();

        [GeneratedRegex(@"\G\{")]
        private static partial Regex BodyBegin();

        [GeneratedRegex(@"\G\}")]
        private static partial Regex BodyEnd();

        [GeneratedRegex(@"\G\.reg \.(\w+) (%[a-z]+)<(\d+)>;")]
        private static partial Regex RegisterPart();

        [GeneratedRegex(@"\G\.pragma ""nounroll"";")]
        private static partial Regex PragmaPart();

        [GeneratedRegex(@"\G(\$\w+):")]
        private static partial Regex LabelPart();

        [GeneratedRegex(@"\G(?:@(!?)(%[a-z]+\d+)\s+)?([a-z]\w*(?:\.\w+)*)([ \t][^;{}\n]*(?:\{[^;{}\n]*\}[^;{}\n]*)*)?;")]
        private static partial Regex InstructionPart();
    }
}
