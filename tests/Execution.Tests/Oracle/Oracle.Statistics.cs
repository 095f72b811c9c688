using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Tests.Oracles;

internal sealed partial class Oracle
{
    /// <summary>Count, mean and variance by their definitions: the mean first, then the mean of the squared distances, with their tangents.</summary>
    private DualTensor Moments(MomentsOp op, DualTensor x)
    {
        if (!x.PerRow) throw new OracleException("moments are taken over the rows of the batch");
        int[] kept = [.. x.Extents];
        foreach (int axis in op.Axes) kept[axis] = 1;
        var result = new DualTensor([3, .. kept], rows, perRow: false, x.IsActive);
        int channels = result.Count / 3;
        int[] strides = new DualTensor(kept, 1, false, active: false).StridesWithin(x.Extents);
        double count = (double)x.Values.Length / channels;

        foreach (var (_, element, index) in Positions(x))
        {
            int channel = Dot(index, strides);
            result.Values[channel] += 1;
            result.Values[channels + channel] += x.Values[element] / count;
            result.AddTangents(channels + channel, x, element, 1 / count);
        }
        foreach (var (_, element, index) in Positions(x))
        {
            int channel = Dot(index, strides);
            double distance = x.Values[element] - result.Values[channels + channel];
            result.Values[(2 * channels) + channel] += distance * distance / count;
            result.AddTangents((2 * channels) + channel, x, element, 2 * distance / count);
            result.AddTangents((2 * channels) + channel, result, channels + channel, -2 * distance / count);
        }
        return result;
    }

    /// <summary>What every running statistic becomes by a training step on these rows.</summary>
    public static IReadOnlyDictionary<string, double[]> States(Graph graph, OracleInputs inputs)
    {
        var oracle = new Oracle(graph, inputs);
        oracle.Run([]);
        var states = new Dictionary<string, double[]>();
        foreach (var output in graph.Outputs)
            if (output.Role == OutputRole.State) states.Add(output.Name, oracle.values[output.Node].Values);
        return states;
    }
}
