using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>The file-local class of one model: its definition, its entry programs as lists of launches, and its kernels.</summary>
internal static class NetworkClass
{
    public static string NameOf(Declaration declaration) => declaration.Name + "Network";

    public static string KernelName(Module module, int index) => module.Kernels[index].GetType().Name.Replace("Kernel", "") + Literal.Of(index);

    public static void Write(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module, CpuOptions options)
    {
        writer.Line($"/// <summary>{declaration.Name}, compiled: entry programs first, the kernels they launch below.</summary>");
        using (writer.Block($"file static class {NameOf(declaration)}"))
        {
            DefinitionField.Write(writer, declaration, signature, module);
            if (module.Constants.Count > 0)
            {
                writer.Line();
                writer.Line($"private static readonly {options.Element}[] Constants = [{string.Join(", ", module.Constants.Select(c => Literal.Of(c, options.Float64)))}];");
            }
            WritePrograms(new ProgramWriter(writer, signature, module, options), writer, signature, module, options);
            writer.Line();
            writer.Line("#nullable disable warnings // kernels hold numbers alone: following what may be null in them would be a tenth of the compiler's time");
            for (int i = 0; i < module.Kernels.Count; i++)
            {
                writer.Line();
                KernelPrinter.Print(writer, module.Kernels[i], KernelName(module, i), options);
            }
            writer.Line("#nullable enable");
        }
    }

    private static void WritePrograms(ProgramWriter programs, SourceWriter writer, ModelSignature signature, Module module, CpuOptions options)
    {
        string element = signature.Element;
        string parameters = $"ReadOnlySpan<{element}> parameters", derived = $"ReadOnlySpan<{element}> derived", gradients = $"Span<{element}> gradients";
        string arena = $"Span<{element}> arena", destination = signature.DestinationSpans, rows = "int rows, long seed, long step", stepRows = "int rows, double divisor, long seed, long step";
        string inputs = ModelSignature.ValueSpans(signature.Inputs), variables = ModelSignature.ValueSpans(signature.Variables);

        programs.WriteForTeam(module.Find(EntryProgram.Predict), "Predict", "Forward pass, shard by shard.",
            prepares: false, finite: false, parameters, derived, arena, inputs, destination, rows);
        programs.WriteForTeam(module.Find(EntryProgram.Evaluate), "Evaluate", "Forward pass and the sum of the rows' losses.",
            prepares: false, finite: false, parameters, derived, arena, variables, destination, rows);
        programs.WriteForTeam(module.Find(EntryProgram.Gradients), "Gradients",
            "Forward and backward pass shard by shard, the gradients of the parameters over all rows, divided by the rows of the batch or their weights; the sum of the rows' losses.",
            prepares: true, finite: true, parameters, gradients, arena, variables, stepRows);
        if (module.Find(EntryProgram.Gradients) is { } step)
            programs.WriteFirstNonFinite(step, parameters, gradients, arena, variables, stepRows);
        programs.Write(module.Find(EntryProgram.Weights), "Weights", "The sum of the weights of the rows' losses.", ProgramPart.Forward, prepares: true, arena, variables, rows);
        programs.Write(module.Find(EntryProgram.Labels), "Labels", "The label of each place of the output, as a number; -1 where none counts.", ProgramPart.Forward, prepares: true, arena, variables, destination, rows);

        string inputGradients = string.Join(", ", signature.DifferentiableInputs.Select(v => $"Span<{element}> {v.Values}Gradient"));
        string outputGradients = string.Join(", ", signature.Outputs.Select(o => $"ReadOnlySpan<{element}> {signature.OutputGradient(o).Values}"));
        foreach (string name in new[] { EntryProgram.Pass, EntryProgram.PassInference })
        {
            programs.Write(module.Find(name), name + "Forward", "Forward pass that keeps what its backward pass needs.",
                ProgramPart.Forward, prepares: true, parameters, arena, inputs, destination, rows);
            programs.Write(module.Find(name), name + "Backward", "Backward pass from the gradients by the outputs, row by row.",
                ProgramPart.Backward, prepares: false, parameters, arena, inputs, destination, outputGradients, inputGradients, rows);
            programs.Write(module.Find(name), name + "Gradients", "The gradients of the parameters after a backward pass, over all rows.",
                ProgramPart.Gradients, prepares: false, parameters, gradients, arena, inputs, destination, outputGradients, rows);
        }
        var passOutputs = signature.Outputs.Select(signature.PassOutput).ToList();
        programs.Write(module.Find(EntryProgram.PassLoss), "PassLoss", "The sum of the rows' losses, and the gradients of their mean by the outputs.",
            ProgramPart.Forward, prepares: true, parameters, arena, ModelSignature.ValueSpans(passOutputs), variables, string.Join(", ", passOutputs.Select(o => $"Span<{element}> {o.Values}Gradient")), stepRows);
        SteppingClass.WriteProgram(writer, signature, module, options);
        if (module.DerivedLength > 0) programs.WritePrepare($"ReadOnlySpan<{element}> parameters, Span<{element}> derived");
    }
}
