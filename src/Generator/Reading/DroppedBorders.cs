using System.Globalization;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using DlGen.Ops;
using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>Time steps of a sequence, rows and columns of an image that no window of a layer without parameters reaches.</summary>
internal static class DroppedBorders
{
    public static IEnumerable<Diagnostic> Find(FinishedReading training)
    {
        var network = training.Reading.Network;
        var reported = new HashSet<Location>();
        for (int i = 0; i < network.Applications.Count; i++)
        {
            var pool = network.Applications[i];
            if (training.Reading.IsOthers(i) || !Catalogue.Layers.TryGetValue(pool.Kind, out var layer) || layer.HasParameters) continue;
            int[] dropped = Enumerable.Range(0, network.Graph.Count)
                .Where(n => network.Graph[n].Layer == pool.Path && network.Graph[n].Op is UnfoldOp).Select(n => Unseen(network.Graph, n)).ToArray();
            if (!dropped.Any(d => d > 0) || !reported.Add(training.Reading.Place(i))) continue;
            string[] axes = ["slice", "row", "column"];
            var parts = dropped.Zip(dropped.Length == 1 ? ["time step"] : axes.Skip(axes.Length - dropped.Length), (count, axis) => Words(count, axis)).Where(words => words.Length > 0);
            yield return Diagnostic.Create(Descriptors.DroppedBorder, training.Reading.Place(i), pool.Kind, $"the last {string.Join(" and ", parts)} of {network.Graph[pool.Input].Shape}");
        }
    }

    /// <summary>How many elements behind the last window are not padding.</summary>
    private static int Unseen(GraphBuilder graph, int node)
    {
        var unfold = (UnfoldOp)graph[node].Op;
        int axis = unfold.Axis, source = graph[node].Operands[0];
        int behind = graph[source].Shape[axis] - 1 - unfold.Windows.Last;
        while (true)
        {
            switch (graph[source].Op)
            {
                case PadOp pad when pad.Axis == axis:
                    return behind - pad.After;
                case PadOp:
                    break;
                // The windows along the axis before this one made two axes of it.
                case UnfoldOp before when before.Axis < axis:
                    axis--;
                    break;
                default:
                    return behind;
            }
            source = graph[source].Operands[0];
        }
    }

    private static string Words(int count, string axis) => count <= 0 ? "" : count == 1 ? axis : count.ToString(CultureInfo.InvariantCulture) + " " + axis + "s";
}
