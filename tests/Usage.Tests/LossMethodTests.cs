namespace DlGen.Tests;

/// <summary>What the members look like when Loss declares the targets: none, several, of both kinds.</summary>
public class LossMethodTests
{
    [Fact]
    public void Without_targets_the_inputs_are_all_that_training_takes()
    {
        var model = new Autoencoder(seed: 4);
        var random = new Random(3);
        float[] images = [.. Enumerable.Range(0, 70 * 8).Select(i => MathF.Sin((i / 8 * 0.7f) + (i % 8)) + (0.01f * random.NextSingle()))];
        float expected = model.ComputeGradients(images);
        float[] gradients = Gradients(model.Parameters);
        model.Parameters.ZeroGradients();
        var pass = model.CreatePass(70);
        pass.Forward(images);
        Assert.Equal(expected, pass.BackwardLoss());
        Assert.Equal(gradients, Gradients(model.Parameters));

        var optimizer = Optimizer.Adam(1e-2);
        float loss = 0;
        for (int step = 0; step < 200; step++) loss = model.TrainBatch(images, optimizer);
        Assert.InRange(loss, 0, expected / 4);
        var data = Autoencoder.Data(images);
        model.Train(data, new TrainingOptions { Optimizer = optimizer, Epochs = 2, BatchSize = 32 });
        Assert.InRange(model.Evaluate(data).Loss, 0, loss);
    }

    [Fact]
    public void The_loss_is_what_the_method_says()
    {
        var model = new Autoencoder(seed: 4);
        float[] images = [.. Enumerable.Range(0, 3 * 8).Select(i => MathF.Cos(i))];
        float[] outputs = model.Predict(images);
        double expected = 0;
        for (int i = 0; i < images.Length; i++) expected += Math.Pow(outputs[i] - images[i], 2) + (0.01 / 8 * Math.Abs(outputs[i]));
        Assert.Equal(expected / 3, model.ComputeGradients(images), 1e-5);
    }

    [Fact]
    public void Inputs_and_targets_come_in_the_order_of_the_declaration()
    {
        const int Rows = 9;
        var model = new WeightedSteps(seed: 6);
        var random = new Random(8);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        double[] steps = Draw(Rows * 12), context = Draw(Rows * 2), weight = Draw(Rows), unused = Draw(Rows * 2);
        int[] kinds = [.. Enumerable.Range(0, Rows * 4).Select(_ => random.Next(5))];

        double[] logits = model.Predict(steps, context);
        double expected = 0;
        for (int row = 0; row < Rows; row++)
        {
            for (int time = 0; time < 4; time++)
            {
                double[] of = logits[(((row * 4) + time) * 5)..][..5];
                double total = Math.Log(of.Sum(Math.Exp));
                expected += weight[row] / 4 * (total - (0.9 * of[kinds[(row * 4) + time]]) - (0.1 * of.Average()));
            }
            for (int i = 0; i < 2; i++)
            {
                double mean = Enumerable.Range(0, 4).Average(time => logits[(((row * 4) + time) * 5) + i]);
                expected += 0.1 / 2 * Math.Pow(mean - context[(row * 2) + i], 2);
            }
        }
        Assert.Equal(expected / Rows, model.ComputeGradients(steps, context, kinds, weight, unused), 1e-12);
        Assert.Equal(expected / Rows, model.Evaluate(WeightedSteps.Data(steps, context, kinds, weight, unused)).Loss, 1e-12);
        float[] gradients = Gradients(model.Parameters);
        model.Parameters.ZeroGradients();
        var pass = model.CreatePass(Rows);
        pass.Forward(steps, context);
        Assert.Equal(expected / Rows, pass.BackwardLoss(kinds, weight, unused), 1e-12);
        Assert.Equal(gradients, Gradients(model.Parameters));

        kinds[3] = 5;
        Assert.Contains("kinds", Assert.Throws<TargetRangeException>(() => model.ComputeGradients(steps, context, kinds, weight, unused)).Message, StringComparison.Ordinal);
        Assert.Throws<BatchShapeException>(() => model.ComputeGradients(steps, context, kinds[..8], weight, unused));
        Assert.Throws<BatchShapeException>(() => model.TrainBatch(steps, context, kinds, weight, unused[..3], Optimizer.Sgd(0.1)));
    }

    private static float[] Gradients(ParameterSet parameters) => [.. parameters.SelectMany(parameter =>
    {
        float[] gradient = new float[parameter.Length];
        parameter.CopyGradientTo(gradient);
        return gradient;
    })];
}
