namespace Forecasting;

/// <summary>A made-up town's demand for electricity, in megawatts, and its temperature, hour by hour.</summary>
/// <param name="Hours">Demand and temperature of each hour, side by side.</param>
/// <param name="Megawatts">The demand alone.</param>
internal sealed record Demand(float[] Hours, float[] Megawatts)
{
    private const double Year = 365.25 * 24;

    /// <summary>So many weeks from a Monday in January on. Temperature has the seasons of year and day, and spells of weather that last for days; demand has those of day and week, what heating and cooling
    /// take, a slow growth, and noise of which some lasts for hours and some for none.</summary>
    public static Demand Make(int weeks, int seed)
    {
        var random = new Random(seed);
        int count = weeks * 7 * 24;
        float[] hours = new float[2 * count], megawatts = new float[count];
        double weather = 0, restless = 0;
        for (int i = 0; i < count; i++)
        {
            double hour = i % 24, ofDay = 2 * Math.PI * hour / 24;
            weather = 0.985 * weather + 0.7 * Normal(random);
            restless = 0.9 * restless + 0.6 * Normal(random);
            double temperature = 11 - 10 * Math.Cos(2 * Math.PI * i / Year) - 4 * Math.Cos(ofDay - 0.6) + weather;
            double work = i / 24 % 7 < 5 ? 1 : 0.6;
            double habits = 12 * work * (Peak(hour, 8.5, 2) + 1.3 * Peak(hour, 19, 2.5) + 0.8 * Peak(hour, 13, 4));
            double climate = 0.7 * Math.Max(0, 16 - temperature) + 0.9 * Math.Max(0, temperature - 21);
            megawatts[i] = (float)(40 + habits + climate + 4 * i / Year + restless + 0.5 * Normal(random));
            (hours[2 * i], hours[2 * i + 1]) = (megawatts[i], (float)temperature);
        }

        return new Demand(hours, megawatts);
    }

    private static double Peak(double hour, double at, double width) => Math.Exp(-(hour - at) * (hour - at) / (2 * width * width));

    /// <summary>By Box and Muller.</summary>
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
