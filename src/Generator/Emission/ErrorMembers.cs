using DlGen.Cpu;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>
/// The members of a model whose declaration has an error: they take what the whole one would take and throw the error's text, so that one mistake is one
/// diagnostic and not a page of follow-ups. Where the loss is not known, targets may be labels or numbers.
/// </summary>
internal static class ErrorMembers
{
    public static void Write(SourceWriter writer, Declaration declaration, string error)
    {
        string element = declaration.Float64 ? "double" : "float";
        string text = Literal.Of(declaration.Name + " was not compiled: " + error);
        string inputs = Spans(declaration.Arguments.Where(a => !a.IsTarget), element, labels: false);
        var outputs = new OutputNames(declaration.OutputNames);
        int count = declaration.OutputNames.Count;
        string prediction = count == 0 ? element + "[]" : "(" + string.Join(", ", declaration.OutputNames.Select(o => $"{element}[] {o}")) + ")";
        string destinations = count == 0 ? $"Span<{element}> destination" : string.Join(", ", Enumerable.Range(0, count).Select(i => $"Span<{element}> {Free(outputs.Destination(i), declaration)}"));
        writer.Line($"private static global::System.InvalidOperationException NotCompiled() => new({text});");
        var members = new List<string>
        {
            $"public {declaration.Name}(long seed = 0)",
            $"public static {declaration.Name} Load(string path)",
            $"public static {declaration.Name} Load(global::System.IO.Stream stream)",
            "public void Save(string path, global::DlGen.Tokenizer? tokenizer = null)",
            "public void Save(global::System.IO.Stream stream, global::DlGen.Tokenizer? tokenizer = null)",
            "public static global::DlGen.ModelInfo Info",
            "public global::DlGen.ParameterSet Parameters",
            $"public {prediction} Predict({inputs}, int threads = 1)",
            $"public void Predict({inputs}, {destinations}, int threads = 1)",
            $"public int[] Classify({inputs}, int threads = 1)",
            "public global::DlGen.TrainingHistory Train(global::DlGen.Dataset data, global::DlGen.TrainingOptions options, global::System.Threading.CancellationToken cancellationToken = default)",
            "public global::DlGen.Evaluation Evaluate(global::DlGen.Dataset data, int threads = 1)",
            "public void FitScaling(global::DlGen.Dataset data)",
            "public Pass CreatePass(int maxRows)",
            "public TrainingLoop StartTraining(global::DlGen.Optimizer optimizer, int threads)",
        };
        foreach (bool labels in Variants(declaration))
        {
            string all = Spans(declaration.Arguments, element, labels);
            members.Add($"public {element} ComputeGradients({all}, bool accumulate = false, int batchRows = 0)");
            // Of a loss with weights, which may be what the error hides.
            members.Add($"public {element} ComputeGradients({all}, double batchWeight, bool accumulate = false)");
            members.Add($"public double BatchWeight({all})");
            members.Add($"public {element} TrainBatch({all}, global::DlGen.Optimizer optimizer)");
            members.Add($"public static global::DlGen.Dataset Data({string.Join(", ", declaration.Arguments.Select(a => $"{TypeOf(a, element, labels)}[] {a.Name}"))})");
        }
        foreach (string member in members) writer.Line().Line($"{member} => throw NotCompiled();");
        WritePass(writer, declaration, element, inputs);
        writer.Line();
        using (writer.Block("public sealed class TrainingLoop"))
            foreach (bool labels in Variants(declaration)) writer.Line($"public {element} TrainBatch({Spans(declaration.Arguments, element, labels)}) => throw NotCompiled();");
        if (declaration.IsForCuda) WriteOnCuda(writer, declaration, element, inputs, prediction, destinations);
        if (declaration.HasForward) writer.Line().Line("private const string ReadMethod = nameof(Forward);");
        if (declaration.HasLoss) writer.Line().Line("private const string ReadLoss = nameof(Loss);");
    }

    /// <summary>Targets as labels, as numbers, or both where nothing says which.</summary>
    private static IEnumerable<bool> Variants(Declaration declaration)
        => declaration.Arguments.Any(a => a.MayBeLabel && a.MayBeNumbers) ? [true, false] : [true];

    private static void WritePass(SourceWriter writer, Declaration declaration, string element, string inputs)
    {
        var outputs = new OutputNames(declaration.OutputNames);
        int[] all = [.. Enumerable.Range(0, declaration.OutputNames.Count)];
        var names = declaration.Arguments.Where(a => !a.IsTarget && a.MayBeNumbers && !a.IsBytes).Select(a => a.Name).ToList();
        var members = new List<string>
        {
            $"public {(all.Length == 0 ? $"ReadOnlySpan<{element}>" : "void")} Forward({inputs}, bool training = true)",
            $"public void Backward({(all.Length == 0 ? $"ReadOnlySpan<{element}> outputGradient" : string.Join(", ", all.Select(i => $"ReadOnlySpan<{element}> {Free(outputs.Gradient(i), declaration)}")))}, bool parameters = true)",
        };
        members.AddRange(all.Length == 0 ? [$"public ReadOnlySpan<{element}> Output"] : all.Select(i => $"public ReadOnlySpan<{element}> {FreeProperty(outputs.Property(i), names)}"));
        members.AddRange(names.Select(name => $"public ReadOnlySpan<{element}> {OutputNames.InputGradient(name, names)}"));
        members.AddRange(Variants(declaration).Select(labels =>
        {
            string targets = Spans(declaration.Arguments.Where(a => a.IsTarget), element, labels);
            return $"public {element} BackwardLoss({targets}{(targets.Length > 0 ? ", " : "")}bool parameters = true)";
        }));
        writer.Line();
        using (writer.Block("public sealed class Pass"))
            foreach (string member in members) writer.Line($"{member} => throw NotCompiled();");
    }

    /// <summary>The error may be that the package is missing, so none of its types is named.</summary>
    private static void WriteOnCuda(SourceWriter writer, Declaration declaration, string element, string inputs, string prediction, string destinations)
    {
        writer.Line().Line("public CudaModel OnCuda(int device = 0) => throw NotCompiled();");
        writer.Line().Line("public CudaModel OnCuda(object options) => throw NotCompiled();");
        var members = new List<string>
        {
            "public dynamic Device",
            "public dynamic Handles",
            $"public {prediction} Predict({inputs})",
            $"public void Predict({inputs}, {destinations})",
            $"public int[] Classify({inputs})",
            "public global::System.Collections.Generic.IEnumerable<int> Generate(ReadOnlySpan<int> prompt, int count, global::DlGen.Sampling? sampling = null)",
            "public global::DlGen.TrainingHistory Train(global::DlGen.Dataset data, global::DlGen.TrainingOptions options, global::System.Threading.CancellationToken cancellationToken = default)",
            "public global::DlGen.Evaluation Evaluate(global::DlGen.Dataset data)",
            "public void Synchronize()",
            "public void Dispose()",
        };
        members.AddRange(Variants(declaration).Select(labels => $"public {element} TrainBatch({Spans(declaration.Arguments, element, labels)}, global::DlGen.Optimizer optimizer)"));
        writer.Line();
        using (writer.Block("public sealed class CudaModel : global::System.IDisposable"))
            foreach (string member in members) writer.Line($"{member} => throw NotCompiled();");
    }

    /// <summary>The error may be the very name: then the members have another one.</summary>
    private static string Free(string parameter, Declaration declaration)
    {
        while (declaration.Arguments.Any(a => a.Name == parameter)) parameter += "_";
        return parameter;
    }

    private static string FreeProperty(string property, IReadOnlyList<string> inputs)
        => OutputNames.IsTaken(property) || inputs.Any(input => OutputNames.InputGradient(input, inputs) == property) ? property + "_" : property;

    private static string Spans(IEnumerable<NamedArgument> arguments, string element, bool labels)
        => string.Join(", ", arguments.Select(a => $"ReadOnlySpan<{TypeOf(a, element, labels)}> {a.Name}"));

    private static string TypeOf(NamedArgument argument, string element, bool labels) => argument.IsBytes ? "byte" : argument.MayBeLabel && (labels || !argument.MayBeNumbers) ? "int" : element;
}
