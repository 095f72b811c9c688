using DlGen.Cpu;
using DlGen.Kernels;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>
/// The nested Pass: forward and backward as separate calls, for networks that are composed at run time (adversarial training, reinforcement learning,
/// saliency). It copies its inputs, because the backward pass reads them again.
/// </summary>
internal static class PassClass
{
    public static void Write(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module)
    {
        string element = signature.Element, network = "global::DlGen.Generated." + NetworkClass.NameOf(declaration);
        writer.Line();
        writer.Line("/// <summary>Buffers for forward and backward passes that are composed at run time; reuse it, its calls allocate nothing. For one thread at a time.</summary>");
        writer.Line("/// <param name=\"maxRows\">The most rows that a pass will see.</param>");
        writer.Line("public Pass CreatePass(int maxRows) => new(this, maxRows);");
        writer.Line();
        writer.Line("/// <summary>One forward pass and what it keeps for its backward pass; as many may be alive as are created.</summary>");
        using (writer.Block("public sealed class Pass"))
        {
            writer.Line($"private readonly {declaration.Name} _model;");
            writer.Line($"private readonly global::DlGen.Compiled.PassMemory<{element}> _memory;");
            writer.Line();
            using (writer.Block($"internal Pass({declaration.Name} model, int maxRows)"))
            {
                writer.Line("_model = model;");
                writer.Line($"_memory = new(model._network, maxRows, {network}.PassShapes);");
            }
            WriteForward(writer, declaration, signature, module, network);
            for (int output = 0; output < signature.Outputs.Count; output++)
            {
                writer.Line();
                string what = signature.HasSeveralOutputs ? $"{signature.Outputs[output].Name} of the last forward pass" : "The network's outputs of the last forward pass, before the loss's link";
                writer.Line($"/// <summary>{what}: {Members.ValuesARow(signature.Outputs[output].PerRow)}.</summary>");
                writer.Line($"public ReadOnlySpan<{element}> {signature.Outputs[output].Property} => _memory.Output({Literal.Of(output)});");
            }
            int index = 0;
            var inputs = signature.DifferentiableInputs.ToList();
            foreach (var input in inputs)
            {
                writer.Line();
                writer.Line($"/// <summary>The gradient by {input.Name.TrimStart('@')} of the last backward pass, {Members.ValuesARow(input.PerRow)}.</summary>");
                writer.Line($"public ReadOnlySpan<{element}> {OutputNames.InputGradient(input.Name, inputs.Select(i => i.Name).ToList())} => _memory.InputGradient({Literal.Of(index++)});");
            }
            WriteBackward(writer, signature, module, network);
            if (module.Find(EntryProgram.PassLoss) is not null) WriteBackwardLoss(writer, signature, module, network);
        }
    }

    private static void WriteForward(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module, string network)
    {
        writer.Line();
        writer.Line($"/// <summary>Runs the network and keeps what the backward pass needs{(signature.HasSeveralOutputs ? "" : "; returns <see cref=\"Output\"/>")}.</summary>");
        foreach (var input in signature.Inputs) writer.Line($"/// <param name=\"{input.Name.TrimStart('@')}\">{Members.Describe(input)}</param>");
        writer.Line("/// <param name=\"training\">Whether Tensor.Training holds: dropout drops.</param>");
        using (writer.Block($"public {(signature.HasSeveralOutputs ? "void" : $"ReadOnlySpan<{signature.Element}>")} Forward({ModelSignature.Spans(signature.Inputs)}, bool training = true)"))
        {
            var first = signature.Inputs.First();
            writer.Line($"int rows = global::DlGen.Compiled.Check.Rows(\"{first.Name.TrimStart('@')}\", {first.Name}.Length, {Literal.Of(first.PerRow)});");
            foreach (var input in signature.Inputs.Skip(1))
                writer.Line($"global::DlGen.Compiled.Check.Length(\"{input.Name.TrimStart('@')}\", {input.Name}.Length, rows, {Literal.Of(input.PerRow)});");
            Members.WriteIdChecks(writer, signature.Inputs);
            Members.WriteStatisticsChecks(writer, declaration, "if (training) ");
            writer.Line("_memory.Begin(rows, training);");
            foreach (var (input, kind, index) in Copies(signature)) writer.Line($"{input.Name} = _memory.Keep{kind}({Literal.Of(index)}, {input.Name});");
            string arguments = $"(_model._network.Values, _memory.Arena, {ModelSignature.Names(signature.Inputs)}, {OutputMemory(signature)}, rows, _model._network.Seed, _memory.Step);";
            if (module.Find(EntryProgram.PassInference) is null)
            {
                writer.Line($"{network}.PassForward{arguments}");
            }
            else
            {
                writer.Line($"if (training) {network}.PassForward{arguments}");
                writer.Line($"else {network}.PassInferenceForward{arguments}");
            }
            writer.Line("_memory.FinishForward();");
            if (!signature.HasSeveralOutputs) writer.Line("return Output;");
        }
    }

    private static void WriteBackward(SourceWriter writer, ModelSignature signature, Module module, string network)
    {
        writer.Line();
        writer.Line($"/// <summary>Runs the last forward pass backwards: {(signature.DifferentiableInputs.Any() ? "writes the gradient by the input, and " : "")}adds to the gradients of the parameters.</summary>");
        foreach (var output in signature.Outputs) writer.Line($"/// <param name=\"{output.Gradient}\">The gradient by {(output.Name.Length == 0 ? "the output" : output.Name)}, {Members.ValuesARow(output.PerRow)}.</param>");
        writer.Line("/// <param name=\"parameters\">Whether the parameters' gradients are wanted.</param>");
        using (writer.Block($"public void Backward({signature.GradientSpans}, bool parameters = true)"))
        {
            writer.Line("int rows = _memory.BeginBackward();");
            foreach (var output in signature.Outputs)
                writer.Line($"global::DlGen.Compiled.Check.Length(\"{output.Gradient}\", {output.Gradient}.Length, rows, {Literal.Of(output.PerRow)});");
            for (int output = 0; output < signature.Outputs.Count; output++)
                writer.Line($"{signature.Outputs[output].Gradient} = _memory.KeepOutputGradient({Literal.Of(output)}, {signature.Outputs[output].Gradient});");
            string gradients = string.Join(", ", signature.Outputs.Select(o => o.Gradient));
            foreach (var (input, kind, index) in Copies(signature)) writer.Line($"var {input.Name} = _memory.Kept{kind}({Literal.Of(index)});");
            string inputs = ModelSignature.Names(signature.Inputs), end = "rows, _model._network.Seed, _memory.Step);";
            string inputGradients = string.Concat(signature.DifferentiableInputs.Select((_, i) => $"_memory.InputGradientMemory({Literal.Of(i)}), "));
            var names = module.Find(EntryProgram.PassInference) is null ? new[] { ("", EntryProgram.Pass) } : [("if (_memory.Training) ", EntryProgram.Pass), ("else ", EntryProgram.PassInference)];
            foreach (var (condition, name) in names)
                writer.Line($"{condition}{network}.{name}Backward(_model._network.Values, _memory.Arena, {inputs}, {OutputMemory(signature)}, {gradients}, {inputGradients}{end}");
            writer.Line("_memory.FinishBackward();");
            writer.Line("if (!parameters) return;");
            writer.Line("using var step = _model._network.BeginStep(rows);");
            writer.Line("step.KeepGradients();");
            foreach (var (condition, name) in names)
                writer.Line($"{condition}{network}.{name}Gradients(_model._network.Values, step.Gradients, _memory.Arena, {inputs}, {OutputMemory(signature)}, {gradients}, {end}");
            writer.Line("step.AddKeptGradients();");
            writer.Line("step.Commit();");
        }
    }

    private static void WriteBackwardLoss(SourceWriter writer, ModelSignature signature, Module module, string network)
    {
        writer.Line();
        writer.Line("/// <summary>The mean loss of the last forward pass against targets, and its backward pass. Throws before any gradient changes when the loss is not finite.</summary>");
        foreach (var target in signature.Targets) writer.Line($"/// <param name=\"{target.Name.TrimStart('@')}\">{Members.Describe(target)}</param>");
        writer.Line("/// <param name=\"parameters\">Whether the parameters' gradients are wanted.</param>");
        using (writer.Block($"public {signature.Element} BackwardLoss({string.Concat(signature.Targets.Select(t => $"{t.Span} {t.Name}, "))}bool parameters = true)"))
        {
            writer.Line("int rows = _memory.BeginBackward();");
            foreach (var (input, kind, index) in Copies(signature)) writer.Line($"var {input.Name} = _memory.Kept{kind}({Literal.Of(index)});");
            writer.Line($"CheckBatch({ModelSignature.Names(signature.Variables)});");
            string divisor = module.Find(EntryProgram.Weights) is null ? "rows" : $"global::DlGen.Compiled.Check.Weight(_model.Weigh({ModelSignature.Names(signature.Variables)}, rows))";
            writer.Line($"double divisor = {divisor};");
            writer.Line($"double loss = {network}.PassLoss(_model._network.Values, _memory.LossArena, {PerOutput(signature, "_memory.Output")}, {ModelSignature.Names(signature.Variables)}, {PerOutput(signature, "_memory.OutputGradientMemory")}, rows, divisor, _model._network.Seed, _memory.Step) / divisor;");
            Members.WriteFiniteChecks(writer, signature.Variables);
            writer.Line("if (!double.IsFinite(loss)) throw global::DlGen.Compiled.Check.NonFinite(loss, _model._network, null);");
            writer.Line($"Backward({PerOutput(signature, "_memory.OutputGradientMemory")}, parameters);");
            writer.Line($"return ({signature.Element})loss;");
        }
    }

    /// <summary>The inputs, with the end of the names of the methods that copy such a one and give it back, and its number among those.</summary>
    private static IEnumerable<(Variable Input, string Kind, int Index)> Copies(ModelSignature signature)
        => signature.Inputs.GroupBy(KindOf).SelectMany(kind => kind.Select((input, index) => (input, kind.Key, index)));

    private static string KindOf(Variable input) => input.IsLabel ? "Ids" : input.IsBytes ? "Bytes" : "";

    private static string OutputMemory(ModelSignature signature) => PerOutput(signature, "_memory.OutputMemory");

    private static string PerOutput(ModelSignature signature, string member) => string.Join(", ", signature.Outputs.Select((_, i) => $"{member}({Literal.Of(i)})"));
}
