namespace DlGen.Tests.Emulation;

/// <summary>A form of an instruction: what its operands are, in order, and what it does.</summary>
internal sealed record InstructionForm((Role Role, Kind Kind)[] Operands, Semantics Run);

/// <summary>
/// The instructions that the emulator knows, each with the meaning that NVIDIA's "PTX ISA" gives it. What is not listed is refused, and so is an operand of
/// another kind. Numbers are IEEE 754's: one rounding to nearest an operation, denormals kept.
/// </summary>
internal static partial class InstructionSet
{
    private static readonly Dictionary<string, List<InstructionForm>> Forms = Create();

    public static IReadOnlyList<InstructionForm>? Find(string operation) => Forms.GetValueOrDefault(operation);

    private static Dictionary<string, List<InstructionForm>> Create()
    {
        var forms = new Dictionary<string, List<InstructionForm>>();

        // "f=fl": a float from a float and an integer of 64 bits; "[f": a float to memory, "f=[" from it; "+f=ff" also reads what it writes.
        void Add(string operation, string operands, Semantics run)
        {
            if (!forms.TryGetValue(operation, out var known)) forms.Add(operation, known = []);
            known.Add(new InstructionForm([.. operands.Where(c => c != '=').Select((c, i) => c == '['
                ? (Role.Address, Kind.Integer64)
                : (i == 0 && operands.Contains('=', StringComparison.Ordinal) ? Role.Destination : Role.Source, KindOf(c)))], run));
        }

        AddFloat32(Add);
        AddFloat64(Add);
        AddIntegers(Add);
        AddConversions(Add);
        AddMemory(Add);
        return forms;
    }

    public static Kind KindOf(char letter) => letter switch
    {
        'f' => Kind.Float32,
        'd' => Kind.Float64,
        'r' => Kind.Integer32,
        'l' => Kind.Integer64,
        'p' => Kind.Predicate,
        _ => throw new ArgumentException($"no kind of register begins with {letter}"),
    };

    private static void AddFloat32(Action<string, string, Semantics> add)
    {
        void Unary(string operation, Func<float, float> value) => add(operation, "f=f", (t, o) => t.F(o[0], value(t.F(o[1]))));
        void Binary(string operation, Func<float, float, float> value) => add(operation, "f=ff", (t, o) => t.F(o[0], value(t.F(o[1]), t.F(o[2]))));
        void Compare(string operation, Func<float, float, bool> holds) => add(operation, "p=ff", (t, o) => t.P(o[0], holds(t.F(o[1]), t.F(o[2]))));

        Unary("mov.f32", x => x);
        Unary("neg.f32", x => -x);
        Unary("abs.f32", MathF.Abs);
        Unary("sqrt.rn.f32", MathF.Sqrt);
        Unary("cvt.rni.f32.f32", x => MathF.Round(x, MidpointRounding.ToEven));
        Unary("cvt.rmi.f32.f32", MathF.Floor);
        Binary("add.rn.f32", (x, y) => x + y);
        Binary("sub.rn.f32", (x, y) => x - y);
        Binary("mul.rn.f32", (x, y) => x * y);
        Binary("div.rn.f32", (x, y) => x / y);
        Binary("max.f32", float.MaxNumber);
        Binary("min.f32", float.MinNumber);
        // The sign is the first operand's.
        Binary("copysign.f32", (sign, magnitude) => MathF.CopySign(magnitude, sign));
        add("fma.rn.f32", "f=fff", (t, o) => t.F(o[0], MathF.FusedMultiplyAdd(t.F(o[1]), t.F(o[2]), t.F(o[3]))));
        add("selp.f32", "f=ffp", (t, o) => t.F(o[0], t.P(o[3]) ? t.F(o[1]) : t.F(o[2])));
        Compare("setp.lt.f32", (x, y) => x < y);
        Compare("setp.le.f32", (x, y) => x <= y);
        Compare("setp.eq.f32", (x, y) => x == y);
        Compare("setp.neu.f32", (x, y) => x != y);
        Compare("setp.nan.f32", (x, y) => float.IsNaN(x) || float.IsNaN(y));
    }

    private static void AddFloat64(Action<string, string, Semantics> add)
    {
        void Unary(string operation, Func<double, double> value) => add(operation, "d=d", (t, o) => t.D(o[0], value(t.D(o[1]))));
        void Binary(string operation, Func<double, double, double> value) => add(operation, "d=dd", (t, o) => t.D(o[0], value(t.D(o[1]), t.D(o[2]))));
        void Compare(string operation, Func<double, double, bool> holds) => add(operation, "p=dd", (t, o) => t.P(o[0], holds(t.D(o[1]), t.D(o[2]))));

        Unary("mov.f64", x => x);
        Unary("neg.f64", x => -x);
        Unary("abs.f64", Math.Abs);
        Unary("sqrt.rn.f64", Math.Sqrt);
        Unary("cvt.rni.f64.f64", x => Math.Round(x, MidpointRounding.ToEven));
        Unary("cvt.rmi.f64.f64", Math.Floor);
        Binary("add.rn.f64", (x, y) => x + y);
        Binary("sub.rn.f64", (x, y) => x - y);
        Binary("mul.rn.f64", (x, y) => x * y);
        Binary("div.rn.f64", (x, y) => x / y);
        Binary("max.f64", double.MaxNumber);
        Binary("min.f64", double.MinNumber);
        Binary("copysign.f64", (sign, magnitude) => Math.CopySign(magnitude, sign));
        add("fma.rn.f64", "d=ddd", (t, o) => t.D(o[0], Math.FusedMultiplyAdd(t.D(o[1]), t.D(o[2]), t.D(o[3]))));
        add("selp.f64", "d=ddp", (t, o) => t.D(o[0], t.P(o[3]) ? t.D(o[1]) : t.D(o[2])));
        Compare("setp.lt.f64", (x, y) => x < y);
        Compare("setp.le.f64", (x, y) => x <= y);
        Compare("setp.eq.f64", (x, y) => x == y);
        Compare("setp.neu.f64", (x, y) => x != y);
        Compare("setp.nan.f64", (x, y) => double.IsNaN(x) || double.IsNaN(y));
    }
}
