using System.Runtime.CompilerServices;

namespace DlGen.Tests.Emulation;

/// <summary>What an operand of an instruction may be, beside its kind.</summary>
internal enum Role { Source, Destination, Address, Immediate }

/// <summary>An operand: one, or so many in braces. A register or a constant is one number for the semantics, its place in its file; an address is two.</summary>
/// <param name="Letter">The kinds that it takes; see <see cref="InstructionSet.Takes"/>.</param>
/// <param name="Vector">How many stand in braces; 0 for one without.</param>
internal sealed record OperandForm(Role Role, char Letter, int Vector);

/// <summary>A form of an instruction: what its operands are, in order, and what it does.</summary>
internal sealed record InstructionForm(IReadOnlyList<OperandForm> Operands, Semantics Run);

/// <summary>
/// The instructions that the emulator knows, each with the meaning that NVIDIA's "PTX ISA" gives it. What is not listed is refused, and so is an operand of
/// another kind. Numbers are IEEE 754's: one rounding to nearest an operation, denormals kept.
/// </summary>
internal static partial class InstructionSet
{
    private static readonly Dictionary<string, List<InstructionForm>> Forms = Create();

    public static IReadOnlyList<InstructionForm>? Find(string operation) => Forms.GetValueOrDefault(operation);

    /// <summary>
    /// Whether a register of this kind may stand at a letter. Registers of 32 bits without type (r) and of 64 (l) also hold floats, as the assembler has it;
    /// b and q take whatever has 32 and 64 bits.
    /// </summary>
    public static bool Takes(char letter, Kind kind) => letter switch
    {
        'f' => kind is Kind.Float32 or Kind.Integer32,
        'd' => kind is Kind.Float64 or Kind.Integer64,
        'h' => kind == Kind.Integer16,
        'r' => kind == Kind.Integer32,
        'l' => kind == Kind.Integer64,
        'b' => kind is Kind.Integer32 or Kind.Float32,
        'q' => kind is Kind.Integer64 or Kind.Float64,
        'p' => kind == Kind.Predicate,
        _ => throw new ArgumentException($"no operand is described by {letter}"),
    };

    private static Dictionary<string, List<InstructionForm>> Create()
    {
        var forms = new Dictionary<string, List<InstructionForm>>();
        void Add(string operation, string operands, Semantics run)
        {
            if (!forms.TryGetValue(operation, out var known)) forms.Add(operation, known = []);
            known.Add(new InstructionForm([.. Operands(operands)], run));
        }

        AddFloat32(Add);
        AddFloat64(Add);
        AddIntegers32(Add);
        AddIntegers64(Add);
        AddPredicates(Add);
        AddConversions(Add);
        AddMemory(Add);
        AddAtomics(Add);
        AddWarps(Add);
        AddCopies(Add);
        AddMatrices(Add);
        return forms;
    }

    /// <summary>"f=fl": a float from a float and an integer of 64 bits; "{ff}=[": two floats from an address; "[f": to an address a float; "[i": an address, and a number that the text states.</summary>
    private static IEnumerable<OperandForm> Operands(string form)
    {
        int results = form.IndexOf('=', StringComparison.Ordinal);
        for (int i = 0; i < form.Length; i++)
        {
            if (form[i] == '=') continue;
            var role = form[i] == '[' ? Role.Address : form[i] == 'i' ? Role.Immediate : i < results ? Role.Destination : Role.Source;
            if (form[i] != '{')
            {
                yield return new OperandForm(role, form[i], 0);
                continue;
            }
            int end = form.IndexOf('}', i);
            yield return new OperandForm(role, form[i + 1], end - i - 1);
            i = end;
        }
    }

    // Tests are over before the runtime has seen what is slow: what runs for every lane is compiled with all optimizations at once.

    private static Semantics Unary<TX, TResult>(Func<TX, TResult> value)
        where TX : unmanaged
        where TResult : unmanaged
        => [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
        {
            var x = warp.Read<TX>(o[1], lanes);
            var result = warp.Write<TResult>(o[0], lanes);
            foreach (int lane in Warp.Each(lanes)) result[lane] = value(x[lane]);
        };

    private static Semantics Binary<TX, TY, TResult>(Func<TX, TY, TResult> value)
        where TX : unmanaged
        where TY : unmanaged
        where TResult : unmanaged
        => [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
        {
            var x = warp.Read<TX>(o[1], lanes);
            var y = warp.Read<TY>(o[2], lanes);
            var result = warp.Write<TResult>(o[0], lanes);
            foreach (int lane in Warp.Each(lanes)) result[lane] = value(x[lane], y[lane]);
        };

    private static Semantics Ternary<TX, TY, TZ, TResult>(Func<TX, TY, TZ, TResult> value)
        where TX : unmanaged
        where TY : unmanaged
        where TZ : unmanaged
        where TResult : unmanaged
        => [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
        {
            var x = warp.Read<TX>(o[1], lanes);
            var y = warp.Read<TY>(o[2], lanes);
            var z = warp.Read<TZ>(o[3], lanes);
            var result = warp.Write<TResult>(o[0], lanes);
            foreach (int lane in Warp.Each(lanes)) result[lane] = value(x[lane], y[lane], z[lane]);
        };

    private static Semantics Compare<T>(Func<T, T, bool> holds)
        where T : unmanaged
        => [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
        {
            var x = warp.Read<T>(o[1], lanes);
            var y = warp.Read<T>(o[2], lanes);
            uint held = 0;
            foreach (int lane in Warp.Each(lanes)) if (holds(x[lane], y[lane])) held |= 1u << lane;
            warp.Write(o[0], lanes, held);
        };

    private static Semantics Select<T>()
        where T : unmanaged
        => [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
        {
            var x = warp.Read<T>(o[1], lanes);
            var y = warp.Read<T>(o[2], lanes);
            uint first = warp.Read(o[3], lanes);
            var result = warp.Write<T>(o[0], lanes);
            foreach (int lane in Warp.Each(lanes)) result[lane] = (first >> lane & 1) != 0 ? x[lane] : y[lane];
        };

    private static Semantics Move<T>()
        where T : unmanaged
        => [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
        {
            var x = warp.Read<T>(o[1], lanes);
            var result = warp.Write<T>(o[0], lanes);
            foreach (int lane in Warp.Each(lanes)) result[lane] = x[lane];
        };

    private static (string Name, Func<int, bool> Holds)[] Orders =>
    [
        ("eq", c => c == 0), ("ne", c => c != 0), ("lt", c => c < 0), ("le", c => c <= 0), ("gt", c => c > 0), ("ge", c => c >= 0),
    ];

    private static Semantics CompareIntegers<T>(Func<int, bool> holds)
        where T : unmanaged, IComparable<T>
        => Compare<T>((x, y) => holds(x.CompareTo(y)));
}
