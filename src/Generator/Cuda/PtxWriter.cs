using System.Text;

namespace DlGen.Ptx;

/// <summary>The kinds of register that PTX keeps apart: floats, doubles, integers of both lengths, truth values.</summary>
internal enum RegisterKind { Float32, Float64, Integer32, Integer64, Predicate }

/// <summary>
/// Collects the instructions of one entry. Every result gets a register of its own, which the assembler shares as it likes; only counters and sums are
/// written again, by <see cref="Do"/>.
/// </summary>
internal sealed partial class PtxWriter
{
    private static readonly (string Prefix, string Type)[] Kinds = [("%f", ".f32"), ("%d", ".f64"), ("%r", ".b32"), ("%l", ".b64"), ("%p", ".pred")];

    /// <summary>Threads that a multiprocessor is to hold at least, where blocks share memory: each may then have 128 registers, and the assembler spills none to make room for more.</summary>
    private const int ThreadsAtOnce = 512;

    private readonly List<string> lines = [];
    private readonly HashSet<string> declarations = [];
    private readonly List<string> shared = [];
    private readonly int[] registers = new int[Kinds.Length];
    private int labels;
    private int blockThreads;
    private string sharedMemory = "";

    /// <summary>Whether the entry multiplies matrices, which older machines have no instructions for.</summary>
    public bool NeedsTensorCores { get; private set; }

    public string Register(RegisterKind kind) => Kinds[(int)kind].Prefix + Number(registers[(int)kind]++);

    /// <summary>An instruction whose result is a new register, which is returned.</summary>
    public string Emit(RegisterKind kind, string operation, params string[] operands)
    {
        string result = Register(kind);
        Do(operation, [result, .. operands]);
        return result;
    }

    /// <summary>An instruction as it stands: the first operand is where the result goes.</summary>
    public void Do(string operation, params string[] operands)
        => lines.Add($"    {operation}{(operands.Length > 0 ? " " + string.Join(", ", operands) : "")};");

    public void BranchIf(string predicate, string label) => Do($"@{predicate} bra", label);

    /// <summary>Ends the thread at once: those that go on may name it in what a warp does together, which counts only threads that have not ended.</summary>
    public void ReturnIf(string predicate) => Do($"@{predicate} ret");

    /// <summary>A name for a place in this entry, to be placed once.</summary>
    public string Label(string name) => $"${name}{Number(labels++)}";

    public void Place(string label) => lines.Add(label + ":");

    /// <summary>The entry multiplies matrices of tf32 or bf16.</summary>
    public void NeedTensorCores() => NeedsTensorCores = true;

    /// <summary>The entry is launched with blocks of exactly so many threads.</summary>
    public void BlockOf(int threads) => blockThreads = threads;

    /// <summary>The same, and its threads share so many bytes, 16-byte aligned.</summary>
    public void BlockOf(int threads, string shared, int bytes)
    {
        BlockOf(threads);
        sharedMemory = $"    .shared .align 16 .b8 {shared}[{Number(bytes)}];\n";
    }

    /// <summary>What the entry needs beside it in the module.</summary>
    public IEnumerable<string> Declarations => declarations;

    public void Declare(string declaration) => declarations.Add(declaration);

    /// <summary>Shared memory of the block, by a name of this entry.</summary>
    public void Share(string name, int bytes) => shared.Add($"    .shared .align 16 .b8 {name}[{Number(bytes)}];\n");

    /// <summary>Whether it is a register of 32 bits: an index that is widened where it becomes an offset.</summary>
    public static bool IsNarrow(string operand) => operand.StartsWith(Kinds[(int)RegisterKind.Integer32].Prefix, StringComparison.Ordinal);

    /// <summary>The entry: its parameters, the registers that were used, and the instructions.</summary>
    public string Entry(string name, IReadOnlyList<(string Type, string Name)> parameters)
    {
        var text = new StringBuilder();
        text.Append($".visible .entry {name}(\n");
        text.Append(string.Join(",\n", parameters.Select(p => $"    .param {p.Type} {p.Name}")));
        text.Append("\n)\n");
        if (blockThreads > 0) text.Append($".reqntid {Number(blockThreads)}, 1, 1\n.minnctapersm {Number(ThreadsAtOnce / blockThreads)}\n");
        text.Append("{\n");
        for (int kind = 0; kind < Kinds.Length; kind++)
            if (registers[kind] > 0) text.Append($"    .reg {Kinds[kind].Type} {Kinds[kind].Prefix}<{Number(registers[kind])}>;\n");
        foreach (string memory in shared) text.Append(memory);
        text.Append(sharedMemory);
        foreach (string line in lines) text.Append(line).Append('\n');
        return text.Append("    ret;\n}\n").ToString();
    }

    public static string Number(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
