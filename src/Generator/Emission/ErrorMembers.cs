using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>
/// The members of a model whose declaration has an error: they compile whatever the caller passes and throw the error's text, so that one mistake is one
/// diagnostic and not a page of follow-ups.
/// </summary>
internal static class ErrorMembers
{
    public static void Write(SourceWriter writer, Declaration declaration, string error)
    {
        string element = declaration.Float64 ? "double" : "float";
        string text = Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(declaration.Name + " was not compiled: " + error, quote: true);
        writer.Line($"private static global::System.InvalidOperationException NotCompiled() => new({text});");
        string[] spans = [$"ReadOnlySpan<{element}> inputs", "ReadOnlySpan<int> inputs"];
        string[] targets = ["ReadOnlySpan<int> targets", $"ReadOnlySpan<{element}> targets"];
        var members = new List<string>
        {
            $"public {declaration.Name}(long seed = 0)",
            $"public static {declaration.Name} Load(string path)",
            $"public static {declaration.Name} Load(global::System.IO.Stream stream)",
            "public void Save(string path)",
            "public void Save(global::System.IO.Stream stream)",
            "public static global::DlGen.ModelInfo Info",
            "public global::DlGen.ParameterSet Parameters",
            $"public {element}[] Predict({spans[0]})",
            $"public void Predict({spans[0]}, Span<{element}> destination)",
            $"public int[] Classify({spans[0]})",
            "public global::DlGen.TrainingHistory Train(global::DlGen.Dataset data, global::DlGen.TrainingOptions options, global::System.Threading.CancellationToken cancellationToken = default)",
            "public global::DlGen.Evaluation Evaluate(global::DlGen.Dataset data)",
        };
        foreach (string target in targets)
        {
            members.Add($"public {element} ComputeGradients({spans[0]}, {target}, bool accumulate = false)");
            members.Add($"public {element} TrainBatch({spans[0]}, {target}, global::DlGen.Optimizer optimizer)");
            members.Add($"public static global::DlGen.Dataset Data({element}[] inputs, {(target.Contains("int") ? "int" : element)}[] targets)");
        }
        members.Add("public Pass CreatePass(int maxRows)");
        foreach (string member in members) writer.Line().Line($"{member} => throw NotCompiled();");
        WritePass(writer, element, targets);
        if (declaration.HasForward) writer.Line().Line("private const string ReadMethod = nameof(Forward);");
        if (declaration.HasLoss) writer.Line().Line("private const string ReadLoss = nameof(Loss);");
    }

    private static void WritePass(SourceWriter writer, string element, string[] targets)
    {
        var members = new List<string>
        {
            $"public ReadOnlySpan<{element}> Forward(ReadOnlySpan<{element}> inputs, bool training = true)",
            $"public ReadOnlySpan<{element}> Output",
            $"public ReadOnlySpan<{element}> InputGradient",
            $"public void Backward(ReadOnlySpan<{element}> outputGradient, bool parameters = true)",
        };
        members.AddRange(targets.Select(target => $"public {element} BackwardLoss({target}, bool parameters = true)"));
        writer.Line();
        using (writer.Block("public sealed class Pass"))
            foreach (string member in members) writer.Line($"{member} => throw NotCompiled();");
    }
}
