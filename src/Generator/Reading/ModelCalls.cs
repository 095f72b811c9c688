using System.Threading;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>
/// What the reading of a model may go into: the methods of the compilation, and its other models, by x.Call&lt;Teacher&gt;() and [Block&lt;Features&gt;]. A called
/// model reports its own problems itself; its caller says only what is wrong with the call.
/// </summary>
internal sealed class ModelCalls(Compilation compilation, INamedTypeSymbol root)
{
    private readonly List<INamedTypeSymbol> active = [root];

    public MethodBodies Bodies { get; } = new(compilation);

    /// <summary>The other model's output for <paramref name="x"/>, before its loss's link.</summary>
    public Value Call(ITypeSymbol type, bool frozen, Value x, NetworkReading reading, Location place, CancellationToken cancellation)
    {
        var model = Check(type, place);
        if (active.Contains(model, SymbolEqualityComparer.Default))
            throw new ReadException(Descriptors.ModelCall, place, $"{model.Name} would call itself without end; repeat a static method in a loop instead") { IsCycle = true };
        var structure = ModelStructure.Find(model, cancellation);
        if (structure.Problems.Count > 0 || ClassRules.Check(model, cancellation).Count > 0) throw Broken(model);
        if (structure.Outputs.Count > 0)
            throw new ReadException(Descriptors.ModelCall, place, $"{model.Name} has {structure.Outputs.Count} outputs, but Call gives one tensor; write what both need as a static method and call that");
        var form = NetworkForm.Of(model, structure, this);
        if (form.Inputs.Count > 1)
            throw new ReadException(Descriptors.ModelCall, place, $"{model.Name} takes {form.Inputs.Count} inputs, but Call gives it one; write what both need as a static method and call that");
        frozen |= model.FindAttribute("FrozenAttribute") is not null;
        if (reading.Network.IsClosed && !frozen)
            throw new ReadException(Descriptors.ModelCall, place, $"{model.Name} would be trained by the loss that it is part of; call it with frozen: true, or in Forward");

        reading.Bounds.Enter(place, cancellation);
        active.Add(model);
        try
        {
            return Problems.At(place, () =>
            {
                var input = Fitting(form.Inputs[0], x, model, reading.Network);
                return reading.At(place, () => reading.Network.Call(
                    model.ToDisplayString(), ScopeNames.SnakeCase(model.Name), frozen, AttributeReader.Initializer(model), () => form.Apply(reading, [input], cancellation).Single().Value));
            });
        }
        catch (ReadException problem)
        {
            throw AtCall(problem, model, place, cancellation);
        }
        finally
        {
            active.RemoveAt(active.Count - 1);
            reading.Bounds.Leave();
        }
    }

    /// <summary>The called model has the diagnostic.</summary>
    private static ReadException Broken(INamedTypeSymbol model) => new(null) { Reason = $"the model {model.Name}, which it calls, has an error" };

    private INamedTypeSymbol Check(ITypeSymbol type, Location place)
    {
        if (type.TypeKind == TypeKind.Error) throw ReadException.DoesNotCompile;
        string? reason =
            type is ITypeParameterSymbol ? $"{type.Name} is a type parameter, and networks are read for one model each; name the model itself"
            : !(type as INamedTypeSymbol).IsModel() ? $"{type.Name} is no model; add [Model] to it, or call a static method over tensors by its name"
            : !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
                ? $"{type.Name} is in the assembly {type.ContainingAssembly.Name}, and a model is read from its source; declare it in this project, or give its Predict to this model as an input"
            : null;
        return reason is null ? (INamedTypeSymbol)type : throw new ReadException(Descriptors.ModelCall, place, reason);
    }

    /// <summary>What stands for the model's input: of the shape that it declares, ids for ids.</summary>
    private static Value Fitting(DeclaredInput declared, Value x, INamedTypeSymbol model, Network network)
    {
        var input = AttributeReader.Input(declared.Variable, declared.Attribute);
        if (!input.IsLabel) x.AsNumbers(model.Name);
        else if (x.Source() is not { } ids || ids.Classes > input.Classes)
            throw new ShapeException($"{model.Name} takes int ids below {input.Classes}, but was given {(x.Source() is { } more ? $"{more.Variable}, whose ids go up to {more.Classes - 1}" : "numbers")}");
        return x.Shape.Equals(input.Extents) ? x : throw new ShapeException($"{model.Name} takes {input.Extents}, but {network.Describe(x)}");
    }

    /// <summary>A problem inside of the called model as its caller reports it: not at all if the model has it by itself.</summary>
    private ReadException AtCall(ReadException problem, INamedTypeSymbol model, Location place, CancellationToken cancellation)
    {
        if (problem.Diagnostic is not { } diagnostic) return Broken(model);
        if (diagnostic.Location == place) return problem;
        if (problem.IsCycle) return new ReadException(Descriptors.ModelCall, place, $"{model.Name} would call itself without end, by the models that it calls") { IsCycle = true };
        return ModelReader.Read(model, compilation, cancellation).Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error) ? Broken(model)
            : new ReadException(Descriptors.ModelCall, place, $"{model.Name} can't stand here: {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}");
    }
}
