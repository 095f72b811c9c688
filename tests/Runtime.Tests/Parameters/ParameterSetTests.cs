using DlGen.Compiled;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

public sealed class ParameterSetTests
{
    [Fact]
    public void Parameters_stand_in_the_order_of_the_model_and_by_name()
    {
        ParameterSet set = Create<float>(Linear()).Parameters;
        Assert.Equal(["linear_1.bias", "linear_1.weight", "scale"], set.Select(parameter => parameter.Name));
        Assert.Same(set[1], set["linear_1.weight"]);
        Assert.Equal([3, 5], set[1].Shape.ToArray());
        Assert.Equal(1, set["scale"].Length);
        Assert.Equal("scale ()", set["scale"].ToString());
        Assert.True(set.TryGetValue("scale", out _));
        Assert.False(set.TryGetValue("Scale", out _));
        Assert.Contains("linear_1.bias, linear_1.weight, scale", Assert.Throws<KeyNotFoundException>(() => set["weight"]).Message);
    }

    [Fact]
    public void CopyFrom_takes_over_every_value_across_layouts_and_number_types()
    {
        ModelCore<float> same = Create<float>(seed: 2, Linear());
        ModelCore<double> source = Create<double>(seed: 3, Linear());
        ModelCore<float> rows = Create<float>(seed: 4, Row("linear_1.weight", [3, 5], 0), Row("scale", [], 20), Row("linear_1.bias", [3], 24));

        source.Parameters.CopyFrom(same.Parameters);
        rows.Parameters.CopyFrom(source.Parameters);
        foreach (Parameter parameter in same.Parameters)
        {
            Assert.Equal(ValuesOf(parameter), ValuesOf(source.Parameters[parameter.Name]));
            Assert.Equal(ValuesOf(parameter), ValuesOf(rows.Parameters[parameter.Name]));
        }

        Assert.All(PaddingOf(source), at => Assert.Equal(0, source.Values[at]));
    }

    [Fact]
    public void BlendFrom_moves_by_the_rate_on_both_ways()
    {
        ModelCore<double> target = Create<double>(seed: 1, Linear()), near = Create<double>(seed: 2, Linear());
        ModelCore<float> far = Create<float>(seed: 3, Linear());
        double[] a = ValuesOf(target.Parameters[1]), b = ValuesOf(near.Parameters[1]), c = ValuesOf(far.Parameters[1]);

        target.Parameters.BlendFrom(near.Parameters, 0.25);
        Assert.All(ValuesOf(target.Parameters[1]).Zip(a.Zip(b)), x => Assert.Equal(0.75 * x.Second.First + 0.25 * x.Second.Second, x.First, 1e-15));
        double[] blended = ValuesOf(target.Parameters[1]);
        target.Parameters.BlendFrom(far.Parameters, 0.5);
        Assert.All(ValuesOf(target.Parameters[1]).Zip(blended.Zip(c)), x => Assert.Equal(0.5 * (x.Second.First + x.Second.Second), x.First, 1e-15));
        Assert.All(PaddingOf(target), at => Assert.Equal(0, target.Values[at]));
        Assert.Throws<ArgumentOutOfRangeException>(() => target.Parameters.BlendFrom(near.Parameters, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => target.Parameters.BlendFrom(near.Parameters, double.NaN));
    }

    [Fact]
    public void Sets_that_do_not_fit_are_refused_and_nothing_changes()
    {
        ModelCore<float> core = Create<float>(Linear());
        float[] before = core.Values.ToArray();
        ParameterSet names = Create<float>(Row("linear_1.weight", [3, 5], 0), Row("other", [1], 16)).Parameters;
        var error = Assert.Throws<ArgumentException>(() => core.Parameters.CopyFrom(names));
        Assert.Contains("The source lacks: linear_1.bias, scale. Only the source has: other", error.Message);

        ParameterSet shapes = Create<float>(Row("linear_1.bias", [3], 0), Row("linear_1.weight", [5, 3], 16), Row("scale", [], 32)).Parameters;
        error = Assert.Throws<ArgumentException>(() => core.Parameters.CopyFrom(shapes));
        Assert.Contains("The source has linear_1.weight (5, 3), this set has linear_1.weight (3, 5)", error.Message);
        Assert.Equal(before, core.Values.ToArray());
    }

    [Fact]
    public void Every_write_raises_the_version()
    {
        ModelCore<float> core = Create<float>(Linear()), other = Create<float>(seed: 2, Linear());
        ParameterSet set = core.Parameters;
        SetGradients(core, _ => 1);
        using var stream = new MemoryStream();
        other.Save(stream);
        foreach (Action write in (Action[])
        [
            () => set[0].CopyFrom(new float[3]),
            () => set[0].CopyFrom(new double[3]),
            () => set[0][0] = 1,
            () => set.CopyFrom(other.Parameters),
            () => set.BlendFrom(other.Parameters, 0.5),
            () => Optimizer.Sgd(0.1).Step(set),
            () => core.Load(new MemoryStream(stream.ToArray())),
        ])
        {
            long before = set.Version;
            write();
            Assert.True(set.Version > before);
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(100.0)]
    public void ClipGradients_is_PyTorchs(double norm)
    {
        ModelCore<float> core = Create<float>(Row("a", [37], 0), Panel("w", [3, 5], 64, 0, 4), Row("frozen", [8], 96, frozen: true));
        SetGradients(core, at => Math.Sin(at));
        float[] before = core.Gradients.ToArray();
        double total = Math.Sqrt(Enumerable.Range(0, 96).Sum(at => (double)before[at] * before[at]));

        Assert.Equal(total, core.Parameters.ClipGradients(norm), total * 1e-14);
        double scale = Math.Min(1, norm / (total + 1e-6));
        for (int at = 0; at < 96; at++)
            Assert.Equal(before[at] * (float)scale, core.Gradients[at]);
        Assert.Equal(before[96..], core.Gradients[96..].ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => core.Parameters.ClipGradients(0));
    }

    [Fact]
    public void Clipping_names_the_parameter_whose_gradient_is_not_finite()
    {
        ModelCore<float> core = Create<float>(Linear());
        SetGradients(core, at => at == 32 ? double.NaN : 1);
        float[] before = core.Gradients.ToArray();
        Assert.Contains("linear_1.bias", Assert.Throws<DlGenException>(() => core.Parameters.ClipGradients(1)).Message);
        Assert.Equal(before, core.Gradients.ToArray());
    }

    [Fact]
    public void ZeroGradients_clears_them()
    {
        ModelCore<float> core = Create<float>(Linear());
        core.Parameters.ZeroGradients();
        SetGradients(core, _ => 3);
        core.Parameters.ZeroGradients();
        Assert.All(core.Gradients.ToArray(), gradient => Assert.Equal(0, gradient));
    }

    [Fact]
    public void Freeze_takes_wildcards()
    {
        ParameterSet set = Create<float>([.. Linear(), Row("fixed", [2], 64, frozen: true)]).Parameters;
        Assert.Equal(2, set.Freeze("linear_1.*"));
        Assert.Equal([true, true, false, true], set.Select(parameter => parameter.Frozen));
        Assert.Equal(1, set.Unfreeze("*.bias"));
        Assert.Equal([false, true, false, true], set.Select(parameter => parameter.Frozen));
        Assert.Equal(3, set.Unfreeze("*"));
        Assert.Equal([false, false, false, true], set.Select(parameter => parameter.Frozen));
        Assert.Equal(1, set.Freeze("scale"));
        Assert.Contains("'conv*'. The model has linear_1.bias", Assert.Throws<ArgumentException>(() => set.Freeze("conv*")).Message);
        Assert.Contains("declared frozen", Assert.Throws<InvalidOperationException>(() => set["fixed"].Frozen = false).Message);
    }

    /// <summary>Of many names those that are most like the one that was given.</summary>
    [Fact]
    public void A_name_that_is_not_there_is_answered_by_those_near_it()
    {
        ParameterSet set = Create<float>([.. Enumerable.Range(1, 12).Select(i => Row($"block_{i}.linear_1.weight", [2], (i - 1) * 16))]).Parameters;
        string message = Assert.Throws<KeyNotFoundException>(() => set["block_7.linear_1.wieght"]).Message;
        Assert.Equal("There is no parameter 'block_7.linear_1.wieght'. The model has 12 parameters; most like it are block_7.linear_1.weight, block_1.linear_1.weight, block_2.linear_1.weight.", message);
    }
}
