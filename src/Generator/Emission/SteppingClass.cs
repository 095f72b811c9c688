using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Reading;

namespace DlGen.Emission;

/// <summary>
/// The nested Stepping: the network one time step after the other, for models that can run so; and Generate, for those whose outputs are logits of the next of their own ids.
/// </summary>
internal sealed partial class SteppingClass
{
    private static readonly string[] OwnMembers = ["Step", "Reset", "Position", "CheckGiven"];

    private readonly SourceWriter writer;
    private readonly Declaration declaration;
    private readonly ModelSignature signature;
    private readonly EntryProgram program;
    private readonly Variable input;
    private readonly IReadOnlyList<Variable> given;
    private readonly bool begins;
    private readonly string element;

    private SteppingClass(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module)
    {
        this.writer = writer;
        this.declaration = declaration;
        this.signature = signature;
        program = module.Find(EntryProgram.Step)!;
        begins = module.Find(EntryProgram.Begin) is not null;
        input = signature.Inputs.Last();
        given = Given(signature);
        element = signature.Element;
    }

    /// <summary>The members; none where the model has no such program.</summary>
    public static void Write(SourceWriter writer, Declaration declaration, ModelSignature signature, Module module)
    {
        if (module.Find(EntryProgram.Step) is null) return;
        var stepping = new SteppingClass(writer, declaration, signature, module);
        stepping.WriteCreation();
        stepping.WriteClass();
        if (stepping.Generates) stepping.WriteGenerate();
    }

    /// <summary>The lengths that the runtime allocates.</summary>
    public static void WriteShapes(SourceWriter writer, ModelSignature signature, EntryProgram program)
    {
        var input = signature.Inputs.Last();
        string Lengths(Func<Variable, bool> kind) => "[" + string.Join(", ", Given(signature).Where(kind).Select(v => Literal.Of(v.PerRow))) + "]";
        string given = signature.Inputs.Count() == 1 ? "" : $" {{ GivenLength = {Literal.Of(program.GivenLength)}, Numbers = {Lengths(v => v.IsNumbers)}, Ids = {Lengths(v => v.IsLabel)}, Bytes = {Lengths(v => v.IsBytes)} }}";
        writer.Line();
        writer.Line($"internal static readonly global::DlGen.Compiled.StepShapes StepShapes = new(MemoryLength: {Literal.Of(program.MemoryLength)}, Positions: {Literal.Of(program.Positions)}, "
            + $"Input: {Literal.Of(input.PerRow / input.Shape[0])}, Outputs: [{program.OutputLengths}]){given};");
    }

    /// <summary>The inputs before the one that steps.</summary>
    private static IReadOnlyList<Variable> Given(ModelSignature signature) => [.. signature.Inputs.Take(signature.Inputs.Count() - 1)];

    /// <summary>The entry programs. A step's destinations are the predictions and, where a link stands between them, the outputs.</summary>
    public static void WriteProgram(SourceWriter writer, ModelSignature signature, Module module, CpuOptions options)
    {
        if (module.Find(EntryProgram.Step) is not { } program) return;
        string element = signature.Element, memory = $"ReadOnlySpan<{element}> parameters, ReadOnlySpan<{element}> derived, Span<{element}> carried, Span<{element}> arena";
        new ProgramWriter(writer, signature, module, options).Write(module.Find(EntryProgram.Begin), "Begin", "What steps have in common, from the inputs that are given for all of them.", ProgramPart.Forward, prepares: false,
            memory, ModelSignature.ValueSpans(Given(signature)), "int rows");
        var outputs = signature.Outputs.Concat(signature.Outputs.Select(o => o with { Destination = o.Destination + "BeforeLink" })).Take(program.OutputLengths.Count).ToEquatableArray();
        new ProgramWriter(writer, signature with { Outputs = outputs }, module, options).Write(program, "Step", "The network at one time step.", ProgramPart.Forward, prepares: false,
            memory, ModelSignature.ValueSpans(signature.Inputs), $"ReadOnlySpan<int> {ModelSignature.StepNumber.Values}", string.Join(", ", outputs.Select(o => $"Span<{element}> {o.Destination}")), "int rows");
    }

    private bool HasLink => program.OutputLengths.Count > signature.Outputs.Count;

    private void Summary(string text)
    {
        writer.Line();
        writer.Line($"/// <summary>{text}</summary>");
    }

    private void WriteCreation()
    {
        Summary($"Begins a sequence {(given.Count == 0 ? "" : $"of {input.Name.TrimStart('@')} ")}that the network is given one time step after the other. It has memory of its own, so any number may be alive at once, each for one thread at a time; its calls allocate nothing.");
        if (given.Count == 0)
        {
            writer.Line("public Stepping CreateSteps() => new(this);");
            return;
        }
        WriteGivenDocs();
        using var method = writer.Block($"public Stepping CreateSteps({ModelSignature.Spans(given)})");
        writer.Line("var step = new Stepping(this);");
        writer.Line($"step.Reset({ModelSignature.Names(given)});");
        writer.Line("return step;");
    }

    private void WriteClass()
    {
        Summary("The network one time step after the other: what a step gives is what Predict gives at its position.");
        using (writer.Block($"public sealed class Stepping{(Generates ? $" : global::DlGen.Compiled.ITokenSteps<{element}>" : "")}"))
        {
            writer.Line($"private readonly {declaration.Name} _model;");
            writer.Line($"private readonly global::DlGen.Compiled.StepMemory<{element}> _memory;");
            writer.Line();
            using (writer.Block($"internal Stepping({declaration.Name} model)"))
            {
                writer.Line("_model = model;");
                writer.Line($"_memory = new(model._network, {Network}.StepShapes);");
            }
            if (given.Count > 0 && Generates)
            {
                writer.Line();
                using var again = writer.Block("internal Stepping(Stepping other) : this(other._model)");
                writer.Line("_memory.TakeGiven(other._memory);");
            }
            Summary("The steps since the beginning." + (program.Positions > 0 ? $" The network tells {Literal.Of(program.Positions)} positions apart: so many steps there are." : ""));
            writer.Line("public long Position => _memory.Position;");
            Summary("Begins again: forgets what it has seen." + (given.Count == 0 ? "" : $" What is given stays: {string.Join(", ", given.Select(v => v.Name.TrimStart('@')))}."));
            writer.Line("public void Reset() => _memory.Reset();");
            if (given.Count > 0) WriteResetToOthers();
            WriteStep();
            WriteOutputs();
            if (!Generates) return;
            writer.Line();
            using (writer.Block($"ReadOnlySpan<{element}> global::DlGen.Compiled.ITokenSteps<{element}>.Logits(int id)"))
            {
                writer.Line("Step(id);");
                writer.Line($"return _memory.Output({(HasLink ? "1" : "0")});");
            }
        }
    }

    private string Network => "global::DlGen.Generated." + NetworkClass.NameOf(declaration);

    private void WriteResetToOthers()
    {
        Summary("Begins again with other things given.");
        WriteGivenDocs();
        using (writer.Block($"public void Reset({ModelSignature.Spans(given)})"))
        {
            writer.Line($"CheckGiven({ModelSignature.Names(given)});");
            foreach (var variable in given) writer.Line($"_memory.Give({Number(variable)}, {variable.Name});");
            writer.Line("_memory.Reset();");
        }
        writer.Line();
        using (writer.Block($"internal static void CheckGiven({ModelSignature.Spans(given)})"))
        {
            foreach (var variable in given) writer.Line($"global::DlGen.Compiled.Check.Given(\"{variable.Name.TrimStart('@')}\", {variable.Name}.Length, {Literal.Of(variable.PerRow)});");
            Members.WriteIdChecks(writer, given);
        }
    }

    private void WriteGivenDocs()
    {
        foreach (var variable in given) writer.Line($"/// <param name=\"{variable.Name.TrimStart('@')}\">Given for all steps: {DescribeGiven(variable)}</param>");
    }

    private static string DescribeGiven(Variable variable)
        => variable.AreLengths ? $"the length of the sequence, 0 to {Literal.Of(variable.Classes - 1)}." : Members.Describe(variable).Replace(" a row", "");

    /// <summary>Which of the given inputs of its kind it is.</summary>
    private string Number(Variable variable) => Literal.Of(given.Where(v => v.Type == variable.Type).TakeWhile(v => v != variable).Count());

    /// <summary>The given inputs as the programs read them.</summary>
    private string KeptGiven => string.Join(", ", given.Select(v => $"_memory.Given{(v.IsLabel ? "Ids" : v.IsBytes ? "Bytes" : "")}({Number(v)})"));

    private void WriteStep()
    {
        string name = input.Name.TrimStart('@'), keep = input.IsLabel ? $"KeepId(\"{name}\", {input.Name}, {Literal.Of(input.Classes)})" : $"Keep{(input.IsBytes ? "Bytes" : "")}(\"{name}\", {input.Name})";
        string what = signature.HasSeveralOutputs ? "" : $"; gives {Values(0)}" + (HasLink ? ", the probabilities after the loss's link" : "") + ". The memory is that of the next step too";
        Summary($"Goes on by one step{what}.");
        writer.Line($"/// <param name=\"{name}\">{(input.IsLabel ? $"The step's id, 0 to {Literal.Of(input.Classes - 1)}" : $"The step's {Literal.Of(input.PerRow / input.Shape[0])} {(input.IsBytes ? "bytes" : "values")}")}.</param>");
        using (writer.Block($"public {(signature.HasSeveralOutputs ? "void" : $"ReadOnlySpan<{element}>")} Step({(input.IsLabel ? "int" : input.Span)} {input.Name})"))
        {
            writer.Line($"var shown = _memory.{keep};");
            writer.Line("var arena = _memory.Begin();");
            writer.Line("bool update = false;");
            using (writer.Block("try"))
            {
                if (begins)
                {
                    using var first = writer.Block("if (_memory.BeginsSequence)");
                    writer.Line($"{Network}.Begin(_model._network.Values, _model._network.Derived, _memory.Memory, arena.Span, {KeptGiven}, 1);");
                    writer.Line("_memory.HasBegun();");
                }
                string destinations = string.Join(", ", program.OutputLengths.Select((_, i) => $"_memory.OutputMemory({Literal.Of(i)})"));
                writer.Line($"{Network}.Step(_model._network.Values, _model._network.Derived, _memory.Memory, arena.Span, {(given.Count == 0 ? "" : KeptGiven + ", ")}shown, _memory.PositionId, {destinations}, 1);");
                writer.Line("update = true;");
            }
            using (writer.Block("finally"))
                writer.Line("_memory.End(arena, update);");
            if (!signature.HasSeveralOutputs) writer.Line("return _memory.Output(0);");
        }
    }

    private void WriteOutputs()
    {
        if (HasLink)
        {
            Summary($"The output of the last step as Forward returns it, before the loss's link: {Values(signature.Outputs.Count)}.");
            writer.Line($"public ReadOnlySpan<{element}> Output => _memory.Output({Literal.Of(signature.Outputs.Count)});");
        }
        for (int output = 0; output < signature.Outputs.Count && signature.HasSeveralOutputs; output++)
        {
            string property = signature.Outputs[output].Property;
            Summary($"{signature.Outputs[output].Name} of the last step: {Values(output)}.");
            writer.Line($"public ReadOnlySpan<{element}> {property}{(Array.IndexOf(OwnMembers, property) >= 0 ? "Output" : "")} => _memory.Output({Literal.Of(output)});");
        }
    }

    private string Values(int output) => program.OutputLengths[output] == 1 ? "one value" : Literal.Of(program.OutputLengths[output]) + " values";
}
