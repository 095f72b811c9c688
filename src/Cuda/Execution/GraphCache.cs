using DlGen.Devices;

namespace DlGen.Execution;

/// <summary>Captured graphs by what they run and on how many rows. Addresses are frozen in them, so all are forgotten when memory has moved.</summary>
internal sealed class GraphCache(Device device) : IDisposable
{
    /// <summary>Sizes of batches differ at most in the last one of an epoch; whoever has more of them captures some again.</summary>
    private const int Most = 32;

    private readonly Dictionary<(string Kind, int Rows), nint> graphs = [];
    private readonly Queue<(string Kind, int Rows)> order = [];
    private int capturedAt;

    /// <summary>The graph, captured now if it is not there.</summary>
    /// <param name="kind">What it runs.</param>
    /// <param name="rows">On how many rows.</param>
    /// <param name="moves">How often memory has moved so far.</param>
    /// <param name="capture">Captures it.</param>
    public nint Get(string kind, int rows, int moves, Func<nint> capture)
    {
        if (moves != capturedAt)
        {
            Clear();
            capturedAt = moves;
        }

        if (graphs.TryGetValue((kind, rows), out nint graph))
            return graph;
        while (graphs.Count >= Most)
        {
            if (graphs.Remove(order.Dequeue(), out nint oldest))
                device.FreeGraph(oldest);
        }

        graph = capture();
        graphs.Add((kind, rows), graph);
        order.Enqueue((kind, rows));
        return graph;
    }

    /// <summary>Forgets what was captured on memory that goes away.</summary>
    public void Remove(string kind)
    {
        foreach (var key in graphs.Keys.Where(key => key.Kind == kind).ToList())
        {
            device.FreeGraph(graphs[key]);
            graphs.Remove(key);
        }
    }

    public void Dispose() => Clear();

    private void Clear()
    {
        foreach (nint graph in graphs.Values)
            device.FreeGraph(graph);
        graphs.Clear();
        order.Clear();
    }
}
