namespace DlGen.Tests.Programs;

/// <summary>Images, sequences of ids and of numbers, and losses of one's own: the structures beside dense layers, small enough for the oracle.</summary>
internal sealed partial class RandomModel
{
    private string Images(string name)
    {
        int channels = random.Next(1, 5), height = random.Next(5, 9), width = random.Next(5, 9);
        var layers = new List<string> { $"Input({N(channels)}, {N(height)}, {N(width)})" };
        for (int i = random.Next(2, 5); i > 0; i--)
        {
            switch (random.Next(8))
            {
                case 7 when height * width >= 8:
                    layers.Add("BatchNorm");
                    break;
                case 0 or 1:
                    int kernel = random.Next(1, 4), padding = random.Next(2), stride = random.Next(1, 3), dilation = kernel == 2 && random.Next(2) == 0 ? 2 : 1;
                    int reach = dilation * (kernel - 1);
                    if (Math.Min(height, width) + (2 * padding) - reach < 2) goto default;
                    int groups = channels % 2 == 0 && random.Next(2) == 0 ? 2 : 1;
                    channels = groups * random.Next(1, 4);
                    (height, width) = ((height + (2 * padding) - reach - 1) / stride + 1, (width + (2 * padding) - reach - 1) / stride + 1);
                    layers.Add($"Conv2d({N(channels)}, Kernel = {N(kernel)}, Stride = {N(stride)}, Padding = {N(padding)}, Dilation = {N(dilation)}, Groups = {N(groups)}{(random.Next(3) == 0 ? ", Bias = false" : "")})");
                    break;
                case 2 when height * width <= 40:
                    int up = random.Next(1, 3), wide = random.Next(up, 4);
                    channels = random.Next(1, 4);
                    (height, width) = (((height - 1) * up) + wide, ((width - 1) * up) + wide);
                    layers.Add($"ConvTranspose2d({N(channels)}, Kernel = {N(wide)}, Stride = {N(up)})");
                    break;
                case 3 when Math.Min(height, width) >= 4:
                    string pool = float64 && random.Next(2) == 0 ? "MaxPool2d" : "AvgPool2d";
                    int step = random.Next(1, 3);
                    (height, width) = ((height - 2) / step + 1, (width - 2) / step + 1);
                    layers.Add($"{pool}(2, Stride = {N(step)})");
                    break;
                case 4 when height * width >= 8:
                    layers.Add(Choose<string>(["BatchNorm", "BatchNorm(Momentum = 0.2)", "InstanceNorm(Affine = true)", $"GroupNorm({N(channels % 2 == 0 ? 2 : 1)})"]));
                    break;
                case 5 when height * width <= 30 && Math.Min(height, width) >= 2:
                    if (random.Next(2) == 0)
                    {
                        (height, width) = (2 * height, 2 * width);
                        layers.Add(Choose<string>(["Upsample2d(2)", "Upsample2d(2, Mode = UpsampleMode.Bilinear)", "Upsample2d(2, Mode = UpsampleMode.Bilinear, AlignCorners = true)"]));
                        break;
                    }
                    int left = random.Next(2), top = random.Next(2);
                    (height, width) = (height + top, width + left + 1);
                    layers.Add($"Pad({N(left)}, 1, {N(top)}, 0, Mode = PadMode.{Choose<string>(["Constant", "Reflect", "Replicate", "Circular"])})");
                    break;
                case 5:
                    layers.Add("Normalize(0.1, 0.8)");
                    break;
                default:
                    layers.Add(Activation(asAttribute: true));
                    break;
            }
        }
        return $"#pragma warning disable DLG0306, DLG0308\n[{Attribute}, {string.Join(", ", layers)}, Flatten, Linear({N(random.Next(2, 5))})]\n[{Loss()}]\npublic partial class {name};\n";
    }

    private string Sequences(string name)
    {
        int time = random.Next(3, 7), width = 2 * random.Next(1, 5);
        bool ids = random.Next(2) == 0;
        body.Append($"        var x = {(ids ? $"given.Embedding({N(width)})" : $"given.Linear({N(width)})")};\n");
        if (random.Next(2) == 0) body.Append("        x = x.PositionEmbedding();\n");
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            switch (random.Next(8))
            {
                case 0:
                    width = random.Next(2, 7);
                    body.Append($"        x = x.{Choose<string>(["Lstm", "Gru", "Rnn"])}({N(width)}, returnSequence: true{(random.Next(3) == 0 ? ", layers: 2" : "")}{(float64 && random.Next(3) == 0 ? ", mask: x[.., 0] > 0" : "")});\n");
                    break;
                case 1:
                    width = 2 * random.Next(1, 4);
                    body.Append($"        x = x.{Choose<string>(["Lstm", "Gru"])}({N(width / 2)}, bidirectional: true, returnSequence: true);\n");
                    break;
                case 2 or 3 when width % 2 == 0:
                    body.Append($"        x += x.{Choose<string>(["LayerNorm", "RmsNorm"])}().Attention(heads: {N(Choose<int>([1, 2]))}, causal: {(random.Next(2) == 0 ? "true" : "false")}{(random.Next(2) == 0 ? "" : ids ? ", mask: given != 0" : ", mask: given[.., 0] > -1")});\n");
                    break;
                case 4:
                    int units = random.Next(2, 6);
                    string cell = Choose<string>(
                    [
                        $"(state, step) => (state.Linear({N(units)}) + step.Linear({N(units)})).Tanh()",
                        $"(state, step) => 0.5 * state + (Tensor.Concat(state, step).Linear({N(units)}).Sigmoid() * step.Linear({N(units)}, bias: false))",
                    ]);
                    body.Append($"        x = Tensor.Scan(x, Tensor.{(random.Next(2) == 0 ? "Zeros" : "Ones")}({N(units)}), {cell});\n");
                    width = units;
                    break;
                case 5 when time > 3:
                    body.Append("        x = x[1..];\n");
                    time--;
                    break;
                case 6:
                    body.Append($"        x = x.Transpose().Linear({N(time = random.Next(3, 6))}).Transpose();\n");
                    break;
                default:
                    body.Append($"        x = x{Activation(asAttribute: false)};\n");
                    break;
            }
        }
        string output = Choose<string>(["x[^1]", "x.Mean(0)", "x", "(x.Sum(0) * 0.3)"]);
        int taken = random.Next(3, 8);
        string input = ids ? $"[Tokens({N(taken)}, {N(random.Next(3, 9))})]" : $"[Input({N(taken)}, {N(random.Next(2, 6))})]";
        // The first statement makes the sequence that the walk above counted on.
        string first = $"        given = given[..{N(Math.Min(taken, 3))}];\n";
        return $$"""
            #pragma warning disable DLG0304
            [{{Attribute}}, {{Loss()}}]
            public partial class {{name}}
            {
                private static Tensor Forward({{input}} Tensor given)
                {
            {{(random.Next(3) == 0 && time <= 3 ? first : "")}}{{body}}        return {{output}}.Linear({{N(random.Next(2, 5))}});
                }
            }

            """;
    }

    /// <summary>Two heads and a loss that weighs, masks or mixes them.</summary>
    private string Judged(string name)
    {
        int[] input = InputShape();
        values.Add(("x", input));
        for (int i = random.Next(2, 7); i > 0; i--) Statement();
        var (x, shape) = Pick();
        string features = shape.Length == 1 ? x : x + ".Mean(0)";
        int classes = random.Next(2, 6), numbers = random.Next(1, 5);
        string[] smooth = [$"output.Size.MeanSquaredError(size)", "output.Size.SigmoidCrossEntropy(size)", "output.Size.LogSoftmax().KullbackLeibler(size)"];
        string[] kinked = ["output.Size.MeanAbsoluteError(size)", "output.Size.Huber(size, delta: 0.4)", "output.Size.Hinge(2 * size - 1)"];
        string size = Choose<string>(float64 ? [.. smooth, .. kinked] : smooth);
        string kind = Choose<string>(["output.Kind.SoftmaxCrossEntropy(kind, reduction: Reduction.None)", "output.Kind.LogSoftmax().NegativeLogLikelihood(kind, reduction: Reduction.None)",
            $"-(output.Kind.LogSoftmax() * kind.OneHot({N(classes)})).Sum()", "-output.Kind.LogSoftmax().Gather(kind)"]);
        string weight = Choose<string>(["weight", "weight * (kind != 0 | weight > 0.5)", "weight + 0.1", "weight * weight"]);
        string loss = $"{kind} + {Choose<string>(["0.5 * ", "", "weight * "])}{size}";
        bool weighted = random.Next(3) > 0;
        return $$"""
            #pragma warning disable DLG0304, DLG0305
            [{{Attribute}}]
            public partial class {{name}}
            {
                private static (Tensor Kind, Tensor Size) Forward([Input({{Join(input)}})] Tensor x)
                {
            {{body}}        var features = {{features}};
                    return (features.Linear({{N(classes)}}), features.Linear({{N(numbers)}}){{(random.Next(2) == 0 ? ".Tanh()" : "")}});
                }

                private static {{(weighted ? "(Tensor Loss, Tensor Weight)" : "Tensor")}} Loss((Tensor Kind, Tensor Size) output, [Label({{N(classes)}})] Tensor kind, [Target({{N(numbers)}})] Tensor size, [Target] Tensor weight)
                    => {{(weighted ? $"({loss}, {weight})" : loss)}};

                private static Tensor Residual(Tensor x, int width) => x + x.Linear(width).Tanh().Linear(x.Shape[^1]);

                [Shared]
                private static Tensor Twice(Tensor x, int width) => x.Linear(width).Tanh();
            }

            """;
    }
}
