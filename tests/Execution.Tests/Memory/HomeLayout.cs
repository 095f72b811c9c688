using DlGen.Compiled;

namespace DlGen.Tests.Memory;

/// <summary>The parameters as they lie in memory: which elements of the home layout belong to no parameter.</summary>
internal static class HomeLayout
{
    public static IEnumerable<int> Padding(IModel model)
    {
        var (definitions, length) = Core(model) switch
        {
            ModelCore<float> core => (core.Definition.Parameters, core.Definition.ParameterLength),
            ModelCore<double> core => (core.Definition.Parameters, core.Definition.ParameterLength),
            _ => throw new InvalidOperationException("the model has no core"),
        };
        bool[] used = new bool[length];
        foreach (var parameter in definitions)
        {
            int count = parameter.Shape.Aggregate(1, (product, extent) => product * extent);
            for (int i = 0; i < count; i++) used[parameter.Offset + Position(parameter, i)] = true;
        }
        return Enumerable.Range(0, length).Where(i => !used[i]);
    }

    /// <summary>Values, gradients and the optimizer's moments: all in the home layout.</summary>
    public static List<double[]> Buffers(IModel model, Optimizer optimizer)
    {
        var values = Core(model) switch
        {
            ModelCore<float> core => new[] { Doubles(core.Values), Doubles(core.Gradients) },
            ModelCore<double> core => [core.Values.ToArray(), core.Gradients.ToArray()],
            _ => throw new InvalidOperationException("the model has no core"),
        };
        double[][] moments = optimizer.StateOf(model.Parameters) switch
        {
            OptimizerState<float> state => [Doubles(state.First), Doubles(state.Second)],
            OptimizerState<double> state => [state.First.ToArray(), state.Second.ToArray()],
            _ => throw new InvalidOperationException("the optimizer has no state for the model"),
        };
        return [.. values, .. moments];
    }

    /// <summary>As ParameterDefinition documents it: (a / w)·B·w + b·w + a % w.</summary>
    private static int Position(ParameterDefinition parameter, int index)
    {
        if (parameter.PanelWidth == 0) return index;
        int row = index / parameter.Shape[1], column = index % parameter.Shape[1], width = parameter.PanelWidth;
        var (panelled, other) = parameter.PanelAxis == 0 ? (row, column) : (column, row);
        return (panelled / width * parameter.Shape[1 - parameter.PanelAxis] * width) + (other * width) + (panelled % width);
    }

    private static object Core(IModel model) => ObjectWalk.From(model).First(o => ObjectWalk.Is(o, typeof(ModelCore<>)));

    private static double[] Doubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), x => (double)x);
}
