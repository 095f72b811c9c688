namespace DlGen.Tests;

/// <summary>A batch that goes through in parts gives the gradients of the whole.</summary>
public class MicroBatchTests
{
    private const int Rows = 50, Inputs = 12, Outputs = 5;

    [Fact]
    public void Parts_of_a_batch_add_up_to_its_gradients_and_loss()
    {
        var model = new Headed(seed: 3);
        var (inputs, targets) = Batch();
        double whole = model.ComputeGradients(inputs, targets);
        double[] expected = Gradients(model);

        double sum = 0;
        int start = 0;
        foreach (int rows in new[] { 7, 1, 25, 17 })
        {
            sum += model.ComputeGradients(inputs.AsSpan(start * Inputs, rows * Inputs), targets.AsSpan(start * Outputs, rows * Outputs), accumulate: start > 0, batchRows: Rows);
            start += rows;
        }
        Assert.Equal(whole, sum, 1e-12);
        double[] added = Gradients(model);
        double largest = expected.Max(Math.Abs);
        Assert.InRange(largest, 1e-3, 1e3);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], added[i], 1e-13 * largest);
    }

    [Fact]
    public void All_rows_are_the_batch_unless_it_is_said_to_be_larger()
    {
        var model = new Headed(seed: 3);
        var (inputs, targets) = Batch();
        double loss = model.ComputeGradients(inputs, targets);
        double[] gradients = Gradients(model);
        Assert.Equal(loss, model.ComputeGradients(inputs, targets, batchRows: Rows));
        Assert.Equal(gradients, Gradients(model));
        Assert.Equal(loss / 2, model.ComputeGradients(inputs, targets, batchRows: 2 * Rows), 1e-14);
    }

    [Fact]
    public void A_batch_smaller_than_its_part_is_refused_and_changes_nothing()
    {
        var model = new Headed(seed: 3);
        var (inputs, targets) = Batch();
        model.ComputeGradients(inputs, targets);
        double[] gradients = Gradients(model);
        var problem = Assert.Throws<BatchShapeException>(() => model.ComputeGradients(inputs, targets, accumulate: true, batchRows: Rows - 1));
        Assert.Contains("batchRows is 49, but this part of the batch has 50 rows", problem.Message);
        Assert.Throws<BatchShapeException>(() => model.ComputeGradients(inputs, targets, batchRows: -1));
        Assert.Equal(gradients, Gradients(model));
    }

    private static (double[] Inputs, double[] Targets) Batch()
    {
        var random = new Random(4);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];
        return (Draw(Rows * Inputs), Draw(Rows * Outputs));
    }

    private static double[] Gradients(Headed model) => [.. model.Parameters.SelectMany(p =>
    {
        double[] gradient = new double[p.Length];
        p.CopyGradientTo(gradient);
        return gradient;
    })];
}
