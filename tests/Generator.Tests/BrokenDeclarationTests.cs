using System.Globalization;
using DlGen.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace DlGen.Tests;

/// <summary>
/// Random models with one mistake each: exactly its diagnostic, and neither an error of the compiler beside it nor an exception. DLGEN_BROKEN_DECLARATIONS says
/// how many (one of each kind unless stated); a failure names the seed.
/// </summary>
public class BrokenDeclarationTests
{
    [Fact]
    public async Task One_mistake_is_one_diagnostic()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("DLGEN_BROKEN_DECLARATIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out int stated) ? stated : Broken(0).Kinds;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var failures = new List<string>();
        for (int seed = 0; seed < count; seed++)
        {
            var (source, id, _) = Broken(seed);
            seen.Add(id);
            var (after, run) = TestCompilation.Generate(TestCompilation.Compile(source));
            string[] faults =
            [
                .. run.Results.Where(r => r.Exception is not null).Select(r => r.Exception!.ToString()),
                .. run.Diagnostics.Select(d => d.ToString()),
                .. after.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()),
            ];
            string[] found = [.. (await TestCompilation.AnalyzeGenerated(after)).Select(d => d.Id)];
            // A network on three declarations is one mistake in two places.
            if (faults.Length > 0 || found.Length == 0 || found.Any(other => other != id)) failures.Add($"seed {seed}: expected {id}, found {string.Join(", ", found)}; {string.Join("; ", faults)}\n{source}");
        }
        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Take(3)));
        Assert.Equal(Math.Min(count, Broken(0).Kinds), seen.Count);
    }

    /// <summary>The kinds of mistakes in turns, around and inside of something that is fine.</summary>
    private static (string Source, string Id, int Kinds) Broken(int seed)
    {
        var random = new Random(seed);
        T Choose<T>(params T[] from) => from[random.Next(from.Length)];
        string N(int number) => number.ToString(CultureInfo.InvariantCulture);
        int inputs = random.Next(3, 30), outputs = random.Next(2, 9);
        string layers = string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Choose($"Linear({N(random.Next(3, 20))})", "Relu", "LayerNorm", "Tanh", "Dropout(0.1)", "RmsNorm") + ", ")) + $"Linear({N(outputs)})";
        string calls = string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Choose($".Linear({N(random.Next(3, 20))})", ".Gelu()", ".LayerNorm()", ".Silu()"))) + $".Linear({N(outputs)})";
        string loss = Choose("SoftmaxCrossEntropy", "MeanSquaredError", "SigmoidCrossEntropy", "Huber(0.5)");
        string Sequential(string attributes, string body = ";", string modifiers = "public partial class", string name = "Net") => $"[Model, {attributes}]\n{modifiers} {name}{body}\n";
        string Forward(string body, string input = "", string members = "", string attributes = "", string returns = "Tensor")
            => $"[Model{(attributes.Length == 0 ? "" : ", " + attributes)}]\npublic partial class Net\n{{\n    private static {returns} Forward({(input.Length == 0 ? $"[Input({N(inputs)})] Tensor x" : input)})\n    {{\n        {body}\n    }}\n    {members}\n}}\n";
        string given = $"Input({N(inputs)})", judged = $"private static Tensor Loss(Tensor y, [Target({N(outputs)})] Tensor t) => (y - t).Pow(2);";

        (string Source, string Id)[] kinds =
        [
            (Sequential($"{given}, {layers}, {loss}", modifiers: "public class"), "DLG0101"),
            ($"[Model, {given}]\npublic partial class Net;\n[{layers}]\npublic partial class Net;\n[Relu]\npublic partial class Net;\n", "DLG0102"),
            (Sequential(layers), "DLG0103"),
            ($"[Model, {loss}]\npublic partial class Net {{ public int Layers => {N(inputs)}; }}\n", "DLG0104"),
            (Forward($"return x{calls};", attributes: $"{given}, {layers}"), "DLG0105"),
            (Forward($"return x{calls};", input: Choose("[Input(4)] ref Tensor x", "[Input(4)] Tensor x, float scale")), "DLG0106"),
            (Sequential($"{given}, {layers}", name: "Net<T>"), "DLG0107"),
            (Forward($"return {Choose("rows", "optimizer", "gradients")}{calls};".Replace("return rows", "return rows"), input: $"[Input({N(inputs)})] Tensor {{0}}"), "DLG0108"),
            (Sequential($"{given}, {Choose("Linear(0)", "Dropout(1.5)", "GaussianNoise(-1)", "LayerNorm(Epsilon = -1)", "Normalize(0, 0)")}, {layers}"), "DLG0109"),
            ("public sealed class OddAttribute : LayerAttribute;\n" + Sequential($"{given}, Odd, {layers}"), "DLG0110"),
            (Sequential($"{given}, {layers}, MeanSquaredError, SigmoidCrossEntropy"), "DLG0111"),
            (Forward($"if (Tensor.Training) x = x.Linear({N(inputs)}, name: \"extra\"); return x{calls};"), "DLG0112"),
            (Forward($"return x{calls};", members: Choose("private Tensor Loss(Tensor y) => y;", "private static Tensor Loss(Tensor y, float scale) => y * scale;", "private static Tensor Loss(Tensor y, Tensor nothing) => y - nothing;")), "DLG0113"),
            (Forward($"return (x{calls}, x.Linear(2));", returns: "(Tensor A, Tensor B)", attributes: loss), "DLG0114"),
            (Forward($"{Choose("System.Console.WriteLine(1);", "try { } finally { }", "int n = System.Environment.ProcessorCount;", "lock (new object()) { }")} return x{calls};"), "DLG0120"),
            (Forward($"{Choose("for (int i = 0; ; i++) { }", "for (int i = 0; i < 100000; i++) { }")} return x{calls};"), "DLG0121"),
            (Forward($"return x{calls};", members: "public object Use() => Forward(null!);"), "DLG0122"),
            (Sequential($"Input(3, {N(inputs)}, 5), {layers}"), "DLG0201"),
            (Forward($"return (ids * 2){calls};", input: $"[Tokens(4, {N(inputs)})] Tensor ids"), "DLG0202"),
            (Sequential($"{given}, {layers}, Softmax, SoftmaxCrossEntropy"), "DLG0301"),
            (Sequential($"{given}, {layers}, Sigmoid, SigmoidCrossEntropy"), "DLG0302"),
            (Sequential($"{given}, {layers}, Dropout(0.5)"), "DLG0303"),
            (Forward($"var z = x.Linear({N(outputs)}, name: \"left\"); return x{calls};"), "DLG0304"),
            (Forward($"return x{calls};", members: judged.Replace(") => ", ", [Target] Tensor unused) => ")), "DLG0305"),
            (Sequential($"Input(2, {N((2 * random.Next(3, 8)) + 1)}, 8), MaxPool2d(2), Flatten, {layers}"), "DLG0306"),
            (Sequential($"{given}, Linear({N(inputs)}), BatchNorm, Relu, {layers}"), "DLG0308"),
            (Forward($"return x{calls};", members: judged.Replace("Tensor Loss", "(Tensor Loss, Tensor Weight) Loss").Replace("(y - t).Pow(2);", "((y - t).Pow(2), y.Abs());")), "DLG0401"),
        ];
        var (source, id) = kinds[seed % kinds.Length];
        if (id == "DLG0108")
        {
            string name = source.Split("return ")[1].Split('.')[0];
            source = source.Replace("{0}", name);
        }
        return ("using DlGen;\n" + source, id, kinds.Length);
    }
}
