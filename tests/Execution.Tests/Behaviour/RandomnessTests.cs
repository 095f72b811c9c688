using DlGen.Tests.Compiling;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Behaviour;

/// <summary>
/// Random ops: the same draws as Philox gives for (seed, stream, step, element), whatever the shard; none in Predict. Philox itself has its known
/// answers in Runtime.Tests, so here its numbers are data that oracle and model share.
/// </summary>
public class RandomnessTests
{
    private const long Seed = 77;

    private static readonly Lazy<CompiledModels> Models = new(() => CompiledModels.From(Source(float64: true), Source(float64: false)));

    public static TheoryData<string> Names => ["Float64.Dropping", "Float32.Dropping", "Float64.Noisy", "Float32.Noisy", "Float64.DroppingCell", "Float32.DroppingCell", "Float64.Vae", "Float32.Vae"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_step_draws_what_Philox_gives(string name)
    {
        var model = Models.Value[name];
        foreach (int rows in ShardRows.Edges(model))
        {
            var values = ModelValues.Draw(model, rows, seed: rows);
            var driver = model.Create(Seed);
            for (int step = 0; step < 3; step++)
            {
                var actual = ModelResult.Of(driver, values);
                AgainstOracle.Compare($"{name}, {rows} rows, step {step}", model, Expected(model, values, step), actual);
            }
        }
    }

    [Fact]
    public void Equal_seeds_train_alike_and_others_do_not()
    {
        var model = Models.Value["Float32.Dropping"];
        var values = ModelValues.Draw(model, 100, seed: 1);
        double[] one = Losses(model, values, seed: 1), again = Losses(model, values, seed: 1), other = Losses(model, values, seed: 2);

        Assert.Equal(one, again);
        Assert.All(one.Zip(other), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.Equal(one.Length, one.Distinct().Count());
    }

    private static ModelResult Expected(CompiledModel model, ModelValues values, int step)
        => AgainstOracle.Expected(model, values, RandomDraws.Of(model.Declaration, values.Rows, Seed, (ulong)step));

    private static double[] Losses(CompiledModel model, ModelValues values, long seed)
    {
        var driver = model.Create(seed);
        values.Into(driver);
        return [.. Enumerable.Range(0, 6).Select(_ => driver.ComputeGradients())];
    }

    private static string Source(bool float64) => $$"""
        namespace {{(float64 ? "Float64" : "Float32")}}
        {
            [Model{{(float64 ? "(Precision = Precision.Float64)" : "")}}, Input(9)]
            [Linear(20), Silu, Dropout(0.3), GaussianNoise(0.2), Linear(12), Tanh, Reshape(3, 2, 2), Dropout2d(0.4), Flatten, Dropout(0.5), Linear(3), SoftmaxCrossEntropy]
            public partial class Dropping;

            [Model{{(float64 ? "(Precision = Precision.Float64)" : "")}}, MeanSquaredError]
            public partial class DroppingCell
            {
                private static Tensor Forward([Input(5, 3)] Tensor x)
                    => Tensor.Scan(x.Gru(4, layers: 2, dropout: 0.3, returnSequence: true), Tensor.Zeros(6), (state, step) => (state.Dropout(0.4).Linear(6) + step.Linear(6)).Tanh())[^1].Linear(2);
            }

            [Model{{(float64 ? "(Precision = Precision.Float64)" : "")}}]
            public partial class Vae
            {
                private const int Latent = 3;

                private static (Tensor Reconstruction, Tensor Mean, Tensor LogVariance) Forward([Input(9)] Tensor image)
                {
                    var hidden = image.Linear(8).Tanh();
                    var mean = hidden.Linear(Latent);
                    var logVariance = hidden.Linear(Latent);
                    var z = Tensor.Training ? mean + (0.5 * logVariance).Exp() * Tensor.RandomNormal(Latent) : mean;
                    return (z.Linear(8).Tanh().Linear(9), mean, logVariance);
                }

                private static Tensor Loss((Tensor Reconstruction, Tensor Mean, Tensor LogVariance) output, Tensor image)
                {
                    var (reconstruction, mean, logVariance) = output;
                    var divergence = -0.5 * (1 + logVariance - mean.Pow(2) - logVariance.Exp()).Sum();
                    return reconstruction.SigmoidCrossEntropy(image, Reduction.Sum) + divergence;
                }
            }

            [Model{{(float64 ? "(Precision = Precision.Float64)" : "")}}, MeanSquaredError]
            public partial class Noisy
            {
                private static Tensor Forward([Input(5)] Tensor x)
                {
                    var mean = x.Linear(7);
                    var deviation = (0.5 * x.Linear(7)).Exp();
                    var z = Tensor.Training ? mean + deviation * Tensor.RandomNormal(7) : mean;
                    if (Tensor.Training) z = z + 0.1 * Tensor.RandomUniform(7);
                    return z.Tanh().Linear(4);
                }
            }
        }
        """;
}
