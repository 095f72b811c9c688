using System.Threading;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>One of the two ways to declare a network. It is read twice: with Tensor.Training true and false.</summary>
internal abstract class NetworkForm
{
    /// <summary>What it takes, as declared.</summary>
    public abstract IReadOnlyList<DeclaredInput> Inputs { get; }

    /// <summary>The form that a model without problems in its structure has.</summary>
    public static NetworkForm Of(INamedTypeSymbol model, ModelStructure structure, ModelCalls calls)
        => structure.Layers.Count > 0 ? new SequentialForm(model, structure.Input!, structure.Layers, calls) : new ForwardForm(structure.Forward!, calls);

    /// <summary>Builds the network in <paramref name="reading"/> with inputs of its own and returns its outputs.</summary>
    public IReadOnlyList<NamedOutput> Read(NetworkReading reading, CancellationToken cancellation)
    {
        var inputs = Inputs.Select(input => Problems.At(input.Attribute.Place(cancellation), () => reading.Network.Input(AttributeReader.Input(input.Variable, input.Attribute)))).ToList();
        return Apply(reading, inputs, cancellation);
    }

    /// <summary>The network on given values, which fit its inputs.</summary>
    public abstract IReadOnlyList<NamedOutput> Apply(NetworkReading reading, IReadOnlyList<Value> inputs, CancellationToken cancellation);
}

/// <summary>An input by the name that generated members give it, with [Input(…)], [Tokens(…)] or [Lengths(…)].</summary>
internal sealed record DeclaredInput(string Variable, AttributeData Attribute);

/// <summary>What a network gives: a single output without a name, or the elements of the tuple that Forward returns, under theirs.</summary>
internal readonly record struct NamedOutput(string Name, Value Value);

/// <summary>One reading of a network: what it yields, and where in the source each evaluated layer stands.</summary>
internal sealed class NetworkReading(Network network)
{
    private readonly List<(Location Place, bool IsOthers)> places = [];
    private Location? call;

    public Network Network => network;

    /// <summary>What keeps it finite.</summary>
    public ReadingBounds Bounds { get; } = new();

    /// <summary>The place of the i-th of <see cref="Network.Applications"/>; for a layer of another model, that of its call.</summary>
    public Location Place(int application) => application < places.Count ? places[application].Place : Location.None;

    /// <summary>Whether the layer belongs to another model, which reports what is wrong with it itself.</summary>
    public bool IsOthers(int application) => application < places.Count && places[application].IsOthers;

    /// <summary>States the place of the layers evaluated since the last call.</summary>
    public void Locate(Location place)
    {
        while (places.Count < network.Applications.Count) places.Add((call ?? place, call is not null));
    }

    /// <summary>Reads another model, called at that place.</summary>
    public T At<T>(Location place, Func<T> body)
    {
        var outer = call;
        call ??= place;
        var result = body();
        call = outer;
        return result;
    }
}
