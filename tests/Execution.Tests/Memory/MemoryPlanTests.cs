using DlGen.Tests.Compiling;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Memory;

/// <summary>
/// The memory plan changes where values lie and nothing else: buffers that share no memory, arenas full of NaN and arenas full of old values give the
/// same bits; nothing is written behind an arena; the padding of parameters, gradients and moments stays zero.
/// </summary>
public class MemoryPlanTests
{
    public static TheoryData<string> Names => [.. ForwardModels.All.Keys.SelectMany(n => new[] { "Float64." + n, "Float32." + n })];

    public static TheoryData<string> SampleNames => [.. CompiledForwardModels.SampleNames];

    [Theory]
    [MemberData(nameof(SampleNames))]
    public void Buffers_of_their_own_give_the_same_bits(string name)
    {
        foreach (int rows in ShardRows.Edges(CompiledForwardModels.Value[name]))
        {
            var values = ModelValues.Draw(CompiledForwardModels.Value[name], rows, seed: 3);
            SameBits(ModelResult.Of(CompiledForwardModels.Value[name].Create(), values), ModelResult.Of(CompiledForwardModels.Separate[name].Create(), values));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Poisoned_arenas_give_the_same_bits_and_nothing_is_written_behind_them(string name)
    {
        foreach (int rows in ShardRows.Edges(CompiledForwardModels.Value[name]))
        {
            var values = ModelValues.Draw(CompiledForwardModels.Value[name], rows, seed: 3);
            // Both twice, so that what is random is drawn from the same counters.
            var clean = CompiledForwardModels.Value[name].Create();
            ModelResult.Of(clean, values);
            var driver = CompiledForwardModels.Value[name].Create();
            ModelResult.Of(driver, values);
            var arenas = PoisonedArena.Of(driver.Model);
            Assert.NotEmpty(arenas);
            SameBits(ModelResult.Of(clean, values), ModelResult.Of(driver, values));
            foreach (var arena in arenas) Assert.True(arena.IsSlackUntouched(), $"{name}: something was written behind an arena, {rows} rows");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Padding_stays_zero_through_training(string name)
    {
        var model = CompiledForwardModels.Value[name];
        if (!model.HasLoss) return;
        var values = ModelValues.Draw(model, 5, seed: 3);
        var driver = model.Create();
        values.Into(driver);
        driver.ComputeGradients();
        Assert.NotEmpty(PoisonedArena.Of(driver.Model));
        var optimizer = Optimizer.AdamW(0.01);
        for (int step = 0; step < 3; step++) driver.TrainBatch(optimizer);
        foreach (int at in HomeLayout.Padding(driver.Model))
            foreach (double[] buffer in HomeLayout.Buffers(driver.Model, optimizer))
                Assert.True(buffer[at] == 0, $"{name}: element {at} is padding and became {buffer[at]}");
    }

    private static void SameBits(ModelResult expected, ModelResult actual)
    {
        foreach (var (output, prediction) in expected.Predictions) Assert.Equal(prediction, actual.Predictions[output]);
        Assert.Equal(expected.Loss, actual.Loss);
        foreach (var (parameter, gradient) in expected.Gradients) Assert.Equal(gradient, actual.Gradients[parameter]);
    }
}
