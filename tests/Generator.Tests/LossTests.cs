using DlGen.Graphs;
using DlGen.Lowering;
using DlGen.Ops;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>The method Loss gives what the attributes give: the same nodes, kernels and launches.</summary>
public class LossTests
{
    private const string SoftmaxByHand = """
        private static Tensor Loss(Tensor output, [Label(10)] Tensor targets)
        {
            var shifted = output - output.Max(-1, keep: true).StopGradient();
            var total = shifted.Exp().Sum(-1, keep: true).Log();
            return total - Tensor.Where(targets.OneHot(10), shifted, 0).Sum(-1, keep: true);
        }
        """;

    [Theory]
    [InlineData("MeanSquaredError", "[Target(10)] Tensor targets", "output.MeanSquaredError(targets)")]
    [InlineData("MeanSquaredError", "[Target(10)] Tensor targets", "(output - targets).Pow(2)")]
    [InlineData("MeanSquaredError", "[Target(10)] Tensor targets", "(output - targets).Pow(2).Mean()")]
    [InlineData("SigmoidCrossEntropy", "[Target(10)] Tensor targets", "output.SigmoidCrossEntropy(targets)")]
    [InlineData("SigmoidCrossEntropy", "[Target(10)] Tensor targets", "output.Maximum(0) - output * targets + (-output.Abs()).Exp().Log1p()")]
    [InlineData("SoftmaxCrossEntropy", "[Label(10)] Tensor targets", "output.SoftmaxCrossEntropy(targets)")]
    [InlineData("SoftmaxCrossEntropy(LabelSmoothing = 0.1)", "[Label(10)] Tensor targets", "output.SoftmaxCrossEntropy(targets, labelSmoothing: 0.1)")]
    public void Attribute_and_method_are_one_graph(string attribute, string target, string loss)
    {
        var stated = Model.Forward("return x.Linear(10);", attributes: attribute).Read();
        var written = Model.Forward("return x.Linear(10);", members: $"private static Tensor Loss(Tensor output, {target}) => {loss};").Read();
        Assert.Equal(LossOf(stated.Training!), LossOf(written.Training!));
        Assert.Equal(LossOf(stated.Prediction!), LossOf(written.Prediction!));
        Assert.Equal(stated.Layers, written.Layers);
        Assert.Equal((false, true), (stated.HasLoss, written.HasLoss));
        Assert.Equal(stated.Training!.Nodes.Select(n => n.Op).OfType<InputOp>(), written.Training!.Nodes.Select(n => n.Op).OfType<InputOp>());
    }

    [Fact]
    public void Softmax_cross_entropy_by_hand_is_the_catalogues_and_launches_as_much()
    {
        var stated = Model.Sequential("Input(8), Linear(32), Tanh, Linear(10), SoftmaxCrossEntropy").Read();
        var written = Model.Source($"[Model, Input(8), Linear(32), Tanh, Linear(10)] public partial class Net {{ {SoftmaxByHand} }}").Read();
        Assert.Equal(LossOf(stated.Training!), LossOf(written.Training!));
        var (one, other) = (Lowered(stated), Lowered(written));
        foreach (string program in new[] { EntryPrograms.Gradients, EntryPrograms.PassLoss })
            Assert.Equal(EntryPrograms.Launches(one, program), EntryPrograms.Launches(other, program));
        Assert.True(EntryPrograms.Launches(other, EntryPrograms.Predict) <= EntryPrograms.Launches(one, EntryPrograms.Predict));
    }

    [Fact]
    public void Sequences_of_labels_average_over_time()
    {
        var stated = Model.Sequential("Input(6, 8), Linear(5), SoftmaxCrossEntropy").Read();
        var written = Model.Source("""
            [Model, Input(6, 8), Linear(5)]
            public partial class Net
            {
                private static Tensor Loss(Tensor output, [Label(5, Length = 6)] Tensor targets) => output.SoftmaxCrossEntropy(targets);
            }
            """).Read();
        Assert.Equal(LossOf(stated.Training!), LossOf(written.Training!));
    }

    [Fact]
    public void A_reduction_may_be_the_sum()
    {
        Graph Loss(string loss) => LossOf(Model.Forward("return x.Linear(3);", members: $"private static Tensor Loss(Tensor y, [Target(3)] Tensor t) => {loss};").Training);
        Assert.Equal(Loss("(y - t).Pow(2).Sum()"), Loss("y.MeanSquaredError(t, reduction: Reduction.Sum)"));
        Assert.Equal(Loss("(y - t).Pow(2)"), Loss("y.MeanSquaredError(t, Reduction.Mean)"));
        Assert.NotEqual(Loss("y.MeanSquaredError(t)"), Loss("y.MeanSquaredError(t, Reduction.Sum)"));
    }

    [Fact]
    public void Predict_gives_what_Forward_returns()
    {
        var graph = Model.Forward("return x.Linear(10);", members: SoftmaxByHand).Prediction;
        Assert.Equal(graph.Find(OutputRole.Output), graph.Find(OutputRole.Prediction));
        Assert.Null(Model.Forward("return x.Linear(10);", members: SoftmaxByHand).Read().Classification);
    }

    [Fact]
    public void Targets_come_after_the_inputs_in_the_order_of_Loss()
    {
        var graph = Model.Source("""
            [Model]
            public partial class Net
            {
                private static Tensor Forward([Input(8)] Tensor left, [Input(8)] Tensor right) => left.Linear(4) + right.Linear(4);
                private static Tensor Loss(Tensor y, Tensor right, [Label(4)] Tensor label, [Target] Tensor weight, Tensor left)
                    => weight * y.SoftmaxCrossEntropy(label) + (left - right).Norm();
            }
            """).Training;
        Assert.Equal([("left", "(8)", false, 0), ("right", "(8)", false, 0), ("label", "()", true, 4), ("weight", "()", true, 0)],
            graph.Nodes.Select(n => n.Op).OfType<InputOp>().Select(i => (i.Variable, i.Extents.ToString(), i.IsTarget, i.Classes)));
    }

    [Fact]
    public void The_layers_of_a_loss_are_not_the_networks()
    {
        var net = Model.Forward("return x.Linear(4).Tanh();", members: "private static Tensor Loss(Tensor y, [Target(4)] Tensor t) => y.Tanh() - t.Relu();").Read();
        Assert.Equal(["linear_1", "tanh_1"], net.Layers.Select(l => l.Path));
        Assert.Equal(["linear_1", "tanh_1", "loss", "loss.tanh_1", "loss.relu_1"], net.Training!.Nodes.Select(n => n.Layer).Where(l => l.Length > 0).Distinct());
    }

    [Fact]
    public void A_shared_helper_without_parameters_serves_both_methods()
        => Assert.True(Model.Forward("return Squash(x.Linear(8));", members: """
            private static Tensor Loss(Tensor y, [Target(8)] Tensor t) => Squash(y) - Squash(t);
            [Shared] private static Tensor Squash(Tensor x) => x / (1 + x.Abs());
            """).Training.Find(OutputRole.Loss) >= 0);

    [Fact]
    public void One_number_stands_for_every_target()
        => Assert.Equal(
            LossOf(Model.Forward("return x;", members: "private static Tensor Loss(Tensor y) => y.SigmoidCrossEntropy(1);").Training),
            LossOf(Model.Forward("return x;", members: "private static Tensor Loss(Tensor y) => y.Maximum(0) - y + (-y.Abs()).Exp().Log1p();").Training));

    /// <summary>Only the loss and what it needs.</summary>
    private static Graph LossOf(Graph graph)
    {
        int loss = graph.Find(OutputRole.Loss);
        bool[] kept = new bool[loss + 1];
        kept[loss] = true;
        var moved = new int[loss + 1];
        for (int i = loss; i >= 0; i--)
            if (kept[i])
                foreach (int operand in graph[i].Operands) kept[operand] = true;
        var nodes = new List<Node>();
        for (int i = 0; i <= loss; i++)
        {
            moved[i] = nodes.Count;
            if (kept[i]) nodes.Add(graph[i] with { Operands = graph[i].Operands.Select(o => moved[o]).ToEquatableArray() });
        }
        return new Graph(nodes.ToEquatableArray(), new[] { new Output(OutputRole.Loss, "", moved[loss]) }.ToEquatableArray());
    }

    private static Kernels.Module Lowered(Reading.Declaration declaration)
        => Lower.Run(declaration.Training!, declaration.Prediction!, ["inputs", "targets"], declaration.Float64);

    private static class EntryPrograms
    {
        public const string Predict = Kernels.EntryProgram.Predict, Gradients = Kernels.EntryProgram.Gradients, PassLoss = Kernels.EntryProgram.PassLoss;

        public static int Launches(Kernels.Module module, string program)
            => module.Programs.Single(p => p.Name == program).Phases.Sum(p => p.Launches.Count);
    }
}
