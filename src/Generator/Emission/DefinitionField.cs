using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>The static description that the runtime works with: layer table, parameters with their home layouts, lengths of the memory.</summary>
internal static class DefinitionField
{
    public static void Write(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module)
    {
        string element = signature.Element;
        int bytes = module.Float64 ? 8 : 4;
        var costs = LayerCosts.ByLayer(declaration.Prediction!);
        var step = module.Find(EntryProgram.Gradients);
        int predictArena = module.Programs.Where(p => p.Name is EntryProgram.Predict or EntryProgram.Evaluate or EntryProgram.Weights or EntryProgram.Labels or EntryProgram.Begin or EntryProgram.Step).Max(p => p.SharedLength + p.ShardLength + p.ScratchLength);
        long stepArena = step is null ? 0 : step.SharedLength + step.ShardLength + step.ScratchLength;

        writer.Line($"internal static readonly global::DlGen.Compiled.NetworkDefinition<{element}> Definition = new(");
        using (writer.Indent())
        {
            writer.Line($"new global::DlGen.ModelInfo(\"{declaration.Name}\",");
            writer.Line("[");
            using (writer.Indent())
                foreach (var layer in declaration.Layers)
                    writer.Line($"new global::DlGen.LayerInfo(\"{layer.Path}\", \"{layer.Kind}\", [{layer.Output.Extents}], {Literal.Of(layer.ParameterCount)}, {Long(costs.TryGetValue(layer.Path, out long cost) ? cost : 0)}),");
            writer.Line("],");
            writer.Line($"ParameterCount: {Long(module.Parameters.Where(p => !p.IsState).Sum(p => (long)p.Shape.Count))}, InputSize: {Literal.Of(signature.Inputs.Sum(i => i.PerRow))}, OutputSize: {Literal.Of(signature.Outputs.Sum(o => o.PerRow))}, Flops: {Long(costs.Values.Sum())},");
            writer.Line($"PredictArenaBytes: {Long((long)predictArena * bytes)}, TrainingArenaBytes: {Long(stepArena * bytes)}, TrainingArenaRows: {Literal.Of(module.ShardRows)}),");
            writer.Line("[");
            using (writer.Indent())
                foreach (var parameter in module.Parameters) writer.Line(Parameter(parameter, module.Float64) + ",");
            writer.Line("],");
            writer.Line($"ParameterLength: {Literal.Of(module.ParameterLength)}, DerivedLength: {Literal.Of(module.DerivedLength)}, Prepare: {(module.DerivedLength > 0 ? "Prepare" : "null")}, ShardRows: {Literal.Of(module.ShardRows)}, PredictArenaLength: {Literal.Of(predictArena)},");
            writer.Line($"StepSharedLength: {Literal.Of(step?.SharedLength ?? 0)}, StepShardLength: {Literal.Of(step?.ShardLength ?? 0)}, StepScratchLength: {Literal.Of(step?.ScratchLength ?? 0)}{States(module, step)});");
        }
        if (step is not null) WriteBatch(writer, signature, module);
        if (declaration.Scalings.Count > 0) WriteScalings(writer, declaration);
        WritePassShapes(writer, signature, module);
        if (module.Find(EntryProgram.Step) is { } program) SteppingClass.WriteShapes(writer, signature, program);
    }

    /// <summary>What one pass needs: the larger of its two programs, since it may run either.</summary>
    private static void WritePassShapes(SourceWriter writer, ModelSignature signature, Module module)
    {
        var passes = module.Programs.Where(p => p.Name is EntryProgram.Pass or EntryProgram.PassInference).ToList();
        var loss = module.Find(EntryProgram.PassLoss);
        string Lengths(IEnumerable<Variable> variables) => "[" + string.Join(", ", variables.Select(v => Literal.Of(v.PerRow))) + "]";
        writer.Line();
        writer.Line($"internal static readonly global::DlGen.Compiled.PassShapes PassShapes = new(ShardRows: {Literal.Of(module.ShardRows)}, Outputs: [{string.Join(", ", signature.Outputs.Select(o => Literal.Of(o.PerRow)))}], "
            + $"Inputs: {Lengths(signature.DifferentiableInputs)}, Ids: {Lengths(signature.Inputs.Where(v => v.IsLabel))}, Bytes: {Lengths(signature.Inputs.Where(v => v.IsBytes))}, "
            + $"SharedLength: {Literal.Of(passes.Max(p => p.SharedLength))}, ShardLength: {Literal.Of(passes.Max(p => p.ShardLength))}, ScratchLength: {Literal.Of(passes.Max(p => p.ScratchLength))}, "
            + $"LossLength: {Literal.Of(loss is null ? 0 : loss.SharedLength + loss.ShardLength + loss.ScratchLength)}{States(module, module.Find(EntryProgram.Pass))});");
    }

    private static void WriteScalings(SourceWriter writer, Declaration declaration)
    {
        var layers = declaration.Scalings.Select(s =>
            $"new(\"{s.Path}\", \"{s.Variable.TrimStart('@')}\", {Literal.Of(s.Channels)}, {Literal.Of(s.Inner)}, {(s.Kind == "MinMaxScale" ? "true" : "false")})");
        writer.Line();
        writer.Line($"internal static readonly global::DlGen.Compiled.ScalingLayer[] ScalingLayers = [{string.Join(", ", layers)}];");
    }

    private static void WriteBatch(SourceWriter writer, ModelSignature signature, Module module)
    {
        writer.Line();
        writer.Line("internal static readonly global::DlGen.Compiled.BatchDefinition Batch = new(");
        using (writer.Indent())
        {
            writer.Line("[");
            using (writer.Indent())
                foreach (var variable in signature.Variables)
                    writer.Line($"new global::DlGen.Compiled.BatchField(\"{variable.Name.TrimStart('@')}\", global::DlGen.Compiled.FieldKind.{(variable.IsLabel ? "Int" : variable.IsBytes ? "Byte" : "Float")}, {Literal.Of(variable.PerRow)}, {Literal.Of(variable.Classes)}) {{ Shape = [{variable.Shape.Extents}]{(variable.IsTarget ? ", IsTarget = true" : "")} }},");
            writer.Line($"], Float64: {(module.Float64 ? "true" : "false")});");
        }
    }

    private static string Parameter(ParameterBuffer parameter, bool float64)
    {
        string initialization = $"new(global::DlGen.Compiled.InitializerKind.{parameter.Initialization.Kind}, {Literal.Of(parameter.Initialization.Scale, float64: true)})";
        return $"new global::DlGen.Compiled.ParameterDefinition(\"{parameter.Path}\", [{parameter.Shape.Extents}], {Literal.Of(parameter.Offset)}, "
            + $"{Literal.Of(Math.Max(0, parameter.PanelAxis))}, {Literal.Of(parameter.PanelWidth)}, {initialization}, {(parameter.Frozen ? "true" : "false")}{(parameter.IsState ? ", IsState: true" : "")})";
    }

    private static string States(Module module, EntryProgram? program) => program is not { States.Count: > 0 } ? ""
        : $", States: [{string.Join(", ", program.States.Select(s => $"new({Literal.Of(module.Parameters[s.Parameter].Offset)}, {Literal.Of(s.Offset)}, {Literal.Of(module.Parameters[s.Parameter].Length)})"))}]";

    private static string Long(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
