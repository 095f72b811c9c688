namespace DlGen.Tests;

/// <summary>Forward and backward composed at run time: the same bits as a training step, gradients by inputs, and a game of two models.</summary>
public class PassTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(199)]
    public void A_pass_gives_the_loss_and_gradients_of_a_step(int rows)
    {
        var model = new Classifier(seed: 3);
        var (inputs, labels) = Batch(rows);
        float expectedLoss = model.ComputeGradients(inputs, labels);
        var expected = Gradients(model.Parameters);

        model.Parameters.ZeroGradients();
        var pass = model.CreatePass(200);
        pass.Forward(inputs);
        Assert.Equal(expectedLoss, pass.BackwardLoss(labels));
        Assert.Equal(expected, Gradients(model.Parameters));
    }

    [Fact]
    public void Backward_adds_to_the_gradients_and_leaves_them_when_not_asked_for()
    {
        var model = new Classifier(seed: 3);
        var (inputs, labels) = Batch(9);
        var pass = model.CreatePass(9);
        pass.Forward(inputs);
        pass.BackwardLoss(labels);
        float[] once = Gradients(model.Parameters);
        pass.BackwardLoss(labels, parameters: false);
        Assert.Equal(once, Gradients(model.Parameters));
        pass.BackwardLoss(labels);
        Assert.Equal(Array.ConvertAll(once, g => 2 * g), Gradients(model.Parameters));
    }

    [Fact]
    public void The_gradient_by_the_input_agrees_with_central_differences()
    {
        var model = new Regression(seed: 5);
        var random = new Random(11);
        double[] inputs = [.. Enumerable.Range(0, 7 * 12).Select(_ => random.NextDouble() - 0.5)];
        double[] weights = [.. Enumerable.Range(0, 7 * 5).Select(_ => random.NextDouble() - 0.5)];
        var pass = model.CreatePass(7);
        double Weighted()
        {
            double sum = 0;
            var output = pass.Forward(inputs, training: false);
            for (int i = 0; i < output.Length; i++) sum += output[i] * weights[i];
            return sum;
        }

        Weighted();
        pass.Backward(weights, parameters: false);
        double[] gradient = pass.InputGradient.ToArray();
        Assert.True(gradient.Max(Math.Abs) > 1e-3);
        for (int i = 0; i < inputs.Length; i++)
        {
            double old = inputs[i];
            inputs[i] = old + 1e-5;
            double above = Weighted();
            inputs[i] = old - 1e-5;
            double below = Weighted();
            inputs[i] = old;
            Assert.Equal((above - below) / 2e-5, gradient[i], 1e-8);
        }
    }

    [Fact]
    public void Dropout_drops_in_training_anew_each_pass_and_never_otherwise()
    {
        var model = new Regression(seed: 5);
        var pass = model.CreatePass(3);
        double[] inputs = [.. Enumerable.Repeat(0.3, 36)];
        double[] first = pass.Forward(inputs).ToArray(), second = pass.Forward(inputs).ToArray();
        Assert.NotEqual(first, second);
        double[] used = pass.Forward(inputs, training: false).ToArray();
        Assert.Equal(used, model.Predict(inputs));
    }

    [Fact]
    public void The_gradient_flows_through_the_very_elements_that_dropout_kept()
    {
        var model = new Regression(seed: 5);
        var pass = model.CreatePass(1);
        double[] inputs = [.. Enumerable.Range(0, 12).Select(i => 0.1 * i)];
        double[] ones = [1, 1, 1, 1, 1];
        model.Parameters.ZeroGradients();
        pass.Forward(inputs);
        pass.Backward(ones);
        // Gradients of the second matrix vanish exactly where its input was dropped: whole columns.
        double[] gradient = new double[5 * 20];
        model.Parameters["linear_2.weight"].CopyGradientTo(gradient);
        int dropped = Enumerable.Range(0, 20).Count(column => Enumerable.Range(0, 5).All(row => gradient[(row * 20) + column] == 0));
        Assert.InRange(dropped, 1, 19);
    }

    [Fact]
    public void Two_models_play_against_each_other_and_allocate_nothing()
    {
        const int Rows = 64;
        Maker maker = new(1);
        Critic critic = new(2);
        var made = maker.CreatePass(Rows);
        Critic.Pass ofReal = critic.CreatePass(Rows), ofMade = critic.CreatePass(Rows);
        Optimizer makerOptimizer = Optimizer.Adam(5e-3, beta1: 0.5), criticOptimizer = Optimizer.Adam(5e-3, beta1: 0.5);
        float[] noise = new float[Rows * 4], real = new float[Rows * 2], ones = new float[Rows], zeros = new float[Rows];
        Array.Fill(ones, 1f);
        var random = new Random(4);
        void Step()
        {
            for (int i = 0; i < noise.Length; i++) noise[i] = (random.NextSingle() * 2) - 1;
            // The real points lie around (2, -1).
            for (int row = 0; row < Rows; row++)
            {
                real[row * 2] = 2 + ((random.NextSingle() - 0.5f) * 0.4f);
                real[(row * 2) + 1] = -1 + ((random.NextSingle() - 0.5f) * 0.4f);
            }
            made.Forward(noise);
            critic.Parameters.ZeroGradients();
            ofReal.Forward(real);
            ofReal.BackwardLoss(ones);
            ofMade.Forward(made.Output);
            ofMade.BackwardLoss(zeros);
            criticOptimizer.Step(critic.Parameters);

            maker.Parameters.ZeroGradients();
            ofMade.Forward(made.Output);
            ofMade.BackwardLoss(ones, parameters: false);
            made.Backward(ofMade.InputGradient);
            makerOptimizer.Step(maker.Parameters);
        }

        for (int i = 0; i < 100; i++) Step();
        long least = long.MaxValue;
        for (int window = 0; window < 3; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 300; i++) Step();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        float[] points = maker.Predict(noise);
        Assert.Equal(2, Enumerable.Range(0, Rows).Average(row => points[row * 2]), 0.5);
        Assert.Equal(-1, Enumerable.Range(0, Rows).Average(row => points[(row * 2) + 1]), 0.5);
    }

    [Fact]
    public void Misuse_is_named()
    {
        var model = new Classifier();
        var pass = model.CreatePass(2);
        Assert.Contains("call Forward first", Assert.Throws<InvalidOperationException>(() => pass.Backward(new float[6])).Message, StringComparison.Ordinal);
        Assert.Contains("at most 2 rows, but got 3", Assert.Throws<BatchShapeException>(() => pass.Forward(new float[36])).Message, StringComparison.Ordinal);
        pass.Forward(new float[24]);
        Assert.Contains("outputGradient has 5 values", Assert.Throws<BatchShapeException>(() => pass.Backward(new float[5])).Message, StringComparison.Ordinal);
        Assert.Throws<TargetRangeException>(() => pass.BackwardLoss([0, 3]));
        Assert.Contains("call Backward", Assert.Throws<InvalidOperationException>(() => pass.InputGradient.Length).Message, StringComparison.Ordinal);
        pass.BackwardLoss([0, 1]);
        model.Parameters["linear_1.bias"][0] += 1;
        Assert.Contains("call Forward again", Assert.Throws<InvalidOperationException>(() => pass.BackwardLoss([0, 1])).Message, StringComparison.Ordinal);
        pass.Forward([.. Enumerable.Repeat(float.NaN, 24)]);
        float[] before = Gradients(model.Parameters);
        Assert.Throws<NonFiniteLossException>(() => pass.BackwardLoss([0, 1]));
        Assert.Equal(before, Gradients(model.Parameters));
    }

    private static (float[] Inputs, int[] Labels) Batch(int rows)
    {
        var random = new Random(rows);
        return ([.. Enumerable.Range(0, rows * 12).Select(_ => random.NextSingle() - 0.5f)], [.. Enumerable.Range(0, rows).Select(_ => random.Next(3))]);
    }

    private static float[] Gradients(ParameterSet parameters) => [.. parameters.SelectMany(parameter =>
    {
        float[] gradient = new float[parameter.Length];
        parameter.CopyGradientTo(gradient);
        return gradient;
    })];
}
