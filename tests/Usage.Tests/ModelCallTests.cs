namespace DlGen.Tests;

/// <summary>One model in another as a user runs them: names, numbers, gradients and files.</summary>
public class ModelCallTests
{
    [Fact]
    public void A_students_loss_asks_the_frozen_teacher()
    {
        const int Rows = 40;
        var teacher = new Teacher(seed: 1);
        var random = new Random(2);
        double[] inputs = Draw(random, Rows * 6), targets = Draw(random, Rows * 2);
        for (int i = 0; i < 5; i++) teacher.TrainBatch(inputs, targets, Optimizer.Sgd(0.05));
        var student = new Student(seed: 3);
        Copy(teacher.Parameters, student.Parameters, "teacher.");

        double[] soft = teacher.Predict(inputs), hard = student.Predict(inputs);
        double expected = 0;
        for (int i = 0; i < hard.Length; i++) expected += (Math.Pow(hard[i] - soft[i], 2) + (0.5 * Math.Pow(hard[i] - targets[i], 2))) / hard.Length;
        Assert.Equal(expected, student.ComputeGradients(inputs, targets), 1e-12);
        Assert.Equal(expected, student.Evaluate(Student.Data(inputs, targets)).Loss, 1e-12);

        double[] gradient = Gradient(student, "linear_1.weight");
        student.Parameters.ZeroGradients();
        var pass = student.CreatePass(Rows);
        pass.Forward(inputs);
        Assert.Equal(expected, pass.BackwardLoss(targets), 1e-12);
        Assert.Equal(gradient, Gradient(student, "linear_1.weight"));
        Assert.Contains(gradient, g => g != 0);

        double first = student.TrainBatch(inputs, targets, Optimizer.Adam(0.02));
        var optimizer = Optimizer.Adam(0.02);
        for (int step = 0; step < 100; step++) student.TrainBatch(inputs, targets, optimizer);
        Assert.InRange(student.Evaluate(Student.Data(inputs, targets)).Loss, 0, first / 2);
        foreach (var parameter in teacher.Parameters) Assert.Equal(Values(parameter), Values(student.Parameters["teacher." + parameter.Name]));

        using var file = new MemoryStream();
        student.Save(file);
        file.Position = 0;
        Assert.Equal(student.Predict(inputs), Student.Load(file).Predict(inputs));
        Assert.Contains(Student.Info.Layers, l => l.Name == "teacher.batchnorm_1");
    }

    /// <summary>The gradient goes through the frozen model to what is before it.</summary>
    [Fact]
    public void A_loss_may_look_at_the_output_through_a_frozen_model()
    {
        var model = new ThroughTeacher(seed: 5);
        double[] inputs = Draw(new Random(6), 7 * 6);
        model.ComputeGradients(inputs);
        var (weight, gradient) = (model.Parameters["linear_1.weight"], Gradient(model, "linear_1.weight"));
        for (int i = 0; i < weight.Length; i += 5)
        {
            double was = weight[i];
            double At(double value)
            {
                weight[i] = value;
                return model.ComputeGradients(inputs);
            }
            double slope = (At(was + 1e-5) - At(was - 1e-5)) / 2e-5;
            weight[i] = was;
            Assert.Equal(slope, gradient[i], 1e-7);
        }
        model.Parameters.ZeroGradients();
        var pass = model.CreatePass(7);
        pass.Forward(inputs);
        pass.BackwardLoss();
        Assert.Equal(gradient, Gradient(model, "linear_1.weight"));
    }

    [Fact]
    public void Frozen_features_give_what_they_predict()
    {
        var features = new Teacher(seed: 1);
        var transfer = new Transfer(seed: 2);
        var random = new Random(3);
        double[] inputs = Draw(random, 9 * 6), targets = Draw(random, 9);
        features.TrainBatch(inputs, Draw(random, 9 * 2), Optimizer.Sgd(0.1));
        Copy(features.Parameters, transfer.Parameters, "teacher.");
        double before = Values(transfer.Parameters["teacher.batchnorm_1.running_mean"])[0];

        double[] made = features.Predict(inputs), weight = Values(transfer.Parameters["linear_1.weight"]), bias = Values(transfer.Parameters["linear_1.bias"]);
        void Same() => Assert.Equal(Enumerable.Range(0, 9).Select(r => (made[2 * r] * weight[0]) + (made[(2 * r) + 1] * weight[1]) + bias[0]), transfer.Predict(inputs), (x, y) => Math.Abs(x - y) < 1e-12);
        Same();
        transfer.TrainBatch(inputs, targets, Optimizer.Sgd(0.1));
        Assert.Equal(before, Values(transfer.Parameters["teacher.batchnorm_1.running_mean"])[0]);
        (weight, bias) = (Values(transfer.Parameters["linear_1.weight"]), Values(transfer.Parameters["linear_1.bias"]));
        Same();
    }

    /// <summary>The compiler of a user's project gives newer trees than the oldest that we read.</summary>
    [Fact]
    public void The_whole_language_is_the_network_written_out()
    {
        var (written, spelled) = (new WholeLanguage(seed: 4), new WrittenOut(seed: 9));
        Assert.Equal(spelled.Parameters.Select(p => p.Length), written.Parameters.Select(p => p.Length));
        foreach (var (from, to) in written.Parameters.Zip(spelled.Parameters)) to.CopyFrom(Values(from));
        double[] inputs = Draw(new Random(1), 3 * 6);
        Assert.Equal(spelled.Predict(inputs), written.Predict(inputs));
        Assert.Equal(["stage_1.linear_1.weight", "stage_2.linear_1.weight", "mix_1.linear_1.weight", "head_0.weight", "head_1.weight"], written.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void The_newest_language_is_read()
        => Assert.Equal(["residual_1.linear_1", "residual_1.back_1.tanh_1", "residual_1.back_1.linear_1", "residual_2.linear_1", "residual_2.back_1.tanh_1", "residual_2.back_1.linear_1"],
            NewestLanguage.Info.Layers.Select(l => l.Name));

    private static double[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];

    private static double[] Values(Parameter parameter)
    {
        double[] values = new double[parameter.Length];
        parameter.CopyTo(values);
        return values;
    }

    private static void Copy(ParameterSet from, ParameterSet to, string prefix)
    {
        foreach (var parameter in from) to[prefix + parameter.Name].CopyFrom(Values(parameter));
    }

    private static double[] Gradient(IModel model, string name)
    {
        var parameter = model.Parameters[name];
        double[] gradient = new double[parameter.Length];
        parameter.CopyGradientTo(gradient);
        return gradient;
    }
}
