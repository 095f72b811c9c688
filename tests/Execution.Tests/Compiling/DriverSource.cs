using DlGen.Ops;
using DlGen.Reading;

namespace DlGen.Tests.Compiling;

/// <summary>Writes the class that implements <see cref="IModelDriver"/> for one model.</summary>
internal static class DriverSource
{
    public static string NameFor(string model) => "Drivers." + model.Replace('.', '_') + "Driver";

    public static string For(Declaration declaration)
    {
        string model = CompiledModels.FullName(declaration);
        string element = declaration.Float64 ? "double" : "float";
        var target = (declaration.Training ?? throw new ArgumentException(declaration.Error)).Nodes.Select(n => n.Op).OfType<InputOp>().FirstOrDefault(op => op.IsTarget);
        string targetElement = target is { IsLabel: true } ? "int" : element;
        return $$"""
            #nullable enable
            using System;
            using DlGen;
            using DlGen.Tests.Compiling;

            namespace Drivers;

            public sealed class {{NameFor(model)["Drivers.".Length..]}}(global::{{model}} model) : IModelDriver
            {
                private {{element}}[] inputs = [];
                private {{targetElement}}[] targets = [];
                private {{element}}[] destination = [];

                public {{NameFor(model)["Drivers.".Length..]}}(long seed) : this(new global::{{model}}(seed)) { }

                public IModel Model => model;

                public void Bind(double[] inputs, double[]? targets)
                {
                    this.inputs = Array.ConvertAll(inputs, x => ({{element}})x);
                    this.targets = Array.ConvertAll(targets ?? [], x => ({{targetElement}})x);
                    destination = new {{element}}[inputs.Length / global::{{model}}.Info.InputSize * global::{{model}}.Info.OutputSize];
                }

                public double[] Predict() => Array.ConvertAll(model.Predict(inputs), x => (double)x);

                public void PredictIntoDestination() => model.Predict(inputs, destination);

                public double ComputeGradients(bool accumulate) => {{(target is null ? "throw new NotSupportedException(\"the model has no loss\")" : "model.ComputeGradients(inputs, targets, accumulate)")}};

                public double TrainBatch(Optimizer optimizer) => {{(target is null ? "throw new NotSupportedException(\"the model has no loss\")" : "model.TrainBatch(inputs, targets, optimizer)")}};

                public (double Loss, double[] Output, double[] InputGradient) ThroughPass(bool training)
                {
                    {{(target is null ? "throw new NotSupportedException(\"the model has no loss\");" : $$"""
                    var pass = model.CreatePass(inputs.Length / global::{{model}}.Info.InputSize);
                    pass.Forward(inputs, training);
                    double loss = pass.BackwardLoss(targets);
                    return (loss, Array.ConvertAll(pass.Output.ToArray(), x => (double)x), Array.ConvertAll(pass.InputGradient.ToArray(), x => (double)x));
                    """)}}
                }

                public IModelDriver Fork() => new {{NameFor(model)["Drivers.".Length..]}}(model);
            }
            """;
    }
}
