using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Lowering;
using DlGen.Reading;

namespace DlGen.Tests.Compiling;

/// <summary>Writes the class that implements <see cref="IModelDriver"/> for one model.</summary>
internal static class DriverSource
{
    public static string NameFor(string model) => "Drivers." + model.Replace('.', '_') + "Driver";

    public static string For(Declaration declaration)
    {
        string model = CompiledModels.FullName(declaration), driver = NameFor(model)["Drivers.".Length..];
        var graph = declaration.Training ?? throw new ArgumentException(declaration.Error);
        var signature = ModelSignature.Of(declaration);
        var (variables, inputs, targets) = (signature.Variables.ToList(), signature.Inputs.ToList(), signature.Targets.ToList());
        string all = Arguments(variables, inputs.Concat(targets)), given = Arguments(variables, inputs);
        var outputs = signature.Outputs;
        return $$"""
            #nullable enable
            using System;
            using System.Collections.Generic;
            using DlGen;
            using DlGen.Tests.Compiling;

            namespace Drivers;

            public sealed class {{driver}}(global::{{model}} model) : IModelDriver
            {
                {{Lines(variables.Select((v, i) => $"private {v.Type}[] variable{i} = [];"))}}
                {{Lines(outputs.Select((_, i) => $"private {signature.Element}[] destination{i} = [];"))}}

                public {{driver}}(long seed) : this(new global::{{model}}(seed)) { }

                public IModel Model => model;

                public bool HasLoss => {{(HasLoss(graph) ? "true" : "false")}};

                private int Rows => {{Arguments(variables, inputs.Take(1))}}.Length / {{inputs[0].PerRow}};

                public void Bind(IReadOnlyDictionary<string, double[]> variables)
                {
                    {{Lines(variables.Select((v, i) => $"variable{i} = DriverValues.{FieldOf(v)}(variables, \"{v.Name}\");"))}}
                    {{Lines(outputs.Select((o, i) => $"destination{i} = new {signature.Element}[Rows * {o.PerRow}];"))}}
                }

                public IReadOnlyDictionary<string, double[]> Predict(int threads)
                {
                    var predicted = model.Predict({{given}}, threads);
                    return new Dictionary<string, double[]> { {{string.Join(", ", outputs.Select(o => $"[\"{o.Name}\"] = DriverValues.Of(predicted{Member(o.Identifier)})"))}} };
                }

                public void PredictIntoDestinations(int threads) => model.Predict({{given}}, {{string.Join(", ", outputs.Select((_, i) => $"destination{i}"))}}, threads);

                public double ComputeGradients(bool accumulate) => {{OfLoss(graph, $"model.ComputeGradients({all}, accumulate)")}};

                public double TrainBatch(Optimizer optimizer) => {{OfLoss(graph, $"model.TrainBatch({all}, optimizer)")}};

                public Func<double> StartTraining(Optimizer optimizer, int threads)
                {
                    {{(HasLoss(graph) ? $"var loop = model.StartTraining(optimizer, threads);\nreturn () => loop.TrainBatch({all});" : "throw new NotSupportedException(\"the model has no loss\");")}}
                }

                public PassResult ThroughPass(bool training)
                {
                    var pass = model.CreatePass(Rows);
                    pass.Forward({{given}}, training);
                    double loss = {{(HasLoss(graph) ? $"pass.BackwardLoss({Arguments(variables, targets)})" : "double.NaN")}};
                    return new PassResult(loss,
                        new Dictionary<string, double[]> { {{string.Join(", ", outputs.Select(o => $"[\"{o.Name}\"] = DriverValues.Of(pass.{o.Property})"))}} },
                        new Dictionary<string, double[]> { {{(HasLoss(graph) ? string.Join(", ", InputGradients(signature)) : "")}} });
                }

                public IReadOnlyList<IReadOnlyDictionary<string, double[]>>? StepByStep()
                {
                    {{Lines(StepByStep(declaration, signature))}}
                }

                public double Evaluate() => {{OfLoss(graph, $"model.Evaluate(global::{model}.Data({all})).Loss")}};

                public IModelDriver Fork() => new {{driver}}(model);

                public IDeviceDriver OnDevice() => {{(declaration.IsForCuda ? "new OnCuda(this, model.OnCuda())" : "throw new NotSupportedException(\"the model is not compiled for a device\")")}};
                {{(declaration.IsForCuda ? OnCuda(driver, model, signature, HasLoss(graph)) : "")}}
            }
            """;
    }

    /// <summary>The members on a device, on what is bound to the driver.</summary>
    private static string OnCuda(string driver, string model, ModelSignature signature, bool hasLoss)
    {
        var variables = signature.Variables.ToList();
        string Bound(IEnumerable<Variable> some) => string.Join(", ", some.Select(v => "bound.variable" + variables.IndexOf(v)));
        string all = Bound(signature.Inputs.Concat(signature.Targets));
        return $$"""

                private sealed class OnCuda({{driver}} bound, global::{{model}}.CudaModel gpu) : IDeviceDriver
                {
                    public IReadOnlyDictionary<string, double[]> Predict()
                    {
                        var predicted = gpu.Predict({{Bound(signature.Inputs)}});
                        return new Dictionary<string, double[]> { {{string.Join(", ", signature.Outputs.Select(o => $"[\"{o.Name}\"] = DriverValues.Of(predicted{Member(o.Identifier)})"))}} };
                    }

                    public double TrainBatch(Optimizer optimizer) => {{(hasLoss ? $"gpu.TrainBatch({all}, optimizer)" : "throw new NotSupportedException()")}};

                    public double Evaluate() => {{(hasLoss ? $"gpu.Evaluate(global::{model}.Data({all})).Loss" : "throw new NotSupportedException()")}};

                    public void Synchronize() => gpu.Synchronize();

                    public void Dispose() => gpu.Dispose();
                }
            """;
    }

    private static IEnumerable<string> StepByStep(Declaration declaration, ModelSignature signature)
    {
        var stepwise = OneStep.Of(declaration.Prediction!);
        if (stepwise.Graph is null) return ["return null;"];
        var (variables, given, last) = (signature.Variables.ToList(), signature.Inputs.ToList(), signature.Inputs.Last());
        given.Remove(last);
        int steps = stepwise.Positions > 0 ? stepwise.Positions : last.Shape[0], width = last.PerRow / last.Shape[0];
        string sequence = Arguments(variables, [last]), step = last.IsLabel ? $"{sequence}[t]" : $"{sequence}.AsSpan(t * {width}, {width})";
        string Give(OutputVariable output) => signature.HasSeveralOutputs ? $"DriverValues.Of(steps.{output.Property})" : $"DriverValues.Of(steps.Step({step}))";
        return
        [
            $"var steps = model.CreateSteps({string.Join(", ", given.Select(v => $"{Arguments(variables, [v])}.AsSpan(0, {v.PerRow})"))});",
            // What came before a beginning counts nothing.
            $"for (int t = 0; t < 2; t++) steps.Step({step});",
            "steps.Reset();",
            "var all = new List<IReadOnlyDictionary<string, double[]>>();",
            $"for (int t = 0; t < {steps}; t++)",
            "{",
            signature.HasSeveralOutputs ? $"steps.Step({step});" : "",
            $"all.Add(new Dictionary<string, double[]> {{ {string.Join(", ", signature.Outputs.Select(o => $"[\"{o.Name}\"] = {Give(o)}"))} }});",
            "}",
            "return all;",
        ];
    }

    private static bool HasLoss(Graph graph) => graph.Find(OutputRole.Loss) >= 0;

    private static string OfLoss(Graph graph, string call) => HasLoss(graph) ? call : "throw new NotSupportedException(\"the model has no loss\")";

    private static string Arguments(List<Variable> variables, IEnumerable<Variable> some) => string.Join(", ", some.Select(v => "variable" + variables.IndexOf(v)));

    private static string FieldOf(Variable variable) => variable.Type switch { "int" => "Ints", "byte" => "Bytes", "double" => "Doubles", _ => "Floats" };

    /// <summary>Of several outputs each is an element of a tuple.</summary>
    private static string Member(string output) => output.Length == 0 ? "" : "." + output;

    private static IEnumerable<string> InputGradients(ModelSignature signature)
    {
        var names = signature.DifferentiableInputs.Select(i => i.Name).ToList();
        return names.Select(name => $"[\"{name}\"] = DriverValues.Of(pass.{OutputNames.InputGradient(name, names)})");
    }

    private static string Lines(IEnumerable<string> lines) => string.Join("\n", lines);
}
