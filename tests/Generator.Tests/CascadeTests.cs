using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>One mistake is one diagnostic: callers of a broken model's members, whatever its inputs and targets, still compile.</summary>
public class CascadeTests
{
    [Fact]
    public Task Several_inputs() => Model.Source("""
        [Model, SoftmaxCrossEntropy]
        public partial class Net
        {
            private static Tensor Forward([Input(2, 3, 4)] Tensor left, [Input(8)] Tensor right) => Tensor.Concat([left.Flatten(), left.[|Linear(5)|]]);
        }

        public static class Caller
        {
            public static void Call(float[] a, float[] b, int[] classes)
            {
                var net = new Net(3);
                net.TrainBatch(a, b, classes, Optimizer.Sgd(0.1));
                net.ComputeGradients(left: a, right: b, targets: classes, accumulate: true);
                net.Predict(left: a, right: b);
                net.Predict(a, b, threads: 2);
                net.StartTraining(Optimizer.Sgd(0.1), threads: 2).TrainBatch(a, b, classes);
                net.Evaluate(Net.Data(a, b, classes), threads: 2);
                net.Classify(a, b);
                net.Train(Net.Data(a, b, classes), new TrainingOptions { Optimizer = Optimizer.Sgd(0.1) });
                var pass = net.CreatePass(4);
                pass.Forward(a, b);
                pass.BackwardLoss(classes);
                System.Console.WriteLine(pass.LeftGradient.Length + pass.RightGradient.Length + Net.Info.InputSize);
            }
        }
        """).Reports("DLG0201");

    [Fact]
    public Task Targets_of_a_loss_method_in_double() => Model.Source("""
        [Model(Precision = Precision.Float64), Input(4), Linear(10)]
        public partial class Net
        {
            private static Tensor Loss(Tensor output, [Target(9)] Tensor y, [Target] Tensor weight, [Label(3)] Tensor kind) => weight * ([|output - y|]).Pow(2).Sum();
        }

        public static class Caller
        {
            public static double Call(double[] x, double[] y, double[] weight, int[] kind) => new Net().TrainBatch(x, y, weight, kind, Optimizer.Adam());
        }
        """).Reports("DLG0201");
}
