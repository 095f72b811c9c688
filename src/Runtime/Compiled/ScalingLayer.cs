using System.ComponentModel;
using System.Globalization;

namespace DlGen.Compiled;

/// <summary>A layer that scales an input by numbers fitted on the training data. Element i of a row is of channel i / Inner % Channels.</summary>
/// <param name="Path">The layer, whose states have names under it.</param>
/// <param name="Field">The input.</param>
/// <param name="Channels">How many pairs of numbers it has.</param>
/// <param name="Inner">Neighbouring elements of one channel.</param>
/// <param name="IsMinMax">Whether it maps the smallest and the largest to 0 and 1, and not the mean and the deviation.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ScalingLayer(string Path, string Field, int Channels, int Inner, bool IsMinMax)
{
    private string Zero => Path + (IsMinMax ? ".min" : ".mean");

    private string One => Path + (IsMinMax ? ".max" : ".std");

    /// <summary>Whether it is still the identity that a new model has. To fit that again on data with just these numbers changes nothing.</summary>
    internal bool IsIdentity(ParameterSet parameters)
        => Enumerable.Range(0, Channels).All(channel => parameters[Zero][channel] == 0 && parameters[One][channel] == 1);

    /// <summary>Sets the states from the statistics of all rows. Where all values of a channel are equal it is divided by 1, as scikit-learn does; or by their magnitude where 1 would vanish
    /// beside it. What counts is the number that the model holds: a difference may be lost in a float.</summary>
    internal void Fit(ParameterSet parameters, ChannelStatistics[] statistics)
    {
        double Held(double value) => parameters.Storage.Float64 ? value : (float)value;
        var zero = new double[Channels];
        var one = new double[Channels];
        for (int channel = 0; channel < Channels; channel++)
        {
            (zero[channel], one[channel]) = IsMinMax ? statistics[channel].Range : statistics[channel].MeanAndDeviation;
            if (IsMinMax && Held(one[channel]) == Held(zero[channel]))
                one[channel] = Held(zero[channel] + 1) == Held(zero[channel]) ? zero[channel] + Math.Abs(zero[channel]) : zero[channel] + 1;
            else if (!IsMinMax && Held(one[channel]) == 0)
                one[channel] = 1;
        }

        parameters[Zero].CopyFrom(zero);
        parameters[One].CopyFrom(one);
    }

    /// <summary>Makes it the identity again.</summary>
    internal void Reset(ParameterSet parameters)
    {
        parameters[Zero].CopyFrom(new double[Channels]);
        parameters[One].CopyFrom([.. Enumerable.Repeat(1.0, Channels)]);
    }

    /// <summary>Statistics of each channel over a batch, added to those of the batches before.</summary>
    internal void Observe(ChannelStatistics[] statistics, Batch batch, bool float64, int firstRow)
    {
        bool isBytes = batch.HoldsBytes(Field);
        ReadOnlySpan<double> doubles = float64 && !isBytes ? batch.Doubles(Field) : default;
        ReadOnlySpan<float> floats = float64 || isBytes ? default : batch.Floats(Field);
        ReadOnlySpan<byte> bytes = isBytes ? batch.Bytes(Field) : default;
        int count = doubles.Length + floats.Length + bytes.Length, perRow = count / batch.Rows;
        for (int i = 0; i < count; i++)
        {
            double value = isBytes ? bytes[i] / (double)byte.MaxValue : float64 ? doubles[i] : floats[i];
            if (!double.IsFinite(value))
            {
                throw new DlGenException(string.Create(CultureInfo.InvariantCulture,
                    $"{Field} holds {value} in row {firstRow + i / perRow} at position {i % perRow}, so {Path} can't be fitted. Nothing was changed; clean the data."));
            }

            statistics[i / Inner % Channels].Add(value);
        }
    }
}

/// <summary>Count, mean, squared deviations, smallest and largest of the values of a channel (Welford 1962).</summary>
internal struct ChannelStatistics()
{
    private long count;
    private double mean;
    private double squares;
    private double smallest = double.PositiveInfinity;
    private double largest = double.NegativeInfinity;

    /// <summary>The mean, and the deviation with the variance divided by n.</summary>
    public readonly (double Mean, double Deviation) MeanAndDeviation => (mean, Math.Sqrt(squares / count));

    /// <summary>The smallest and the largest value.</summary>
    public readonly (double Smallest, double Largest) Range => (smallest, largest);

    public void Add(double value)
    {
        count++;
        double difference = value - mean;
        mean += difference / count;
        squares += difference * (value - mean);
        smallest = Math.Min(smallest, value);
        largest = Math.Max(largest, value);
    }
}
