namespace DlGen.Tests.Compiling;

/// <summary>Parameters as whole arrays of double, in the logical order.</summary>
internal static class ParameterValues
{
    public static double[] Values(this Parameter parameter)
    {
        double[] values = new double[parameter.Length];
        parameter.CopyTo(values);
        return values;
    }

    public static double[] Gradient(this Parameter parameter)
    {
        double[] gradient = new double[parameter.Length];
        parameter.CopyGradientTo(gradient);
        return gradient;
    }

    public static Dictionary<string, double[]> ToValues(this ParameterSet parameters) => parameters.ToDictionary(p => p.Name, p => p.Values());
}
