namespace DlGen.Tests;

[Model(Precision = Precision.Float64), Input(6)]
[Linear(10), Tanh, BatchNorm, Dropout(0.3), Linear(2)]
[MeanSquaredError]
public partial class Teacher;

/// <summary>Distillation: half of the loss is the distance to a frozen teacher.</summary>
[Model(Precision = Precision.Float64)]
public partial class Student
{
    private static Tensor Forward([Input(6)] Tensor inputs) => inputs.Linear(5).Tanh().Linear(2);

    private static Tensor Loss(Tensor output, Tensor inputs, [Target(2)] Tensor target)
        => output.MeanSquaredError(inputs.Call<Teacher>(frozen: true)) + 0.5 * output.MeanSquaredError(target);
}

/// <summary>A loss that judges the output by what a frozen model makes of it.</summary>
[Model(Precision = Precision.Float64)]
public partial class ThroughTeacher
{
    private static Tensor Forward([Input(6)] Tensor inputs) => inputs.Linear(6).Tanh();

    private static Tensor Loss(Tensor output, Tensor inputs) => (output.Call<Teacher>(frozen: true) - inputs.Call<Teacher>(frozen: true)).Pow(2);
}

[Model(Precision = Precision.Float64), Input(6)]
[Block<Teacher>(Frozen = true), Linear(1)]
[MeanSquaredError]
public partial class Transfer;

[Model(Precision = Precision.Float64)]
public partial class WholeLanguage
{
    private static readonly (int Width, bool Wide)[] Stages = [(4, false), (6, true)];

    private enum Kind { Narrow, Wide }

    private static Tensor Forward([Input(6)] Tensor x)
    {
        List<Tensor> all = [x];
        foreach (var (width, wide) in Stages) all.Add(Stage(all[^1], width, wide ? Kind.Wide : Kind.Narrow));
        var mixed = Mix(y => y.Exp(), [.. all[1..], all[0]]);
        int head = 0;
        while (head < 2)
        {
            mixed = mixed.Linear(3 - head, bias: false, name: $"head_{head}");
            head++;
        }
        return mixed;

        static Tensor Stage(Tensor x, int width, Kind kind) => kind switch
        {
            Kind.Narrow => x.Linear(width, bias: false).Tanh(),
            Kind.Wide when width > 4 => x.Twice().Linear(width, bias: false),
            _ => throw new InvalidOperationException(),
        };
    }

    private static Tensor Mix(Func<Tensor, Tensor> function, ReadOnlySpan<Tensor> parts)
    {
        Tensor[] made = new Tensor[parts.Length];
        for (int i = 0; i < parts.Length; i++) made[i] = function(parts[i]);
        return Tensor.Concat(made).Linear(5, bias: false);
    }
}

internal static class TensorExtensions
{
    public static Tensor Twice(this Tensor x) => x + x;
}

[Model(Precision = Precision.Float64)]
public partial class WrittenOut
{
    private static Tensor Forward([Input(6)] Tensor x)
    {
        var first = x.Linear(4, bias: false).Tanh();
        var second = (first + first).Linear(6, bias: false);
        return Tensor.Concat([first.Exp(), second.Exp(), x.Exp()]).Linear(5, bias: false).Linear(3, bias: false).Linear(2, bias: false);
    }
}

#if NET10_0_OR_GREATER
/// <summary>What C# 14 adds: methods declared in a block for what they are called on, params of any collection.</summary>
[Model(Precision = Precision.Float64)]
public partial class NewestLanguage
{
    private static Tensor Forward([Input(6)] Tensor x) => Sum(x.Residual(4), x.Residual(5, scale: 0.5));

    private static Tensor Sum(params ReadOnlySpan<Tensor> parts)
    {
        Tensor sum = 0;
        foreach (var part in parts) sum += part;
        return sum;
    }
}

internal static class Blocks
{
    extension(Tensor x)
    {
        public Tensor Residual(int width, double scale = 1) => x + scale * x.Linear(width).Back(x.Shape[0]);

        private Tensor Back(int width) => x.Tanh().Linear(width);
    }
}
#endif
