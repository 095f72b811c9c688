using System.Numerics;
using DlGen.Compiled;

namespace DlGen.Tests;

/// <summary>Small networks without code: parameters in both layouts, with gaps, as generated classes would define them.</summary>
internal static class TestNetwork
{
    public static ModelCore<T> Create<T>(params ParameterDefinition[] parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Create<T>(seed: 1, parameters);

    public static ModelCore<T> Create<T>(long seed, params ParameterDefinition[] parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(Define<T>(parameters), seed);

    public static NetworkDefinition<T> Define<T>(params ParameterDefinition[] parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int length = parameters.Max(parameter => parameter.Offset + parameter.HomeLength());
        return new NetworkDefinition<T>(Info("Small"), parameters, length, 0, null, ShardRows: 8, PredictArenaLength: 100, 10, 20, 30);
    }

    public static ModelInfo Info(string name) => new(name, [], 0, 1, 1, 0, 0, 0, 8);

    /// <summary>A Linear of 5 inputs and 3 outputs in panels of 4, its bias, and a scalar: 3·5 + 3 + 1 numbers.</summary>
    public static ParameterDefinition[] Linear(Initialization? weight = null) =>
    [
        Row("linear_1.bias", [3], 32),
        Panel("linear_1.weight", [3, 5], 0, axis: 0, width: 4, weight),
        Row("scale", [], 48),
    ];

    public static ParameterDefinition Row(string name, int[] shape, int offset, Initialization? initialization = null, bool frozen = false) =>
        new(name, shape, offset, 0, 0, initialization ?? new(InitializerKind.Uniform, 0.5), frozen);

    public static ParameterDefinition Panel(string name, int[] shape, int offset, int axis, int width, Initialization? initialization = null) =>
        new(name, shape, offset, axis, width, initialization ?? new(InitializerKind.Uniform, 0.5), false);

    public static double[] ValuesOf(Parameter parameter)
    {
        var values = new double[parameter.Length];
        parameter.CopyTo(values);
        return values;
    }

    public static double[] Counting(int count, double from = 1) => [.. Enumerable.Range(0, count).Select(i => from + i)];

    /// <summary>Fills the gradients where the parameters are, leaving padding and gaps zero as kernels do.</summary>
    public static void SetGradients<T>(ModelCore<T> core, Func<int, double> byHomePosition)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        core.Gradients.Clear();
        foreach (ParameterDefinition parameter in core.Definition.Parameters)
        {
            for (int i = 0; i < parameter.LogicalLength(); i++)
            {
                int at = parameter.Offset + parameter.HomeIndex(i);
                core.Gradients[at] = T.CreateTruncating(byHomePosition(at));
            }
        }
    }

    /// <summary>Positions of the flat memory that hold no element.</summary>
    public static int[] PaddingOf<T>(ModelCore<T> core)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var used = core.Definition.Parameters
            .SelectMany(parameter => Enumerable.Range(0, parameter.LogicalLength()).Select(i => parameter.Offset + parameter.HomeIndex(i)))
            .ToHashSet();
        return [.. Enumerable.Range(0, core.Definition.ParameterLength).Where(at => !used.Contains(at))];
    }
}
