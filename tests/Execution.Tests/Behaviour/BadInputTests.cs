using DlGen.Tests.Compiling;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Behaviour;

/// <summary>Whatever is wrong with what a user passes: a typed exception, and the parameters keep their bits.</summary>
public class BadInputTests
{
    private static readonly Lazy<CompiledModels> Models = new(() => CompiledModels.From("""
        [Model, Input(3), Linear(5), Relu, Linear(4), SoftmaxCrossEntropy]
        public partial class Classifier;

        [Model(Precision = Precision.Float64), Input(3), Linear(5), Silu, Linear(2), MeanSquaredError]
        public partial class Regressor;

        [Model, MeanSquaredError]
        public partial class EqualBlocks
        {
            private static Tensor Forward([Input(3)] Tensor x)
            {
                for (int i = 0; i < 12; i++) x = Block(x);
                return x.Linear(2);
            }

            private static Tensor Block(Tensor x) => x + x.Linear(4).Tanh().Linear(3);
        }

        [Model, MeanSquaredError]
        public partial class Branches
        {
            private static Tensor Forward([Input(2, 5, 6)] Tensor x)
                => Tensor.Concat(x.Conv2d(16, kernel: 3, padding: 1).Tanh(), x.Conv2d(16, kernel: 3, padding: 1).Relu()).Conv2d(2, kernel: 3).Mean(0);
        }

        [Model, MeanSquaredError]
        public partial class Paddings
        {
            private static Tensor Forward([Input(2, 5, 6)] Tensor x)
                => x.Conv2d(3, kernel: 3, padding: 1).Conv2d(4, kernel: 3, padding: 2).Conv2d(2, kernel: 3, padding: 1).Mean(0);
        }
        """));

    /// <summary>Although what it computes lies within the border that the layer behind it wants.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void The_layer_that_went_astray_is_named_where_its_result_lies_in_the_next_ones_padding(int layer)
    {
        var driver = Models.Value["Paddings"].Create();
        ModelValues.Draw(Models.Value["Paddings"], 5, seed: 3).Into(driver);
        SetAll(driver.Model.Parameters[$"conv2d_{layer}.weight"], float.MaxValue);
        Assert.Equal($"conv2d_{layer}", Assert.Throws<NonFiniteLossException>(() => driver.TrainBatch(Optimizer.Adam())).Layer);
    }

    /// <summary>What lies between its lines is another branch's, which is yet to be computed: what the step left there is no sign.</summary>
    [Fact]
    public void The_branch_that_went_astray_is_named_where_branches_lie_side_by_side()
    {
        var driver = Models.Value["Branches"].Create();
        ModelValues.Draw(Models.Value["Branches"], 5, seed: 3).Into(driver);
        SetAll(driver.Model.Parameters["conv2d_2.bias"], float.MaxValue);
        SetAll(driver.Model.Parameters["conv2d_2.weight"], float.MaxValue);
        Assert.Equal("relu_1", Assert.Throws<NonFiniteLossException>(() => driver.TrainBatch(Optimizer.Adam())).Layer);
    }

    /// <summary>Also where blocks are one loop of the generated code.</summary>
    [Fact]
    public void The_layer_that_went_astray_is_named_in_every_one_of_equal_blocks()
    {
        var model = Models.Value["EqualBlocks"];
        for (int block = 1; block <= 12; block++)
        {
            var driver = model.Create();
            ModelValues.Draw(model, 40, seed: 3).Into(driver);
            // All units are at their bounds, and two of one sign are too much for a float.
            SetAll(driver.Model.Parameters[$"block_{block}.linear_1.bias"], 100);
            SetAll(driver.Model.Parameters[$"block_{block}.linear_2.weight"], float.MaxValue);
            var problem = Assert.Throws<NonFiniteLossException>(() => driver.TrainBatch(Optimizer.Adam()));
            Assert.Matches($@"^block_{block}(\.linear_2)?$", problem.Layer);
        }
    }

    [Theory]
    [InlineData("Classifier")]
    [InlineData("Regressor")]
    public void Rows_that_do_not_divide(string model) => Refuses<BatchShapeException>(model, (inputs, targets) => (inputs[..^1], targets));

    [Theory]
    [InlineData("Classifier")]
    [InlineData("Regressor")]
    public void Targets_of_another_batch(string model) => Refuses<BatchShapeException>(model, (inputs, targets) => (inputs, targets[..^1]));

    [Theory]
    [InlineData("Classifier")]
    [InlineData("Regressor")]
    public void No_rows_at_all(string model) => Refuses<BatchShapeException>(model, (_, _) => ([], []));

    [Theory]
    [InlineData(4)]
    [InlineData(-1)]
    public void A_label_that_is_no_class(int label) => Refuses<TargetRangeException>("Classifier", (inputs, targets) => (inputs, [.. targets[..^1], label]));

    [Theory]
    [InlineData("Classifier", double.NaN)]
    [InlineData("Classifier", double.PositiveInfinity)]
    [InlineData("Regressor", double.NaN)]
    public void A_loss_that_is_not_finite(string model, double poison) => Refuses<NonFiniteLossException>(model, (inputs, targets) => ([.. inputs[..^1], poison], targets));

    private static void SetAll(Parameter parameter, float value) => parameter.CopyFrom(Enumerable.Repeat(value, parameter.Length).ToArray());

    private static void Refuses<TException>(string name, Func<double[], double[], (double[] Inputs, double[] Targets)> spoil)
        where TException : DlGenException
    {
        var model = Models.Value[name];
        var values = ModelValues.Draw(model, 70, seed: 3);
        var driver = model.Create();
        values.Into(driver);
        var optimizer = Optimizer.Adam();
        driver.TrainBatch(optimizer);
        var before = driver.Model.Parameters.ToValues();

        var (inputs, targets) = spoil(values.Variables["inputs"], values.Variables["targets"]);
        driver.Bind(new Dictionary<string, double[]> { ["inputs"] = inputs, ["targets"] = targets });
        Assert.Throws<TException>(() => driver.TrainBatch(optimizer));
        Assert.Throws<TException>(() => driver.ComputeGradients());
        Assert.Equal(before, driver.Model.Parameters.ToValues());

        // And the model still trains.
        driver.Bind(values.Variables);
        Assert.True(double.IsFinite(driver.TrainBatch(optimizer)));
    }
}
