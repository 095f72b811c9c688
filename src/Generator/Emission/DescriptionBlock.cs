using System.Globalization;
using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>What the generated file says about itself: the layers with shapes, parameters and costs, the schedule, and the memory map.</summary>
internal static class DescriptionBlock
{
    public static void Write(SourceWriter writer, Declaration declaration, Module module, CpuSchedule schedule)
    {
        var costs = LayerCosts.ByLayer(declaration.Prediction!);
        var rows = new List<string[]> { new[] { "layer", "kind", "output", "parameters", "FLOPs a row" } };
        rows.AddRange(declaration.Layers.Select(l => new[]
        {
            l.Path, l.Kind, l.Output.ToString(), Number(l.ParameterCount), Number(costs.TryGetValue(l.Path, out long cost) ? cost : 0),
        }));
        int[] widths = Enumerable.Range(0, 5).Select(c => rows.Max(r => r[c].Length)).ToArray();
        writer.Line("// " + declaration.Name);
        writer.Line("//");
        foreach (string[] row in rows)
            writer.Line("//   " + string.Join("  ", row.Select((cell, c) => c < 3 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd());
        writer.Line("//");
        writer.Line("// Schedule: " + module.ScheduleNotes + ";");
        if (module.Kernels.Any(k => k is ContractionKernel)) writer.Line("//   " + schedule.Notes + ";");
        writer.Line("//   several threads from so many rows on: " + string.Join(", ", module.Programs.Where(p => p.Name is EntryProgram.Predict or EntryProgram.Evaluate or EntryProgram.Gradients).Select(p => $"{p.Name} {Number(p.TeamRows)}")) + ".");
        writer.Line("// Memory, in " + (module.Float64 ? "doubles" : "floats") + ":");
        foreach (var parameter in module.Parameters)
            writer.Line($"//   parameters {Range(parameter.Offset, parameter.Length)}  {parameter.Path} {parameter.Shape}"
                + (parameter.PanelAxis < 0 ? "" : $" in panels [{Number((parameter.Length / parameter.PanelWidth / parameter.Shape[1 - parameter.PanelAxis]))}][{Number(parameter.Shape[1 - parameter.PanelAxis])}][{Number(parameter.PanelWidth)}]"));
        foreach (var program in module.Programs)
        {
            int launches = program.Phases.Sum(p => p.Launches.Count);
            writer.Line($"//   {program.Name}: {Number(launches)} launches; arena: {Number(program.SharedLength)} shared, {Number(program.ShardLength)} kept per shard, {Number(program.ScratchLength)} scratch"
                + (program.MemoryLength == 0 ? "" : $", {Number(program.MemoryLength)} handed from step to step")
                + (program.GivenLength == 0 ? "" : $", {Number(program.GivenLength)} given to all steps")
                + (program.KeptForBackward == 0 ? "" : $"; the forward pass leaves {Number(program.KeptForBackward)} a row to the backward pass"));
        }
        if (module.StepObstacle.Length > 0) writer.Line($"//   no Step: {module.StepObstacle}");
        writer.Line();
    }

    /// <summary>The layer table on hover; it stands beside a summary of the user's.</summary>
    public static void WriteRemarks(SourceWriter writer, Declaration declaration)
    {
        writer.Line("/// <remarks>");
        writer.Line("/// <list type=\"table\">");
        foreach (var layer in declaration.Layers)
            writer.Line($"/// <item><term>{layer.Path}</term><description>{layer.Output}{(layer.ParameterCount == 0 ? "" : $", {Number(layer.ParameterCount)} parameters")}</description></item>");
        writer.Line("/// </list>");
        writer.Line("/// </remarks>");
    }

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Range(int offset, int length) => $"{Number(offset)}..{Number(offset + length)}";
}
