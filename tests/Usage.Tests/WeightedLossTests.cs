namespace DlGen.Tests;

/// <summary>A loss with weights is Σ weight·loss / Σ weight over the batch, in every member that gives or uses a mean.</summary>
public class WeightedLossTests
{
    private const int Rows = 40, Time = 6, Features = 3, Tags = 4;

    [Fact]
    public void The_mean_is_over_what_counts()
    {
        var model = new Tagger(seed: 2);
        var (words, tags, confidence) = Batch();
        Assert.Equal(Expected(model, words, tags, confidence), model.ComputeGradients(words, tags, confidence), 1e-12);
        Assert.Equal(Expected(model, words, tags, confidence), model.Evaluate(Tagger.Data(words, tags, confidence)).Loss, 1e-12);
        Assert.Equal(Weights(tags, confidence).Sum(), model.BatchWeight(words, tags, confidence), 1e-12);
    }

    [Fact]
    public void Evaluation_over_many_batches_is_one_mean()
    {
        var model = new Tagger(seed: 2);
        var (words, tags, confidence) = Batch(700);
        // The first batch of an evaluation counts for nothing: that is no error, others do.
        confidence.AsSpan(0, 300).Clear();
        Assert.Equal(Expected(model, words, tags, confidence), model.Evaluate(Tagger.Data(words, tags, confidence)).Loss, 1e-12);
    }

    [Fact]
    public void What_has_no_weight_changes_nothing()
    {
        var model = new Tagger(seed: 2);
        var (words, tags, confidence) = Batch();
        confidence[3] = 0;
        model.ComputeGradients(words, tags, confidence);
        double[] gradients = Gradients(model.Parameters);
        words.AsSpan(3 * Time * Features, Time * Features).Fill(0.7);
        tags.AsSpan(3 * Time, Time).Fill(1);
        model.ComputeGradients(words, tags, confidence);
        Assert.Equal(gradients, Gradients(model.Parameters));
    }

    [Fact]
    public void A_pass_divides_by_the_weights_too()
    {
        var model = new Tagger(seed: 2);
        var (words, tags, confidence) = Batch();
        double loss = model.ComputeGradients(words, tags, confidence);
        double[] gradients = Gradients(model.Parameters);
        model.Parameters.ZeroGradients();
        var pass = model.CreatePass(Rows);
        pass.Forward(words);
        Assert.Equal(loss, pass.BackwardLoss(tags, confidence));
        Assert.Equal(gradients, Gradients(model.Parameters));
    }

    [Fact]
    public void Parts_of_a_batch_add_up_when_each_is_told_the_weight_of_all()
    {
        var model = new Tagger(seed: 2);
        var (words, tags, confidence) = Batch();
        confidence.AsSpan(10, 5).Clear(); // the second part counts for nothing
        double whole = model.ComputeGradients(words, tags, confidence);
        double[] expected = Gradients(model.Parameters);
        double weight = 0, sum = 0;
        foreach (var (from, rows) in new[] { (0, 10), (10, 5), (15, 25) })
            weight += model.BatchWeight(words.AsSpan(from * Time * Features, rows * Time * Features), tags.AsSpan(from * Time, rows * Time), confidence.AsSpan(from, rows));
        foreach (var (from, rows) in new[] { (0, 10), (10, 5), (15, 25) })
            sum += model.ComputeGradients(words.AsSpan(from * Time * Features, rows * Time * Features), tags.AsSpan(from * Time, rows * Time), confidence.AsSpan(from, rows), accumulate: from > 0, batchWeight: weight);
        Assert.Equal(whole, sum, 1e-12);
        double[] added = Gradients(model.Parameters);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], added[i], 1e-13);
        var problem = Assert.Throws<LossWeightException>(() => model.ComputeGradients(words, tags, confidence, batchWeight: weight / 2));
        Assert.Contains("this part of the batch weighs", problem.Message);
    }

    [Fact]
    public void A_batch_without_weight_is_refused_and_changes_nothing()
    {
        var model = new Tagger(seed: 2);
        var (words, tags, confidence) = Batch();
        var optimizer = Optimizer.Adam(0.01);
        model.TrainBatch(words, tags, confidence, optimizer);
        double[] parameters = Values(model.Parameters), gradients = Gradients(model.Parameters);
        Array.Fill(tags, -1);
        var problem = Assert.Throws<LossWeightException>(() => model.TrainBatch(words, tags, confidence, optimizer));
        Assert.Contains("add up to 0 over this batch", problem.Message);
        Assert.EndsWith("(labels that are ignored have the weight 0). Nothing was updated; leave such batches out, or make them larger.", problem.Message);
        Assert.Throws<LossWeightException>(() => model.ComputeGradients(words, tags, confidence, accumulate: true));
        Assert.Throws<LossWeightException>(() => model.Evaluate(Tagger.Data(words, tags, confidence)));
        Assert.Throws<LossWeightException>(() => model.Train(Tagger.Data(words, tags, confidence), new TrainingOptions { Optimizer = optimizer }));
        var pass = model.CreatePass(Rows);
        pass.Forward(words);
        Assert.Throws<LossWeightException>(() => pass.BackwardLoss(tags, confidence));
        Array.Fill(confidence, -1);
        Array.Fill(tags, 0);
        problem = Assert.Throws<LossWeightException>(() => model.TrainBatch(words, tags, confidence, optimizer));
        Assert.EndsWith("Nothing was updated; check the weights that the loss is given.", problem.Message);
        Assert.Equal(parameters, Values(model.Parameters));
        Assert.Equal(gradients, Gradients(model.Parameters));
    }

    [Fact]
    public void In_a_training_by_parts_the_row_of_a_wrong_label_is_right()
    {
        // The second batch of the first epoch: a part of the first one was shown last.
        var (words, tags, confidence) = Batch();
        for (int row = 0; row < Rows; row++)
        {
            int[] wrong = [.. tags];
            wrong[(row * Time) + 2] = 9;
            var problem = Assert.Throws<TargetRangeException>(
                () => new Tagger(seed: 2).Train(Tagger.Data(words, wrong, confidence), new TrainingOptions { Optimizer = Optimizer.Sgd(0.1), BatchSize = 10, MicroBatchSize = 3 }));
            Assert.EndsWith($"it is row {row} of the training data.", problem.Message);
        }
    }

    [Fact]
    public void Labels_outside_of_the_classes_are_refused_but_the_ignored_one()
    {
        var model = new Tagger(seed: 2);
        var (words, tags, confidence) = Batch();
        tags[5] = -2;
        var problem = Assert.Throws<TargetRangeException>(() => model.ComputeGradients(words, tags, confidence));
        Assert.Equal("tag[5] is -2; a label of 4 classes is from 0 to 3, or -1 where it does not count.", problem.Message);
    }

    [Fact]
    public void Ignored_labels_count_neither_for_the_loss_nor_for_accuracy()
    {
        var model = new SomeLabels(seed: 5);
        var random = new Random(4);
        float[] inputs = [.. Enumerable.Range(0, 200 * 5).Select(_ => random.NextSingle())];
        int[] labels = [.. Enumerable.Range(0, 200).Select(i => i % 3 == 0 ? 2 : random.Next(2))];
        int[] counted = [.. Enumerable.Range(0, 200).Where(i => labels[i] != 2)];
        var all = model.Evaluate(SomeLabels.Data(inputs, labels));
        var some = model.Evaluate(SomeLabels.Data(inputs, labels).Subset(counted));
        Assert.Equal(some.Loss, all.Loss, 1e-6);
        Assert.Equal(some.Accuracy, all.Accuracy);
        Assert.Equal(200, all.Rows);

        var optimizer = Optimizer.Adam(0.01);
        var history = model.Train(SomeLabels.Data(inputs, labels), new TrainingOptions { Optimizer = optimizer, Epochs = 2, BatchSize = 30 });
        Assert.InRange(history.Epochs[1].Loss, 0.1, history.Epochs[0].Loss);
    }

    [Fact]
    public void What_a_method_gives_for_ignored_labels_has_the_weight_0_too()
    {
        var (model, byMethod) = (new SomeLabels(seed: 5), new SomeLabelsByMethod(seed: 5));
        var random = new Random(6);
        float[] inputs = [.. Enumerable.Range(0, 20 * 5).Select(_ => random.NextSingle())];
        int[] labels = [.. Enumerable.Range(0, 20).Select(_ => random.Next(3))];
        Assert.Contains(2, labels);
        Assert.Equal(model.TrainBatch(inputs, labels, Optimizer.Sgd(0.1)), byMethod.TrainBatch(inputs, labels, Optimizer.Sgd(0.1)));
        Assert.Equal(Values(model.Parameters), Values(byMethod.Parameters));
        var (evaluation, ofMethod) = (model.Evaluate(SomeLabels.Data(inputs, labels)), byMethod.Evaluate(SomeLabelsByMethod.Data(inputs, labels)));
        Assert.Equal((evaluation.Loss, evaluation.Accuracy), (ofMethod.Loss, ofMethod.Accuracy));
        Assert.Equal(labels.Count(l => l != 2), byMethod.BatchWeight(inputs, labels));
    }

    private static double Expected(Tagger model, double[] words, int[] tags, double[] confidence)
    {
        double[] logits = model.Predict(words), weights = [.. Weights(tags, confidence)];
        double sum = 0;
        for (int i = 0; i < tags.Length; i++)
        {
            double[] of = logits[(i * Tags)..][..Tags];
            if (weights[i] != 0) sum += weights[i] * (Math.Log(of.Sum(Math.Exp)) - of[tags[i]]);
        }
        return sum / weights.Sum();
    }

    private static IEnumerable<double> Weights(int[] tags, double[] confidence) => tags.Select((tag, i) => tag == -1 ? 0 : confidence[i / Time]);

    private static (double[] Words, int[] Tags, double[] Confidence) Batch(int rows = Rows)
    {
        var random = new Random(4);
        return ([.. Enumerable.Range(0, rows * Time * Features).Select(_ => (random.NextDouble() * 2) - 1)],
            [.. Enumerable.Range(0, rows * Time).Select(_ => random.Next(Tags + 1) - 1)],
            [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())]);
    }

    private static double[] Gradients(ParameterSet parameters) => Concat(parameters, (p, into) => p.CopyGradientTo(into));

    private static double[] Values(ParameterSet parameters) => Concat(parameters, (p, into) => p.CopyTo(into));

    private static double[] Concat(ParameterSet parameters, Action<Parameter, double[]> copy) => [.. parameters.SelectMany(p =>
    {
        double[] values = new double[p.Length];
        copy(p, values);
        return values;
    })];
}
