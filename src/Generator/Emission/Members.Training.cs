using DlGen.Cpu;
using DlGen.Kernels;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>What trains and judges: gradients, steps, the loop, the data for it. A mean divides by the rows or, where the loss has weights, by their sum.</summary>
internal sealed partial class Members
{
    private string Variables => ModelSignature.Spans(signature.Variables);

    private string VariableNames => ModelSignature.Names(signature.Variables);

    private void WriteTraining()
    {
        string part = hasWeights ? "batchWeight" : "batchRows";
        Summary($"Computes the gradients of the mean loss, without an update, and returns that loss. For a batch in parts, each with the {(hasWeights ? "weight" : "rows")} of the whole batch, the accumulated gradients and the sum of the losses are those of the whole.");
        WriteParameterDocs(signature.Variables);
        writer.Line("/// <param name=\"accumulate\">Adds to the gradients instead of overwriting them.</param>");
        writer.Line(hasWeights
            ? "/// <param name=\"batchWeight\">The weight of the batch that these are a part of, the sum of BatchWeight over its parts; 0: these are all.</param>"
            : "/// <param name=\"batchRows\">The rows of the batch that these are a part of; 0: these are all.</param>");
        using (writer.Block($"public {element} ComputeGradients({Variables}, bool accumulate = false, {(hasWeights ? "double batchWeight" : "int batchRows")} = 0)"))
        {
            writer.Line($"int rows = CheckBatch({VariableNames});");
            writer.Line($"double divisor = {(hasWeights ? $"global::DlGen.Compiled.Check.Weight(Weigh({VariableNames}, rows), batchWeight)" : $"global::DlGen.Compiled.Check.Divisor(rows, {part})")};");
            writer.Line("using var step = _network.BeginStep(rows);");
            writer.Line("if (accumulate) step.KeepGradients();");
            writer.Line($"double loss = RunStep(step, {VariableNames}, rows, divisor);");
            writer.Line("if (accumulate) step.AddKeptGradients();");
            writer.Line("step.Commit();");
            writer.Line($"return ({element})loss;");
        }
        Summary("One training step on a batch: forward, backward, update. Returns the mean loss before the update. When it throws, the parameters are as they were.");
        WriteParameterDocs(signature.Variables);
        writer.Line("/// <param name=\"optimizer\">Updates the parameters; keeps its state between steps.</param>");
        using (writer.Block($"public {element} TrainBatch({Variables}, global::DlGen.Optimizer optimizer)"))
        {
            writer.Line("ArgumentNullException.ThrowIfNull(optimizer);");
            writer.Line($"return TrainBatch({VariableNames}, optimizer, team: null);");
        }
        WriteTeamStep();
        if (!hasWeights) return;
        Summary("The sum of the loss's weights over a batch: what its mean loss divides by.");
        WriteParameterDocs(signature.Variables);
        writer.Line($"public double BatchWeight({Variables}) => Weigh({VariableNames}, CheckBatch({VariableNames}));");
    }

    private void WriteTeamStep()
    {
        writer.Line();
        using (writer.Block($"private {element} TrainBatch({Variables}, global::DlGen.Optimizer optimizer, global::DlGen.Compiled.Team? team)"))
        {
            writer.Line($"int rows = CheckBatch({VariableNames});");
            writer.Line($"double divisor = {Divisor};");
            writer.Line($"using var step = _network.BeginStep(rows, rows >= {Literal.Of(teamRows)} ? team : null);");
            writer.Line($"double loss = RunStep(step, {VariableNames}, rows, divisor);");
            writer.Line("step.Update(optimizer);");
            writer.Line("step.Commit();");
            writer.Line($"return ({element})loss;");
        }
        Summary("Training steps of a loop of your own on several threads. A step has the same bits at any number of threads, and allocates nothing. Between steps the threads spin for 20 µs, then sleep.");
        writer.Line("/// <param name=\"optimizer\">Updates the parameters; keeps its state between steps.</param>");
        writer.Line("/// <param name=\"threads\">How many threads, with the caller's; as many as the machine has processors is a good choice (Environment.ProcessorCount).</param>");
        writer.Line("public TrainingLoop StartTraining(global::DlGen.Optimizer optimizer, int threads) => new(this, optimizer, threads);");
        Summary("Training steps on several threads; it holds nothing that must be given back. For one caller at a time: ConcurrentTrainingException where another one trains the model.");
        using var loop = writer.Block("public sealed class TrainingLoop");
        writer.Line($"private readonly {declaration.Name} _model;");
        writer.Line("private readonly global::DlGen.Optimizer _optimizer;");
        writer.Line("private readonly int _threads;");
        writer.Line();
        using (writer.Block($"internal TrainingLoop({declaration.Name} model, global::DlGen.Optimizer optimizer, int threads)"))
        {
            writer.Line("ArgumentNullException.ThrowIfNull(optimizer);");
            writer.Line("(_model, _optimizer, _threads) = (model, optimizer, global::DlGen.Compiled.Check.Threads(threads));");
        }
        Summary("One training step on a batch: forward, backward, update. Returns the mean loss before the update. When it throws, the parameters are as they were.");
        WriteParameterDocs(signature.Variables);
        using var batch = writer.Block($"public {element} TrainBatch({Variables})");
        writer.Line("using var team = global::DlGen.Compiled.Team.Rent(_threads);");
        writer.Line($"return _model.TrainBatch({VariableNames}, _optimizer, team);");
    }

    private void WriteFitting()
    {
        writer.Line();
        writer.Line($"global::DlGen.Compiled.ScalingLayer[] global::DlGen.Compiled.ITrainable.ScalingLayers => {network}.ScalingLayers;");
        Summary($"Fits {string.Join(", ", declaration.Scalings.Select(s => s.Path))} on the rows of the training data. Train does this itself for a model that was never fitted; call it before the steps of a loop of your own.");
        writer.Line("/// <param name=\"data\">The training data, without what the model will be judged by.</param>");
        writer.Line("public void FitScaling(global::DlGen.Dataset data) => global::DlGen.Compiled.Trainer.FitScaling(this, data);");
    }

    /// <summary>What the mean over a batch divides by; refuses a batch in which nothing counts.</summary>
    private string Divisor => hasWeights ? $"global::DlGen.Compiled.Check.Weight(Weigh({VariableNames}, rows))" : "rows";

    private void WriteLoop()
    {
        Summary("Trains for some epochs over shuffled batches. Cancelling returns the history so far; the parameters are those of the last finished step.");
        writer.Line("public global::DlGen.TrainingHistory Train(global::DlGen.Dataset data, global::DlGen.TrainingOptions options, global::System.Threading.CancellationToken cancellationToken = default)");
        writer.Line("    => global::DlGen.Compiled.Trainer.Train(this, data, options, cancellationToken);");
        Summary("Loss and metrics over a dataset, without training.");
        writer.Line("/// <param name=\"data\">The rows.</param>");
        writer.Line(Threads);
        writer.Line("public global::DlGen.Evaluation Evaluate(global::DlGen.Dataset data, int threads = 1) => global::DlGen.Compiled.Trainer.Evaluate(this, data, threads);");

        writer.Line();
        writer.Line($"global::DlGen.Compiled.BatchDefinition global::DlGen.Compiled.ITrainable.BatchDefinition => {network}.Batch;");
        if (declaration.Scalings.Count > 0) WriteFitting();
        writer.Line();
        writer.Line("global::DlGen.Compiled.IRandomState global::DlGen.Compiled.ITrainable.Random => _network;");
        if (hasWeights)
        {
            writer.Line();
            using var weigh = writer.Block("double global::DlGen.Compiled.ITrainable.Weigh(global::DlGen.Batch batch)");
            WriteFields();
            writer.Line($"return Weigh({VariableNames}, CheckBatch({VariableNames}));");
        }
        writer.Line();
        WriteStep();
        writer.Line();
        using (writer.Block("void global::DlGen.Compiled.ITrainable.Evaluate(global::DlGen.Batch batch, global::DlGen.Compiled.EvaluationBuilder evaluation, global::DlGen.Compiled.Team? team)"))
        {
            WriteFields();
            writer.Line($"int rows = CheckBatch({VariableNames});");
            writer.Line($"var outputs = {signature.NewOutputs("rows")};");
            writer.Line($"team = rows >= {Literal.Of(evaluationRows)} ? team : null;");
            writer.Line("var arena = _network.RentArena(team?.Threads ?? 1);");
            using (writer.Block("try"))
                writer.Line($"evaluation.Add({network}.Evaluate(_network.Values, _network.Derived, arena.Span, {VariableNames}, {signature.OutputsIn("outputs")}, rows, _network.Seed, 0, arena.Losses(rows), team), rows, {(hasWeights ? $"Weigh({VariableNames}, rows)" : "rows")});");
            using (writer.Block("finally"))
                writer.Line("_network.ReturnArena(arena);");
            if (Labels(declaration, signature, "") is { } labels) writer.Line($"evaluation.AddClassification(outputs, {labels});");
        }
    }

    private void WriteStep()
    {
        if (HasBatchStatistics(declaration)) writer.Line("bool global::DlGen.Compiled.ITrainable.NeedsTwoRows => true;").Line();
        using var method = writer.Block("double global::DlGen.Compiled.ITrainable.Step(global::DlGen.Batch batch, double divisor, int parts, global::DlGen.Compiled.Team? team, global::DlGen.Compiled.StepUpdate update)");
        writer.Line("int most = (batch.Rows + parts - 1) / parts;");
        writer.Line($"using var step = _network.BeginStep(most, most >= {Literal.Of(teamRows)} ? team : null);");
        writer.Line("double loss = 0;");
        using (writer.Block("for (int part = 0; part < parts; part++)"))
        {
            writer.Line("using var shown = batch.Part(part, parts);");
            WriteFields();
            writer.Line($"int rows = CheckBatch({VariableNames});");
            using (writer.Block("if (part > 0)"))
            {
                writer.Line("step.BeginPart();");
                writer.Line("step.KeepGradients();");
            }
            writer.Line($"loss += RunStep(step, {VariableNames}, rows, divisor);");
            writer.Line("if (part > 0) step.AddKeptGradients();");
        }
        writer.Line("update.Run(_network.Parameters, step.Team);");
        writer.Line("step.Commit();");
        writer.Line("return loss * divisor;");
    }

    private void WriteFields() => WriteFields(writer, signature);

    /// <summary>The batch's fields as variables of their names.</summary>
    public static void WriteFields(SourceWriter writer, ModelSignature signature)
    {
        foreach (var variable in signature.Variables) writer.Line($"{variable.Span} {variable.Name} = batch.{Field(variable)}(\"{variable.Name.TrimStart('@')}\");");
    }

    private static string Field(Variable variable) => variable.Type switch { "int" => "Ints", "byte" => "Bytes", "double" => "Doubles", _ => "Floats" };

    private static string Ignored(Variable label) => label.Ignored is { } ignored ? $", ignored: {Literal.Of(ignored)}" : "";

    private static string Positions(Classification classification) => classification.Positions == 1 ? "" : $", positions: {Literal.Of(classification.Positions)}";

    /// <summary>The labels of a batch with what accuracy must know of them, as arguments; null where there is none.</summary>
    /// <param name="model">The model and a dot, where it is not this.</param>
    public static string? Labels(Declaration declaration, ModelSignature signature, string model)
    {
        if (declaration.Classification is not { } classification) return null;
        string classes = Literal.Of(classification.Classes) + Positions(classification);
        if (classification.Target is { } target)
        {
            var label = signature.Targets.First(t => t.Name == target);
            return $"{label.Name}, {classes}{Ignored(label)}";
        }
        return declaration.Prediction!.Find(Graphs.OutputRole.Labels) < 0 ? null : $"{model}CountedLabels({ModelSignature.Names(signature.Variables)}, rows), {classes}";
    }

    private void WriteData()
    {
        Summary("A dataset from arrays, named as the declaration names them: row after row.");
        foreach (var variable in signature.Variables) writer.Line($"/// <param name=\"{variable.Name.TrimStart('@')}\">{Describe(variable)}</param>");
        writer.Line($"public static global::DlGen.Dataset Data({string.Join(", ", signature.Variables.Select(v => $"{v.Type}[] {v.Name}"))})");
        // A collection expression: C# 12 knows no params span.
        writer.Line($"    => global::DlGen.Dataset.FromArrays([{string.Join(", ", signature.Variables.Select(v => $"(\"{v.Name.TrimStart('@')}\", {v.Name}, {Literal.Of(v.PerRow)})"))}]);");
    }

    private void WriteSteps()
    {
        writer.Line();
        using (writer.Block($"private static int CheckBatch({Variables})"))
        {
            WriteRowChecks(signature.Variables);
            WriteIdChecks(writer, signature.Inputs);
            foreach (var label in signature.Targets.Where(v => v.IsLabel))
                writer.Line($"global::DlGen.Compiled.Check.Labels(\"{label.Name.TrimStart('@')}\", {label.Name}, {Literal.Of(label.Classes)}{Ignored(label)});");
            writer.Line("return rows;");
        }
        if (hasWeights) WriteWeigh();
        if (declaration.Prediction!.Find(Graphs.OutputRole.Labels) >= 0) WriteCountedLabels();
        writer.Line();
        using (writer.Block($"private double RunStep(in global::DlGen.Compiled.StepScope<{element}> step, {Variables}, int rows, double divisor)"))
            WriteRunStep();
    }

    private void WriteWeigh()
    {
        writer.Line();
        using var method = writer.Block($"private double Weigh({Variables}, int rows)");
        writer.Line("var arena = _network.RentArena();");
        using (writer.Block("try"))
            writer.Line($"return {network}.Weights(arena.Span, {VariableNames}, rows, _network.Seed, 0);");
        using (writer.Block("finally"))
            writer.Line("_network.ReturnArena(arena);");
    }

    private void WriteCountedLabels()
    {
        writer.Line();
        using var method = writer.Block($"private int[] CountedLabels({Variables}, int rows)");
        writer.Line($"var outputs = new {element}[rows * {Literal.Of(signature.Outputs[0].PerRow / declaration.Classification!.Classes)}];");
        writer.Line("var arena = _network.RentArena();");
        using (writer.Block("try"))
            writer.Line($"{network}.Labels(arena.Span, {VariableNames}, outputs, rows, _network.Seed, 0);");
        using (writer.Block("finally"))
            writer.Line("_network.ReturnArena(arena);");
        writer.Line($"return global::DlGen.Compiled.EvaluationBuilder.Labels<{element}>(outputs);");
    }

    private void WriteRunStep()
    {
        WriteStatisticsChecks(writer, declaration);
        string arguments = $"(_network.Values, step.Gradients, step.Arena, {VariableNames}, rows, divisor, _network.Seed, step.Step";
        writer.Line($"double loss = {network}.Gradients{arguments}, step.Losses, step.Team) / divisor;");
        if (declaration.Training!.Find(Graphs.OutputRole.State) < 0)
        {
            writer.Line("if (double.IsFinite(loss)) return loss;");
        }
        else
        {
            using var good = writer.Block("if (double.IsFinite(loss))");
            writer.Line("step.UpdateStates();");
            writer.Line("return loss;");
        }
        writer.Line($"string? layer = {network}.FirstNonFinite{arguments});");
        writer.Line("step.Gradients.Clear(); // what was computed is no gradient, and nobody must step with it");
        WriteFiniteChecks(writer, signature.Variables);
        writer.Line("throw global::DlGen.Compiled.Check.NonFinite(loss, _network, layer);");
    }
}
