using System.Numerics;

namespace DlGen.Gpu.Checks;

/// <summary>
/// What a check found: the largest errors, and every failure in words. The error of a tensor is its largest difference over its largest magnitude, or over <see cref="Least"/> where that is larger: an element
/// that is nearly 0 by cancellation may differ by the rounding of what was cancelled.
/// </summary>
/// <param name="bound">The largest error that is none.</param>
internal sealed class Findings(double bound)
{
    private const double Least = 1e-2;

    private readonly List<string> failures = [];

    /// <summary>Of the losses; null where none were compared.</summary>
    public double? Loss { get; private set; }

    /// <summary>Of parameters and running statistics, or of what a step changed of them.</summary>
    public double? Parameters { get; private set; }

    /// <summary>Of predictions.</summary>
    public double? Outputs { get; private set; }

    public IReadOnlyList<string> Failures => failures;

    public void CompareLosses(double[] expected, double[] actual) => Loss = Largest(Loss, Error<double>("the losses", expected, actual, Least));

    public void CompareParameters(ParameterSet expected, ParameterSet actual)
    {
        foreach (Parameter parameter in expected)
            Parameters = Largest(Parameters, Error<double>(parameter.Name, Values(parameter), Values(actual[parameter.Name]), Least));
    }

    /// <summary>What a step changed, relative to the largest change of the tensor: with the learning rate 1, the gradient.</summary>
    /// <param name="before">The parameters before the step.</param>
    /// <param name="expected">Those of the processor after it.</param>
    /// <param name="actual">Those of the device.</param>
    /// <param name="times">How many times the bound is allowed.</param>
    public void CompareChanges(Dictionary<string, double[]> before, ParameterSet expected, ParameterSet actual, double times = 1)
    {
        foreach (Parameter parameter in expected)
        {
            double[] start = before[parameter.Name], here = Values(parameter), there = Values(actual[parameter.Name]);
            for (int i = 0; i < start.Length; i++) (here[i], there[i]) = (here[i] - start[i], there[i] - start[i]);
            Parameters = Largest(Parameters, Error<double>("the change of " + parameter.Name, here, there, least: 1e-6, times));
        }
    }

    public static Dictionary<string, double[]> Snapshot(ParameterSet parameters) => parameters.ToDictionary(parameter => parameter.Name, Values);

    public void CompareOutputs<T>(string what, ReadOnlySpan<T> expected, ReadOnlySpan<T> actual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Outputs = Largest(Outputs, Error(what, expected, actual, Least));

    public void CompareIds(string what, int[] expected, int[] actual)
    {
        if (!expected.AsSpan().SequenceEqual(actual)) Fail($"{what}: {string.Join(' ', actual)} instead of {string.Join(' ', expected)}");
    }

    public void Expect(bool holds, string otherwise)
    {
        if (!holds) Fail(otherwise);
    }

    /// <summary>The exception that something must throw; null, which is a failure, where it throws none or another one.</summary>
    public TException? Throws<TException>(string what, Action action)
        where TException : Exception
    {
        try
        {
            action();
            Fail($"{what} throws nothing instead of a {typeof(TException).Name}");
        }
        catch (TException expected)
        {
            return expected;
        }
        catch (DlGenException other)
        {
            Fail($"{what} throws a {other.GetType().Name} instead of a {typeof(TException).Name}: {other.Message}");
        }

        return null;
    }

    public void Fail(string what) => failures.Add(what);

    private static double[] Values(Parameter parameter)
    {
        var values = new double[parameter.Length];
        parameter.CopyTo(values);
        return values;
    }

    private static double Largest(double? before, double error) => before is { } known && known >= error ? known : error;

    private double Error<T>(string what, ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, double least, double times = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (expected.Length != actual.Length)
        {
            Fail($"{what}: {actual.Length} values instead of {expected.Length}");
            return double.PositiveInfinity;
        }

        double magnitude = least, difference = 0;
        int place = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double here = double.CreateTruncating(expected[i]), there = double.CreateTruncating(actual[i]), between = Math.Abs(here - there);
            magnitude = Math.Max(magnitude, Math.Abs(here));
            if (double.IsNaN(between)) between = double.IsNaN(here) == double.IsNaN(there) ? 0 : double.PositiveInfinity;
            if (between > difference) (difference, place) = (between, i);
        }

        double error = difference / magnitude;
        double allowed = times * bound;
        if (!(error <= allowed)) Fail($"{what}: element {place} is {actual[place]} instead of {expected[place]}; {error:E1} of the largest one, and {allowed:E0} is allowed");
        return error;
    }
}
