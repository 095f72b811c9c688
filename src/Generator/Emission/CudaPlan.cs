using DlGen.Cpu;
using DlGen.Kernels;
using DlGen.Ptx;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>The file-local class of a model's device side: what is launched on which memory, as data, and the module's text.</summary>
internal static class CudaPlan
{
    private const string Compiled = "global::DlGen.Compiled.";

    public static string NameOf(Declaration declaration) => NetworkClass.NameOf(declaration) + "OnCuda";

    public static void Write(SourceWriter writer, Declaration declaration, ModelSignature signature, Module lowered)
    {
        var module = JoinLoops.Run(lowered);
        var kernels = module.Kernels.ToList();
        var ptx = declaration.Matrices == MatrixNumbers.None ? PtxPrinter.Print(kernels, module.Float64) : PtxPrinter.PrintForTensorCores(kernels, declaration.Matrices);
        var numbers = ptx.Kernels.Select((kernel, place) => (kernel.Kernel, place)).ToDictionary(k => k.Kernel, k => k.place);
        writer.Line($"/// <summary>{declaration.Name} on a device: launches over all rows of a batch, then the text of what they launch.</summary>");
        using var plan = writer.Block($"file abstract class {NameOf(declaration)} : {Compiled}CudaPlaces");
        writer.Line($"internal static readonly {Compiled}CudaNetwork Network = new(");
        using (writer.Indent())
        {
            writer.Line("static () => Text,");
            writer.Line("[");
            using (writer.Indent())
                foreach (var kernel in ptx.Kernels) writer.Line(Kernel(kernel) + ",");
            writer.Line("],");
            writer.Line("[");
            using (writer.Indent())
                foreach (var program in module.Programs) WriteProgram(writer, module, program, numbers);
            writer.Line("],");
            writer.Line($"Constants: [{string.Join(", ", module.Constants.Select(c => Literal.Of(c, float64: true)))}], DerivedLength: {Literal.Of(module.DerivedLength)},");
            var fields = signature.Variables.Append(ModelSignature.StepNumber).Select(v => $"new({Compiled}FieldKind.{Kind(v)}, {Literal.Of(v.PerRow)})");
            writer.Line($"Fields: [{string.Join(", ", fields)}], Inputs: {Literal.Of(signature.Inputs.Count())}, Outputs: [{string.Join(", ", signature.Outputs.Select(o => Literal.Of(o.PerRow)))}]){Needs(declaration, ptx)};");
        }
        writer.Line();
        writer.Line("private static ReadOnlySpan<byte> Text =>");
        using (writer.Indent()) writer.Line($"\"\"\"\n{ptx.Text}\"\"\"u8;");
    }

    /// <summary>What a device must have beyond what every model needs, and why.</summary>
    private static string Needs(Declaration declaration, PtxModule ptx)
        => ptx.ComputeCapability == PtxModule.OldestCapability ? ""
            : $" {{ ComputeCapability = {Literal.Of(ptx.ComputeCapability)}, Precision = global::DlGen.CudaPrecision.{(declaration.Matrices == MatrixNumbers.Tf32 ? "Tf32" : "Bf16")} }}";

    private static string Kind(Variable variable) => variable.IsLabel ? "Int" : variable.IsBytes ? "Byte" : "Float";

    private static string Kernel(PtxKernel kernel)
        => $"new({Literal.Of(kernel.Buffers)}, {(kernel.Draws ? "true" : "false")}, {string.Join(", ", kernel.Variants.Select(Variant))})";

    private static string Variant(PtxVariant variant)
        => $"new {Compiled}CudaVariant({Literal.Of(variant.FromRows)}, {Long(variant.WorkspaceBytes)}, {Long(variant.WorkspaceBytesPerRow)}, {string.Join(", ", variant.Entries.Select(Entry))})";

    private static string Entry(PtxEntry entry)
        => $"new {Compiled}CudaEntry(\"{entry.Name}\", {Literal.Of(entry.Threads)}, {Literal.Of(entry.SharedBytes)}{string.Concat(entry.Grid.Select(g => ", " + Axis(g)))})";

    private static string Axis(PtxGridAxis axis)
        => $"new {Compiled}CudaGridAxis({Long(axis.Extents.Aggregate(1L, (product, extent) => product * extent.Constant))}, {Literal.Of(axis.Extents.Count(e => e.TimesRows))}, {Literal.Of(axis.Tile)})";

    private static void WriteProgram(SourceWriter writer, Module module, EntryProgram program, IReadOnlyDictionary<int, int> numbers)
    {
        writer.Line($"new(\"{program.Name}\", {Literal.Of(program.SharedLength)}, {Literal.Of(program.ShardLength)}, {Literal.Of(program.ScratchLength)},");
        using (writer.Indent())
        {
            int lossAfter = 0, written = 0;
            writer.Line("[");
            using (writer.Indent())
                foreach (var launch in program.Phases.Where(p => p.Kind == PhaseKind.Prepare).SelectMany(p => p.Launches)) writer.Line(Launch(launch, numbers));
            writer.Line("],");
            writer.Line("[");
            using (writer.Indent())
            {
                foreach (var phase in program.Phases.Where(p => p.Kind != PhaseKind.Prepare))
                {
                    foreach (var launch in phase.Launches) writer.Line(Launch(launch, numbers));
                    written += phase.Launches.Count;
                    if (phase.SumsLoss) lossAfter = written;
                }
            }
            string[] properties = [.. Properties(module, program, lossAfter)];
            writer.Line(properties.Length == 0 ? "])," : "])");
            if (properties.Length == 0) return;
            using (writer.Block("", "},"))
                foreach (string property in properties) writer.Line(property + ",");
        }
    }

    private static IEnumerable<string> Properties(Module module, EntryProgram program, int lossAfter)
    {
        if (program.Loss is { } loss)
        {
            yield return $"Loss = {Argument(loss)}";
            yield return $"LossAfter = {Literal.Of(lossAfter)}";
        }
        if (program.LossScaleOffset >= 0) yield return $"LossScale = {Literal.Of(program.LossScaleOffset)}";
        if (program.States.Count > 0)
            yield return $"States = [{string.Join(", ", program.States.Select(s => $"new({Literal.Of(module.Parameters[s.Parameter].Offset)}, {Literal.Of(s.Offset)}, {Literal.Of(module.Parameters[s.Parameter].Length)})"))}]";
        if (program.MemoryLength + program.GivenLength > 0) yield return $"MemoryLength = {Literal.Of(program.MemoryLength + program.GivenLength)}";
        if (program.Updates.Count > 0)
            yield return $"Updates = [{string.Join(", ", program.Updates.Select(u => $"new({Literal.Of(u.Offset)}, {Literal.Of(u.Length)}, {Argument(u.Source)})"))}]";
        if (program.Name == EntryProgram.Step) yield return $"StepOutputs = [{program.OutputLengths}]";
    }

    private static string Launch(Launch launch, IReadOnlyDictionary<int, int> numbers)
    {
        string loop = launch.Loop is { } of ? $" {{ Loop = {Literal.Of(of.Number + 1)}, Steps = {Literal.Of(of.Steps)} }}" : "";
        return $"new({Literal.Of(numbers[launch.Kernel])}{string.Concat(launch.Arguments.Select(a => ", " + Argument(a)))}){loop}, // {launch.Comment}";
    }

    /// <summary>One of the factories that the class inherits.</summary>
    private static string Argument(Argument argument)
    {
        string region = argument.Region switch { Region.Shard => "Rows", Region.InputGradient => throw new ArgumentException("a device has no passes"), var other => other.ToString() };
        string offset = argument.Region switch
        {
            Region.Input or Region.Output => Literal.Of(argument.Index) + ", " + Literal.Of(argument.Offset),
            Region.Shard or Region.Scratch => Literal.Of(argument.Start) + (argument.Offset == argument.Start ? "" : ", within: " + Literal.Of(argument.Offset - argument.Start)),
            _ => Literal.Of(argument.Offset),
        };
        return $"{region}({offset}{(argument.StepStride == 0 ? "" : ", step: " + Literal.Of(argument.StepStride))})";
    }

    private static string Long(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
