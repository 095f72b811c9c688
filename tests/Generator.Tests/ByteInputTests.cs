using DlGen.Graphs;
using DlGen.Ops;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Inputs of bytes: numbers to everything that computes with them, bytes to those who call.</summary>
public class ByteInputTests
{
    /// <summary>One Map that takes the bytes and gives what Normalize gives.</summary>
    [Fact]
    public void What_bytes_stand_for_is_merged_with_the_layer_after_them()
    {
        var graph = Lowering.Simplify.BeforeDifferentiation(Model.Sequential("Input(1, 4, 4, Bytes = true), Normalize(0.286, 0.353), Flatten, Linear(2)").Training);
        var input = Assert.Single(graph.Nodes.Select(n => n.Op).OfType<InputOp>());
        Assert.Equal(new InputOp("inputs", Graphs.Shape.Of(1, 4, 4), IsTarget: false, Classes: 0, IsBytes: true), input);
        int[] uses = Lowering.Simplify.CountUses(graph);
        var map = Assert.Single(graph.Nodes.Where((n, i) => uses[i] > 0 && n.Operands.Any(o => graph[o].Op is InputOp)));
        Assert.Equal(2, ((MapOp)map.Op).Expression.Code.Count(c => c.Op is ScalarOp.Subtract or ScalarOp.Divide));
    }

    /// <summary>The members take bytes, and a pass gives gradients by numbers alone.</summary>
    [Fact]
    public Task Callers_give_bytes() => Model.Source("""
        [Model, SoftmaxCrossEntropy]
        public partial class Net
        {
            private static Tensor Forward([Input(1, 4, 4, Bytes = true)] Tensor image, [Input(3)] Tensor more) => Tensor.Concat([image.Flatten(), more]).Linear(5);
        }

        public static class Caller
        {
            public static void Call(byte[] image, float[] more, int[] classes)
            {
                var net = new Net(3);
                net.TrainBatch(image, more, classes, Optimizer.Sgd(0.1));
                net.ComputeGradients(image: image, more: more, targets: classes, accumulate: true);
                net.Predict(image, more, new float[5], threads: 2);
                net.Classify(image, more);
                net.StartTraining(Optimizer.Sgd(0.1), threads: 2).TrainBatch(image, more, classes);
                net.Train(Net.Data(image, more, classes), new TrainingOptions { Optimizer = Optimizer.Sgd(0.1) });
                var pass = net.CreatePass(4);
                pass.Forward(image, more);
                pass.BackwardLoss(classes);
                System.Console.WriteLine(pass.InputGradient.Length);
            }
        }
        """).ReportsNothing();

    /// <summary>With an error elsewhere they take the same.</summary>
    [Fact]
    public Task Callers_of_a_broken_model_give_bytes_too() => Model.Source("""
        [Model(Precision = Precision.Float64), Input(16, Bytes = true), [|Conv2d(3, Kernel = 3)|], SoftmaxCrossEntropy]
        public partial class Net;

        public static class Caller
        {
            public static double Call(byte[] inputs, int[] classes)
            {
                var net = new Net();
                net.CreatePass(3).Forward(inputs);
                net.Evaluate(Net.Data(inputs, classes));
                return net.TrainBatch(inputs, classes, Optimizer.Adam()) + net.Predict(inputs)[0];
            }
        }
        """).Reports("DLG0201");

    [Theory]
    [InlineData("Input(4, Bytes = true), [|Embedding(3)|]", "DLG0201", "looks up int ids, but the input is (4) and holds numbers; declare the input as [Tokens(length, vocabulary)]")]
    [InlineData("Input(4, Bytes = true), Relu, [|Standardize|]", "DLG0109", "is fitted on the data, so it stands right after an input, but Relu gives (4)")]
    [InlineData("[|Input(4, 0, Bytes = true)|], Relu", "DLG0109", "has an extent below 1")]
    [InlineData("Input(4, Bytes = true), [|Conv2d(3, Kernel = 3)|]", "DLG0201", "the input is (4)")]
    public Task Mistakes(string attributes, string id, string words) => Model.Sequential(attributes).Reports(id, words);

    [Fact]
    public Task Bytes_and_ids_at_once() => Model.Source("""
        [Model, Input(4, Bytes = true), Tokens(4, 9), Linear(3)]
        public partial class [|Net|];
        """).Reports("DLG0107", "declares its input as numbers, [Input(…)], and as ids, [Tokens(…)], at once");

    /// <summary>A called model is given the numbers that its bytes would stand for.</summary>
    [Fact]
    public void A_called_model_of_bytes_takes_numbers()
    {
        string called = "[Model, Input(4, Bytes = true), Linear(3), Tanh] public partial class Called;";
        var graph = Model.Source($"{called} [Model, Input(4, Bytes = true), Block<Called>, Linear(2)] public partial class Net;").Training;
        Assert.Equal(1, graph.Count<InputOp>());
        Assert.Single(graph.Nodes, n => n.Operands.Any(o => graph[o].Op is InputOp));
    }
}
