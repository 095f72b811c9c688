using DlGen.Cpu;
using DlGen.Kernels;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>The public members of the model class, aspect by aspect. Spans carry the names of the declaration.</summary>
internal sealed partial class Members
{
    private readonly SourceWriter writer;
    private readonly Declaration declaration;
    private readonly ModelSignature signature;
    private readonly string network;
    private readonly string element;
    private readonly bool hasWeights;
    private readonly int teamRows;
    private readonly int predictRows;
    private readonly int evaluationRows;

    private Members(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module)
    {
        this.writer = writer;
        this.declaration = declaration;
        this.signature = signature;
        network = "global::DlGen.Generated." + NetworkClass.NameOf(declaration);
        element = signature.Element;
        hasWeights = module.Find(EntryProgram.Weights) is not null;
        teamRows = module.Find(EntryProgram.Gradients)?.TeamRows ?? 0;
        evaluationRows = module.Find(EntryProgram.Evaluate)?.TeamRows ?? 0;
        predictRows = module.Find(EntryProgram.Predict)!.TeamRows;
    }

    public static void Write(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module)
    {
        var members = new Members(writer, declaration, signature, module);
        members.WriteCreation();
        members.WriteFiles();
        members.WritePredict();
        if (declaration.Classification is { } classification) members.WriteClassify(classification);
        PassClass.Write(writer, declaration, signature, module);
        SteppingClass.Write(writer, declaration, signature, module);
        CudaClass.Write(writer, declaration, signature, module);
        if (module.Find(EntryProgram.Gradients) is null) return;
        members.WriteTraining();
        members.WriteLoop();
        members.WriteData();
        members.WriteSteps();
    }

    /// <summary>Whether Predict gives more than Forward: the loss turns logits into probabilities.</summary>
    private bool HasLink => declaration.Prediction!.Find(Graphs.OutputRole.Prediction) != declaration.Prediction.Find(Graphs.OutputRole.Output);

    /// <summary>"10 values a row", or of several outputs "Mean: 20 values a row; Spread: …".</summary>
    private string OutputValues => signature.HasSeveralOutputs ? string.Join("; ", signature.Outputs.Select(o => $"{o.Name}: {ValuesARow(o.PerRow)}")) : ValuesARow(signature.Outputs[0].PerRow);

    private string FirstInput => signature.Inputs.First().Name;

    private void Summary(string text)
    {
        writer.Line();
        writer.Line($"/// <summary>{text}</summary>");
    }

    private void WriteCreation()
    {
        writer.Line($"private readonly global::DlGen.Compiled.ModelCore<{element}> _network;");
        Summary("A model with freshly initialised parameters: equal seeds give equal models on every machine.");
        writer.Line("/// <param name=\"seed\">Seed of the initial parameters and of what is random in training.</param>");
        writer.Line($"public {declaration.Name}(long seed = 0) => _network = new global::DlGen.Compiled.ModelCore<{element}>({network}.Definition, seed);");
        Summary("Layers, shapes, parameters, floating-point operations and memory; prints as a table.");
        writer.Line($"public static global::DlGen.ModelInfo Info => {network}.Definition.Info;");
        Summary("The parameters by name, in PyTorch's order and layout.");
        writer.Line("public global::DlGen.ParameterSet Parameters => _network.Parameters;");
        if (declaration.HasForward) writer.Line("\nprivate const string ReadMethod = nameof(Forward);");
        if (declaration.HasLoss) writer.Line("\nprivate const string ReadLoss = nameof(Loss);");
    }

    private void WriteFiles()
    {
        foreach (var (type, name) in new[] { ("string", "path"), ("global::System.IO.Stream", "stream") })
        {
            Summary($"A model with the parameters of a safetensors {(name == "path" ? "file" : "stream")}; throws ModelFileException, which lists missing and extra tensors, before anything is loaded.");
            using (writer.Block($"public static {declaration.Name} Load({type} {name})"))
            {
                writer.Line($"var model = new {declaration.Name}();");
                writer.Line($"model._network.Load({name});");
                writer.Line("return model;");
            }
        }
        Summary("Writes the parameters as a safetensors file that PyTorch reads, with the tokenizer, if given, for Tokenizer.Load; the file is either the old one or the whole new one.");
        writer.Line("public void Save(string path, global::DlGen.Tokenizer? tokenizer = null) => _network.Save(path, tokenizer);");
        Summary("Writes the parameters as safetensors bytes, with the tokenizer, if given.");
        writer.Line("public void Save(global::System.IO.Stream stream, global::DlGen.Tokenizer? tokenizer = null) => _network.Save(stream, tokenizer);");
    }

    private const string Threads = "/// <param name=\"threads\">Threads that share the rows, with the caller's; the results have the same bits at any number.</param>";

    private void WritePredict()
    {
        string spans = ModelSignature.Spans(signature.Inputs), names = ModelSignature.Names(signature.Inputs);
        Summary($"{(HasLink ? "The probabilities, after the loss's link" : "The network's outputs")}, row after row: {OutputValues}. Safe for concurrent callers.");
        WriteParameterDocs(signature.Inputs);
        writer.Line(Threads);
        using (writer.Block($"public {signature.PredictionType} Predict({spans}, int threads = 1)"))
        {
            if (signature.HasSeveralOutputs) writer.Line($"int rows = {RowsOf(FirstInput)};");
            writer.Line($"var outputs = {signature.NewOutputs(signature.HasSeveralOutputs ? "rows" : RowsOf(FirstInput))};");
            writer.Line($"Predict({names}, {signature.OutputsIn("outputs")}, threads);");
            writer.Line("return outputs;");
        }
        Summary("The same into memory of the caller's; allocates nothing. Safe for concurrent callers.");
        WriteParameterDocs(signature.Inputs);
        foreach (var output in signature.Outputs) writer.Line($"/// <param name=\"{output.Destination}\">{ValuesARow(output.PerRow)}.</param>");
        writer.Line(Threads);
        using (writer.Block($"public void Predict({spans}, {signature.DestinationSpans}, int threads = 1)"))
        {
            WriteRowChecks(signature.Inputs);
            WriteDestinationChecks();
            WriteIdChecks(writer, signature.Inputs);
            writer.Line($"using var team = global::DlGen.Compiled.Team.Rent(global::DlGen.Compiled.Check.Threads(threads, rows, atLeast: {Literal.Of(predictRows)}));");
            writer.Line("var arena = _network.RentArena(team?.Threads ?? 1);");
            using (writer.Block("try"))
                writer.Line($"{network}.Predict(_network.Values, _network.Derived, arena.Span, {names}, {signature.Destinations}, rows, _network.Seed, 0, team);");
            using (writer.Block("finally"))
                writer.Line("_network.ReturnArena(arena);");
        }
    }

    /// <summary>The first rows written must not be inputs of later ones, or another output's.</summary>
    private void WriteDestinationChecks()
    {
        var written = signature.Inputs.Where(i => i.IsNumbers).Select(i => i.Name).ToList();
        foreach (var output in signature.Outputs)
        {
            writer.Line($"global::DlGen.Compiled.Check.Length(\"{output.Destination}\", {output.Destination}.Length, rows, {Literal.Of(output.PerRow)});");
            foreach (string other in written)
                writer.Line($"global::DlGen.Compiled.Check.Apart<{element}>(\"{other.TrimStart('@')}\", {other}, \"{output.Destination}\", {output.Destination});");
            written.Add(output.Destination);
        }
    }

    /// <summary>"float[] outputs" as the most probable classes, for the members of both.</summary>
    public static string Classes(string element, string outputs, Classification classification)
        => $"global::DlGen.Compiled.Check.Classes<{element}>({outputs}, {Literal.Of(classification.Classes)}{Positions(classification)})";

    public static string ClassifySummary(ModelSignature signature, Classification classification)
    {
        int labels = signature.Outputs[0].PerRow / classification.Classes;
        return labels == 1 ? "The most probable class of each row." : $"The most probable class for each of the {Literal.Of(labels)} labels of a row, row after row.";
    }

    private void WriteClassify(Classification classification)
    {
        string spans = ModelSignature.Spans(signature.Inputs), names = ModelSignature.Names(signature.Inputs);
        Summary(ClassifySummary(signature, classification));
        WriteParameterDocs(signature.Inputs);
        writer.Line(Threads);
        writer.Line($"public int[] Classify({spans}, int threads = 1) => {Classes(element, $"Predict({names}, threads)", classification)};");
    }

    /// <summary>Ids lead to places in memory: none gets past an entry that is not one of the vocabulary.</summary>
    public static void WriteIdChecks(SourceWriter writer, IEnumerable<Variable> inputs)
    {
        foreach (var ids in inputs.Where(i => i.IsLabel))
            writer.Line(ids.AreLengths
                ? $"global::DlGen.Compiled.Check.Lengths(\"{ids.Name.TrimStart('@')}\", {ids.Name}, {Literal.Of(ids.Classes - 1)});"
                : $"global::DlGen.Compiled.Check.Tokens(\"{ids.Name.TrimStart('@')}\", {ids.Name}, {Literal.Of(ids.PerRow)}, {Literal.Of(ids.Classes)});");
    }

    /// <summary>Layers whose statistics are over the rows alone need two of them.</summary>
    public static void WriteStatisticsChecks(SourceWriter writer, Declaration declaration, string condition = "")
    {
        if (LayersOverRows(declaration).FirstOrDefault() is { } layer) writer.Line($"{condition}global::DlGen.Compiled.Check.Statistics(rows, \"{layer}\");");
    }

    private static bool HasBatchStatistics(Declaration declaration) => LayersOverRows(declaration).Any();

    private static IEnumerable<string> LayersOverRows(Declaration declaration)
    {
        var graph = declaration.Training!;
        return graph.Nodes.Where(n => n.Op is Ops.MomentsOp moments && moments.Axes.All(a => graph[n.Operands[0]].Shape[a] == 1)).Select(n => n.Layer).Distinct();
    }

    public static void WriteFiniteChecks(SourceWriter writer, IEnumerable<Variable> variables)
    {
        foreach (var variable in variables.Where(v => v.IsNumbers))
            writer.Line($"global::DlGen.Compiled.Check.Finite<{variable.Type}>(loss, \"{variable.Name.TrimStart('@')}\", {variable.Name}, {Literal.Of(variable.PerRow)});");
    }

    private string RowsOf(string input)
        => $"global::DlGen.Compiled.Check.Rows(\"{input.TrimStart('@')}\", {input}.Length, {Literal.Of(signature.Variables.First(v => v.Name == input).PerRow)})";

    private void WriteRowChecks(IEnumerable<Variable> variables)
    {
        writer.Line($"int rows = {RowsOf(FirstInput)};");
        foreach (var variable in variables.Skip(1))
            writer.Line($"global::DlGen.Compiled.Check.Length(\"{variable.Name.TrimStart('@')}\", {variable.Name}.Length, rows, {Literal.Of(variable.PerRow)});");
    }

    private void WriteParameterDocs(IEnumerable<Variable> variables)
    {
        foreach (var variable in variables) writer.Line($"/// <param name=\"{variable.Name.TrimStart('@')}\">{Describe(variable)}</param>");
    }

    public static string Describe(Variable variable) => variable.AreLengths
        ? $"The length of each row's sequence, 0 to {Literal.Of(variable.Classes - 1)}."
        : variable.IsLabel
        ? $"{(variable.PerRow == 1 ? variable.IsTarget ? "One class" : "One id" : Literal.Of(variable.PerRow) + (variable.IsTarget ? " classes" : " ids"))} a row, 0 to {Literal.Of(variable.Classes - 1)}{(variable.Ignored is { } ignored ? $", or {Literal.Of(ignored)} for what does not count" : "")}."
        : (variable.IsBytes ? BytesARow(variable.PerRow) : ValuesARow(variable.PerRow)) + (variable.Shape.Rank > 1 ? $", in the order {variable.Shape}." : ".");

    public static string ValuesARow(int count) => count == 1 ? "one value a row" : Literal.Of(count) + " values a row";

    private static string BytesARow(int count) => $"{(count == 1 ? "one byte" : Literal.Of(count) + " bytes")} a row, each of which stands for a 255th of itself";
}
