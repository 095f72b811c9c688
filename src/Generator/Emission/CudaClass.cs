using DlGen.Cpu;
using DlGen.Kernels;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>The nested CudaModel: the model's members on a device, with the processor's signatures and checks, for models that are compiled for it.</summary>
internal sealed class CudaClass
{
    private const string Trainable = "global::DlGen.Compiled.ITrainable";

    private readonly SourceWriter writer;
    private readonly Declaration declaration;
    private readonly ModelSignature signature;
    private readonly string element;
    private readonly bool hasWeights;
    private readonly IReadOnlyList<Variable> inputs;

    private CudaClass(SourceWriter writer, Declaration declaration, ModelSignature signature, bool hasWeights)
    {
        this.writer = writer;
        this.declaration = declaration;
        this.signature = signature;
        this.hasWeights = hasWeights;
        element = signature.Element;
        inputs = signature.Inputs.ToList();
    }

    public static void Write(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module)
    {
        if (!declaration.IsForCuda) return;
        var members = new CudaClass(writer, declaration, signature, module.Find(EntryProgram.Weights) is not null);
        members.WriteClass(module);
    }

    private void Summary(string text)
    {
        writer.Line();
        writer.Line($"/// <summary>{text}</summary>");
    }

    private void WriteClass(Module module)
    {
        bool trains = module.Find(EntryProgram.Gradients) is not null;
        Summary("The model on an NVIDIA GPU. Its parameters go there when they changed here, and come back by Synchronize, at the end of Train and by Dispose.");
        writer.Line("/// <param name=\"device\">The number of the device, as the driver counts them.</param>");
        writer.Line("/// <exception cref=\"global::DlGen.CudaUnavailableException\">There is no driver or no such device; Cuda.WhyUnavailable() says so without an exception.</exception>");
        writer.Line("public CudaModel OnCuda(int device = 0) => new(this, global::DlGen.Compiled.CudaExecution.Open(device));");
        Summary("The same on a device that the options name, or on a context and a stream that the caller shares with it.");
        writer.Line("/// <param name=\"options\">Which device; whose context.</param>");
        writer.Line("/// <exception cref=\"global::DlGen.CudaUnavailableException\">There is no driver or no such device; Cuda.WhyUnavailable() says so without an exception.</exception>");
        writer.Line("public CudaModel OnCuda(global::DlGen.CudaOptions options) => new(this, global::DlGen.Compiled.CudaExecution.Open(options));");
        Summary("Members of the model as they run on a device. For one thread at a time.");
        using (writer.Block($"public sealed class CudaModel : global::System.IDisposable{(trains ? ", " + Trainable : "")}"))
        {
            writer.Line($"private readonly {declaration.Name} _model;");
            writer.Line($"private readonly global::DlGen.Compiled.CudaExecution<{element}> _execution;");
            writer.Line();
            using (writer.Block($"internal CudaModel({declaration.Name} model, global::DlGen.Compiled.CudaExecution.Opened device)"))
            {
                writer.Line("_model = model;");
                writer.Line($"_execution = new(model._network, global::DlGen.Generated.{CudaPlan.NameOf(declaration)}.Network, device{(trains ? ", Explain" : "")});");
            }
            Summary("The device, and its handles for other users of the driver.");
            writer.Line("public global::DlGen.CudaDeviceInfo Device => _execution.Device;");
            writer.Line("/// <inheritdoc cref=\"Device\"/>");
            writer.Line("public global::DlGen.CudaHandles Handles => _execution.Handles;");
            Summary("Brings parameters, running statistics and the optimizer's state to the model, which shows those of the last step then. Call it before you read or change them between steps on the device.");
            writer.Line("public void Synchronize() => _execution.Synchronize();");
            Summary("Synchronizes, and gives the device's memory back.");
            writer.Line("public void Dispose() => _execution.Dispose();");
            WritePredict();
            if (declaration.Classification is { } classification) WriteClassify(classification);
            SteppingClass.WriteGenerateOnDevice(writer, declaration, signature, module);
            if (!trains) return;
            WriteTrainBatch();
            WriteLoop();
            WriteTrainable();
            WriteExplain();
        }
    }

    private void WriteParameterDocs(IEnumerable<Variable> variables)
    {
        foreach (var variable in variables) writer.Line($"/// <param name=\"{variable.Name.TrimStart('@')}\">{Members.Describe(variable)}</param>");
    }

    private void WritePredict()
    {
        string spans = ModelSignature.Spans(inputs), names = ModelSignature.Names(inputs);
        string rows = $"global::DlGen.Compiled.Check.Rows(\"{inputs[0].Name.TrimStart('@')}\", {inputs[0].Name}.Length, {Literal.Of(inputs[0].PerRow)})";
        Summary("What the model's Predict gives, up to rounding.");
        WriteParameterDocs(inputs);
        using (writer.Block($"public {signature.PredictionType} Predict({spans})"))
        {
            writer.Line($"int rows = {rows};");
            writer.Line($"var outputs = {signature.NewOutputs("rows")};");
            writer.Line($"Predict({names}, {signature.OutputsIn("outputs")});");
            writer.Line("return outputs;");
        }
        Summary("The same into memory of the caller's.");
        WriteParameterDocs(inputs);
        foreach (var output in signature.Outputs) writer.Line($"/// <param name=\"{output.Destination}\">{Members.ValuesARow(output.PerRow)}.</param>");
        using (writer.Block($"public void Predict({spans}, {signature.DestinationSpans})"))
        {
            writer.Line($"int rows = {rows};");
            foreach (var input in inputs.Skip(1)) writer.Line($"global::DlGen.Compiled.Check.Length(\"{input.Name.TrimStart('@')}\", {input.Name}.Length, rows, {Literal.Of(input.PerRow)});");
            foreach (var output in signature.Outputs) writer.Line($"global::DlGen.Compiled.Check.Length(\"{output.Destination}\", {output.Destination}.Length, rows, {Literal.Of(output.PerRow)});");
            Members.WriteIdChecks(writer, inputs);
            using (writer.Block("using (_execution.Enter())"))
            using (writer.Block("for (int row = 0, count; row < rows; row += count)"))
            {
                writer.Line("count = Math.Min(rows - row, _execution.MostPredictedRows);");
                writer.Line("var batch = _execution.BeginPredict(count);");
                for (int i = 0; i < inputs.Count; i++) writer.Line($"batch.Put({Literal.Of(i)}, {Part(inputs[i].Name, inputs[i].PerRow)});");
                writer.Line("_execution.Predict(batch);");
                for (int i = 0; i < signature.Outputs.Count; i++) writer.Line($"batch.Get({Literal.Of(i)}, {Part(signature.Outputs[i].Destination, signature.Outputs[i].PerRow)});");
            }
        }
    }

    private static string Part(string span, int perRow) => perRow == 1 ? $"{span}.Slice(row, count)" : $"{span}.Slice(row * {Literal.Of(perRow)}, count * {Literal.Of(perRow)})";

    private void WriteClassify(Classification classification)
    {
        Summary(Members.ClassifySummary(signature, classification));
        WriteParameterDocs(inputs);
        writer.Line($"public int[] Classify({ModelSignature.Spans(inputs)}) => {Members.Classes(element, $"Predict({ModelSignature.Names(inputs)})", classification)};");
    }

    private string Variables => ModelSignature.Spans(signature.Variables);

    private string VariableNames => ModelSignature.Names(signature.Variables);

    private void WritePut()
    {
        for (int i = 0; i < signature.Variables.Count; i++) writer.Line($"batch.Put({Literal.Of(i)}, {signature.Variables[i].Name});");
    }

    private void WriteTrainBatch()
    {
        Summary("One training step on a batch: forward, backward, update. Returns the mean loss before the update, for which it waits; when it throws, the parameters are as they were.");
        WriteParameterDocs(signature.Variables);
        writer.Line("/// <param name=\"optimizer\">Updates the parameters; keeps its state between steps.</param>");
        using var method = writer.Block($"public {element} TrainBatch({Variables}, global::DlGen.Optimizer optimizer)");
        writer.Line("ArgumentNullException.ThrowIfNull(optimizer);");
        writer.Line($"int rows = CheckBatch({VariableNames});");
        Members.WriteStatisticsChecks(writer, declaration);
        writer.Line($"double divisor = {(hasWeights ? $"global::DlGen.Compiled.Check.Weight(_model.Weigh({VariableNames}, rows))" : "rows")};");
        using var call = writer.Block("using (_execution.Enter())");
        writer.Line("var batch = _execution.BeginStep(rows, divisor);");
        WritePut();
        writer.Line("double loss = _execution.Step(batch, part: 0, parts: 1, new global::DlGen.Compiled.StepUpdate(optimizer));");
        writer.Line($"return ({element})((loss + _execution.Finish()) / divisor);");
    }

    private void WriteLoop()
    {
        Summary("Trains for some epochs over shuffled batches, which are read while the device computes. Cancelling returns the history so far; the parameters are those of the last finished step.");
        writer.Line("public global::DlGen.TrainingHistory Train(global::DlGen.Dataset data, global::DlGen.TrainingOptions options, global::System.Threading.CancellationToken cancellationToken = default)");
        writer.Line("    => global::DlGen.Compiled.Trainer.Train(this, data, options, cancellationToken);");
        Summary("Loss and metrics over a dataset, without training.");
        writer.Line("/// <param name=\"data\">The rows.</param>");
        writer.Line("public global::DlGen.Evaluation Evaluate(global::DlGen.Dataset data) => global::DlGen.Compiled.Trainer.Evaluate(this, data, threads: 1);");
    }

    private void WriteTrainable()
    {
        foreach (string property in new[] { "global::DlGen.Compiled.BatchDefinition|BatchDefinition", "global::DlGen.ParameterSet|Parameters", "global::DlGen.Compiled.IRandomState|Random", "global::DlGen.Compiled.ScalingLayer[]|ScalingLayers", "bool|NeedsTwoRows" })
        {
            string[] parts = property.Split('|');
            writer.Line();
            writer.Line($"{parts[0]} {Trainable}.{parts[1]} => (({Trainable})_model).{parts[1]};");
        }
        writer.Line();
        writer.Line($"double {Trainable}.Weigh(global::DlGen.Batch batch) => (({Trainable})_model).Weigh(batch);");
        writer.Line();
        writer.Line($"double {Trainable}.Finish() => _execution.Finish();");
        writer.Line();
        using (writer.Block($"double {Trainable}.Step(global::DlGen.Batch batch, double divisor, int parts, global::DlGen.Compiled.Team? team, global::DlGen.Compiled.StepUpdate update)"))
        {
            writer.Line("double loss = 0;");
            using (writer.Block("using (_execution.Enter())"))
            using (writer.Block("for (int part = 0; part < parts; part++)"))
            {
                writer.Line("using var shown = batch.Part(part, parts);");
                WriteStaged("BeginStep(rows, divisor)", checks: true);
                writer.Line("loss += _execution.Step(step, part, parts, update);");
            }
            writer.Line("return loss;");
        }
        writer.Line();
        using (writer.Block($"void {Trainable}.Evaluate(global::DlGen.Batch batch, global::DlGen.Compiled.EvaluationBuilder evaluation, global::DlGen.Compiled.Team? team)"))
        using (writer.Block("using (_execution.Enter())"))
        {
            WriteStaged("BeginEvaluate(rows)", checks: false);
            writer.Line("double loss = _execution.Evaluate(step);");
            writer.Line($"evaluation.Add(loss, rows, {(hasWeights ? $"_model.Weigh({VariableNames}, rows)" : "rows")});");
            if (Members.Labels(declaration, signature, "_model.") is not { } labels) return;
            writer.Line($"var outputs = {signature.NewOutputs("rows")};");
            writer.Line("step.Get(0, outputs.AsSpan());");
            writer.Line($"evaluation.AddClassification(outputs, {labels});");
        }
    }

    private void WriteStaged(string begin, bool checks)
    {
        Members.WriteFields(writer, signature);
        writer.Line($"int rows = CheckBatch({VariableNames});");
        if (checks) Members.WriteStatisticsChecks(writer, declaration);
        writer.Line($"var step = _execution.{begin};");
        for (int i = 0; i < signature.Variables.Count; i++) writer.Line($"step.Put({Literal.Of(i)}, {signature.Variables[i].Name});");
    }

    private void WriteExplain()
    {
        Summary("Throws what is wrong with a step whose loss was not finite: the processor computes it again and finds the layer.");
        using var method = writer.Block($"private void Explain(global::DlGen.Compiled.CudaBatch<{element}> batch, int rows, double divisor)");
        writer.Line("using var step = _model._network.BeginStep(rows);");
        var values = signature.Variables.Select((v, i) => $"batch.{(v.IsLabel ? "Ints" : v.IsBytes ? "Bytes" : "Numbers")}({Literal.Of(i)})");
        writer.Line($"_model.RunStep(step, {string.Join(", ", values)}, rows, divisor);");
    }
}
