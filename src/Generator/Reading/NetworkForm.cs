using System.Threading;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>One of the two ways to declare a network. It is read twice: with Tensor.Training true and false.</summary>
internal abstract class NetworkForm
{
    /// <summary>Builds the network in <paramref name="reading"/> and returns its outputs.</summary>
    public abstract IReadOnlyList<NamedOutput> Read(NetworkReading reading, CancellationToken cancellation);
}

/// <summary>What a network gives: a single output without a name, or the elements of the tuple that Forward returns, under theirs.</summary>
internal readonly record struct NamedOutput(string Name, Value Value);

/// <summary>One reading of a network: what it yields, and where in the source each evaluated layer stands.</summary>
internal sealed class NetworkReading(Network network)
{
    private readonly List<Location> places = [];

    public Network Network => network;

    /// <summary>What keeps it finite.</summary>
    public ReadingBounds Bounds { get; } = new();

    /// <summary>The place of the i-th of <see cref="Network.Applications"/>.</summary>
    public Location Place(int application) => application < places.Count ? places[application] : Location.None;

    /// <summary>States the place of the layers evaluated since the last call.</summary>
    public void Locate(Location place)
    {
        while (places.Count < network.Applications.Count) places.Add(place);
    }
}
