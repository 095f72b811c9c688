using System.Globalization;
using System.Text;

namespace DlGen.Tests.Programs;

/// <summary>
/// Writes a random valid model as C#, in either form. It keeps the shapes itself and keeps values where no function overflows, so that whatever goes
/// wrong afterwards is the compiler's fault. The same seed gives the same source on every machine.
/// </summary>
internal sealed partial class RandomModel
{
    private readonly Random random;
    private readonly bool float64;
    private readonly StringBuilder body = new();
    private readonly List<(string Name, int[] Shape)> values = [];
    private int names;

    private RandomModel(int seed, bool float64)
    {
        random = new Random(seed);
        this.float64 = float64;
    }

    /// <summary>Six kinds in turns; half of all are Float64. Only those use functions with kinks: in Float32 a kink may fall on the other side.</summary>
    public static string Source(int seed)
    {
        var model = new RandomModel(seed, float64: seed % 2 == 0);
        string name = ClassName(seed);
        return (seed / 2 % 6) switch
        {
            0 => model.Sequential(name),
            1 or 2 => model.Forward(name),
            3 => model.Images(name),
            4 => model.Sequences(name),
            _ => model.Judged(name),
        };
    }

    public static string ClassName(int seed) => "Random" + seed.ToString(CultureInfo.InvariantCulture);

    private string Attribute => float64 ? "Model(Precision = Precision.Float64)" : "Model";

    private string Sequential(string name)
    {
        int[] shape = InputShape();
        var layers = new List<string> { $"Input({Join(shape)})" };
        if (random.Next(4) == 0) layers.Add(Choose<string>(["Standardize", "MinMaxScale"]));
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            switch (random.Next(10))
            {
                case 9:
                    layers.Add(Choose<string>(["Dropout(0.3)", "GaussianNoise(0.2)"]));
                    break;
                case 8:
                    layers.Add(Choose<string>(["RmsNorm", "RmsNorm(Epsilon = 1e-2)", "GroupNorm(1)"]));
                    break;
                case 0 or 1 or 2:
                    shape = [.. shape[..^1], Width()];
                    layers.Add($"Linear({N(shape[^1])}{(random.Next(3) == 0 ? ", Bias = false" : "")})");
                    break;
                case 3 or 4:
                    layers.Add(Activation(asAttribute: true));
                    break;
                case 5 when shape[^1] > 2:
                    layers.Add(random.Next(2) == 0 ? "LayerNorm" : "LayerNorm(Epsilon = 1e-2)");
                    break;
                case 6 when shape.Length > 1:
                    shape = [shape[0] * shape[1]];
                    layers.Add("Flatten");
                    break;
                case 7 when shape.Length == 1 && Split(shape[0]) is { } split:
                    shape = split;
                    layers.Add($"Reshape({Join(shape)})");
                    break;
                default:
                    layers.Add("Normalize(0.1, 0.8)");
                    break;
            }
        }
        layers.Add($"Linear({N(random.Next(2, 8))})");
        layers.Add(Loss());
        return $"[{Attribute}, {string.Join(", ", layers)}]\npublic partial class {name};\n";
    }

    private string Forward(string name)
    {
        int[] input = InputShape();
        values.Add(("x", input));
        for (int i = random.Next(4, 14); i > 0; i--) Statement();

        // Whatever was computed last counts in the output, so that nothing of interest is dead.
        var last = values.TakeLast(3).ToList();
        string parts = string.Join(", ", last.Select(v => v.Shape.Length == 1 ? v.Name : v.Name + ".Flatten()"));
        string output = last.Count > 1 ? $"Tensor.Concat([{parts}])" : parts;
        return $$"""
            [{{Attribute}}, {{Loss()}}]
            public partial class {{name}}
            {
                private static Tensor Forward([Input({{Join(input)}})] Tensor x)
                {
            {{body}}        return {{output}}.Linear({{N(random.Next(2, 7))}});
                }

                private static Tensor Residual(Tensor x, int width) => x + x.Linear(width).Tanh().Linear(x.Shape[^1]);

                [Shared]
                private static Tensor Twice(Tensor x, int width) => x.Linear(width).Tanh();
            }

            """;
    }

    private void Statement()
    {
        var (x, shape) = Pick();
        int last = shape[^1];
        switch (random.Next(16))
        {
            case 0 or 1:
                int width = Width();
                Define($"{x}.Linear({N(width)}{(random.Next(4) == 0 ? ", bias: false" : "")})", [.. shape[..^1], width]);
                break;
            case 2:
                Define($"{x}{Activation(asAttribute: false)}", shape);
                break;
            case 3:
                Define(Function(x), shape);
                break;
            case 4 or 5:
                if (Like(shape) is { } y) Define(Binary(x, y), shape);
                break;
            case 6:
                if (values.Where(v => v.Shape.Length == 1 && shape.Length == 2 && v.Shape[0] == last).Select(v => v.Name).LastOrDefault() is { } row) Define(Binary(x, row), shape);
                break;
            case 7:
                if (shape.Length == 2) Define($"{x}.{Reduction()}({(random.Next(2) == 0 ? "0" : "-2")})", [last]);
                else Define($"{x} - {x}.{Reduction()}()", shape);
                break;
            case 8:
                if (last < 2) break;
                int start = random.Next(last - 1), end = random.Next(start + 1, last + 1);
                Define(shape.Length == 2 ? $"{x}[.., {N(start)}..{N(end)}]" : $"{x}[{N(start)}..{N(end)}]", [.. shape[..^1], end - start]);
                break;
            case 9:
                var (other, otherShape) = Pick();
                if (shape.Length == otherShape.Length && shape[..^1].SequenceEqual(otherShape[..^1]) && last + otherShape[^1] <= 80)
                    Define($"Tensor.Concat({x}, {other}, axis: {N(shape.Length - 1)})", [.. shape[..^1], last + otherShape[^1]]);
                break;
            case 10:
                if (shape.Length == 2) Define($"{x}.Transpose()", [shape[1], shape[0]]);
                else if (Split(last) is { } split) Define($"{x}.Reshape({Join(split)})", split);
                break;
            case 11:
                if (shape.Length == 2) Define($"{x}.MatMul({x}.Transpose()) / {N(last)}", [shape[0], shape[0]]);
                else if (Like(shape) is { } z) Define($"Tensor.Stack([{x}, {z}])", [2, last]);
                break;
            case 12 when last <= 12 && random.Next(2) == 0:
                Define($"{x} * Tensor.Constant({string.Join(", ", Enumerable.Range(0, last).Select(_ => (random.Next(-20, 20) / 10.0).ToString(CultureInfo.InvariantCulture)))})", shape);
                break;
            case 12:
                Define($"{x} * Tensor.Parameter([{N(last)}], Initializer.Normal(0.5)) + Tensor.Parameter([{Join(shape)}], Initializer.Uniform(0.3)).Tanh()", shape);
                break;
            case 13:
                string width2 = N(Width());
                string loop = Name();
                body.Append(CultureInfo.InvariantCulture, $"        var {loop} = {x};\n        for (int i = 0; i < 2; i++) {loop} = Residual({loop}, {width2} + i);\n");
                values.Add((loop, shape));
                break;
            case 14:
                int own = last;
                string shared = Name();
                body.Append(CultureInfo.InvariantCulture, $"        var {shared} = {x}.Linear({N(own)});\n        for (int i = 0; i < 2; i++) {shared} = Twice({shared}, {N(own)}) + {shared};\n");
                values.Add((shared, shape));
                break;
            default:
                if (shape.Length == 2) Define($"{x}[{N(random.Next(shape[0]))}]", [last]);
                else Define(Choose<string>([$"{x} + {x}.Tanh().StopGradient()", $"{x}.Dropout(0.2)", $"{x} + 0.3 * Tensor.RandomNormal({Join(shape)})"]), shape);
                break;
        }
    }

    /// <summary>A function with what keeps its argument in its domain.</summary>
    private string Function(string x)
    {
        string[] smooth = [$"{x}.Tanh().Exp()", $"({x} * {x} + 0.7).Log()", $"({x}.Pow(2) + 0.5).Sqrt()", $"{x}.Sin()", $"{x}.Cos()", $"{x}.Tanh().Pow(3)", $"(0.5 - {x}) / ({x} * {x} + 1)", $"-{x}", $"1 / (1 + (-{x}.Tanh()).Exp())"];
        string[] kinked = [$"{x}.Abs()", $"{x}.Clamp(-0.8, 0.9)", $"{x}.Relu()", $"Tensor.Where({x} > 0.2, {x}.Sin(), 0.5 * {x})", $"{x}.LeakyRelu(0.1)"];
        return Choose<string>(float64 ? [.. smooth, .. kinked] : smooth);
    }

    private string Binary(string x, string y)
    {
        string[] smooth = [$"{x} + {y}", $"{x} - {y}", $"{x} * {y}.Tanh()", $"{x} / ({y} * {y} + 1)", $"{x}.Sigmoid() * {y}"];
        string[] kinked = [$"{x}.Maximum({y})", $"{x}.Minimum({y})", $"Tensor.Where({x} <= {y}, {x}, 0.3 * {y})", $"Tensor.Where(({x} < 0.5) & !({y} > 0.1), {x}, {y}.Sin())"];
        return Choose<string>(float64 ? [.. smooth, .. kinked] : smooth);
    }

    private string Reduction() => Choose<string>(float64 ? ["Sum", "Mean", "Variance", "Norm", "Max", "Min"] : ["Mean", "Mean", "Variance", "Sum"]);

    private string Activation(bool asAttribute)
    {
        string[] smooth = ["Gelu", "Silu", "Mish", "Sigmoid", "Tanh", "Softplus", "Softmax", "LogSoftmax"];
        string[] kinked = ["Relu", "LeakyRelu", "Elu", "Selu", "HardSwish", "Step"];
        string name = Choose<string>(float64 ? [.. smooth, .. kinked] : smooth);
        return asAttribute ? name : $".{name}()";
    }

    /// <summary>The last layer is a Linear of a vector or a sequence, which every loss takes.</summary>
    private string Loss() => Choose<string>(["MeanSquaredError", "SigmoidCrossEntropy", "SoftmaxCrossEntropy", "SoftmaxCrossEntropy(LabelSmoothing = 0.1)"]);

    private int[] InputShape() => random.Next(2) == 0 ? [Width()] : [random.Next(1, 6), random.Next(2, 20)];

    /// <summary>Mostly small; sometimes around a vector or a panel, where tails begin.</summary>
    private int Width() => random.Next(6) == 0 ? Choose<int>([15, 16, 17, 31, 32, 33, 48, 64, 65]) : random.Next(2, 14);

    private int[]? Split(int extent)
    {
        int[] factors = [.. Enumerable.Range(2, 5).Where(f => extent % f == 0 && extent > f)];
        return factors.Length == 0 ? null : Choose<int[]>([.. factors.Select(f => new[] { f, extent / f })]);
    }

    private (string Name, int[] Shape) Pick() => values[Math.Max(random.Next(values.Count), random.Next(values.Count))];

    private string? Like(int[] shape)
    {
        var same = values.Where(v => v.Shape.SequenceEqual(shape)).ToList();
        return same.Count == 0 ? null : same[random.Next(same.Count)].Name;
    }

    private void Define(string expression, int[] shape)
    {
        string name = Name();
        body.Append(CultureInfo.InvariantCulture, $"        var {name} = {expression};\n");
        values.Add((name, shape));
    }

    private string Name() => "v" + N(names++);

    private T Choose<T>(T[] from) => from[random.Next(from.Length)];

    private static string Join(int[] shape) => string.Join(", ", shape.Select(N));

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
