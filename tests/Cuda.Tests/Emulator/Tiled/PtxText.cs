using System.Globalization;
using System.Text;

namespace DlGen.Tests.Emulator.Tiled;

/// <summary>Writes an entry as a generator would: registers as they are needed, shapes as constants, rows as the last parameter.</summary>
internal sealed class PtxText(string name, int threads, string target = "sm_70")
{
    private static readonly (string Prefix, string Type)[] Files = [("%f", ".f32"), ("%r", ".b32"), ("%l", ".b64"), ("%p", ".pred")];

    private readonly StringBuilder body = new();
    private readonly StringBuilder shared = new();
    private string module = "";
    private readonly List<string> parameters = [];
    private readonly int[] counts = new int[Files.Length];

    public static string Float(double value) => $"0f{BitConverter.SingleToUInt32Bits((float)value):X8}";

    /// <summary>A register for a float, an integer, an address or a predicate, and what it is set to.</summary>
    public string F(string operation, params object[] operands) => Emit(0, operation, operands);

    public string R(string operation, params object[] operands) => Emit(1, operation, operands);

    public string L(string operation, params object[] operands) => Emit(2, operation, operands);

    public string P(string operation, params object[] operands) => Emit(3, operation, operands);

    public string[] Floats(int count) => New(0, count);

    public string[] Integers(int count) => New(1, count);

    public void Do(string instruction) => body.Append("    ").Append(instruction).Append(";\n");

    public void Do(string operation, params object[] operands) => Do(operation + " " + Join(operands));

    public void Place(string label) => body.Append(label).Append(":\n");

    /// <summary>The address that a parameter holds.</summary>
    public string Buffer(string parameter)
    {
        parameters.Add(".u64 " + parameter);
        string address = L("ld.param.u64", $"[{parameter}]");
        return L("cvta.to.global.u64", address);
    }

    public string Rows()
    {
        parameters.Add(".u32 rows");
        return R("ld.param.u32", "[rows]");
    }

    /// <summary>The address of an element of 4 or 2 bytes.</summary>
    public string At(string buffer, string element, int size) => L("add.u64", buffer, L("mul.wide.u32", element, size));

    public string Shared(int bytes)
    {
        shared.Append(CultureInfo.InvariantCulture, $"    .shared .align 128 .b8 tile[{bytes}];\n");
        return R("mov.u32", "tile");
    }

    /// <summary>Shared memory of the length that the launch gives.</summary>
    public string OpenShared()
    {
        module = ".extern .shared .align 128 .b8 tile[];\n";
        return R("mov.u32", "tile");
    }

    public static string Vector(IEnumerable<string> registers) => "{" + string.Join(", ", registers) + "}";

    /// <summary>x · sigmoid(2u), u = √(2/π) · (x + 0.044715 x³): GELU by its tanh form.</summary>
    public string Gelu(string x)
    {
        string inner = F("mul.rn.f32", F("fma.rn.f32", F("mul.rn.f32", x, x), Float(0.044715), Float(1)), x);
        string exponential = F("ex2.approx.f32", F("mul.rn.f32", inner, Float(-2 * 0.7978845608028654 * 1.4426950408889634)));
        return F("mul.rn.f32", x, F("rcp.approx.f32", F("add.rn.f32", exponential, Float(1))));
    }

    public override string ToString()
    {
        string registers = string.Concat(Enumerable.Range(0, Files.Length).Select(i => $"    .reg {Files[i].Type} {Files[i].Prefix}<{counts[i]}>;\n"));
        string version = target == "sm_70" ? "6.0" : "7.0";
        return $".version {version}\n.target {target}\n.address_size 64\n\n{module}.visible .entry {name}(\n    {string.Join(",\n    ", parameters.Select(p => ".param " + p))})\n.reqntid {threads}, 1, 1\n{{\n{registers}{shared}{body}    ret;\n}}\n";
    }

    private string Emit(int file, string operation, object[] operands)
    {
        string result = New(file, 1)[0];
        Do(operation, [result, .. operands]);
        return result;
    }

    private string[] New(int file, int count) => [.. Enumerable.Range(0, count).Select(_ => Files[file].Prefix + counts[file]++)];

    private static string Join(object[] operands) => string.Join(", ", operands.Select(o => Convert.ToString(o, CultureInfo.InvariantCulture)));
}
